/* dice - how little of two masks lies over each other (Milletari et al., "V-Net", 2016; Sudre et al. 2017), from logits
 * x, with p = sigmoid(x) and sums over all places of a channel:
 *
 *   loss = 1 - (2 sum p t + s) / (sum p + sum t + s);  squared: sum p^2 + sum t^2 below
 *
 * The divisor of the mean is the number of channels, of all samples; a sample of one dimension is one. */
#include <tern/loss.h>
#include <math.h>

typedef struct dice {
    double smooth;
    bool squared;
    size_t places; /* planned: of a channel */
} dice;

static tern_status dice_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    dice *l = self;
    (void)err;
    l->places = tern_shape_count(&spec->pred) / (spec->pred.rank > 1 ? spec->pred.dim[0] : 1);
    spec->target = spec->pred;
    spec->least = 0, spec->most = 1;
    spec->threshold = 0;
    return TERN_OK;
}

static double dice_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    const dice *l = self;
    (void)target;
    return (double)(tern_shape_count(pred) / l->places);
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* The loss of one channel, and `scale` times its gradient to dx, unless that is NULL. */
static double channel_loss(const dice *l, const tern_real *x, const tern_real *t, double scale, tern_real *dx) {
    double both = l->smooth, all = l->smooth;
    for (size_t i = 0; i < l->places; i++) {
        double p = sigmoid((double)x[i]), y = (double)t[i];
        both += 2 * p * y;
        all += l->squared ? p * p + y * y : p + y;
    }
    for (size_t i = 0; dx && i < l->places; i++) {
        double p = sigmoid((double)x[i]), slope = (both / all * (l->squared ? 2 * p : 1) - 2 * (double)t[i]) / all;
        dx[i] = (tern_real)(scale * slope * p * (1 - p));
    }
    return 1 - both / all;
}

static double dice_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                        tern_tensor *dpred) {
    const dice *l = self;
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i += l->places)
        sum += channel_loss(l, pred->data + i, target->data + i, 1 / norm, dpred ? dpred->data + i : NULL);
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(dice, smooth, 1e-5, 0, 1e30, "Added above and below, so that two empty masks have a loss of 0.",
              .above_min = true),
    TERN_BOOL(dice, squared, false, "Take the sums of squares below, as V-Net does."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {3}}}}, {"{\"smooth\": 1, \"squared\": true}", {{2, {2, 3}}}}, {"{}", {{3, {2, 3, 2}}}}, {0}};

const tern_loss_type tern_loss_dice = {
    .base = {TERN_LOSS, "dice", (const char *const[]){"DiceLoss", NULL},
             "How little of two masks lies over each other, from logits: 1 - 2 sum p t / (sum p + sum t).",
             sizeof(dice), options, examples},
    .targets = TERN_TARGET_VALUES,
    .link = TERN_LINK_SIGMOID,
    .plan = dice_plan,
    .weight = dice_weight,
    .eval = dice_eval,
};
