/* smooth_l1 - absolute, with its corner at 0 rounded off (Girshick 2015, "Fast R-CNN"), with e = p - t:
 *
 *   |e| < beta ? e^2 / (2 beta) : |e| - beta / 2
 *
 * beta 0 is the mean absolute error, its gradient at 0 included (where PyTorch has -1). */
#include <tern/loss.h>
#include <math.h>

typedef struct smooth_l1 {
    double beta;
} smooth_l1;

static tern_status smooth_l1_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

TERN_CLONES static double smooth_l1_eval(const void *self, const tern_tensor *pred, const tern_tensor *target,
                                         double norm, tern_tensor *dpred) {
    const smooth_l1 *l = self;
    const tern_real *p = pred->data, *t = target->data;
    tern_real beta = (tern_real)l->beta, scale = (tern_real)(1 / norm);
    tern_real slope = l->beta > 0 ? (tern_real)(1 / (norm * l->beta)) : 0;
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double e = fabs((double)p[i] - (double)t[i]);
        sum += e < l->beta ? e * e / (2 * l->beta) : e - l->beta / 2;
    }
    if (dpred)
        for (size_t i = 0; i < n; i++) {
            tern_real e = p[i] - t[i];
            dpred->data[i] = e > beta ? scale : e < -beta ? -scale : slope * e;
        }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(smooth_l1, beta, 1, 0, 1e30, "Where the loss turns from squared to absolute; 0: absolute everywhere."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {3}}}},
    {"{\"beta\": 0.5}", {{2, {2, 3}}}},
    {"{\"beta\": 0}", {{1, {4}}}},
    {0},
};

const tern_loss_type tern_loss_smooth_l1 = {
    .base = {TERN_LOSS, "smooth_l1", (const char *const[]){"SmoothL1Loss", NULL},
             "Absolute, with a rounded corner: |e| < beta ? e^2 / (2 beta) : |e| - beta / 2, e = p - t.",
             sizeof(smooth_l1), options, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .plan = smooth_l1_plan,
    .eval = smooth_l1_eval,
};
