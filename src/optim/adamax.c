/* adamax - Adam with the largest gradient of late in place of the second moment (Kingma and Ba 2015); PyTorch's form:
 *
 *   g += decay w;  m = b1 m + (1 - b1) g;  v = max(b2 v, |g| + eps);  w -= lr / (1 - b1^t) m / v */
#include <tern/optimizer.h>
#include <tgmath.h>

typedef struct adamax {
    double lr, eps, weight_decay;
    tern_reals betas;
} adamax;

static tern_status adamax_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->slots = 2;
    spec->slot_name[0] = "exp_avg";
    spec->slot_name[1] = "exp_inf";
    return TERN_OK;
}

TERN_CLONES static void adamax_update(const void *self, const tern_update *u) {
    const adamax *s = self;
    double beta1 = isnan(u->momentum) ? s->betas.v[0] : u->momentum;
    tern_real rate = (tern_real)(u->lr / (1 - pow(beta1, (double)u->step)));
    tern_real b1 = (tern_real)beta1, c1 = (tern_real)(1 - beta1), b2 = (tern_real)s->betas.v[1];
    tern_real eps = (tern_real)s->eps, decay = (tern_real)(u->decay ? s->weight_decay : 0);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict m = u->slot[0], *restrict v = u->slot[1];

    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i], old = b2 * v[i], now = fabs(d) + eps;
        m[i] = b1 * m[i] + c1 * d;
        v[i] = old > now ? old : now;
        w[i] -= rate * m[i] / v[i];
    }
}

static const tern_option options[] = {
    TERN_REAL(adamax, lr, 2e-3, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REALS(adamax, betas, "[0.9, 0.999]", 0, 1, 2, 2, "How much of the old goes into mean and largest gradient.",
               .below_max = true),
    TERN_REAL(adamax, eps, 1e-8, 0, 1e30, "Added to the gradient's size, so that nothing is divided by zero.",
              .above_min = true),
    TERN_REAL(adamax, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"lr\": 0.01, \"betas\": [0.8, 0.99], \"weight_decay\": 0.01}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_adamax = {
    .base = {TERN_OPTIMIZER, "adamax", NULL, "Adam by the largest gradient of late: w -= lr m / max(b2 v, |g| + eps).",
             sizeof(adamax), options, examples},
    .has_momentum = true,
    .plan = adamax_plan,
    .update = adamax_update,
};
