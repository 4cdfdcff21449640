/* mae - the mean absolute error: sum |p - t| / norm. Its gradient at 0 is 0. */
#include <tern/loss.h>
#include <math.h>

static tern_status mae_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

TERN_CLONES static double mae_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                   tern_tensor *dpred) {
    (void)self;
    const tern_real *p = pred->data, *t = target->data;
    tern_real scale = (tern_real)(1 / norm);
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += fabs((double)p[i] - (double)t[i]);
    if (dpred)
        for (size_t i = 0; i < n; i++) dpred->data[i] = p[i] > t[i] ? scale : p[i] < t[i] ? -scale : 0;
    return sum / norm;
}

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_mae = {
    .base = {TERN_LOSS, "mae", (const char *const[]){"L1Loss", "l1", "mean_absolute_error", NULL},
             "Mean of the absolute differences: |p - t|.", 0, NULL, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .plan = mae_plan,
    .eval = mae_eval,
};
