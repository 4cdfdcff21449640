/* mish - y = x tanh(ln(1 + e^x)) (Misra 2019). With e = e^x and m = e (e + 2) the tanh is m / (m + 2): one exponential
 * does.
 *
 * Training keeps the slope dy/dx, which forward has at hand. */
#include <tern/layer.h>
#include <tern/math.h>

enum { SLOPE };
enum { BLOCK = 256 }; /* numbers at a time: they stay in the nearest cache from one array function to the next */

static tern_status mish_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->save[SLOPE] = spec->in[0];
    return TERN_OK;
}

/* slope = tanh + x (1 - tanh^2) sigmoid(x) = m / (m + 2) + 4 x e (1 + e) / (m + 2)^2. From x = 40 on tanh and slope
 * are 1. */
TERN_CLONES static void mish_block(size_t n, const tern_real *x, tern_real *y, tern_real *restrict slope) {
    if (n == 0) return;
    tern_real e[BLOCK], tanh[BLOCK];
    for (size_t i = 0; i < n; i++) e[i] = x[i] < 40 ? x[i] : 40;
    tern_exp(n, e, e);
    for (size_t i = 0; i < n; i++) tanh[i] = e[i] * (e[i] + 2) / (e[i] * (e[i] + 2) + 2);
    if (slope)
        for (size_t i = 0; i < n; i++) {
            tern_real below = e[i] * (e[i] + 2) + 2;
            slope[i] = tanh[i] + 4 * x[i] * (e[i] / below) * ((1 + e[i]) / below);
        }
    for (size_t i = 0; i < n; i++) y[i] = x[i] * tanh[i];
}

static void mish_forward(const void *self, const tern_forward *f) {
    (void)self;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_real *slope = f->save ? f->save[SLOPE].data + i : NULL;
        mish_block(block, f->x[0]->data + i, f->y->data + i, slope);
    }
}

TERN_CLONES static void mish_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *slope = b->save[SLOPE].data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * slope[i];
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand mish_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "x * tanh(x > 20 ? x : log1p(exp(x)))");
}

const tern_layer_type tern_layer_mish = {
    .base = {TERN_LAYER, "mish", NULL, "Smooth, not monotonic: y = x tanh(softplus(x)).", 0, NULL, examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .plan = mish_plan,
    .forward = mish_forward,
    .backward = mish_backward,
    .lower = mish_lower,
};
