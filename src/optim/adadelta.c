/* adadelta - steps in the units of the weights, almost without a learning rate (Zeiler 2012); PyTorch's form:
 *
 *   g += decay w;  s = rho s + (1 - rho) g^2;  d = sqrt(a + eps) / sqrt(s + eps) g;  a = rho a + (1 - rho) d^2;  w -=
 * lr d */
#include <tern/optimizer.h>
#include <tgmath.h>

typedef struct adadelta {
    double lr, rho, eps, weight_decay;
} adadelta;

static tern_status adadelta_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->slots = 2;
    spec->slot_name[0] = "square_avg";
    spec->slot_name[1] = "acc_delta";
    return TERN_OK;
}

TERN_CLONES static void adadelta_update(const void *self, const tern_update *u) {
    const adadelta *p = self;
    tern_real lr = (tern_real)u->lr, eps = (tern_real)p->eps, decay = (tern_real)(u->decay ? p->weight_decay : 0);
    tern_real keep = (tern_real)p->rho, take = (tern_real)(1 - p->rho);
    const tern_real *restrict g = u->g;
    tern_real *restrict w = u->w, *restrict s = u->slot[0], *restrict a = u->slot[1];

    for (size_t i = 0; i < u->n; i++) {
        tern_real d = g[i] + decay * w[i];
        s[i] = keep * s[i] + take * d * d;
        d *= sqrt(a[i] + eps) / sqrt(s[i] + eps);
        a[i] = keep * a[i] + take * d * d;
        w[i] -= lr * d;
    }
}

static const tern_option options[] = {
    TERN_REAL(adadelta, lr, 1, 0, 1e30, "Learning rate: a factor of the step.", .alias = "learning_rate"),
    TERN_REAL(adadelta, rho, 0.9, 0, 1, "How much of the old goes into the running mean squares."),
    TERN_REAL(adadelta, eps, 1e-6, 0, 1e30, "Added under both roots.", .alias = "epsilon"),
    TERN_REAL(adadelta, weight_decay, 0, 0, 1e30, "L2 penalty: adds weight_decay * w to the gradient."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"lr\": 0.5, \"rho\": 0.95, \"eps\": 1e-5, \"weight_decay\": 0.01}", {{0}}},
    {0},
};

const tern_optimizer_type tern_optimizer_adadelta = {
    .base = {TERN_OPTIMIZER, "adadelta", NULL,
             "Steps in the units of the weights: w -= lr sqrt(a + eps) / sqrt(s + eps) g.", sizeof(adadelta), options,
             examples},
    .plan = adadelta_plan,
    .update = adadelta_update,
};
