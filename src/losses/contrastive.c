/* contrastive - from the distance d of two embeddings, for pairs that are alike (t = 1) or not (t = 0) (Hadsell, Chopra
 * and LeCun, "Dimensionality reduction by learning an invariant mapping", 2006, without its 1/2):
 *
 *   loss = t d^2 + (1 - t) max(0, margin - d)^2 */
#include <tern/loss.h>
#include <math.h>

typedef struct contrastive {
    double margin;
} contrastive;

static tern_status contrastive_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->least = 0, spec->most = 1;
    spec->threshold = (double)NAN; /* yes lies below one, not above */
    return TERN_OK;
}

static double contrastive_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                               tern_tensor *dpred) {
    const contrastive *l = self;
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) {
        double d = (double)pred->data[i], t = (double)target->data[i], near = l->margin - d;
        if (near <= 0) near = 0; /* a NaN stays one */
        sum += t * d * d + (1 - t) * near * near;
        if (dpred) dpred->data[i] = (tern_real)((2 * t * d - 2 * (1 - t) * near) / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(contrastive, margin, 1, 0, 1e30, "How far apart those are to be that are not alike."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{\"margin\": 2}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_contrastive = {
    .base = {TERN_LOSS, "contrastive", (const char *const[]){"ContrastiveLoss", NULL},
             "Draws what is alike together and pushes the rest a margin apart, from a distance (of pairwise_distance): "
             "t d^2 + (1 - t) max(0, margin - d)^2.",
             sizeof(contrastive), options, examples},
    .targets = TERN_TARGET_VALUES,
    .plan = contrastive_plan,
    .eval = contrastive_eval,
};
