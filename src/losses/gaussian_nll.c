/* gaussian_nll - the negative log likelihood of targets t by a normal distribution of mean m and variance v, as
 * PyTorch's GaussianNLLLoss; m and then v are the halves of the output's first dimension (Nix and Weigend 1994):
 *
 *   loss = (ln v + (t - m)^2 / v) / 2, v being no less than eps;  full: + ln(2 pi) / 2
 *
 * The divisor of the mean is the number of targets. A negative variance makes the loss NaN, which ends training. */
#include <tern/loss.h>
#include <math.h>

typedef struct gaussian_nll {
    bool full, log_var;
    double eps;
    size_t n; /* planned: targets of a sample */
} gaussian_nll;

static tern_status gaussian_nll_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    gaussian_nll *l = self;
    if (spec->pred.dim[0] % 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "takes means and then as many variances in the output's first dimension, but that is %zu",
                              spec->pred.dim[0]);
    l->n = tern_shape_count(&spec->pred) / 2;
    spec->target = spec->pred;
    spec->target.dim[0] /= 2;
    if (l->n == 1) spec->target = (tern_shape){0};
    spec->other_unit = true;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

static double gaussian_nll_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    (void)self, (void)pred;
    return (double)tern_tensor_count(target);
}

/* The loss of one target; its derivatives by the mean and by what stands for the variance. */
static double one_loss(const gaussian_nll *l, double m, double given, double t, double slope[2]) {
    double v = l->log_var ? exp(given) : given < 0 ? (double)NAN : given, e = m - t;
    if (v < l->eps) v = l->eps;
    slope[0] = e / v;
    slope[1] = (1 / v - e * e / (v * v)) / 2 * (l->log_var ? v : 1);
    return (log(v) + e * e / v + (l->full ? log(2 * 3.14159265358979323846) : 0)) / 2;
}

static double gaussian_nll_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                tern_tensor *dpred) {
    const gaussian_nll *l = self;
    double sum = 0, slope[2];
    for (size_t i = 0; i < tern_tensor_count(target); i++) {
        size_t mean = i / l->n * 2 * l->n + i % l->n, variance = mean + l->n;
        sum += one_loss(l, (double)pred->data[mean], (double)pred->data[variance], (double)target->data[i], slope);
        if (!dpred) continue;
        dpred->data[mean] = (tern_real)(slope[0] / norm);
        dpred->data[variance] = (tern_real)(slope[1] / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_BOOL(gaussian_nll, full, false, "Add the constant, ln(2 pi) / 2."),
    TERN_BOOL(gaussian_nll, log_var, false, "The second half holds logarithms of variances, which may be any numbers."),
    TERN_REAL(gaussian_nll, eps, 1e-6, 0, 1e30, "The least that a variance is taken for.", .above_min = true),
    {0},
};

static const tern_example examples[] = {
    {"{\"log_var\": true}", {{1, {2}}}},
    {"{\"log_var\": true, \"full\": true}", {{2, {4, 3}}}},
    {0},
};

const tern_loss_type tern_loss_gaussian_nll = {
    .base = {TERN_LOSS, "gaussian_nll", (const char *const[]){"GaussianNLLLoss", NULL},
             "Means and their variances, the halves of the output: (ln v + (t - m)^2 / v) / 2.", sizeof(gaussian_nll),
             options, examples},
    .targets = TERN_TARGET_VALUES,
    .plan = gaussian_nll_plan,
    .weight = gaussian_nll_weight,
    .eval = gaussian_nll_eval,
};
