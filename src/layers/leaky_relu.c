/* leaky_relu - y = x > 0 ? x : a x (Maas et al. 2013). Its gradient at 0 is a. */
#include <tern/layer.h>

typedef struct leaky_relu {
    double negative_slope;
} leaky_relu;

static tern_status leaky_relu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void leaky_relu_forward(const void *self, const tern_forward *f) {
    const leaky_relu *l = self;
    const tern_real *x = f->x[0]->data, a = (tern_real)l->negative_slope;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) y[i] = x[i] > 0 ? x[i] : a * x[i];
}

/* As a is not negative, y > 0 exactly where x > 0. */
TERN_CLONES static void leaky_relu_backward(const void *self, const tern_backward *b) {
    const leaky_relu *l = self;
    if (!b->dx[0]) return;
    const tern_real *y = b->y->data, *dy = b->dy->data, a = (tern_real)l->negative_slope;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = y[i] > 0 ? dy[i] : a * dy[i];
}

static const tern_option options[] = {
    TERN_REAL(leaky_relu, negative_slope, 0.01, 0, 1e30, "Slope below zero."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{\"negative_slope\": 0.2}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand leaky_relu_lower(const void *self, tern_lowering *l) {
    const leaky_relu *r = self;
    return TERN_LOWER_MAP(l, "x > 0 ? x : %.9g * x", r->negative_slope);
}

const tern_layer_type tern_layer_leaky_relu = {
    .base = {TERN_LAYER, "leaky_relu", NULL, "Makes what is negative small: y = x where x > 0, else negative_slope x.",
             sizeof(leaky_relu), options, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = leaky_relu_plan,
    .forward = leaky_relu_forward,
    .backward = leaky_relu_backward,
    .lower = leaky_relu_lower,
};
