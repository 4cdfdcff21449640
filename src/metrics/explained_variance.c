/* explained_variance - 1 - var(t - p) / var(t), the mean over the outputs: r2, but for a constant error.
 *
 * As in scikit-learn, an output whose targets are all the same has 1 if its errors are too, else 0. */
#include <tern/metric.h>
#include <math.h>

typedef struct explained_variance {
    size_t outputs;
} explained_variance;

/* The mean of some numbers and the sum of squared distances from it. */
typedef struct moments {
    double mean, spread;
} moments;

/* accumulators[0] is the number of samples; then for each output the moments of the errors and those of the targets. */
enum { ERROR, TARGET, EACH };

static tern_status explained_variance_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    explained_variance *m = self;
    if (spec->loss.kind != TERN_TARGET_VALUES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "compares numbers, but the targets are class indices");
    m->outputs = tern_shape_count(&spec->loss.pred);
    spec->accumulators = 1 + 2 * EACH * m->outputs;
    return TERN_OK;
}

/* Chan, Golub and LeVeque 1979: the moments of n numbers, and of `more` others. */
static moments merge(double n, moments a, double more, moments b) {
    double d = b.mean - a.mean;
    return (moments){a.mean + d * (more / (n + more)), a.spread + b.spread + d * (n * more / (n + more)) * d};
}

static void explained_variance_merge(const void *self, double *into, const double *from) {
    const explained_variance *m = self;
    if (from[0] == 0) return;
    for (size_t k = 1; k < 1 + 2 * EACH * m->outputs; k += 2) {
        moments all = merge(into[0], (moments){into[k], into[k + 1]}, from[0], (moments){from[k], from[k + 1]});
        into[k] = all.mean;
        into[k + 1] = all.spread;
    }
    into[0] += from[0];
}

/* Adds sample after sample, each around the mean so far: no square of a large mean swallows the spread. */
static void explained_variance_add(const void *self, const tern_tensor *pred, const tern_tensor *target,
                                   double *accumulators) {
    const explained_variance *m = self;
    size_t rows = pred->shape.dim[0];
    for (size_t i = 0; i < rows; i++, accumulators[0]++)
        for (size_t j = 0; j < m->outputs; j++) {
            double t = (double)target->data[i * m->outputs + j], p = (double)pred->data[i * m->outputs + j];
            double *each = accumulators + 1 + 2 * EACH * j;
            for (size_t k = 0; k < EACH; k++) {
                moments one = {k == TARGET ? t : t - p, 0};
                one = merge(accumulators[0], (moments){each[2 * k], each[2 * k + 1]}, 1, one);
                each[2 * k] = one.mean;
                each[2 * k + 1] = one.spread;
            }
        }
}

static double explained_variance_value(const void *self, const double *accumulators) {
    const explained_variance *m = self;
    double total = 0;
    if (accumulators[0] == 0) return (double)NAN;
    for (size_t j = 0; j < m->outputs; j++) {
        const double *each = accumulators + 1 + 2 * EACH * j;
        double error = each[2 * ERROR + 1], spread = each[2 * TARGET + 1];
        total += spread == 0 ? error == 0 : 1 - error / spread;
    }
    return total / (double)m->outputs;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_metric_type tern_metric_explained_variance = {
    .base = {TERN_METRIC, "explained_variance", NULL,
             "The part of the targets' variance that the predictions explain: r2, but for a constant error.",
             sizeof(explained_variance), NULL, examples},
    .higher_is_better = true,
    .differences = true,
    .plan = explained_variance_plan,
    .add = explained_variance_add,
    .merge = explained_variance_merge,
    .value = explained_variance_value,
};
