/* mse - the mean squared error: sum (p - t)^2 / norm. */
#include <tern/loss.h>
#include <math.h>

static tern_status mse_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

static double mse_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                       tern_tensor *dpred) {
    (void)self;
    const tern_real *p = pred->data, *t = target->data;
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double e = (double)p[i] - (double)t[i];
        sum += e * e;
    }
    if (dpred)
        for (size_t i = 0; i < n; i++) dpred->data[i] = (tern_real)(2 / norm) * (p[i] - t[i]);
    return sum / norm;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_mse = {
    .base = {TERN_LOSS, "mse", (const char *const[]){"MSELoss", "mean_squared_error", NULL},
             "Mean of the squared differences: (p - t)^2.", 0, NULL, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .plan = mse_plan,
    .eval = mse_eval,
};
