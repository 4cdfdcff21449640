/* rmse - the root of the mean squared error over all numbers: sqrt(mean (p - t)^2). */
#include <tern/metric.h>
#include <math.h>

enum { SUM, COUNTED };

static tern_status rmse_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    (void)self;
    if (spec->loss.kind != TERN_TARGET_VALUES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "compares numbers, but the targets are class indices");
    spec->accumulators = 2;
    return TERN_OK;
}

static void rmse_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    (void)self;
    size_t n = tern_tensor_count(pred);
    for (size_t i = 0; i < n; i++) {
        double e = (double)pred->data[i] - (double)target->data[i];
        accumulators[SUM] += e * e;
    }
    accumulators[COUNTED] += (double)n;
}

static double rmse_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[COUNTED] > 0 ? sqrt(accumulators[SUM] / accumulators[COUNTED]) : (double)NAN;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_metric_type tern_metric_rmse = {
    .base = {TERN_METRIC, "rmse", (const char *const[]){"root_mean_squared_error", NULL},
             "Root of the mean of the squared differences, over all numbers.", 0, NULL, examples},
    .differences = true,
    .plan = rmse_plan,
    .add = rmse_add,
    .value = rmse_value,
};
