/* axis - the dimension that an option means. */
#include <tern/layer.h>
#include <inttypes.h>

tern_status tern_axis(const tern_shape *sample, int64_t dim, const char *key, size_t *axis, tern_error *err) {
    int64_t rank = (int64_t)sample->rank, at = dim < 0 ? dim + rank : dim - 1; /* the batch is at -1 */
    if (at < 0 || at >= rank) {
        char text[TERN_SHAPE_TEXT];
        return tern_error_add(err, TERN_ERROR_MODEL, key,
                              "is %" PRId64 "%s, but samples of shape %s have dimensions 1 to %zu, or -%zu to -1 from the end",
                              dim, at == -1 ? " (the batch)" : "", tern_shape_text(sample, text), sample->rank, sample->rank);
    }
    *axis = (size_t)at;
    return TERN_OK;
}
