/* reshape - the same numbers under another shape. */
#include <tern/layer.h>

typedef struct reshape {
    tern_ints shape;
} reshape;

/* Reads the shape with 1 in the place of -1, which becomes *open (rank: there is none). */
static tern_status read_shape(const tern_ints *wanted, tern_shape *shape, size_t *open, tern_error *err) {
    *shape = (tern_shape){.rank = wanted->n};
    *open = wanted->n;
    for (size_t i = 0; i < wanted->n; i++) {
        if (wanted->v[i] == 0)
            return tern_error_add(err, TERN_ERROR_MODEL, "shape", "has a size of 0 at position %zu", i);
        if (wanted->v[i] < 0 && *open < wanted->n)
            return tern_error_add(err, TERN_ERROR_MODEL, "shape",
                                  "has -1 at positions %zu and %zu, but only one size can be inferred", *open, i);
        if (wanted->v[i] < 0) *open = i;
        shape->dim[i] = wanted->v[i] < 0 ? 1 : (size_t)wanted->v[i];
    }
    return TERN_OK;
}

static tern_status reshape_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    const reshape *r = self;
    size_t open, known, count = tern_shape_count(&spec->in[0]);
    tern_status status = read_shape(&r->shape, &spec->out, &open, err);
    if (status) return status;

    bool fits = tern_shape_count_checked(&spec->out, count, &known);
    char in[TERN_SHAPE_TEXT], out[TERN_SHAPE_TEXT];
    if (open < spec->out.rank) {
        if (!fits || count % known != 0)
            return tern_error_add(
                err, TERN_ERROR_MODEL, "shape",
                "has a -1 that no size fits: the input %s has %zu numbers, which the other sizes do not divide",
                tern_shape_text(&spec->in[0], in), count);
        spec->out.dim[open] = count / known;
    } else if (!fits || known != count) {
        return tern_error_add(err, TERN_ERROR_MODEL, "shape", "is %s, but the input %s has %zu numbers",
                              tern_shape_text(&spec->out, out), tern_shape_text(&spec->in[0], in), count);
    }
    return TERN_OK;
}

static const tern_option options[] = {
    TERN_INTS_REQUIRED(reshape, shape, -1, 2147483647, 1, TERN_MAX_RANK - 1,
                       "Sizes of one sample; one may be -1 and is inferred.", .alias = "target_shape"),
    {0},
};

static const tern_example examples[] = {
    {"{\"shape\": [2, 6]}", {{1, {12}}}},
    {"{\"shape\": [3, -1, 2]}", {{2, {4, 6}}}},
    {0},
};

const tern_layer_type tern_layer_reshape = {
    .base = {TERN_LAYER, "reshape", NULL, "Gives the numbers of a sample another shape.", sizeof(reshape), options,
             examples},
    .flags = TERN_VIEW,
    .plan = reshape_plan,
};
