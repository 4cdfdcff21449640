/* gelu - y = x cdf(x), cdf that of the normal distribution (Hendrycks and Gimpel 2016), or its approximation by tanh:
 *
 *   none:  cdf = (1 + erf(x / sqrt 2)) / 2           tanh:  cdf = (1 + tanh(c (x + 0.044715 x^3))) / 2,  c = sqrt(2 /
 * pi)
 *
 * Training keeps the slope dy/dx, which forward has at hand. */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct gelu {
    int approximate;
} gelu;

enum { NONE, TANH };
enum { SLOPE };

static tern_status gelu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->save[SLOPE] = spec->in[0];
    return TERN_OK;
}

static void gelu_forward(const void *self, const tern_forward *f) {
    const gelu *g = self;
    size_t n = tern_tensor_count(f->y);
    tern_real *slope = f->save ? f->save[SLOPE].data : NULL;
    if (g->approximate == TANH) tern_gelu_tanh(n, f->x[0]->data, f->y->data, slope);
    else tern_gelu(n, f->x[0]->data, f->y->data, slope);
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

static tern_operand gelu_lower(const void *self, tern_lowering *l) {
    const gelu *g = self;
    if (g->approximate == NONE) return TERN_LOWER_MAP(l, "x * 0.5 * (1 + erf(x * %.9g))", 0.7071067811865476);
    return TERN_LOWER_MAP(l, "x * 0.5 * (1 + tanh(%.9g * (x + 0.044715 * x * x * x)))", 0.7978845608028654);
}

const tern_layer_type tern_layer_gelu = {
    .base = {TERN_LAYER, "gelu", NULL, "Gaussian error linear unit: y = x times the normal distribution's cdf(x).",
             sizeof(gelu), options, examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .plan = gelu_plan,
    .forward = gelu_forward,
    .backward = gelu_backward,
    .lower = gelu_lower,
};
