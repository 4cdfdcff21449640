/* window.c - a series as samples; see window.h. */
#include "window.h"

#include "memory.h"

#include <string.h>

tern_status tern__series_check(const tern__series *s, tern_error *err) {
    if (s->window || (s->horizon <= 1 && s->stride <= 1)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, s->horizon > 1 ? "horizon" : "stride",
                          "is that of windows; \"window\" says of how many rows");
}

size_t tern__series_reach(const tern__series *s, bool targets) {
    return s->window ? s->window + (targets ? s->horizon : 0) : 1;
}

size_t tern__series_overlap(const tern__series *s, bool targets) {
    return s->window ? (tern__series_reach(s, targets) - 1) / s->stride : 0;
}

size_t tern__series_samples(const tern__series *s, size_t rows, bool targets) {
    size_t reach = tern__series_reach(s, targets);
    return rows < reach ? 0 : (rows - reach) / (s->window ? s->stride : 1) + 1;
}

static size_t row_bytes(const tern_array *c) { return tern_shape_count(&c->shape) * tern_dtype_size(c->dtype); }

/* n samples of `rows` rows each, sample i from row first + i * stride on. */
static void *slide(const tern_array *c, size_t first, size_t rows, size_t stride, size_t n, tern_error *err) {
    size_t row = row_bytes(c);
    char *out = tern__alloc(n, rows * row, err);
    for (size_t i = 0; out && i < n; i++)
        memcpy(out + i * rows * row, (const char *)c->data + (first + i * stride) * row, rows * row);
    return out;
}

/* [F] becomes [rows, F]. */
static void put_in_front(tern_shape *shape, size_t rows) {
    memmove(shape->dim + 1, shape->dim, shape->rank * sizeof *shape->dim);
    shape->dim[0] = rows;
    shape->rank++;
}

tern_status tern__window(const tern__series *s, size_t first, size_t end, tern_array *x, tern_array *y, size_t *n,
                         tern_error *err) {
    size_t rows = end - first, window = s->window, stride = window ? s->stride : 1;
    *n = tern__series_samples(s, rows, y->data != NULL);
    if (!*n)
        return tern_error_add(err, TERN_ERROR_DATA, window ? "window" : "from",
                              "leaves no sample: this part of the file has %zu "
                              "rows, at least %zu are needed",
                              rows, tern__series_reach(s, y->data != NULL));
    void *new_x = slide(x, first, window ? window : 1, stride, *n, err);
    void *new_y = new_x && y->data ? slide(y, first + window, window ? s->horizon : 1, stride, *n, err) : NULL;
    if (!new_x || (y->data && !new_y)) return tern__free(new_x), TERN_ERROR_MEMORY;
    tern__free(x->data);
    tern__free(y->data);
    x->data = new_x, y->data = new_y;
    if (window) put_in_front(&x->shape, window);
    if (window && new_y && s->horizon > 1) put_in_front(&y->shape, s->horizon);
    return TERN_OK;
}
