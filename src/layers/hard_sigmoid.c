/* hard_sigmoid - three straight lines for a sigmoid: y = clamp((x + 3) / 6, 0, 1). Its gradient at -3 and 3 is 0. */
#include <tern/layer.h>

static tern_status hard_sigmoid_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void hard_sigmoid_forward(const void *self, const tern_forward *f) {
    (void)self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) {
        tern_real line = (x[i] + 3) / 6;
        y[i] = line < 0 ? 0 : line > 1 ? 1 : line; /* lets NaN through */
    }
}

/* PyTorch's 1/6 is a float in its double code too; so is ours, or a double run would leave PyTorch's in the eighth
 * digit. */
TERN_CLONES static void hard_sigmoid_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real sixth = 1.0f / 6.0f;
    const tern_real *y = b->y->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = y[i] > 0 && y[i] < 1 ? dy[i] * sixth : 0;
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand hard_sigmoid_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6");
}

const tern_layer_type tern_layer_hard_sigmoid = {
    .base = {TERN_LAYER, "hard_sigmoid", NULL, "The sigmoid in straight lines: y = x / 6 + 1/2, held within [0, 1].", 0,
             NULL, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = hard_sigmoid_plan,
    .forward = hard_sigmoid_forward,
    .backward = hard_sigmoid_backward,
    .lower = hard_sigmoid_lower,
};
