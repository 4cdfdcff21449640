/* r2 - the coefficient of determination, the mean over the outputs of
 *
 *   1 - sum (p - t)^2 / sum (t - mean t)^2
 *
 * where, as in scikit-learn, an output whose targets are all the same has 1 if it is met exactly, else 0. */
#include <tern/metric.h>
#include <math.h>

typedef struct r2 {
    size_t outputs;
} r2;

/* accumulators[0] is the number of samples n; then for each output sum (p - t)^2, mean t, sum (t - mean t)^2. Around
 * the mean, as t^2 would swallow the spread of targets that are large against it. */
enum { ERROR, MEAN, SPREAD, EACH };

static tern_status r2_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    r2 *m = self;
    if (spec->loss.kind != TERN_TARGET_VALUES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "compares numbers, but the targets are class indices");
    m->outputs = tern_shape_count(&spec->loss.pred);
    spec->accumulators = 1 + EACH * m->outputs;
    return TERN_OK;
}

/* Chan, Golub and LeVeque 1979: the accumulators of b more samples come to those of a. */
static void merge_output(double a, double *into, double b, const double *from) {
    double d = from[MEAN] - into[MEAN], all = a + b;
    into[ERROR] += from[ERROR];
    into[MEAN] += d * (b / all);
    into[SPREAD] += from[SPREAD] + d * (a * b / all) * d;
}

static void r2_merge(const void *self, double *into, const double *from) {
    const r2 *m = self;
    if (from[0] == 0) return;
    for (size_t j = 0; j < m->outputs; j++) merge_output(into[0], into + 1 + EACH * j, from[0], from + 1 + EACH * j);
    into[0] += from[0];
}

static void r2_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    const r2 *m = self;
    size_t rows = pred->shape.dim[0];
    double n = (double)rows;
    for (size_t j = 0; j < m->outputs; j++) {
        double first = (double)target->data[j], own[EACH] = {0}, sum = 0, square = 0;
        for (size_t at = j; at < rows * m->outputs; at += m->outputs) {
            double e = (double)pred->data[at] - (double)target->data[at], d = (double)target->data[at] - first;
            own[ERROR] += e * e;
            sum += d;
            square += d * d;
        }
        own[MEAN] = first + sum / n;
        own[SPREAD] = square - sum * (sum / n);
        if (own[SPREAD] < 0) own[SPREAD] = 0; /* by rounding; NaN stays */
        merge_output(accumulators[0], accumulators + 1 + EACH * j, n, own);
    }
    accumulators[0] += n;
}

static double r2_value(const void *self, const double *accumulators) {
    const r2 *m = self;
    double total = 0;
    if (accumulators[0] < 2) return (double)NAN;
    for (size_t j = 0; j < m->outputs; j++) {
        const double *s = accumulators + 1 + EACH * j;
        total += s[SPREAD] == 0 ? s[ERROR] == 0 : 1 - s[ERROR] / s[SPREAD];
    }
    return total / (double)m->outputs;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_metric_type tern_metric_r2 = {
    .base = {TERN_METRIC, "r2", (const char *const[]){"r2_score", NULL},
             "Coefficient of determination: 1 - sum (p - t)^2 / sum (t - mean t)^2, the mean over the outputs.",
             sizeof(r2), NULL, examples},
    .higher_is_better = true,
    .differences = true,
    .plan = r2_plan,
    .add = r2_add,
    .merge = r2_merge,
    .value = r2_value,
};
