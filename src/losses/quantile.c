/* quantile - the loss whose best constant is a quantile q (Koenker and Bassett 1978), with e = t - x:
 *
 *   loss = max(q e, (q - 1) e)
 *
 * Of several quantiles each has its own element of the output's first dimension. */
#include <tern/loss.h>
#include <math.h>

typedef struct quantile {
    tern_reals quantile;
    size_t targets; /* planned: of a sample */
} quantile;

static tern_status quantile_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    quantile *l = self;
    size_t n = l->quantile.n;
    spec->threshold = (double)NAN;
    spec->target = spec->pred;
    if (n > 1 && spec->pred.dim[0] != n)
        return tern_error_add(err, TERN_ERROR_MODEL, "quantile",
                              "has %zu numbers, but the output's first dimension is %zu: one for each is taken", n,
                              spec->pred.dim[0]);
    if (n > 1) {
        spec->target.rank--;
        for (size_t i = 0; i < spec->target.rank; i++) spec->target.dim[i] = spec->pred.dim[i + 1];
    }
    l->targets = tern_shape_count(&spec->target);
    return TERN_OK;
}

static double quantile_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                            tern_tensor *dpred) {
    const quantile *l = self;
    size_t n = l->quantile.n;
    double sum = 0;
    for (size_t i = 0, count = tern_tensor_count(pred); i < count; i++) {
        size_t part = i / l->targets; /* of all rows: one for each quantile */
        double q = l->quantile.v[part % n], t = (double)target->data[part / n * l->targets + i % l->targets],
               e = t - (double)pred->data[i];
        sum += e > 0 ? q * e : (q - 1) * e;
        if (dpred) dpred->data[i] = (tern_real)((e > 0 ? -q : e < 0 ? 1 - q : 0) / norm);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REALS(quantile, quantile, "[0.5]", 0, 1, 1, 0, "Which quantile to predict, 0.5 is the median; or a list.",
               .alias = "q", .above_min = true, .below_max = true),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {3}}}},
    {"{\"quantile\": 0.9}", {{2, {2, 3}}}},
    {"{\"quantile\": [0.1, 0.5, 0.9]}", {{1, {3}}}},
    {"{\"quantile\": [0.2, 0.7]}", {{2, {2, 3}}}},
    {0},
};

const tern_loss_type tern_loss_quantile = {
    .base = {TERN_LOSS, "quantile", (const char *const[]){"pinball", NULL},
             "Asks for a quantile, or for several: errors below and above it weigh 1 - q and q.", sizeof(quantile),
             options, examples},
    .targets = TERN_TARGET_VALUES,
    .plan = quantile_plan,
    .eval = quantile_eval,
};
