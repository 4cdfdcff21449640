/* focal - binary cross-entropy from logits that counts what is easy for less (Lin et al., "Focal loss for dense object
 * detection", 2017), with s = sigmoid(x), q = s t + (1 - s)(1 - t) and a = alpha t + (1 - alpha)(1 - t):
 *
 *   loss = a (1 - q)^gamma ce,  ce = -(t ln s + (1 - t) ln(1 - s)) */
#include <tern/loss.h>
#include <math.h>

typedef struct focal {
    double alpha, gamma;
} focal;

static tern_status focal_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->least = 0, spec->most = 1;
    spec->threshold = 0;
    return TERN_OK;
}

/* One loss, and its derivative by x. */
static double one(const focal *l, double x, double t, double *slope) {
    double e = exp(-fabs(x)), s = (x < 0 ? e : 1) / (1 + e);
    double ce = (1 - t) * x + log1p(e) + (x < 0 ? -x : 0), q = s * t + (1 - s) * (1 - t);
    double a = isnan(l->alpha) ? 1 : l->alpha * t + (1 - l->alpha) * (1 - t), easy = pow(1 - q, l->gamma);
    double fall = l->gamma > 0 ? l->gamma * pow(1 - q, l->gamma - 1) * (2 * t - 1) * s * (1 - s) : 0;
    *slope = a * ((s - t) * easy - ce * fall);
    return a * easy * ce;
}

static double focal_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                         tern_tensor *dpred) {
    double sum = 0, slope;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) {
        sum += one(self, (double)pred->data[i], (double)target->data[i], &slope);
        if (dpred) dpred->data[i] = (tern_real)(slope / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(focal, alpha, (double)NAN, 0, 1, "What a \"yes\" counts for, a \"no\" the rest of 1; left out: both 1."),
    TERN_REAL(focal, gamma, 2, 1, 100, "How much less what is easy counts."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {3}}}}, {"{\"alpha\": 0.25, \"gamma\": 1.5}", {{2, {2, 3}}}}, {0}};

const tern_loss_type tern_loss_focal = {
    .base = {TERN_LOSS, "focal", (const char *const[]){"sigmoid_focal_loss", "BinaryFocalCrossentropy", NULL},
             "Binary cross-entropy from logits that counts what is easy for less: a (1 - q)^gamma ce.", sizeof(focal),
             options, examples},
    .targets = TERN_TARGET_VALUES,
    .one_hot = true,
    .link = TERN_LINK_SIGMOID,
    .plan = focal_plan,
    .eval = focal_eval,
};
