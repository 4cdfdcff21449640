/* quantile_huber - the loss whose best constant is a quantile (Koenker and Bassett 1978), square near 0 where there is
 * a delta, with e = t - p:
 *
 *   (e > 0 ? q : 1 - q) h(e),  h(e) = |e| where |e| >= delta, else (e^2 / delta + delta) / 2 */
#include <tern/loss.h>
#include <math.h>

typedef struct quantile_huber {
    double quantile, delta;
} quantile_huber;

/* From the shape of the prediction: that of the targets. A threshold would say where a prediction turns from no to yes.
 */
static tern_status quantile_huber_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

/* The sum over these rows divided by `norm`, and where it is wanted its gradient, written whole. */
static double quantile_huber_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                  tern_tensor *dpred) {
    const quantile_huber *o = self;
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) {
        double e = (double)target->data[i] - (double)pred->data[i], side = e > 0 ? o->quantile : 1 - o->quantile;
        bool flat = fabs(e) < o->delta;
        sum += side * (flat ? (e * e / o->delta + o->delta) / 2 : fabs(e));
        if (!dpred) continue;
        double slope = flat ? e / o->delta : e > 0 ? 1 : e < 0 ? -1 : 0;
        dpred->data[i] = (tern_real)(-side * slope / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(quantile_huber, quantile, 0.5, 0, 1, "Which quantile to predict; 0.5 is the median.", .alias = "q",
              .above_min = true, .below_max = true),
    TERN_REAL(quantile_huber, delta, 0, 0, 1e30, "Errors below it count by their square."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {3}}}},
    {"{\"quantile\": 0.9, \"delta\": 0.5}", {{2, {2, 3}}}},
    {0},
};

const tern_loss_type tern_loss_quantile_huber = {
    .base = {TERN_LOSS, "quantile_huber", (const char *const[]){"smooth_quantile", NULL},
             "Asks for a quantile: errors below and above it weigh 1 - q and q, small ones by their square.",
             sizeof(quantile_huber), options, examples},
    .targets = TERN_TARGET_VALUES,
    .plan = quantile_huber_plan,
    .eval = quantile_huber_eval,
};

TERN_PLUGIN(&tern_loss_quantile_huber.base);
