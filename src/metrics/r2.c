/* r2 - the coefficient of determination, the mean over the outputs of
 *
 *   1 - sum (p - t)^2 / sum (t - mean t)^2
 *
 * where, as in scikit-learn, an output whose targets are all the same has 1 if it is met exactly, else 0. */
#include <tern/metric.h>
#include <float.h>
#include <math.h>

typedef struct r2 {
    size_t outputs;
} r2;

enum {
    ERROR,
    SUM,
    SQUARES,
    EACH
}; /* sums[0] is the number of samples; then for each output sum (p - t)^2, sum t, sum t^2 */

static tern_status r2_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    r2 *m = self;
    if (spec->loss.kind != TERN_TARGET_VALUES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "compares numbers, but the targets are class indices");
    m->outputs = tern_shape_count(&spec->loss.pred);
    spec->sums = 1 + EACH * m->outputs;
    return TERN_OK;
}

static void r2_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *sums) {
    const r2 *m = self;
    size_t rows = pred->shape.dim[0];
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < m->outputs; j++) {
            size_t at = i * m->outputs + j;
            double *s = sums + 1 + EACH * j, e = (double)pred->data[at] - (double)target->data[at],
                   t = (double)target->data[at];
            s[ERROR] += e * e;
            s[SUM] += t;
            s[SQUARES] += t * t;
        }
    sums[0] += (double)rows;
}

static double r2_value(const void *self, const double *sums) {
    const r2 *m = self;
    double n = sums[0], total = 0;
    if (n < 2) return (double)NAN;
    for (size_t j = 0; j < m->outputs; j++) {
        const double *s = sums + 1 + EACH * j;
        double spread = s[SQUARES] - s[SUM] * s[SUM] / n;
        bool constant = spread <= n * DBL_EPSILON * s[SQUARES]; /* rounding leaves no more than that of a true 0 */
        total += constant ? s[ERROR] == 0 : 1 - s[ERROR] / spread;
    }
    return total / (double)m->outputs;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_metric_type tern_metric_r2 = {
    .base = {TERN_METRIC, "r2", (const char *const[]){"r2_score", NULL},
             "Coefficient of determination: 1 - sum (p - t)^2 / sum (t - mean t)^2, the mean over the outputs.",
             sizeof(r2), NULL, examples},
    .higher_is_better = true,
    .plan = r2_plan,
    .add = r2_add,
    .value = r2_value,
};
