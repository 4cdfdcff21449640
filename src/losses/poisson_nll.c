/* poisson_nll - how unlikely counts t are, of which p is the expected number or its logarithm; without ln t!, which no
 * weight changes:
 *
 *   log_input: e^p - t p,  dp = e^p - t;     else p - t ln(p + eps),  dp = 1 - t / (p + eps) */
#include <tern/loss.h>
#include <tgmath.h>

typedef struct poisson_nll {
    bool log_input;
    double eps;
} poisson_nll;

static tern_status poisson_nll_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)err;
    spec->target = spec->pred;
    spec->other_unit = ((const poisson_nll *)self)->log_input;
    spec->least = 0;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

static double poisson_nll_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                               tern_tensor *dpred) {
    const poisson_nll *l = self;
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) {
        double p = (double)pred->data[i], t = (double)target->data[i], rate = l->log_input ? exp(p) : p;
        sum += rate - t * (l->log_input ? p : log(p + l->eps));
        if (dpred) dpred->data[i] = (tern_real)((l->log_input ? rate - t : 1 - t / (p + l->eps)) / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_BOOL(poisson_nll, log_input, true,
              "The prediction is the logarithm of the expected number, which metrics do not compare with the target."),
    TERN_REAL(poisson_nll, eps, 1e-8, 0, 1, "Added to an expected number before its logarithm is taken."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_poisson_nll = {
    .base = {TERN_LOSS, "poisson_nll", (const char *const[]){"PoissonNLLLoss", "poisson", NULL},
             "For counts: e^p - t p, p being the logarithm of the expected number.", sizeof(poisson_nll), options,
             examples},
    .targets = TERN_TARGET_VALUES,
    .plan = poisson_nll_plan,
    .eval = poisson_nll_eval,
};
