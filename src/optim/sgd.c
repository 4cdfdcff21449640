/* sgd - gradient descent with momentum (Polyak 1964), Nesterov's where asked for; PyTorch's form:
 *
 *   g += decay w;  v = first step ? g : momentum v + (1 - dampening) g;  g = nesterov ? g + momentum v : v;  w -= lr g
 */
#include <tern/optimizer.h>
#include <math.h>

typedef struct sgd {
    double lr, momentum, dampening, weight_decay;
    bool nesterov;
} sgd;

static tern_status sgd_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    const sgd *s = self;
    if (s->nesterov && (s->momentum <= 0 || s->dampening != 0))
        return tern_error_add(err, TERN_ERROR_MODEL, "nesterov",
                              "needs a momentum above 0 and no dampening, found %g and %g", s->momentum, s->dampening);
    if (s->momentum > 0 || spec->cycled) {
        spec->slots = 1;
        spec->slot_name[0] = "momentum_buffer";
    }
    return TERN_OK;
}

TERN_CLONES static void sgd_update(const void *self, const tern_update *u) {
    const sgd *s = self;
    tern_real lr = (tern_real)u->lr, decay = (tern_real)(u->decay ? s->weight_decay : 0);
    tern_real mu = (tern_real)(isnan(u->momentum) ? s->momentum : u->momentum);
    tern_real keep = u->step == 1 ? 0 : mu, take = u->step == 1 ? 1 : (tern_real)(1 - s->dampening);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict v = u->slot[0];

    if (!v) {
        for (size_t i = 0; i < u->n; i++) w[i] -= lr * (g[i] + decay * w[i]);
        return;
    }
    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i];
        v[i] = keep * v[i] + take * d;
        w[i] -= lr * (s->nesterov ? d + mu * v[i] : v[i]);
    }
}

static const tern_option options[] = {
    TERN_REAL_REQUIRED(sgd, lr, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REAL(sgd, momentum, 0, 0, 1, "How much of the last step goes into the next."),
    TERN_REAL(sgd, dampening, 0, 0, 1, "How much of the gradient the momentum leaves out."),
    TERN_REAL(sgd, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    TERN_BOOL(sgd, nesterov, false, "Look ahead along the momentum."),
    {0},
};

static const tern_example examples[] = {
    {"{\"lr\": 0.1}", {{0}}},
    {"{\"lr\": 0.1, \"momentum\": 0.9, \"dampening\": 0.5, \"weight_decay\": 0.01}", {{0}}},
    {"{\"lr\": 0.1, \"momentum\": 0.9, \"nesterov\": true}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_sgd = {
    .base = {TERN_OPTIMIZER, "sgd", NULL, "Gradient descent, with momentum if wanted: w -= lr g.", sizeof(sgd), options,
             examples},
    .has_momentum = true,
    .plan = sgd_plan,
    .update = sgd_update,
};
