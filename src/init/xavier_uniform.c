/* xavier_uniform - uniform within +-gain sqrt(6 / (fan_in + fan_out)), so that signals keep their size both ways
 * (Glorot and Bengio 2010). */
#include <tern/initializer.h>
#include <math.h>

typedef struct xavier_uniform {
    double gain;
} xavier_uniform;

static tern_status xavier_uniform_plan(void *self, const tern_shape *shape, tern_error *err) {
    (void)self;
    if (shape->rank >= 2) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "counts inputs and outputs, so that it needs at least 2 dimensions, "
                          "but the weight has %zu",
                          shape->rank);
}

static void xavier_uniform_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const xavier_uniform *s = self;
    size_t n = tern_tensor_count(w), in, out;
    tern_fans(&w->shape, &in, &out);
    tern_real bound = (tern_real)(s->gain * sqrt(6 / ((double)in + (double)out)));
    tern_random_uniform(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] = bound * (2 * w->data[i] - 1);
}

static const tern_option options[] = {
    TERN_REAL(xavier_uniform, gain, 1, 0, 1e30, "A factor; PyTorch recommends 5/3 before tanh, sqrt(2) before relu."),
    {0},
};

static const tern_example examples[] = {{"{}", {{2, {30, 20}}}}, {"{\"gain\": 2}", {{4, {8, 4, 3, 3}}}}, {0}};

const tern_initializer_type tern_initializer_xavier_uniform = {
    .base = {TERN_INITIALIZER, "xavier_uniform", (const char *const[]){"glorot_uniform", NULL},
             "Uniform within +-gain sqrt(6 / (fan_in + fan_out)).", sizeof(xavier_uniform), options, examples},
    .plan = xavier_uniform_plan,
    .fill = xavier_uniform_fill,
};
