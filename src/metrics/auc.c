/* auc - how well predictions rank: auc, the area under the ROC curve, and average_precision, that under the curve of
 * precision over recall.
 *
 *   auc = the part of the pairs of a yes and a no in which the yes is ranked higher, a tie counting a half
 *   average_precision = sum (R_k - R_(k-1)) P_k over the distinct scores from above, P and R being precision and recall
 *
 * As in scikit-learn: of classes the mean of each against the rest, by their probabilities; after a binary loss each
 * output is a question of its own. A class that no sample has, and for auc one that all have, is left out. */
#include <tern/metric.h>
#include <math.h>
#include <stdlib.h>

typedef struct ranking {
    int average;
    tern_loss_spec loss; /* planned: what predictions and targets mean */
    tern_link link;
} ranking;

enum { MACRO, WEIGHTED };

/* A sample's score for a class, and whether it is of it: the numbers of the scratch. */
typedef struct ranked {
    double score, is;
} ranked;

static tern_status ranking_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    ranking *m = self;
    const tern_loss_spec *loss = &spec->loss;
    if (loss->kind == TERN_TARGET_CLASSES ? spec->link == TERN_LINK_NONE : isnan(loss->threshold))
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "needs a loss over classes, or a binary one");
    m->loss = *loss;
    m->link = spec->link;
    spec->scratch = 2 * (loss->kind == TERN_TARGET_CLASSES ? tern_shape_count(&loss->target) : 1);
    return TERN_OK;
}

static int highest_first(const void *a, const void *b) {
    double x = ((const ranked *)a)->score, y = ((const ranked *)b)->score;
    return (x < y) - (x > y);
}

/* The areas of n ranked samples, of which `yes` are of the class; NaN: there is none. */
static double roc(const ranked *r, size_t n, double yes) {
    double above = 0, pairs = 0; /* yes's so far; pairs in the right order */
    for (size_t i = 0, end; i < n; i = end) {
        double tied[2] = {0};
        for (end = i; end < n && r[end].score == r[i].score; end++) tied[r[end].is > 0]++;
        pairs += tied[0] * (above + tied[1] / 2);
        above += tied[1];
    }
    return pairs / (yes * ((double)n - yes));
}

static double precision_recall(const ranked *r, size_t n, double yes) {
    double hits = 0, sum = 0;
    for (size_t i = 0, end; i < n; i = end) {
        double before = hits;
        for (end = i; end < n && r[end].score == r[i].score; end++) hits += r[end].is;
        sum += (hits - before) / yes * (hits / (double)end);
    }
    return sum;
}

/* ---- scores ---- */

/* The probability of class c among n predictions, `stride` apart, or what is ranked as it. */
static double score_of(tern_link link, const tern_real *x, size_t n, size_t stride, size_t c) {
    if (link != TERN_LINK_SOFTMAX) return (double)x[c * stride];
    double most = (double)x[tern_argmax(x, n, stride) * stride], sum = 0;
    for (size_t k = 0; k < n; k++) sum += exp((double)x[k * stride] - most);
    return exp((double)x[c * stride] - most) / sum;
}

/* Lists the samples for class, or output, c; returns how many there are. */
static size_t list(const ranking *m, const tern_tensor *pred, const tern_tensor *target, size_t c, ranked *out) {
    const tern_loss_spec *loss = &m->loss;
    size_t n = tern_tensor_count(target), rows = pred->shape.dim[0], listed = 0;
    if (loss->kind == TERN_TARGET_VALUES) {
        size_t outputs = n / rows;
        for (size_t i = 0; i < rows; i++) {
            size_t at = i * outputs + c;
            out[i] = (ranked){(double)pred->data[at], target->data[at] > (tern_real)0.5};
        }
        return rows;
    }
    for (size_t i = 0, inner = n / rows; i < n; i++) {
        double t = (double)target->data[i];
        if (loss->has_ignore && t == (double)loss->ignore) continue;
        const tern_real *x = pred->data + i / inner * loss->classes * inner + i % inner;
        out[listed++] = (ranked){score_of(m->link, x, loss->classes, inner, c), t == (double)c};
    }
    return listed;
}

static double area(const ranking *m, const tern_tensor *pred, const tern_tensor *target, double *scratch,
                   double (*of)(const ranked *, size_t, double)) {
    ranked *r = (ranked *)scratch;
    size_t classes = m->loss.kind == TERN_TARGET_CLASSES ? m->loss.classes : tern_shape_count(&m->loss.pred);
    double sum = 0, weights = 0;
    for (size_t c = 0; c < classes; c++) {
        size_t n = list(m, pred, target, c, r);
        double yes = 0;
        for (size_t i = 0; i < n; i++) yes += r[i].is;
        qsort(r, n, sizeof *r, highest_first);
        double weight = m->average == WEIGHTED ? yes : 1, value = yes > 0 ? of(r, n, yes) : (double)NAN;
        if (isnan(value)) continue;
        sum += weight * value;
        weights += weight;
    }
    return weights > 0 ? sum / weights : (double)NAN;
}

static double auc_of_all(const void *self, const tern_tensor *pred, const tern_tensor *target, double *scratch) {
    return area(self, pred, target, scratch, roc);
}

static double average_precision_of_all(const void *self, const tern_tensor *pred, const tern_tensor *target,
                                       double *scratch) {
    return area(self, pred, target, scratch, precision_recall);
}

static const tern_option options[] = {
    TERN_CHOICE(ranking, average, MACRO, ((const char *const[]){"macro", "weighted", NULL}),
                "The mean over the classes, or by the number of each class's samples."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {4}}}}, {"{\"average\": \"weighted\"}", {{2, {3, 2}}}}, {0}};

const tern_metric_type tern_metric_auc = {
    .base = {TERN_METRIC, "auc", (const char *const[]){"roc_auc", NULL},
             "Area under the ROC curve: the part of the pairs of a yes and a no that are ranked right.",
             sizeof(ranking), options, examples},
    .higher_is_better = true,
    .plan = ranking_plan,
    .of_all = auc_of_all,
};

const tern_metric_type tern_metric_average_precision = {
    .base = {TERN_METRIC, "average_precision", NULL, "Area under the curve of precision over recall, by steps.",
             sizeof(ranking), options, examples},
    .higher_is_better = true,
    .plan = ranking_plan,
    .of_all = average_precision_of_all,
};
