/* nadam - Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov momentum into Adam", 2016), PyTorch 2's form:
 *
 *   g += decay w;  mu(t) = b1 (1 - 0.96^(t momentum_decay) / 2);  product = mu(1) ... mu(t)
 *   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  d = sqrt(v / (1 - b2^t)) + eps
 *   w -= lr ((1 - mu(t)) / (1 - product) g + mu(t + 1) / (1 - product mu(t + 1)) m) / d */
#include <tern/optimizer.h>
#include <tgmath.h>

typedef struct nadam {
    double lr, eps, weight_decay, momentum_decay;
    tern_reals betas;
} nadam;

enum { M, V, PRODUCT };

static tern_status nadam_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->slots = 3;
    spec->slot_name[M] = "exp_avg";
    spec->slot_name[V] = "exp_avg_sq";
    spec->slot_name[PRODUCT] = "mu_product";
    spec->slot_value[PRODUCT] = 1;
    return TERN_OK;
}

TERN_CLONES static void nadam_update(const void *self, const tern_update *u) {
    const nadam *s = self;
    double beta1 = isnan(u->momentum) ? s->betas.v[0] : u->momentum, beta2 = s->betas.v[1], t = (double)u->step;
    double mu = beta1 * (1 - 0.5 * pow(0.96, t * s->momentum_decay)),
           next = beta1 * (1 - 0.5 * pow(0.96, (t + 1) * s->momentum_decay));
    /* One number for all: an array, because a schedule may move beta 1, and each worker has its part of the arrays. */
    tern_real product = (tern_real)(mu * (double)u->slot[PRODUCT][0]);
    tern_real fresh = (tern_real)(u->lr * (1 - mu) / (1 - (double)product)),
              old = (tern_real)(u->lr * next / (1 - (double)product * next)),
              correct = (tern_real)(1 / sqrt(1 - pow(beta2, t)));
    tern_real b1 = (tern_real)beta1, c1 = (tern_real)(1 - beta1), b2 = (tern_real)beta2, c2 = (tern_real)(1 - beta2);
    tern_real eps = (tern_real)s->eps, decay = (tern_real)(u->decay ? s->weight_decay : 0);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict m = u->slot[M], *restrict v = u->slot[V];

    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i];
        m[i] = b1 * m[i] + c1 * d;
        v[i] = b2 * v[i] + c2 * d * d;
        w[i] -= (fresh * d + old * m[i]) / (sqrt(v[i]) * correct + eps);
    }
    for (size_t i = 0; i < u->n; i++) u->slot[PRODUCT][i] = product;
}

static const tern_option options[] = {
    TERN_REAL(nadam, lr, 2e-3, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REALS(nadam, betas, "[0.9, 0.999]", 0, 1, 2, 2, "How much of the old goes into the two running moments.",
               .below_max = true),
    TERN_REAL(nadam, eps, 1e-8, 0, 1e30, "Added to the root, so that nothing is divided by zero."),
    TERN_REAL(nadam, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    TERN_REAL(nadam, momentum_decay, 4e-3, 0, 1e30, "How fast the momentum comes to its full size."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"lr\": 0.01, \"betas\": [0.8, 0.99], \"weight_decay\": 0.01, \"momentum_decay\": 0.1}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_nadam = {
    .base = {TERN_OPTIMIZER, "nadam", NULL, "Adam with Nesterov's momentum: a step of the moments to come.",
             sizeof(nadam), options, examples},
    .has_momentum = true,
    .plan = nadam_plan,
    .update = nadam_update,
};
