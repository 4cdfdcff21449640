/* gelu - y = x cdf(x), cdf that of the normal distribution (Hendrycks and Gimpel 2016), or its approximation by tanh:
 *
 *   none:  cdf = (1 + erf(x / sqrt 2)) / 2           tanh:  cdf = (1 + tanh(c (x + 0.044715 x^3))) / 2,  c = sqrt(2 / pi)
 *
 * Training keeps the slope dy/dx, which forward has at hand. */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct gelu {
    int approximate;
} gelu;

enum { NONE, TANH };
enum { SLOPE };
enum { BLOCK = 256 }; /* numbers at a time: they stay in the nearest cache from one array function to the next */

static tern_status gelu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->save[SLOPE] = spec->in[0];
    return TERN_OK;
}

/* slope = cdf + x pdf. */
TERN_CLONES static void gelu_exact(size_t n, const tern_real *x, tern_real *y, tern_real *restrict slope) {
    if (n == 0) return;
    const tern_real sqrt_1_2 = (tern_real)0.70710678118654752, sqrt_1_2pi = (tern_real)0.39894228040143268;
    tern_real cdf[BLOCK], pdf[BLOCK];
    for (size_t i = 0; i < n; i++) cdf[i] = x[i] * sqrt_1_2;
    tern_erf(n, cdf, cdf);
    for (size_t i = 0; i < n; i++) cdf[i] = (1 + cdf[i]) / 2;
    if (slope) {
        for (size_t i = 0; i < n; i++) pdf[i] = -x[i] * x[i] / 2;
        tern_exp(n, pdf, pdf);
        for (size_t i = 0; i < n; i++) slope[i] = cdf[i] + x[i] * sqrt_1_2pi * pdf[i];
    }
    for (size_t i = 0; i < n; i++) y[i] = x[i] * cdf[i];
}

/* slope = (1 + t) / 2 + x (1 - t^2) u' / 2 where t = tanh u, u = c (x + a x^3), u' = c (1 + 3 a x^2). */
TERN_CLONES static void gelu_tanh(size_t n, const tern_real *x, tern_real *y, tern_real *restrict slope) {
    if (n == 0) return;
    const tern_real c = (tern_real)0.79788456080286536, a = (tern_real)0.044715;
    tern_real t[BLOCK];
    for (size_t i = 0; i < n; i++) t[i] = c * (x[i] + a * x[i] * x[i] * x[i]);
    tern_tanh(n, t, t);
    if (slope)
        for (size_t i = 0; i < n; i++)
            slope[i] = (1 + t[i] + x[i] * (1 - t[i] * t[i]) * c * (1 + 3 * a * x[i] * x[i])) / 2;
    for (size_t i = 0; i < n; i++) y[i] = x[i] * (1 + t[i]) / 2;
}

static void gelu_forward(const void *self, const tern_forward *f) {
    const gelu *g = self;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_real *slope = f->save ? f->save[SLOPE].data + i : NULL;
        if (g->approximate == TANH) gelu_tanh(block, f->x[0]->data + i, f->y->data + i, slope);
        else gelu_exact(block, f->x[0]->data + i, f->y->data + i, slope);
    }
}

TERN_CLONES static void gelu_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *slope = b->save[SLOPE].data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * slope[i];
}

static const char *const approximations[] = {"none", "tanh", NULL};

static const tern_option options[] = {
    TERN_CHOICE(gelu, approximate, NONE, approximations, "The exact form, or the one by tanh."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{\"approximate\": \"tanh\"}", {{3, {2, 3, 5}}}}, {0}};

const tern_layer_type tern_layer_gelu = {
    .base = {TERN_LAYER, "gelu", NULL, "Gaussian error linear unit: y = x times the normal distribution's cdf(x).", sizeof(gelu),
             options, examples},
    .flags = TERN_IN_PLACE,
    .plan = gelu_plan, .forward = gelu_forward, .backward = gelu_backward,
};
