/* kaiming - kaiming_normal, with deviation gain / sqrt(fan), and kaiming_uniform, within +-gain sqrt(3 / fan), so that
 * signals keep their size through the nonlinearity (He et al. 2015). The gain: 1 for linear and sigmoid, 5/3 for tanh,
 * sqrt(2) for relu, sqrt(2 / (1 + a^2)) for leaky_relu, 3/4 for selu. */
#include <tern/initializer.h>
#include <math.h>

typedef struct kaiming {
    double a;
    int mode, nonlinearity;
} kaiming;

enum { FAN_IN, FAN_OUT };
enum { LEAKY_RELU, RELU, LINEAR, SIGMOID, TANH, SELU };

static tern_status kaiming_plan(void *self, const tern_shape *shape, tern_error *err) {
    (void)self;
    if (shape->rank >= 2) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "counts inputs or outputs, so that it needs at least 2 dimensions, "
                          "but the weight has %zu",
                          shape->rank);
}

static double gain(const kaiming *s) {
    switch (s->nonlinearity) {
    case LEAKY_RELU: return sqrt(2 / (1 + s->a * s->a));
    case RELU: return sqrt(2);
    case TANH: return 5.0 / 3;
    case SELU: return 0.75;
    default: return 1;
    }
}

static void kaiming_normal_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const kaiming *s = self;
    size_t n = tern_tensor_count(w), in, out;
    tern_initializer_fans(&w->shape, &in, &out);
    tern_real std = (tern_real)(gain(s) / sqrt((double)(s->mode == FAN_IN ? in : out)));
    tern_random_normal(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] *= std;
}

static void kaiming_uniform_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const kaiming *s = self;
    size_t n = tern_tensor_count(w), in, out;
    tern_initializer_fans(&w->shape, &in, &out);
    tern_real bound = (tern_real)(gain(s) * sqrt(3 / (double)(s->mode == FAN_IN ? in : out)));
    tern_random_uniform(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] = bound * (2 * w->data[i] - 1);
}

static const char *const modes[] = {"fan_in", "fan_out", NULL};
static const char *const nonlinearities[] = {"leaky_relu", "relu", "linear", "sigmoid", "tanh", "selu", NULL};

static const tern_option options[] = {
    TERN_REAL(kaiming, a, 0, -1e30, 1e30, "The slope of leaky_relu below 0."),
    TERN_CHOICE(kaiming, mode, FAN_IN, modes, "What keeps its size: the signals forward or the gradients backward."),
    TERN_CHOICE(kaiming, nonlinearity, LEAKY_RELU, nonlinearities, "What follows; leaky_relu with a = 0 is relu."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{2, {30, 20}}}},
    {"{\"mode\": \"fan_out\", \"nonlinearity\": \"tanh\"}", {{4, {8, 4, 3, 3}}}},
    {0},
};

const tern_initializer_type tern_initializer_kaiming_normal = {
    .base = {TERN_INITIALIZER, "kaiming_normal", NULL, "Normal, with deviation gain / sqrt(fan), for a nonlinearity.",
             sizeof(kaiming), options, examples},
    .plan = kaiming_plan,
    .fill = kaiming_normal_fill,
};

const tern_initializer_type tern_initializer_kaiming_uniform = {
    .base = {TERN_INITIALIZER, "kaiming_uniform", (const char *const[]){"he_uniform", NULL},
             "Uniform within +-gain sqrt(3 / fan), for a nonlinearity.", sizeof(kaiming), options, examples},
    .plan = kaiming_plan,
    .fill = kaiming_uniform_fill,
};
