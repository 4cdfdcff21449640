/* normal - normally distributed numbers. */
#include <tern/initializer.h>

typedef struct normal {
    double mean, std;
} normal;

static void normal_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const normal *s = self;
    size_t n = tern_tensor_count(w);
    tern_random_normal(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] = (tern_real)s->mean + (tern_real)s->std * w->data[i];
}

static const tern_option options[] = {
    TERN_REAL(normal, mean, 0, -1e30, 1e30, "Mean."),
    TERN_REAL(normal, std, 1, 0, 1e30, "Standard deviation."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {50}}}}, {"{\"mean\": 1, \"std\": 0.02}", {{2, {30, 20}}}}, {0}};

const tern_initializer_type tern_initializer_normal = {
    .base = {TERN_INITIALIZER, "normal", NULL, "Normally distributed numbers.", sizeof(normal), options, examples},
    .fill = normal_fill,
};
