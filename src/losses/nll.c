/* nll - the negative log likelihood of class indices, from log-probabilities: -w_t x_t. The divisor of the mean is the
 * sum of the targets' weights. */
#include <tern/loss.h>
#include <assert.h>
#include <math.h>

typedef struct nll {
    tern_reals weight;
    int64_t ignore_index;
} nll;

static tern_status nll_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    const nll *l = self;
    size_t classes = spec->pred.dim[0];
    if (classes < 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "needs at least 2 classes in the model's output, found 1; two classes have 2 outputs, "
                              "or one with the loss bce_with_logits (and \"encode\": \"index\" in a \"target\" block)");
    if (l->weight.n && l->weight.n != classes)
        return tern_error_add(err, TERN_ERROR_MODEL, "weight",
                              "has %zu numbers, but the model's output has %zu classes", l->weight.n, classes);
    spec->target = (tern_shape){.rank = spec->pred.rank - 1};
    for (size_t i = 0; i < spec->target.rank; i++) spec->target.dim[i] = spec->pred.dim[i + 1];
    spec->classes = classes;
    spec->has_ignore = true;
    spec->ignore = l->ignore_index;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

/* What a label counts for. */
static double label_weight(const nll *l, tern_real y, size_t classes) {
    if ((double)y == (double)l->ignore_index) return 0;
    assert(y >= 0 && (size_t)y < classes), (void)classes;
    return l->weight.n ? l->weight.v[(size_t)y] : 1;
}

static double nll_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(target); i < n; i++)
        sum += label_weight(self, target->data[i], pred->dim[1]);
    return sum;
}

static double nll_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                       tern_tensor *dpred) {
    size_t n = pred->shape.dim[0], classes = pred->shape.dim[1], inner = 1;
    for (size_t i = 2; i < pred->shape.rank; i++) inner *= pred->shape.dim[i];
    if (dpred) tern_tensor_fill(dpred, 0);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < inner; j++) {
            tern_real y = target->data[i * inner + j];
            double w = label_weight(self, y, classes);
            if (w == 0) continue; /* and a log-probability of -inf then does no harm */
            size_t at = (i * classes + (size_t)y) * inner + j;
            sum -= w * (double)pred->data[at];
            if (dpred) dpred->data[at] = (tern_real)(-w / norm);
        }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REALS(nll, weight, NULL, 0, 1e30, 1, 0, "A weight for each class; left out: 1."),
    TERN_INT(nll, ignore_index, -100, -(1 << 24), 1 << 24, "The label of predictions that do not count."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"weight\": [1, 2, 0.5]}", {{1, {3}}}},
    {"{}", {{3, {4, 2, 3}}}},
    {0},
};

const tern_loss_type tern_loss_nll = {
    .base = {TERN_LOSS, "nll", (const char *const[]){"NLLLoss", NULL},
             "Negative log likelihood of class indices, from log-probabilities (after log_softmax).", sizeof(nll),
             options, examples},
    .targets = TERN_TARGET_CLASSES,
    .link = TERN_LINK_EXP,
    .plan = nll_plan,
    .weight = nll_weight,
    .eval = nll_eval,
};
