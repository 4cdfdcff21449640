/* hard_swish - y = x clamp((x + 3) / 6, 0, 1) (Howard et al. 2019). Its gradient at -3 is -1/2, at 3 it is 1. */
#include <tern/layer.h>

static tern_status hard_swish_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void hard_swish_forward(const void *self, const tern_forward *f) {
    (void)self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) {
        tern_real line = (x[i] + 3) / 6;
        y[i] = x[i] * (line < 0 ? 0 : line > 1 ? 1 : line);
    }
}

TERN_CLONES static void hard_swish_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++)
        dx[i] = dy[i] * (x[i] < -3 ? 0 : x[i] < 3 ? (2 * x[i] + 3) / 6 : 1);
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand hard_swish_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "x * (x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6)");
}

const tern_layer_type tern_layer_hard_swish = {
    .base = {TERN_LAYER, "hard_swish", (const char *const[]){"hard_silu", NULL},
             "The silu in straight lines: y = x hard_sigmoid(x).", 0, NULL, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = hard_swish_plan,
    .forward = hard_swish_forward,
    .backward = hard_swish_backward,
    .lower = hard_swish_lower,
};
