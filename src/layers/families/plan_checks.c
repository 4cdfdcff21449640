/* plan_checks.c - what the plans of several layers ask; see tern/layer.h. */
#include <tern/layer.h>

#include <inttypes.h>

tern_status tern_shape_axis(const tern_shape *sample, int64_t dim, const char *key, size_t *axis, tern_error *err) {
    int64_t rank = (int64_t)sample->rank, at = dim < 0 ? dim + rank : dim - 1; /* the batch is at -1 */
    if (at < 0 || at >= rank) {
        char text[TERN_SHAPE_TEXT];
        return tern_error_add(
            err, TERN_ERROR_MODEL, key,
            "is %" PRId64 "%s, but samples of shape %s have dimensions 1 to %zu, or -%zu to -1 from the end", dim,
            at == -1 ? " (the batch)" : "", tern_shape_text(sample, text), sample->rank, sample->rank);
    }
    *axis = (size_t)at;
    return TERN_OK;
}

tern_shape tern_shape_reduced(const tern_shape *sample, unsigned axes, bool keepdim) {
    tern_shape out = {0};
    for (size_t k = 0; k < sample->rank; k++) {
        bool reduced = axes >> k & 1;
        if (!reduced || keepdim) out.dim[out.rank++] = reduced ? 1 : sample->dim[k];
    }
    return out.rank ? out : TERN_SHAPE(1);
}

tern_status tern_layer_within_steps(tern_layer_spec *spec, size_t axis, const char *key, tern_error *err) {
    if (spec->sequences && !axis)
        return tern_error_add(err, TERN_ERROR_MODEL, key,
                              "is that of the steps of sequences of any length; accepted are dimensions of a step");
    spec->out_sequences = spec->within_steps = spec->sequences;
    return TERN_OK;
}

tern_status tern_layer_same_shapes(const tern_layer_spec *spec, tern_error *err) {
    for (size_t k = 1; k < spec->inputs; k++) {
        char first[TERN_SHAPE_TEXT], other[TERN_SHAPE_TEXT];
        if (!tern_shape_equal(&spec->in[0], &spec->in[k]))
            return tern_error_add(err, TERN_ERROR_MODEL, "inputs",
                                  "must all have one shape, but input 0 is %s and input %zu is %s",
                                  tern_shape_text(&spec->in[0], first), k, tern_shape_text(&spec->in[k], other));
    }
    return TERN_OK;
}
