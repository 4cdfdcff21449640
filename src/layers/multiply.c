/* multiply - y = x0 x1 ..., element by element: a gate. */
#include <tern/layer.h>

typedef struct multiply {
    size_t inputs; /* planned */
} multiply;

static tern_status multiply_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    multiply *m = self;
    tern_status status = tern_layer_same_shapes(spec, err);
    if (status) return status;
    m->inputs = spec->inputs;
    spec->out = spec->in[0];
    return TERN_OK;
}

/* y = a b; y may be a. */
TERN_CLONES static void product(size_t n, const tern_real *a, const tern_real *b, tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

static void multiply_forward(const void *self, const tern_forward *f) {
    const multiply *m = self;
    size_t n = tern_tensor_count(f->y);
    tern_real *y = f->y->data;
    product(n, f->x[0]->data, f->x[1]->data, y);
    for (size_t k = 2; k < m->inputs; k++) product(n, y, f->x[k]->data, y);
}

/* dx = dy times all the other inputs; backwards, because the first dx may lie over dy. */
static void multiply_backward(const void *self, const tern_backward *b) {
    const multiply *m = self;
    size_t n = tern_tensor_count(b->dy);
    for (size_t k = m->inputs; k-- > 0;) {
        if (!b->dx[k]) continue;
        tern_real *dx = b->dx[k]->data;
        const tern_real *g = b->dy->data;
        for (size_t j = 0; j < m->inputs; j++) {
            if (j == k) continue;
            product(n, g, b->x[j]->data, dx);
            g = dx;
        }
    }
}

static const tern_example examples[] = {
    {"{}", {{1, {7}}, {1, {7}}}},
    {"{}", {{3, {2, 3, 2}}, {3, {2, 3, 2}}, {3, {2, 3, 2}}}},
    {0},
};

static tern_operand multiply_lower(const void *self, tern_lowering *l) {
    const multiply *m = self;
    tern_operand y = l->x[0];
    for (size_t k = 1; k < m->inputs; k++) y = tern_lower_formula(l, 2, (tern_operand[]){y, l->x[k]}, "x * y");
    return y;
}

const tern_layer_type tern_layer_multiply = {
    .base = {TERN_LAYER, "multiply", (const char *const[]){"mul", NULL},
             "Multiplies inputs of one shape: y = x0 x1 ...", sizeof(multiply), NULL, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE | TERN_STEPWISE,
    .least_inputs = 2,
    .most_inputs = TERN_MAX_INPUTS,
    .plan = multiply_plan,
    .forward = multiply_forward,
    .backward = multiply_backward,
    .lower = multiply_lower,
};
