/* maximum - the largest of several inputs, number by number; and minimum, the smallest. Inputs that are equal there
 * share the gradient evenly, as PyTorch's maximum and amax have it; NaN stays NaN. */
#include <tern/layer.h>

typedef struct extremum {
    size_t inputs; /* planned */
} extremum;

static tern_status extremum_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    extremum *m = self;
    tern_status status = tern_layer_same_shapes(spec, err);
    if (status) return status;
    m->inputs = spec->inputs;
    spec->out = spec->in[0];
    spec->scratch_row = tern_shape_count(&spec->out);
    return TERN_OK;
}

/* y = whichever of a and b is the larger, of sign 1, or the smaller, of sign -1; y may be a. */
TERN_CLONES static void choose(size_t n, tern_real sign, const tern_real *a, const tern_real *b, tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = sign * a[i] > sign * b[i] || a[i] != a[i] ? a[i] : b[i];
}

static void forward(const extremum *m, const tern_forward *f, tern_real sign) {
    size_t n = tern_tensor_count(f->y);
    choose(n, sign, f->x[0]->data, f->x[1]->data, f->y->data);
    for (size_t k = 2; k < m->inputs; k++) choose(n, sign, f->y->data, f->x[k]->data, f->y->data);
}

static void maximum_forward(const void *self, const tern_forward *f) { forward(self, f, 1); }

static void minimum_forward(const void *self, const tern_forward *f) { forward(self, f, -1); }

TERN_CLONES static void count_equal(size_t n, const tern_real *x, const tern_real *y, tern_real *count) {
    for (size_t i = 0; i < n; i++) count[i] += x[i] == y[i];
}

TERN_CLONES static void divide(size_t n, const tern_real *dy, tern_real *share) {
    for (size_t i = 0; i < n; i++) share[i] = share[i] > 0 ? dy[i] / share[i] : 0;
}

TERN_CLONES static void take_share(size_t n, const tern_real *x, const tern_real *y, const tern_real *share,
                                   tern_real *dx) {
    for (size_t i = 0; i < n; i++) dx[i] = x[i] == y[i] ? share[i] : 0;
}

/* The shares stand in scratch first, because a dx may lie over dy. */
static void extremum_backward(const void *self, const tern_backward *b) {
    const extremum *m = self;
    size_t n = tern_tensor_count(b->dy);
    tern_real *share = b->scratch;
    for (size_t i = 0; i < n; i++) share[i] = 0;
    for (size_t k = 0; k < m->inputs; k++) count_equal(n, b->x[k]->data, b->y->data, share);
    divide(n, b->dy->data, share);
    for (size_t k = 0; k < m->inputs; k++)
        if (b->dx[k]) take_share(n, b->x[k]->data, b->y->data, share, b->dx[k]->data);
}

static const tern_example examples[] = {
    {"{}", {{1, {7}}, {1, {7}}}},
    {"{}", {{3, {2, 3, 2}}, {3, {2, 3, 2}}, {3, {2, 3, 2}}}},
    {0},
};

static tern_operand lower(const extremum *m, tern_lowering *l, const char *formula) {
    tern_operand y = l->x[0];
    for (size_t k = 1; k < m->inputs; k++) y = tern_lower_formula(l, 2, (tern_operand[]){y, l->x[k]}, "%s", formula);
    return y;
}

static tern_operand maximum_lower(const void *self, tern_lowering *l) { return lower(self, l, "x > y ? x : y"); }

static tern_operand minimum_lower(const void *self, tern_lowering *l) { return lower(self, l, "x < y ? x : y"); }

const tern_layer_type tern_layer_maximum = {
    .base = {TERN_LAYER, "maximum", NULL, "The largest of inputs of one shape, number by number.", sizeof(extremum),
             NULL, examples},
    .flags = TERN_READS_X | TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .least_inputs = 2,
    .most_inputs = TERN_MAX_INPUTS,
    .plan = extremum_plan,
    .forward = maximum_forward,
    .backward = extremum_backward,
    .lower = maximum_lower,
};

const tern_layer_type tern_layer_minimum = {
    .base = {TERN_LAYER, "minimum", NULL, "The smallest of inputs of one shape, number by number.", sizeof(extremum),
             NULL, examples},
    .flags = TERN_READS_X | TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .least_inputs = 2,
    .most_inputs = TERN_MAX_INPUTS,
    .plan = extremum_plan,
    .forward = minimum_forward,
    .backward = extremum_backward,
    .lower = minimum_lower,
};
