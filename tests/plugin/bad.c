/* bad.c - a plugin that is wrong in one way, which the macro WRONG names. */
#include <tern/plugin.h>

static tern_status bad_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

static void bad_forward(const void *self, const tern_forward *f) {
    (void)self;
    tern_tensor_copy(f->x[0], f->y);
}

static void bad_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (b->dx[0]) tern_tensor_copy(b->dy, b->dx[0]);
}

typedef struct bad {
    double a, b;
} bad;

enum {
    NONE,
    ABI,
    REAL,
    SIZES,
    OPTION_SIZE,
    FORWARD,
    NAME,
    ALIAS,
    SPELLING,
    SENTENCE,
    EXAMPLE,
    RANGE,
    TWICE,
    OUTSIDE,
    SHARED,
    KIND
};

static const char *const aliases[] = {WRONG == ALIAS ? "Linear" : "not_taken", NULL};

static const tern_option options[] = {
    {.name = "a",
     .kind = TERN_OPTION_REAL,
     .offset = 0,
     .min = 1,
     .max = WRONG == RANGE ? 0 : 2,
     .def = 1,
     .doc = "A number."},
    {.name = WRONG == TWICE    ? "a"
             : WRONG == SHARED ? "inputs"
                               : "b",
     .kind = WRONG == KIND ? (tern_option_kind)99 : TERN_OPTION_REAL,
     .offset = WRONG == OUTSIDE ? sizeof(bad) : offsetof(bad, b),
     .max = 1,
     .doc = "A number."},
    {0},
};

static const tern_example examples[] = {{WRONG == EXAMPLE ? NULL : "{}", {{1, {3}}}}, {0}};

static const tern_layer_type good = {
    .base = {TERN_LAYER, "good", NULL, "Copies.", 0, NULL, (const tern_example[]){{"{}", {{1, {3}}}}, {0}}},
    .plan = bad_plan,
    .forward = bad_forward,
    .backward = bad_backward,
};

static const tern_layer_type layer = {
    .base = {TERN_LAYER,
             WRONG == NAME       ? "dense"
             : WRONG == SPELLING ? "Not Good"
                                 : "bad",
             aliases, WRONG == SENTENCE ? "" : "Copies.", sizeof(bad), options, examples},
    .plan = bad_plan,
    .forward = WRONG == FORWARD ? NULL : bad_forward,
    .backward = bad_backward,
};

#ifdef NO_ENTRY
int nothing(void);
int nothing(void) { return good.base.kind != layer.base.kind; }
#else
static const tern_type *const types[] = {&good.base, &layer.base};
TERN_API extern const tern_plugin tern_plugin_entry;
const tern_plugin tern_plugin_entry = {
    .abi = WRONG == ABI ? TERN_ABI + 1 : TERN_ABI,
    .real = WRONG == REAL ? 12 - sizeof(tern_real) : sizeof(tern_real),
    .option = sizeof(tern_option) + 8 * (WRONG == OPTION_SIZE),
    .size = {[TERN_LAYER] = {sizeof(tern_layer_type), sizeof(tern_layer_spec) + 8 * (WRONG == SIZES),
                             sizeof(tern_forward), sizeof(tern_backward), sizeof(tern_layer_step)}},
    .types = types,
    .n = 2,
};
#endif
