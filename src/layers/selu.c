/* selu - y = lambda (x > 0 ? x : alpha (e^x - 1)), an elu that keeps mean 0 and variance 1 (Klambauer et al. 2017). */
#include <tern/layer.h>
#include <tern/math.h>

enum { BLOCK = 256 }; /* numbers at a time: they stay in the nearest cache from one array function to the next */

static const tern_real lambda = (tern_real)1.0507009873554805;
static const tern_real lambda_alpha = (tern_real)(1.0507009873554805 * 1.6732632423543772);

static tern_status selu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void selu_forward(const void *self, const tern_forward *f) {
    (void)self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data, expm1[BLOCK];
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_expm1(block, x + i, expm1);
        for (size_t k = 0; k < block; k++) y[i + k] = x[i + k] > 0 ? lambda * x[i + k] : lambda_alpha * expm1[k];
    }
}

/* Where x <= 0 the slope is lambda alpha e^x = y + lambda alpha. */
TERN_CLONES static void selu_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *y = b->y->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++)
        dx[i] = dy[i] * (y[i] > 0 ? lambda : y[i] + lambda_alpha);
}

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand selu_lower(const void *self, tern_lowering *l) {
    (void)self;
    return TERN_LOWER_MAP(l, "x > 0 ? %.9g * x : %.9g * expm1(x)", (double)lambda, (double)lambda_alpha);
}

const tern_layer_type tern_layer_selu = {
    .base = {TERN_LAYER, "selu", NULL, "Self-normalizing elu: y = 1.0507 x where x > 0, else 1.7581 (e^x - 1).", 0,
             NULL, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = selu_plan,
    .forward = selu_forward,
    .backward = selu_backward,
    .lower = selu_lower,
};
