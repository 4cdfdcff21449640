/* trunc_normal - normally distributed numbers without those outside [a, b] (absolute, not in deviations). As in
 * PyTorch, by the inverse of the distribution: mean + std sqrt(2) erfinv(y), y uniform between the erf of the two ends.
 */
#include <tern/initializer.h>
#include <math.h>

typedef struct trunc_normal {
    double mean, std, a, b;
} trunc_normal;

static tern_status trunc_normal_plan(void *self, const tern_shape *shape, tern_error *err) {
    const trunc_normal *s = self;
    (void)shape;
    if (s->a > s->b)
        return tern_error_add(err, TERN_ERROR_MODEL, "b", "is %g, but may not be below a, which is %g", s->b, s->a);
    if (s->mean < s->a - 5 * s->std || s->mean > s->b + 5 * s->std)
        return tern_error_add(err, TERN_ERROR_MODEL, "mean", "is %g, more than 5 deviations from the range %g to %g",
                              s->mean, s->a, s->b);
    return TERN_OK;
}

/* The x of which y is erf(x): a rational first guess (Matlab's), and two of Newton's steps. */
static double erfinv(double y) {
    double z, x, slope = 2 / sqrt(acos(-1.0));
    if (fabs(y) <= 0.7) {
        z = y * y;
        x = y * (((-0.140543331 * z + 0.914624893) * z - 1.645349621) * z + 0.886226899) /
            ((((0.012229801 * z - 0.329097515) * z + 1.442710462) * z - 2.118377725) * z + 1);
    } else {
        z = sqrt(-log((1 - fabs(y)) / 2));
        x = copysign((((1.641345311 * z + 3.429567803) * z - 1.624906493) * z - 1.970840454) /
                         ((1.637067800 * z + 3.543889200) * z + 1),
                     y);
    }
    for (int i = 0; i < 2; i++) x -= (erf(x) - y) / (slope * exp(-x * x));
    return x;
}

static void trunc_normal_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const trunc_normal *s = self;
    size_t n = tern_tensor_count(w);
    double low = erf((s->a - s->mean) / (s->std * sqrt(2))), high = erf((s->b - s->mean) / (s->std * sqrt(2)));
    tern_random_uniform(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) {
        double u = (double)w->data[i] + 0x1p-25; /* the middle of its 24 bits, as 0 and 1 would give infinities */
        double x = s->mean + s->std * sqrt(2) * erfinv(low + (high - low) * u);
        w->data[i] = (tern_real)fmin(fmax(x, s->a), s->b);
    }
}

static const tern_option options[] = {
    TERN_REAL(trunc_normal, mean, 0, -1e30, 1e30, "Mean before the cut."),
    TERN_REAL(trunc_normal, std, 1, 0, 1e30, "Standard deviation before the cut.", .above_min = true),
    TERN_REAL(trunc_normal, a, -2, -1e30, 1e30, "The lower end."),
    TERN_REAL(trunc_normal, b, 2, -1e30, 1e30, "The upper end."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {50}}}},
    {"{\"std\": 0.02}", {{2, {30, 20}}}},
    {"{\"mean\": 1, \"a\": 0, \"b\": 1.5}", {{2, {30, 20}}}},
    {0},
};

const tern_initializer_type tern_initializer_trunc_normal = {
    .base = {TERN_INITIALIZER, "trunc_normal", NULL, "Normally distributed numbers without those outside [a, b].",
             sizeof(trunc_normal), options, examples},
    .plan = trunc_normal_plan,
    .fill = trunc_normal_fill,
};
