/* cross_entropy - softmax and negative log likelihood in one, from logits x. With q the target's probabilities (1 at a
 * class index, else 0), w the class weights and eps the label smoothing:
 *
 *   a_c = w_c ((1 - eps) q_c + eps / C)
 *   loss = sum_c a_c (ln sum_k e^x_k - x_c)
 *   dx_c = softmax(x)_c sum_k a_k - a_c
 *
 * The divisor of the mean: for class indices the sum of the targets' weights, for probabilities the number of
 * predictions. */
#include <tern/loss.h>
#include <tern/math.h>
#include <assert.h>
#include <math.h>

typedef struct cross_entropy {
    tern_reals weight;
    double label_smoothing;
    int64_t ignore_index;
} cross_entropy;

enum { BLOCK = 256 };

/* One prediction: n logits, `stride` numbers apart. dx holds their softmax, and then the gradient; or is NULL. */
typedef struct logits {
    size_t n, stride;
    const tern_real *x;
    tern_real *dx;
} logits;

static tern_status cross_entropy_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    const cross_entropy *l = self;
    size_t classes = spec->pred.dim[0];
    if (classes < 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "needs at least 2 classes in the model's output, found 1; two classes have 2 outputs, "
                              "or one with the loss bce_with_logits (and \"encode\": \"index\" in a \"target\" block)");
    if (l->weight.n && l->weight.n != classes)
        return tern_error_add(err, TERN_ERROR_MODEL, "weight",
                              "has %zu numbers, but the model's output has %zu classes", l->weight.n, classes);
    spec->threshold = (double)NAN;
    if (spec->kind == TERN_TARGET_VALUES) {
        if (l->ignore_index != -100)
            return tern_error_add(err, TERN_ERROR_MODEL, "ignore_index",
                                  "goes with class indices, but the targets are probabilities");
        spec->target = spec->pred;
        spec->least = 0, spec->most = 1;
        return TERN_OK;
    }
    spec->target = (tern_shape){.rank = spec->pred.rank - 1};
    for (size_t i = 0; i < spec->target.rank; i++) spec->target.dim[i] = spec->pred.dim[i + 1];
    spec->classes = classes;
    spec->has_ignore = true;
    spec->ignore = l->ignore_index;
    return TERN_OK;
}

static double class_weight(const cross_entropy *l, size_t c) { return l->weight.n ? l->weight.v[c] : 1; }

static double cross_entropy_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    const cross_entropy *l = self;
    size_t n = tern_tensor_count(target);
    if (target->shape.rank == pred->rank) return (double)(n / pred->dim[1]);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if ((double)target->data[i] == (double)l->ignore_index) continue;
        sum += class_weight(l, (size_t)target->data[i]);
    }
    return sum;
}

/* ln sum e^x, a block of classes at a time. */
static double log_sum_exp(const logits *z) {
    tern_real max = z->x[0], e[BLOCK];
    for (size_t c = 1; c < z->n; c++) max = z->x[c * z->stride] > max ? z->x[c * z->stride] : max;
    double sum = 0;
    for (size_t first = 0; first < z->n; first += BLOCK) {
        size_t m = z->n - first < BLOCK ? z->n - first : BLOCK;
        for (size_t k = 0; k < m; k++) e[k] = z->x[(first + k) * z->stride] - max;
        tern_exp(m, e, e);
        for (size_t k = 0; k < m; k++) sum += (double)e[k];
    }
    return (double)max + log(sum);
}

/* The same where the softmax p is at hand: x_k - ln p_k, for any class k whose p is not small; `k` is a first guess. */
static double log_sum_exp_from(const logits *z, size_t k) {
    if (!(z->dx[k * z->stride] > (tern_real)0.01))
        for (size_t c = 0; c < z->n; c++)
            if (z->dx[c * z->stride] > z->dx[k * z->stride]) k = c;
    return (double)z->x[k * z->stride] - log((double)z->dx[k * z->stride]);
}

/* The loss of one prediction of class `t`, and scale times its gradient. */
static double class_loss(const cross_entropy *l, const logits *z, size_t t, double scale) {
    double w = class_weight(l, t),
           loss = w * ((z->dx ? log_sum_exp_from(z, t) : log_sum_exp(z)) - (double)z->x[t * z->stride]);
    if (z->dx) {
        tern_real f = (tern_real)(w * scale);
        for (size_t c = 0; c < z->n; c++) z->dx[c * z->stride] *= f;
        z->dx[t * z->stride] -= f;
    }
    return loss;
}

/* a_c of the first comment: the target is the probabilities q, or, where they are NULL, class `t`. */
static double share(const cross_entropy *l, const logits *z, size_t c, size_t t, const tern_real *q) {
    double own = q ? (double)q[c * z->stride] : c == t;
    return class_weight(l, c) * ((1 - l->label_smoothing) * own + l->label_smoothing / (double)z->n);
}

/* The same as class_loss() for a target that shares itself out over the classes. */
static double shared_loss(const cross_entropy *l, const logits *z, size_t t, const tern_real *q, double scale) {
    double lse = z->dx ? log_sum_exp_from(z, t) : log_sum_exp(z), loss = 0, total = 0;
    for (size_t c = 0; c < z->n; c++) {
        double a = share(l, z, c, t, q);
        total += a;
        if (a != 0) loss += a * (lse - (double)z->x[c * z->stride]); /* a logit of -inf may have no share */
    }
    if (z->dx)
        for (size_t c = 0; c < z->n; c++)
            z->dx[c * z->stride] = (tern_real)(scale * (total * (double)z->dx[c * z->stride] - share(l, z, c, t, q)));
    return loss;
}

/* The loss of one prediction whose target is the label `y`. */
static double label_loss(const cross_entropy *l, const logits *z, tern_real y, double scale) {
    if ((double)y == (double)l->ignore_index) {
        for (size_t c = 0; z->dx && c < z->n; c++) z->dx[c * z->stride] = 0;
        return 0;
    }
    assert(y >= 0 && (size_t)y < z->n);
    return l->label_smoothing > 0 ? shared_loss(l, z, (size_t)y, NULL, scale) : class_loss(l, z, (size_t)y, scale);
}

static double cross_entropy_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                 tern_tensor *dpred) {
    const cross_entropy *l = self;
    size_t n = pred->shape.dim[0], classes = pred->shape.dim[1], inner = 1;
    for (size_t i = 2; i < pred->shape.rank; i++) inner *= pred->shape.dim[i];
    bool indices = target->shape.rank < pred->shape.rank;

    /* Small samples have their softmax taken together, on the stack where nobody wants the gradient.
     * With dpred there is one round, so that dx needs no offset. */
    tern_real small[BLOCK];
    size_t sample = classes * inner, most = dpred || sample > BLOCK ? n : BLOCK / sample;
    double sum = 0;
    for (size_t first = 0; first < n; first += most) {
        size_t rows = n - first < most ? n - first : most;
        const tern_real *x = pred->data + first * sample, *t = target->data + first * (indices ? inner : sample);
        tern_real *dx = dpred ? dpred->data : sample <= BLOCK ? small : NULL;
        if (dx) tern_softmax(rows, classes, inner, x, dx);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < inner; j++) {
                size_t at = i * sample + j;
                logits z = {classes, inner, x + at, dx ? dx + at : NULL};
                sum +=
                    indices ? label_loss(l, &z, t[i * inner + j], 1 / norm) : shared_loss(l, &z, 0, t + at, 1 / norm);
            }
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REALS(cross_entropy, weight, NULL, 0, 1e30, 1, 0, "A weight for each class; left out: 1."),
    TERN_REAL(cross_entropy, label_smoothing, 0, 0, 1,
              "How much of each target is shared out over all classes evenly."),
    TERN_INT(cross_entropy, ignore_index, -100, -(1 << 24), 1 << 24, "The label of predictions that do not count."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"weight\": [1, 2, 0.5], \"label_smoothing\": 0.1}", {{1, {3}}}},
    {"{\"label_smoothing\": 0.2}", {{3, {4, 2, 3}}}},
    {0},
};

const tern_loss_type tern_loss_cross_entropy = {
    .base = {TERN_LOSS, "cross_entropy", (const char *const[]){"CrossEntropyLoss", NULL},
             "Softmax and negative log likelihood, from logits with the classes in the first dimension, "
             "against class indices or "
             "probabilities.",
             sizeof(cross_entropy), options, examples},
    .targets = TERN_TARGET_CLASSES | TERN_TARGET_VALUES,
    .link = TERN_LINK_SOFTMAX,
    .plan = cross_entropy_plan,
    .weight = cross_entropy_weight,
    .eval = cross_entropy_eval,
};
