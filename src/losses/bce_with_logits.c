/* bce_with_logits - sigmoid and binary cross-entropy in one, from logits x, with P the weight of a "yes":
 *
 *   loss = (1 - t) x + (1 + (P - 1) t) (ln(1 + e^-|x|) + max(-x, 0))
 *   dx = (1 + (P - 1) t) sigmoid(x) - P t */
#include <tern/loss.h>
#include <tern/math.h>
#include <tgmath.h>

typedef struct bce_with_logits {
    tern_reals pos_weight;
} bce_with_logits;

enum { BLOCK = 256 };

static tern_status bce_with_logits_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    const bce_with_logits *l = self;
    size_t outputs = spec->pred.dim[spec->pred.rank - 1];
    if (l->pos_weight.n > 1 && l->pos_weight.n != outputs)
        return tern_error_add(err, TERN_ERROR_MODEL, "pos_weight",
                              "has %zu numbers, but the model's output has %zu in its last dimension", l->pos_weight.n,
                              outputs);
    spec->target = spec->pred;
    spec->least = 0, spec->most = 1;
    spec->threshold = 0;
    return TERN_OK;
}

/* The losses of a block of numbers that begins at number `first`; scale times their gradient goes to dx, unless it is
 * NULL. */
TERN_CLONES static double block_loss(const tern_reals *pos, size_t first, size_t n, const tern_real *x,
                                     const tern_real *t, tern_real scale, tern_real *dx) {
    tern_real e[BLOCK] = {0}, l[BLOCK], p[BLOCK];
    double sum = 0;
    for (size_t i = 0; i < n; i++) p[i] = pos->n ? (tern_real)pos->v[pos->n > 1 ? (first + i) % pos->n : 0] : 1;
    for (size_t i = 0; i < n; i++) e[i] = -fabs(x[i]);
    tern_exp(n, e, e);
    tern_log1p(n, e, l);
    for (size_t i = 0; i < n; i++) {
        double w = 1 + ((double)p[i] - 1) * (double)t[i], m = x[i] < 0 ? -(double)x[i] : 0;
        sum += (1 - (double)t[i]) * (double)x[i] + w * ((double)l[i] + m);
    }
    if (dx)
        for (size_t i = 0; i < n; i++) {
            tern_real sigmoid = (x[i] < 0 ? e[i] : 1) / (1 + e[i]);
            dx[i] = scale * ((1 + (p[i] - 1) * t[i]) * sigmoid - p[i] * t[i]);
        }
    return sum;
}

static double bce_with_logits_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                   tern_tensor *dpred) {
    const bce_with_logits *l = self;
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t first = 0; first < n; first += BLOCK)
        sum += block_loss(&l->pos_weight, first, n - first < BLOCK ? n - first : BLOCK, pred->data + first,
                          target->data + first, (tern_real)(1 / norm), dpred ? dpred->data + first : NULL);
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REALS(bce_with_logits, pos_weight, NULL, 0, 1e30, 1, 0,
               "How much more a \"yes\" counts than a \"no\": one number, or one for each output; left out: 1."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {3}}}},
    {"{\"pos_weight\": 3}", {{2, {2, 3}}}},
    {"{\"pos_weight\": [0.5, 1, 2]}", {{1, {3}}}},
    {0},
};

const tern_loss_type tern_loss_bce_with_logits = {
    .base = {TERN_LOSS, "bce_with_logits",
             (const char *const[]){"BCEWithLogitsLoss", "binary_cross_entropy_with_logits", NULL},
             "Sigmoid and binary cross-entropy, from logits: -(P t ln s + (1 - t) ln(1 - s)), s = sigmoid(x).",
             sizeof(bce_with_logits), options, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .link = TERN_LINK_SIGMOID,
    .plan = bce_with_logits_plan,
    .eval = bce_with_logits_eval,
};
