/* xavier - xavier_normal, with deviation gain sqrt(2 / (fan_in + fan_out)), and xavier_uniform, within +-gain sqrt(6 /
 * (fan_in + fan_out)), so that signals keep their size both ways (Glorot and Bengio 2010). */
#include <tern/initializer.h>
#include <math.h>

typedef struct xavier {
    double gain;
} xavier;

static tern_status xavier_plan(void *self, const tern_shape *shape, tern_error *err) {
    (void)self;
    if (shape->rank >= 2) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "counts inputs and outputs, so that it needs at least 2 dimensions, "
                          "but the weight has %zu",
                          shape->rank);
}

static void xavier_normal_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const xavier *s = self;
    size_t n = tern_tensor_count(w), in, out;
    tern_initializer_fans(&w->shape, &in, &out);
    tern_real std = (tern_real)(s->gain * sqrt(2 / ((double)in + (double)out)));
    tern_random_normal(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] *= std;
}

static void xavier_uniform_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const xavier *s = self;
    size_t n = tern_tensor_count(w), in, out;
    tern_initializer_fans(&w->shape, &in, &out);
    tern_real bound = (tern_real)(s->gain * sqrt(6 / ((double)in + (double)out)));
    tern_random_uniform(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] = bound * (2 * w->data[i] - 1);
}

static const tern_option options[] = {
    TERN_REAL(xavier, gain, 1, 0, 1e30, "A factor; PyTorch recommends 5/3 before tanh, sqrt(2) before relu."),
    {0},
};

static const tern_example examples[] = {{"{}", {{2, {30, 20}}}}, {"{\"gain\": 2}", {{4, {8, 4, 3, 3}}}}, {0}};

const tern_initializer_type tern_initializer_xavier_normal = {
    .base = {TERN_INITIALIZER, "xavier_normal", NULL, "Normal, with deviation gain sqrt(2 / (fan_in + fan_out)).",
             sizeof(xavier), options, examples},
    .plan = xavier_plan,
    .fill = xavier_normal_fill,
};

const tern_initializer_type tern_initializer_xavier_uniform = {
    .base = {TERN_INITIALIZER, "xavier_uniform", (const char *const[]){"glorot_uniform", NULL},
             "Uniform within +-gain sqrt(6 / (fan_in + fan_out)).", sizeof(xavier), options, examples},
    .plan = xavier_plan,
    .fill = xavier_uniform_fill,
};
