/* constant - the same number everywhere. */
#include <tern/initializer.h>

typedef struct constant {
    double value;
} constant;

static void constant_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const constant *s = self;
    (void)random;
    tern_tensor_fill(w, (tern_real)s->value);
}

static const tern_option options[] = {
    TERN_REAL_REQUIRED(constant, value, -1e30, 1e30, "The number.", .alias = "val"),
    {0},
};

static const tern_example examples[] = {{"{\"value\": 0.5}", {{1, {50}}}}, {"{\"value\": 0}", {{2, {30, 20}}}}, {0}};

const tern_initializer_type tern_initializer_constant = {
    .base = {TERN_INITIALIZER, "constant", NULL, "The same number everywhere.", sizeof(constant), options, examples},
    .fill = constant_fill,
};
