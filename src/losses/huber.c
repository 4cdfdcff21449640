/* huber - squared near 0, absolute beyond delta (Huber 1964), with e = p - t:
 *
 *   |e| <= delta ? e^2 / 2 : delta (|e| - delta / 2) */
#include <tern/loss.h>
#include <math.h>

typedef struct huber {
    double delta;
} huber;

static tern_status huber_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

TERN_CLONES static double huber_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                     tern_tensor *dpred) {
    const huber *h = self;
    const tern_real *p = pred->data, *t = target->data;
    tern_real d = (tern_real)h->delta, scale = (tern_real)(1 / norm);
    size_t n = tern_tensor_count(pred);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double e = fabs((double)p[i] - (double)t[i]);
        sum += e <= h->delta ? e * e / 2 : h->delta * (e - h->delta / 2);
    }
    if (dpred)
        for (size_t i = 0; i < n; i++) {
            tern_real e = p[i] - t[i];
            dpred->data[i] = scale * (e > d ? d : e < -d ? -d : e);
        }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(huber, delta, 1, 0, 1e30, "Where the loss turns from squared to absolute.", .above_min = true),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{\"delta\": 0.5}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_huber = {
    .base = {TERN_LOSS, "huber", (const char *const[]){"HuberLoss", NULL},
             "Squared near 0, absolute beyond delta: |e| <= delta ? e^2 / 2 : delta (|e| - delta / 2), e = p - t.",
             sizeof(huber), options, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .plan = huber_plan,
    .eval = huber_eval,
};
