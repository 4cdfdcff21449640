/* rmsprop - steps divided by a running root mean square of the gradient (Tieleman and Hinton 2012; centered: Graves
 * 2013); PyTorch's form:
 *
 *   g += decay w;  s = alpha s + (1 - alpha) g^2;  centered: a = alpha a + (1 - alpha) g
 *   d = g / (sqrt(centered ? s - a^2 : s) + eps);  momentum: d = b = momentum b + d;  w -= lr d */
#include <tern/optimizer.h>
#include <tgmath.h>

typedef struct rmsprop {
    double lr, alpha, eps, momentum, weight_decay;
    bool centered;
} rmsprop;

static tern_status rmsprop_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)err;
    const rmsprop *s = self;
    spec->slot_name[spec->slots++] = "square_avg";
    if (s->centered) spec->slot_name[spec->slots++] = "grad_avg";
    if (s->momentum > 0 || spec->cycled) spec->slot_name[spec->slots++] = "momentum_buffer";
    return TERN_OK;
}

TERN_CLONES static void rmsprop_update(const void *self, const tern_update *u) {
    const rmsprop *p = self;
    tern_real lr = (tern_real)u->lr, eps = (tern_real)p->eps, decay = (tern_real)(u->decay ? p->weight_decay : 0);
    tern_real keep = (tern_real)p->alpha, take = (tern_real)(1 - p->alpha);
    tern_real mu = (tern_real)(isnan(u->momentum) ? p->momentum : u->momentum);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict s = u->slot[0];
    tern_real *restrict a = p->centered ? u->slot[1] : NULL, *restrict b = u->slot[p->centered ? 2 : 1];

    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i], square;
        square = s[i] = keep * s[i] + take * d * d;
        if (a) {
            a[i] = keep * a[i] + take * d;
            square -= a[i] * a[i];
            square = square < 0 ? 0 : square; /* by rounding; its root would be NaN */
        }
        d /= sqrt(square) + eps;
        if (b) d = b[i] = mu * b[i] + d;
        w[i] -= lr * d;
    }
}

static const tern_option options[] = {
    TERN_REAL(rmsprop, lr, 0.01, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REAL(rmsprop, alpha, 0.99, 0, 1, "How much of the old goes into the running mean square."),
    TERN_REAL(rmsprop, eps, 1e-8, 0, 1e30, "Added to the root, so that nothing is divided by zero."),
    TERN_REAL(rmsprop, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    TERN_REAL(rmsprop, momentum, 0, 0, 1, "How much of the last step goes into the next."),
    TERN_BOOL(rmsprop, centered, false, "Divide by the deviation from the running mean."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"momentum\": 0.9, \"weight_decay\": 0.01}", {{0}}},
    {"{\"centered\": true}", {{0}}},
    {"{\"centered\": true, \"momentum\": 0.9, \"alpha\": 0.9}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_rmsprop = {
    .base = {TERN_OPTIMIZER, "rmsprop", NULL,
             "Steps divided by a running root mean square of the gradient: w -= lr g / (sqrt(s) + eps).",
             sizeof(rmsprop), options, examples},
    .has_momentum = true,
    .plan = rmsprop_plan,
    .update = rmsprop_update,
};
