/* silu - y = x s, s = sigmoid(x) (Elfwing et al. 2017; "swish", Ramachandran et al. 2017).
 *
 * Training keeps the slope dy/dx, which forward has at hand. */
#include <tern/layer.h>
#include <tern/math.h>

enum { SLOPE };
enum { BLOCK = 256 }; /* numbers at a time: they stay in the nearest cache from one array function to the next */

static tern_status silu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->save[SLOPE] = spec->in[0];
    return TERN_OK;
}

/* slope = s + x s (1 - s). */
TERN_CLONES static void silu_block(size_t n, const tern_real *x, tern_real *y, tern_real *restrict slope) {
    tern_real s[BLOCK];
    tern_sigmoid(n, x, s);
    if (slope)
        for (size_t i = 0; i < n; i++) slope[i] = s[i] + x[i] * s[i] * (1 - s[i]);
    for (size_t i = 0; i < n; i++) y[i] = x[i] * s[i];
}

static void silu_forward(const void *self, const tern_forward *f) {
    (void)self;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_real *slope = f->save ? f->save[SLOPE].data + i : NULL;
        silu_block(block, f->x[0]->data + i, f->y->data + i, slope);
    }
}

TERN_CLONES static void silu_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *slope = b->save[SLOPE].data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * slope[i];
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand silu_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "x * sigmoid(x)");
}

const tern_layer_type tern_layer_silu = {
    .base = {TERN_LAYER, "silu", (const char *const[]){"swish", NULL}, "Sigmoid linear unit: y = x sigmoid(x).", 0,
             NULL, examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .plan = silu_plan,
    .forward = silu_forward,
    .backward = silu_backward,
    .lower = silu_lower,
};
