/* log_loss - what the predicted probabilities p are worth, whatever the loss: log_loss, perplexity and brier.
 *
 *   log_loss = -mean ln p of the true class      perplexity = exp(log_loss)
 *   brier = mean over samples of sum (p_k - q_k)^2 over the classes k, q_k being 1 for the true class and else 0
 *
 * After a binary loss each output is a yes or no of its own, t being 1 or 0: -(t ln p + (1 - t) ln(1 - p)), and
 * (p - t)^2, as scikit-learn's brier_score_loss. Logarithms are taken of the loss's logits, so that none is of 0. */
#include <tern/metric.h>
#include <math.h>

typedef struct probabilities {
    tern_loss_spec loss; /* planned: what predictions and targets mean */
    tern_link link;
} probabilities;

enum { SUM, COUNTED };

static tern_status probabilities_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    probabilities *m = self;
    const tern_loss_spec *loss = &spec->loss;
    bool binary = loss->kind == TERN_TARGET_VALUES && !isnan(loss->threshold);
    if (spec->link == TERN_LINK_NONE || (loss->kind == TERN_TARGET_VALUES && !binary))
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "needs a loss that predicts probabilities of classes, such as cross_entropy or "
                              "bce_with_logits");
    m->loss = *loss;
    m->link = spec->link;
    spec->accumulators = 2;
    return TERN_OK;
}

/* ---- the logarithms of probabilities ---- */

/* Of yes, from a prediction. */
static double log_yes(tern_link link, double x) {
    if (link == TERN_LINK_SIGMOID) return x < 0 ? x - log1p(exp(x)) : -log1p(exp(-x));
    return link == TERN_LINK_EXP ? x : log(x);
}

/* Of no. */
static double log_no(tern_link link, double x) {
    if (link == TERN_LINK_SIGMOID) return log_yes(link, -x);
    return log1p(-(link == TERN_LINK_EXP ? exp(x) : x));
}

/* What to take off each of n predictions, `stride` apart, for their exponentials to be probabilities. */
static double log_sum(tern_link link, const tern_real *x, size_t n, size_t stride) {
    if (link != TERN_LINK_SOFTMAX) return 0;
    size_t top = tern_argmax(x, n, stride);
    double most = (double)x[top * stride], rest = 0;
    for (size_t k = 0; k < n; k++)
        if (k != top) rest += exp((double)x[k * stride] - most);
    return most + log1p(rest);
}

/* ---- adding ---- */

/* Of a class among n, and of a yes or no: what each metric adds. */
typedef struct scoring {
    double (*of_class)(tern_link link, const tern_real *x, size_t n, size_t stride, size_t c);
    double (*of_answer)(tern_link link, double x, bool yes);
} scoring;

static double class_loss(tern_link link, const tern_real *x, size_t n, size_t stride, size_t c) {
    double own = (double)x[c * stride];
    return log_sum(link, x, n, stride) - (link == TERN_LINK_IDENTITY ? log(own) : own);
}

static double class_brier(tern_link link, const tern_real *x, size_t n, size_t stride, size_t c) {
    double off = log_sum(link, x, n, stride), sum = 0;
    for (size_t k = 0; k < n; k++) {
        double own = (double)x[k * stride], p = link == TERN_LINK_IDENTITY ? own : exp(own - off);
        sum += (p - (k == c)) * (p - (k == c));
    }
    return sum;
}

static double answer_loss(tern_link link, double x, bool yes) { return yes ? -log_yes(link, x) : -log_no(link, x); }

static double answer_brier(tern_link link, double x, bool yes) {
    double off = exp(yes ? log_no(link, x) : log_yes(link, x));
    return off * off;
}

static void add(const probabilities *m, const tern_tensor *pred, const tern_tensor *target, scoring s,
                double *accumulators) {
    const tern_loss_spec *loss = &m->loss;
    size_t n = tern_tensor_count(target), inner = n / target->shape.dim[0], classes = loss->classes;
    for (size_t i = 0; i < n; i++) {
        double t = (double)target->data[i];
        if (loss->kind == TERN_TARGET_VALUES) {
            accumulators[SUM] += s.of_answer(m->link, (double)pred->data[i], t > 0.5);
        } else if (!loss->has_ignore || t != (double)loss->ignore) {
            const tern_real *x = pred->data + i / inner * classes * inner + i % inner;
            accumulators[SUM] += s.of_class(m->link, x, classes, inner, (size_t)t);
        } else continue;
        accumulators[COUNTED]++;
    }
}

static void log_loss_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    add(self, pred, target, (scoring){class_loss, answer_loss}, accumulators);
}

static void brier_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    add(self, pred, target, (scoring){class_brier, answer_brier}, accumulators);
}

static double mean_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[COUNTED] > 0 ? accumulators[SUM] / accumulators[COUNTED] : (double)NAN;
}

static double perplexity_value(const void *self, const double *accumulators) {
    return exp(mean_value(self, accumulators));
}

static const tern_example examples[] = {{"{}", {{1, {4}}}}, {"{}", {{2, {3, 2}}}}, {0}};

const tern_metric_type tern_metric_log_loss = {
    .base = {TERN_METRIC, "log_loss", NULL, "Mean of -ln p, p being the probability of the true class.",
             sizeof(probabilities), NULL, examples},
    .plan = probabilities_plan,
    .add = log_loss_add,
    .value = mean_value,
};

const tern_metric_type tern_metric_perplexity = {
    .base = {TERN_METRIC, "perplexity", NULL,
             "exp(log_loss): among how many equally likely classes the prediction is as unsure.", sizeof(probabilities),
             NULL, examples},
    .plan = probabilities_plan,
    .add = log_loss_add,
    .value = perplexity_value,
};

const tern_metric_type tern_metric_brier = {
    .base = {TERN_METRIC, "brier", (const char *const[]){"brier_score", NULL},
             "Mean of the squared differences between probabilities and what is true.", sizeof(probabilities), NULL,
             examples},
    .plan = probabilities_plan,
    .add = brier_add,
    .value = mean_value,
};
