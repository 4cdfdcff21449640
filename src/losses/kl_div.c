/* kl_div - the Kullback-Leibler divergence of a predicted distribution, given as log-probabilities x, from the target
 * t:
 *
 *   t (ln t - x), or with log_target e^t (t - x); 0 where the target's probability is 0 */
#include <tern/loss.h>
#include <tern/math.h>
#include <math.h>

typedef struct kl_div {
    bool log_target;
} kl_div;

enum { BLOCK = 256 };

static tern_status kl_div_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    const kl_div *l = self;
    (void)err;
    spec->target = spec->pred;
    spec->least = l->log_target ? -(double)INFINITY : 0; /* the logarithm of 0 is one */
    spec->most = l->log_target ? 0 : 1;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

/* The losses of up to a block of numbers, from the target's probabilities q and their logarithms; scale times their
 * gradient goes to dx, unless it is NULL. */
TERN_CLONES static double block_loss(size_t n, const tern_real *x, const tern_real *q, const tern_real *log_q,
                                     tern_real scale, tern_real *dx) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += q[i] == 0 ? 0 : (double)q[i] * ((double)log_q[i] - (double)x[i]);
    if (dx)
        for (size_t i = 0; i < n; i++) dx[i] = -scale * q[i];
    return sum;
}

static double kl_div_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                          tern_tensor *dpred) {
    const kl_div *l = self;
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t first = 0; first < n; first += BLOCK) {
        tern_real other[BLOCK];
        size_t m = n - first < BLOCK ? n - first : BLOCK;
        const tern_real *t = target->data + first;
        if (l->log_target) tern_exp(m, t, other);
        else tern_log(m, t, other);
        sum += block_loss(m, pred->data + first, l->log_target ? other : t, l->log_target ? t : other,
                          (tern_real)(1 / norm), dpred ? dpred->data + first : NULL);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_BOOL(kl_div, log_target, false, "The targets are log-probabilities too."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{\"log_target\": true}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_kl_div = {
    .base = {TERN_LOSS, "kl_div", (const char *const[]){"KLDivLoss", NULL},
             "Kullback-Leibler divergence of log-probabilities (after log_softmax) from probabilities: t (ln t - x).",
             sizeof(kl_div), options, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .link = TERN_LINK_EXP,
    .plan = kl_div_plan,
    .eval = kl_div_eval,
};
