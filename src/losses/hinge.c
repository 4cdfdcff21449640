/* hinge - max(0, 1 - y x), or its square, for answers of yes (y = 1) or no (y = -1) (Cortes and Vapnik 1995), as Keras.
 */
#include <tern/loss.h>

typedef struct hinge {
    bool squared;
} hinge;

static tern_status hinge_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->least = -1, spec->most = 1;
    spec->threshold = 0;
    return TERN_OK;
}

static double hinge_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                         tern_tensor *dpred) {
    const hinge *l = self;
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) {
        double y = target->data[i] > 0 ? 1 : -1, short_of = 1 - y * (double)pred->data[i];
        if (short_of <= 0) short_of = 0; /* a NaN stays one */
        sum += l->squared ? short_of * short_of : short_of;
        double slope = short_of == 0 ? 0 : l->squared ? -2 * y * short_of : -y;
        if (dpred) dpred->data[i] = (tern_real)(slope / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_BOOL(hinge, squared, false, "Take the square."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{\"squared\": true}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_hinge = {
    .base = {TERN_LOSS, "hinge", NULL,
             "How far an answer is short of 1 on the side of its target: max(0, 1 - y x); targets above 0 are yes (y = "
             "1), others no (y = -1).",
             sizeof(hinge), options, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .plan = hinge_plan,
    .eval = hinge_eval,
};
