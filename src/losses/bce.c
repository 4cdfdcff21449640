/* bce - binary cross-entropy of probabilities: -(t ln p + (1 - t) ln(1 - p)), with either logarithm held above -100. */
#include <tern/loss.h>
#include <tern/math.h>
#include <math.h>

enum { BLOCK = 256 };

static tern_status bce_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->least = 0, spec->most = 1;
    spec->threshold = 0.5;
    return TERN_OK;
}

/* The sum of the losses of up to a block of numbers. */
TERN_CLONES static double block_loss(size_t n, const tern_real *p, const tern_real *t) {
    tern_real yes[BLOCK], no[BLOCK];
    double sum = 0;
    for (size_t i = 0; i < n; i++) no[i] = -p[i];
    tern_log(n, p, yes);
    tern_log1p(n, no, no);
    for (size_t i = 0; i < n; i++) {
        yes[i] = yes[i] < -100 ? -100 : yes[i]; /* a right answer of 0 or 1 then costs 0, a wrong one 100 */
        no[i] = no[i] < -100 ? -100 : no[i];
        sum -= (double)t[i] * (double)yes[i] + (1 - (double)t[i]) * (double)no[i];
    }
    return sum;
}

TERN_CLONES static double bce_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                   tern_tensor *dpred) {
    (void)self;
    const tern_real *p = pred->data, *t = target->data;
    tern_real scale = (tern_real)(1 / norm);
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t first = 0; first < n; first += BLOCK)
        sum += block_loss(n - first < BLOCK ? n - first : BLOCK, p + first, t + first);
    if (dpred)
        for (size_t i = 0; i < n; i++) {
            tern_real v = (1 - p[i]) * p[i], least = (tern_real)1e-12;
            dpred->data[i] = scale * (p[i] - t[i]) / (v < least ? least : v);
        }
    return sum / norm;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_bce = {
    .base = {TERN_LOSS, "bce", (const char *const[]){"BCELoss", "binary_cross_entropy", NULL},
             "Binary cross-entropy of probabilities (after sigmoid): -(t ln p + (1 - t) ln(1 - p)).", 0, NULL,
             examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .link = TERN_LINK_IDENTITY,
    .plan = bce_plan,
    .eval = bce_eval,
};
