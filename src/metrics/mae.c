/* mae - the mean absolute error over all numbers: mean |p - t|. */
#include <tern/metric.h>
#include <math.h>

enum { SUM, COUNTED };

static tern_status mae_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    (void)self;
    if (spec->loss.kind != TERN_TARGET_VALUES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "compares numbers, but the targets are class indices");
    spec->accumulators = 2;
    return TERN_OK;
}

static void mae_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    (void)self;
    size_t n = tern_tensor_count(pred);
    for (size_t i = 0; i < n; i++) accumulators[SUM] += fabs((double)pred->data[i] - (double)target->data[i]);
    accumulators[COUNTED] += (double)n;
}

static double mae_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[COUNTED] > 0 ? accumulators[SUM] / accumulators[COUNTED] : (double)NAN;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_metric_type tern_metric_mae = {
    .base = {TERN_METRIC, "mae", (const char *const[]){"mean_absolute_error", NULL},
             "Mean of the absolute differences.", 0, NULL, examples},
    .differences = true,
    .plan = mae_plan,
    .add = mae_add,
    .value = mae_value,
};
