/* tanh - the hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x). */
#include <tern/layer.h>
#include <tern/math.h>

static tern_status tanh_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

static void tanh_forward(const void *self, const tern_forward *f) {
    (void)self;
    tern_tanh(tern_tensor_count(f->y), f->x[0]->data, f->y->data);
}

TERN_CLONES static void tanh_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *y = b->y->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand tanh_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "tanh(x)");
}

const tern_layer_type tern_layer_tanh = {
    .base = {TERN_LAYER, "tanh", NULL, "Maps to (-1, 1): y = tanh x.", 0, NULL, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = tanh_plan,
    .forward = tanh_forward,
    .backward = tanh_backward,
    .lower = tanh_lower,
};
