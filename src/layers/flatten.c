/* flatten - makes the dimensions start_dim to end_dim one. */
#include <tern/layer.h>
#include <inttypes.h>

typedef struct flatten {
    int64_t start_dim, end_dim;
} flatten;

static tern_status flatten_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    const flatten *f = self;
    const tern_shape *in = &spec->in[0];
    size_t start, end;
    tern_status status = tern_shape_axis(in, f->start_dim, "start_dim", &start, err);
    if (!status) status = tern_shape_axis(in, f->end_dim, "end_dim", &end, err);
    if (status) return status;
    if (start > end)
        return tern_error_add(err, TERN_ERROR_MODEL, "end_dim",
                              "is %" PRId64 ", but that dimension comes before start_dim, which is %" PRId64,
                              f->end_dim, f->start_dim);

    spec->out.rank = in->rank - (end - start);
    for (size_t i = 0; i <= start; i++) spec->out.dim[i] = in->dim[i];
    for (size_t i = start + 1; i <= end; i++) spec->out.dim[start] *= in->dim[i];
    for (size_t i = end + 1; i < in->rank; i++) spec->out.dim[i - (end - start)] = in->dim[i];
    return TERN_OK;
}

static const tern_option options[] = {
    TERN_INT(flatten, start_dim, 1, -TERN_MAX_RANK, TERN_MAX_RANK - 1,
             "The first dimension; 1 is the first of a sample, -1 the last."),
    TERN_INT(flatten, end_dim, -1, -TERN_MAX_RANK, TERN_MAX_RANK - 1, "The last dimension, counted in the same way."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{3, {2, 3, 2}}}},
    {"{}", {{1, {4}}}},
    {"{\"start_dim\": 2, \"end_dim\": 3}", {{4, {2, 3, 2, 2}}}},
    {0},
};

const tern_layer_type tern_layer_flatten = {
    .base = {TERN_LAYER, "flatten", NULL, "Makes several dimensions one, all of a sample if not told otherwise.",
             sizeof(flatten), options, examples},
    .flags = TERN_VIEW,
    .plan = flatten_plan,
};
