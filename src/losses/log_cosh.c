/* log_cosh - squared near 0, absolute far away, smooth in between: ln cosh e = |e| + ln(1 + e^-2|e|) - ln 2, e = p - t.
 */
#include <tern/loss.h>
#include <tern/math.h>
#include <tgmath.h>

enum { BLOCK = 256 };

static tern_status log_cosh_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

/* The sum of a block's losses; scale times their gradient, tanh e, goes to dp, unless it is NULL. */
TERN_CLONES static double block_loss(size_t n, const tern_real *p, const tern_real *t, tern_real scale, tern_real *dp) {
    const double ln2 = 0.69314718055994530942;
    tern_real e[BLOCK] = {0}, rest[BLOCK] = {0};
    double sum = 0;
    for (size_t i = 0; i < n; i++) e[i] = p[i] - t[i];
    for (size_t i = 0; i < n; i++) rest[i] = -2 * fabs(e[i]);
    tern_exp(n, rest, rest);
    tern_log1p(n, rest, rest);
    for (size_t i = 0; i < n; i++) sum += fabs((double)e[i]) + ((double)rest[i] - ln2);
    if (!dp) return sum;
    tern_tanh(n, e, dp);
    for (size_t i = 0; i < n; i++) dp[i] *= scale;
    return sum;
}

static double log_cosh_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                            tern_tensor *dpred) {
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    (void)self;
    for (size_t i = 0; i < n; i += BLOCK)
        sum += block_loss(n - i < BLOCK ? n - i : BLOCK, pred->data + i, target->data + i, (tern_real)(1 / norm),
                          dpred ? dpred->data + i : NULL);
    return sum / norm;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 151}}}}, {0}};

const tern_loss_type tern_loss_log_cosh = {
    .base = {TERN_LOSS, "log_cosh", (const char *const[]){"LogCosh", NULL},
             "Squared near 0, absolute far away: ln cosh(p - t).", 0, NULL, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .plan = log_cosh_plan,
    .eval = log_cosh_eval,
};
