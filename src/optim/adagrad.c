/* adagrad - steps divided by the root of all squared gradients so far (Duchi et al. 2011); PyTorch's form:
 *
 *   g += decay w;  s += g^2;  w -= lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps) */
#include <tern/optimizer.h>
#include <tgmath.h>

typedef struct adagrad {
    double lr, lr_decay, eps, weight_decay, initial_accumulator_value;
} adagrad;

static tern_status adagrad_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)err;
    const adagrad *s = self;
    spec->slots = 1;
    spec->slot_name[0] = "sum";
    spec->slot_value[0] = s->initial_accumulator_value;
    return TERN_OK;
}

TERN_CLONES static void adagrad_update(const void *self, const tern_update *u) {
    const adagrad *p = self;
    tern_real rate = (tern_real)(u->lr / (1 + ((double)u->step - 1) * p->lr_decay));
    tern_real eps = (tern_real)p->eps, decay = (tern_real)(u->decay ? p->weight_decay : 0);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict s = u->slot[0];

    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i];
        s[i] += d * d;
        w[i] -= rate * d / (sqrt(s[i]) + eps);
    }
}

static const tern_option options[] = {
    TERN_REAL(adagrad, lr, 0.01, 0, 1e30, "Learning rate.", .alias = "learning_rate"),
    TERN_REAL(adagrad, lr_decay, 0, 0, 1e30, "Divides lr by 1 + (step - 1) * lr_decay."),
    TERN_REAL(adagrad, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    TERN_REAL(adagrad, initial_accumulator_value, 0, 0, 1e30, "What the sum of squares starts with."),
    TERN_REAL(adagrad, eps, 1e-10, 0, 1e30, "Added to the root, so that nothing is divided by zero."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"lr\": 0.1, \"lr_decay\": 0.1, \"weight_decay\": 0.01, \"initial_accumulator_value\": 0.1}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_adagrad = {
    .base = {TERN_OPTIMIZER, "adagrad", NULL,
             "Steps divided by the root of the sum of squared gradients: w -= lr g / (sqrt(s) + eps).", sizeof(adagrad),
             options, examples},
    .plan = adagrad_plan,
    .update = adagrad_update,
};
