/* precision_recall - precision, recall, f1 and balanced_accuracy, from three counts of each class: the samples that are
 * predicted to be of it, those that truly are, and the hits among both.
 *
 *   precision = hits / predicted    recall = hits / true    f1 = 2 hits / (predicted + true)
 *   balanced_accuracy = the mean of the recalls of the classes that are true of some sample
 *
 * By scikit-learn's rules: the mean over classes leaves out those that are neither predicted nor true, and a quotient
 * by 0 is 0. After a binary loss each output is a class by itself, predicted where its probability passes the
 * threshold; balanced accuracy then goes over yes and no of each output. */
#include <tern/metric.h>
#include <math.h>

typedef struct rates {
    int average;
    double threshold; /* a probability */
    size_t classes;   /* from here on: planned */
    double limit;     /* a prediction above it means yes; NAN: classes exclude each other */
    bool has_ignore;
    int64_t ignore;
} rates;

enum { MACRO, MICRO, WEIGHTED };

/* accumulators[0] is the number of samples; then for each class: */
enum { HITS, PREDICTED, TRUE, EACH };

static tern_status rates_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    rates *m = self;
    const tern_loss_spec *loss = &spec->loss;
    bool classes = loss->kind == TERN_TARGET_CLASSES;
    if (!classes && isnan(loss->threshold))
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "needs class indices or a binary loss, but the targets are numbers");
    m->classes = classes ? loss->classes : tern_shape_count(&loss->pred);
    m->has_ignore = loss->has_ignore;
    m->ignore = loss->ignore;
    spec->accumulators = 1 + EACH * m->classes;
    return tern_metric_limit(spec, m->threshold, &m->limit, err);
}

static void rates_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    const rates *m = self;
    double *each = accumulators + 1;
    size_t n = tern_tensor_count(target), inner = n / target->shape.dim[0];
    for (size_t i = 0; i < n; i++) {
        if (!isnan(m->limit)) {
            double *count = each + EACH * (i % m->classes);
            bool predicted = (double)pred->data[i] > m->limit, is = target->data[i] > (tern_real)0.5;
            count[HITS] += predicted && is;
            count[PREDICTED] += predicted;
            count[TRUE] += is;
        } else if (!m->has_ignore || (double)target->data[i] != (double)m->ignore) {
            const tern_real *x = pred->data + i / inner * m->classes * inner + i % inner;
            size_t predicted = tern_argmax(x, m->classes, inner), is = (size_t)target->data[i];
            each[EACH * is + HITS] += predicted == is;
            each[EACH * predicted + PREDICTED]++;
            each[EACH * is + TRUE]++;
        } else continue;
        accumulators[0]++;
    }
}

/* ---- rates ---- */

static double quotient(double a, double b) { return b > 0 ? a / b : 0; }
static double precision(const double *c) { return quotient(c[HITS], c[PREDICTED]); }
static double recall(const double *c) { return quotient(c[HITS], c[TRUE]); }
static double f1(const double *c) { return quotient(2 * c[HITS], c[PREDICTED] + c[TRUE]); }

static double average(const rates *m, const double *accumulators, double (*rate)(const double *)) {
    double all[EACH] = {0}, sum = 0, weights = 0;
    if (accumulators[0] == 0) return (double)NAN;
    for (size_t k = 0; k < m->classes; k++) {
        const double *c = accumulators + 1 + EACH * k;
        double weight = m->average == WEIGHTED ? c[TRUE] : !isnan(m->limit) || c[PREDICTED] + c[TRUE] > 0;
        for (size_t j = 0; j < EACH; j++) all[j] += c[j];
        sum += weight * rate(c);
        weights += weight;
    }
    return m->average == MICRO ? rate(all) : quotient(sum, weights);
}

static double precision_value(const void *self, const double *a) { return average(self, a, precision); }
static double recall_value(const void *self, const double *a) { return average(self, a, recall); }
static double f1_value(const void *self, const double *a) { return average(self, a, f1); }

static double balanced_value(const void *self, const double *accumulators) {
    const rates *m = self;
    double sum = 0, classes = 0, rows = accumulators[0] / (isnan(m->limit) ? 1 : (double)m->classes);
    for (size_t k = 0; k < m->classes; k++) {
        const double *c = accumulators + 1 + EACH * k;
        double no = isnan(m->limit) ? 0 : rows - c[TRUE]; /* a yes or no has two classes */
        sum += recall(c) + quotient(no - (c[PREDICTED] - c[HITS]), no);
        classes += (c[TRUE] > 0) + (no > 0);
    }
    return accumulators[0] > 0 ? sum / classes : (double)NAN;
}

static const char *const averages[] = {"macro", "micro", "weighted", NULL};
static const tern_option options[] = {
    TERN_CHOICE(rates, average, MACRO, averages,
                "The mean over classes (macro), that of all counts together (micro), or the mean by the number of each "
                "class's true samples (weighted)."),
    TERN_METRIC_THRESHOLD(rates),
    {0},
};
static const tern_option balanced_options[] = {TERN_METRIC_THRESHOLD(rates), {0}};

static const tern_example examples[] = {
    {"{}", {{1, {4}}}}, {"{\"average\": \"micro\"}", {{2, {3, 2}}}}, {"{\"average\": \"weighted\"}", {{1, {5}}}}, {0}};
static const tern_example balanced_examples[] = {{"{}", {{1, {4}}}}, {"{}", {{2, {3, 2}}}}, {0}};

const tern_metric_type tern_metric_precision = {
    .base = {TERN_METRIC, "precision", NULL, "Of the samples predicted to be of a class, the part that is.",
             sizeof(rates), options, examples},
    .higher_is_better = true,
    .plan = rates_plan,
    .add = rates_add,
    .value = precision_value,
};

const tern_metric_type tern_metric_recall = {
    .base = {TERN_METRIC, "recall", NULL, "Of the samples of a class, the part that is predicted to be.", sizeof(rates),
             options, examples},
    .higher_is_better = true,
    .plan = rates_plan,
    .add = rates_add,
    .value = recall_value,
};

const tern_metric_type tern_metric_f1 = {
    .base = {TERN_METRIC, "f1", (const char *const[]){"f1_score", NULL}, "The harmonic mean of precision and recall.",
             sizeof(rates), options, examples},
    .higher_is_better = true,
    .plan = rates_plan,
    .add = rates_add,
    .value = f1_value,
};

const tern_metric_type tern_metric_balanced_accuracy = {
    .base = {TERN_METRIC, "balanced_accuracy", NULL, "The mean of the classes' recalls, whatever their sizes.",
             sizeof(rates), balanced_options, balanced_examples},
    .higher_is_better = true,
    .plan = rates_plan,
    .add = rates_add,
    .value = balanced_value,
};
