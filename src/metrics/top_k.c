/* top_k - the part of the predictions whose right class is among the k most likely; of equals, the first is more
 * likely. */
#include <tern/metric.h>
#include <math.h>

typedef struct top_k {
    size_t k;
    bool has_ignore; /* from here on: what the loss says */
    int64_t ignore;
} top_k;

enum { RIGHT, COUNTED };

static tern_status top_k_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    top_k *m = self;
    if (spec->loss.kind != TERN_TARGET_CLASSES)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "needs class indices, but the targets are numbers");
    if (m->k > spec->loss.classes)
        return tern_error_add(err, TERN_ERROR_MODEL, "k", "is %zu, but there are %zu classes", m->k,
                              spec->loss.classes);
    m->has_ignore = spec->loss.has_ignore;
    m->ignore = spec->loss.ignore;
    spec->accumulators = 2;
    return TERN_OK;
}

/* How many of n numbers, `stride` apart, come before number t. All do where it is NaN. */
static size_t rank(size_t n, size_t stride, const tern_real *x, size_t t) {
    size_t before = 0;
    for (size_t c = 0; c < t; c++) before += (size_t) !(x[c * stride] < x[t * stride]);
    for (size_t c = t + 1; c < n; c++) before += (size_t) !(x[c * stride] <= x[t * stride]);
    return before;
}

static void top_k_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    const top_k *m = self;
    size_t classes = pred->shape.dim[1], inner = 1;
    for (size_t i = 2; i < pred->shape.rank; i++) inner *= pred->shape.dim[i];
    for (size_t i = 0; i < pred->shape.dim[0]; i++)
        for (size_t j = 0; j < inner; j++) {
            tern_real label = target->data[i * inner + j];
            if (m->has_ignore && (double)label == (double)m->ignore) continue;
            accumulators[RIGHT] += rank(classes, inner, pred->data + i * classes * inner + j, (size_t)label) < m->k;
            accumulators[COUNTED]++;
        }
}

static double top_k_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[COUNTED] > 0 ? accumulators[RIGHT] / accumulators[COUNTED] : (double)NAN;
}

static const tern_option options[] = {
    TERN_SIZE(top_k, k, 5, 1, 1 << 24, "How many of the most likely classes count."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {10}}}}, {"{\"k\": 2}", {{3, {4, 2, 3}}}}, {0}};

const tern_metric_type tern_metric_top_k = {
    .base = {TERN_METRIC, "top_k", (const char *const[]){"top_k_accuracy", NULL},
             "The part of the predictions whose right class is among the k most likely.", sizeof(top_k), options,
             examples},
    .higher_is_better = true,
    .plan = top_k_plan,
    .add = top_k_add,
    .value = top_k_value,
};
