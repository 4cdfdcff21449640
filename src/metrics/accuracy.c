/* accuracy - the part of the predictions that are right: the most likely class against the label (or against the
 * target's most likely class); after a binary loss, each number's yes or no. */
#include <tern/metric.h>
#include <math.h>

typedef struct accuracy {
    double threshold;    /* a probability */
    tern_loss_spec loss; /* planned: what the prediction and the target mean */
    double limit;        /* a prediction above it means yes; NAN: the greatest is taken */
} accuracy;

enum { RIGHT, COUNTED };

static tern_status accuracy_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    accuracy *a = self;
    a->loss = spec->loss;
    spec->accumulators = 2;
    if (spec->loss.kind == TERN_TARGET_CLASSES || !isnan(spec->loss.threshold) || spec->loss.pred.dim[0] > 1)
        return tern_metric_limit(spec, a->threshold, &a->limit, err);
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "needs classes or a binary loss, but the model's output is one number; "
                          "there are mae, rmse and r2");
}

static void add_classes(const accuracy *a, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    size_t classes = pred->shape.dim[1], inner = 1;
    for (size_t i = 2; i < pred->shape.rank; i++) inner *= pred->shape.dim[i];
    for (size_t i = 0; i < pred->shape.dim[0]; i++)
        for (size_t j = 0; j < inner; j++) {
            size_t at = i * classes * inner + j, got = tern_argmax(pred->data + at, classes, inner);
            double want = a->loss.kind == TERN_TARGET_CLASSES ? (double)target->data[i * inner + j]
                                                              : (double)tern_argmax(target->data + at, classes, inner);
            if (a->loss.kind == TERN_TARGET_CLASSES && a->loss.has_ignore && want == (double)a->loss.ignore) continue;
            accumulators[RIGHT] += (double)got == want;
            accumulators[COUNTED]++;
        }
}

static void accuracy_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    const accuracy *a = self;
    if (isnan(a->limit)) {
        add_classes(a, pred, target, accumulators);
        return;
    }
    size_t n = tern_tensor_count(pred);
    for (size_t i = 0; i < n; i++) {
        bool got = (double)pred->data[i] > a->limit, want = target->data[i] > (tern_real)0.5;
        accumulators[RIGHT] += got == want;
    }
    accumulators[COUNTED] += (double)n;
}

static double accuracy_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[COUNTED] > 0 ? accumulators[RIGHT] / accumulators[COUNTED] : (double)NAN;
}

static const tern_option options[] = {TERN_METRIC_THRESHOLD(accuracy), {0}};
static const tern_example examples[] = {{"{}", {{1, {5}}}}, {"{}", {{3, {4, 2, 3}}}}, {0}};

const tern_metric_type tern_metric_accuracy = {
    .base = {TERN_METRIC, "accuracy", (const char *const[]){"acc", NULL}, "The part of the predictions that are right.",
             sizeof(accuracy), options, examples},
    .higher_is_better = true,
    .plan = accuracy_plan,
    .add = accuracy_add,
    .value = accuracy_value,
};
