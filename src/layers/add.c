/* add - y = x0 + x1 + ..., the end of a residual block (He et al., "Deep residual learning", 2015). */
#include <tern/layer.h>

typedef struct add {
    size_t inputs; /* planned */
} add;

static tern_status add_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    add *a = self;
    tern_status status = tern_layer_same_shapes(spec, err);
    if (status) return status;
    a->inputs = spec->inputs;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void add_forward(const void *self, const tern_forward *f) {
    const add *a = self;
    const tern_real *x0 = f->x[0]->data, *x1 = f->x[1]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) y[i] = x0[i] + x1[i];
    for (size_t k = 2; k < a->inputs; k++) tern_tensor_add(f->x[k], f->y);
}

static void add_backward(const void *self, const tern_backward *b) {
    const add *a = self;
    for (size_t k = 0; k < a->inputs; k++)
        if (b->dx[k]) tern_tensor_copy(b->dy, b->dx[k]);
}

static const tern_example examples[] = {
    {"{}", {{1, {7}}, {1, {7}}}},
    {"{}", {{3, {2, 3, 2}}, {3, {2, 3, 2}}, {3, {2, 3, 2}}}},
    {0},
};

static tern_operand add_lower(const void *self, tern_lowering *l) {
    const add *a = self;
    tern_operand y = l->x[0];
    for (size_t k = 1; k < a->inputs; k++) y = tern_lower_formula(l, 2, (tern_operand[]){y, l->x[k]}, "x + y");
    return y;
}

const tern_layer_type tern_layer_add = {
    .base = {TERN_LAYER, "add", NULL, "Adds inputs of one shape: y = x0 + x1 + ...", sizeof(add), NULL, examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .least_inputs = 2,
    .most_inputs = TERN_MAX_INPUTS,
    .plan = add_plan,
    .forward = add_forward,
    .backward = add_backward,
    .lower = add_lower,
};
