/* relu - y = max(0, x). Its gradient at 0 is 0. */
#include <tern/layer.h>

static tern_status relu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void relu_forward(const void *self, const tern_forward *f) {
    (void)self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) y[i] = x[i] < 0 ? 0 : x[i]; /* lets NaN through */
}

TERN_CLONES static void relu_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *y = b->y->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand relu_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "x < 0 ? 0 : x");
}

const tern_layer_type tern_layer_relu = {
    .base = {TERN_LAYER, "relu", NULL, "Sets what is negative to zero: y = max(0, x).", 0, NULL, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = relu_plan,
    .forward = relu_forward,
    .backward = relu_backward,
    .lower = relu_lower,
};
