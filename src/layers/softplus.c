/* softplus - y = ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold.
 *
 * Computed as max(x, 0) + ln(1 + e) / beta with e = e^-|beta x|, which cannot overflow. Training keeps the slope dy/dx,
 * which forward has at hand. */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct softplus {
    double beta, threshold;
} softplus;

enum { SLOPE };
enum { BLOCK = 256 }; /* numbers at a time: they stay in the nearest cache from one array function to the next */

static tern_status softplus_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->save[SLOPE] = spec->in[0];
    return TERN_OK;
}

/* slope = sigmoid(beta x). */
TERN_CLONES static void softplus_block(const softplus *s, size_t n, const tern_real *x, tern_real *y,
                                       tern_real *restrict slope) {
    if (n == 0) return;
    const tern_real beta = (tern_real)s->beta, threshold = (tern_real)s->threshold;
    tern_real e[BLOCK], log1p[BLOCK];
    for (size_t i = 0; i < n; i++) e[i] = x[i] > 0 ? -beta * x[i] : beta * x[i];
    tern_exp(n, e, e);
    tern_log1p(n, e, log1p);
    if (slope)
        for (size_t i = 0; i < n; i++) slope[i] = beta * x[i] > threshold ? 1 : (x[i] > 0 ? 1 : e[i]) / (1 + e[i]);
    for (size_t i = 0; i < n; i++) y[i] = beta * x[i] > threshold ? x[i] : (x[i] > 0 ? x[i] : 0) + log1p[i] / beta;
}

static void softplus_forward(const void *self, const tern_forward *f) {
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_real *slope = f->save ? f->save[SLOPE].data + i : NULL;
        softplus_block(self, block, f->x[0]->data + i, f->y->data + i, slope);
    }
}

TERN_CLONES static void softplus_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *slope = b->save[SLOPE].data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * slope[i];
}

static const tern_option options[] = {
    TERN_REAL(softplus, beta, 1, 0, 1e30, "Sharpness of the bend.", .above_min = true),
    TERN_REAL(softplus, threshold, 20, -1e30, 1e30, "Where beta x passes it, y is x itself."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {7}}}}, {"{\"beta\": 2, \"threshold\": 10}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand softplus_lower(const void *self, tern_lowering *l) {
    const softplus *s = self;
    return TERN_LOWER_MAP(l, "%.9g * x > %.9g ? x : (x > 0 ? x : 0) + log1p(exp(x > 0 ? -%.9g * x : %.9g * x)) / %.9g",
                          s->beta, s->threshold, s->beta, s->beta, s->beta);
}

const tern_layer_type tern_layer_softplus = {
    .base = {TERN_LAYER, "softplus", NULL, "A smooth relu: y = ln(1 + e^(beta x)) / beta.", sizeof(softplus), options,
             examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .plan = softplus_plan,
    .forward = softplus_forward,
    .backward = softplus_backward,
    .lower = softplus_lower,
};
