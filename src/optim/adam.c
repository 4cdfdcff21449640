/* adam - steps scaled by running moments of the gradient (Kingma and Ba 2015), amsgrad by Reddi et al. 2018; and adamw,
 * with the weight decay decoupled from the gradient (Loshchilov and Hutter 2019); PyTorch's forms:
 *
 *   adam:  g += decay w        adamw:  w -= lr decay w
 *   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  u = amsgrad ? max(u, v) : v
 *   w -= lr / (1 - b1^t) m / (sqrt(u) / sqrt(1 - b2^t) + eps) */
#include <tern/optimizer.h>
#include <tgmath.h>

typedef struct adam {
    double lr, eps, weight_decay;
    tern_reals betas;
    bool amsgrad;
} adam;

static tern_status adam_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)err;
    const adam *s = self;
    spec->slots = s->amsgrad ? 3 : 2;
    spec->slot_name[0] = "exp_avg";
    spec->slot_name[1] = "exp_avg_sq";
    spec->slot_name[2] = "max_exp_avg_sq";
    return TERN_OK;
}

TERN_CLONES static void adam_update(const void *self, const tern_update *u) {
    const adam *s = self;
    double beta1 = isnan(u->momentum) ? s->betas.v[0] : u->momentum, beta2 = s->betas.v[1], t = (double)u->step;
    tern_real rate = (tern_real)(u->lr / (1 - pow(beta1, t))), correct = (tern_real)(1 / sqrt(1 - pow(beta2, t)));
    tern_real b1 = (tern_real)beta1, c1 = (tern_real)(1 - beta1), b2 = (tern_real)beta2, c2 = (tern_real)(1 - beta2);
    tern_real eps = (tern_real)s->eps, decay = (tern_real)(u->decay ? s->weight_decay : 0);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict m = u->slot[0], *restrict v = u->slot[1], *restrict most = u->slot[2];

    if (!s->amsgrad) {
        for (size_t i = 0; i < u->n; i++) {
            tern_real d = g[i] + decay * w[i];
            m[i] = b1 * m[i] + c1 * d;
            v[i] = b2 * v[i] + c2 * d * d;
            w[i] -= rate * m[i] / (sqrt(v[i]) * correct + eps);
        }
        return;
    }
    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i];
        m[i] = b1 * m[i] + c1 * d;
        v[i] = b2 * v[i] + c2 * d * d;
        most[i] = v[i] > most[i] ? v[i] : most[i];
        w[i] -= rate * m[i] / (sqrt(most[i]) * correct + eps);
    }
}

TERN_CLONES static void adamw_update(const void *self, const tern_update *u) {
    const adam *s = self;
    double beta1 = isnan(u->momentum) ? s->betas.v[0] : u->momentum, beta2 = s->betas.v[1], t = (double)u->step;
    tern_real rate = (tern_real)(u->lr / (1 - pow(beta1, t))), correct = (tern_real)(1 / sqrt(1 - pow(beta2, t)));
    tern_real b1 = (tern_real)beta1, c1 = (tern_real)(1 - beta1), b2 = (tern_real)beta2, c2 = (tern_real)(1 - beta2);
    tern_real eps = (tern_real)s->eps, keep = (tern_real)(1 - u->lr * (u->decay ? s->weight_decay : 0));
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict m = u->slot[0], *restrict v = u->slot[1], *restrict most = u->slot[2];

    if (!s->amsgrad) {
        for (size_t i = 0; i < u->n; i++) {
            m[i] = b1 * m[i] + c1 * g[i];
            v[i] = b2 * v[i] + c2 * g[i] * g[i];
            w[i] = keep * w[i] - rate * m[i] / (sqrt(v[i]) * correct + eps);
        }
        return;
    }
    for (size_t i = 0; i < u->n; i++) {
        m[i] = b1 * m[i] + c1 * g[i];
        v[i] = b2 * v[i] + c2 * g[i] * g[i];
        most[i] = v[i] > most[i] ? v[i] : most[i];
        w[i] = keep * w[i] - rate * m[i] / (sqrt(most[i]) * correct + eps);
    }
}

static const tern_option adam_options[] = {
    TERN_REAL(adam, lr, 1e-3, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REALS(adam, betas, "[0.9, 0.999]", 0, 1, 2, 2, "How much of the old goes into the two running moments.",
               .below_max = true),
    TERN_REAL(adam, eps, 1e-8, 0, 1e30, "Added to the root, so that nothing is divided by zero."),
    TERN_REAL(adam, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    TERN_BOOL(adam, amsgrad, false, "Divide by the largest second moment so far, not by the last."),
    {0},
};

static const tern_example adam_examples[] = {
    {"{}", {{0}}},
    {"{\"lr\": 0.01, \"betas\": [0.8, 0.99], \"weight_decay\": 0.01}", {{0}}},
    {"{\"amsgrad\": true}", {{0}}},
    {0},
};

static const tern_option adamw_options[] = {
    TERN_REAL(adam, lr, 1e-3, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REALS(adam, betas, "[0.9, 0.999]", 0, 1, 2, 2, "How much of the old goes into the two running moments.",
               .below_max = true),
    TERN_REAL(adam, eps, 1e-8, 0, 1e30, "Added to the root, so that nothing is divided by zero."),
    TERN_REAL(adam, weight_decay, 0.01, 0, 1e30,
              "Decoupled: shrinks w by lr * weight_decay * w, whatever the gradient."),
    TERN_BOOL(adam, amsgrad, false, "Divide by the largest second moment so far, not by the last."),
    {0},
};

static const tern_example adamw_examples[] = {
    {"{}", {{0}}},
    {"{\"lr\": 0.01, \"betas\": [0.8, 0.99], \"weight_decay\": 0.1}", {{0}}},
    {"{\"amsgrad\": true}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_adam = {
    .base = {TERN_OPTIMIZER, "adam", NULL,
             "Steps scaled by running moments of the gradient: w -= lr m / (sqrt(v) + eps).", sizeof(adam),
             adam_options, adam_examples},
    .has_momentum = true,
    .plan = adam_plan,
    .update = adam_update,
};

const tern_optimizer_type tern_optimizer_adamw = {
    .base = {TERN_OPTIMIZER, "adamw", NULL,
             "Adam with decoupled weight decay: w -= lr (decay w + m / (sqrt(v) + eps)).", sizeof(adam), adamw_options,
             adamw_examples},
    .has_momentum = true,
    .plan = adam_plan,
    .update = adamw_update,
};
