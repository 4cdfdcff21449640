/* mape - errors in relation to the numbers: mape (the mean absolute percentage error, as a part of 1) and smape, which
 * treats prediction and target alike:
 *
 *   mape = mean |p - t| / max(|t|, e)    smape = mean 2 |p - t| / (|p| + |t|), 0 where both are 0
 *
 * e, as in scikit-learn, is the rounding of 1 in double: a target of 0 makes mape huge. */
#include <tern/metric.h>
#include <float.h>
#include <math.h>

enum { SUM, COUNTED };

static tern_status relative_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    (void)self;
    if (spec->loss.kind != TERN_TARGET_VALUES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "compares numbers, but the targets are class indices");
    spec->accumulators = 2;
    return TERN_OK;
}

static void mape_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    (void)self;
    size_t n = tern_tensor_count(pred);
    for (size_t i = 0; i < n; i++) {
        double p = (double)pred->data[i], t = (double)target->data[i];
        accumulators[SUM] += fabs(p - t) / fmax(fabs(t), DBL_EPSILON);
    }
    accumulators[COUNTED] += (double)n;
}

static void smape_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    (void)self;
    size_t n = tern_tensor_count(pred);
    for (size_t i = 0; i < n; i++) {
        double p = (double)pred->data[i], t = (double)target->data[i], size = fabs(p) + fabs(t);
        if (size != 0) accumulators[SUM] += 2 * fabs(p - t) / size; /* NaN goes in */
    }
    accumulators[COUNTED] += (double)n;
}

static double relative_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[COUNTED] > 0 ? accumulators[SUM] / accumulators[COUNTED] : (double)NAN;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_metric_type tern_metric_mape = {
    .base = {TERN_METRIC, "mape", (const char *const[]){"mean_absolute_percentage_error", NULL},
             "Mean of the absolute differences in relation to the targets: 0.1 is 10 %.", 0, NULL, examples},
    .plan = relative_plan,
    .add = mape_add,
    .value = relative_value,
};

const tern_metric_type tern_metric_smape = {
    .base = {TERN_METRIC, "smape", NULL,
             "Mean of the absolute differences in relation to the mean size of prediction and target: 0 to 2.", 0, NULL,
             examples},
    .plan = relative_plan,
    .add = smape_add,
    .value = relative_value,
};
