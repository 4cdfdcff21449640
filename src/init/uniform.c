/* uniform - numbers evenly distributed from a to b. */
#include <tern/initializer.h>

typedef struct uniform {
    double a, b;
} uniform;

static tern_status uniform_plan(void *self, const tern_shape *shape, tern_error *err) {
    const uniform *s = self;
    (void)shape;
    if (s->a <= s->b) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "b", "is %g, but may not be below a, which is %g", s->b, s->a);
}

static void uniform_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const uniform *s = self;
    size_t n = tern_tensor_count(w);
    tern_random_uniform(random, 0, n, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] = (tern_real)s->a + (tern_real)(s->b - s->a) * w->data[i];
}

static const tern_option options[] = {
    TERN_REAL(uniform, a, 0, -1e30, 1e30, "The lower end."),
    TERN_REAL(uniform, b, 1, -1e30, 1e30, "The upper end."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {50}}}}, {"{\"a\": -0.05, \"b\": 0.05}", {{2, {30, 20}}}}, {0}};

const tern_initializer_type tern_initializer_uniform = {
    .base = {TERN_INITIALIZER, "uniform", NULL, "Numbers evenly distributed from a to b.", sizeof(uniform), options,
             examples},
    .plan = uniform_plan,
    .fill = uniform_fill,
};
