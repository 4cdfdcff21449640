/* window.c - a series as samples; see window.h. */
#include "window.h"

#include "memory.h"

#include <string.h>

static size_t row_bytes(const tern_array *c) { return tern_shape_count(&c->shape) * tern_dtype_size(c->dtype); }

/* n samples of `rows` rows each, sample i from row first + i on. */
static void *slide(const tern_array *c, size_t first, size_t rows, size_t n, tern_error *err) {
    size_t row = row_bytes(c);
    char *out = tern__alloc(n, rows * row, err);
    for (size_t i = 0; out && i < n; i++)
        memcpy(out + i * rows * row, (const char *)c->data + (first + i) * row, rows * row);
    return out;
}

/* [F] becomes [window, F]. */
static void put_in_front(tern_shape *shape, size_t window) {
    memmove(shape->dim + 1, shape->dim, shape->rank * sizeof *shape->dim);
    shape->dim[0] = window;
    shape->rank++;
}

tern_status tern__window(size_t window, size_t first, size_t end, tern_array *x, tern_array *y, size_t *n,
                         tern_error *err) {
    size_t rows = end - first, least = window + (window && y->data) + !window;
    if (rows < least)
        return tern_error_add(err, TERN_ERROR_DATA, window ? "window" : "from",
                              "leaves no sample: this part of the file has %zu "
                              "rows, at least %zu are needed",
                              rows, least);
    *n = rows - least + 1;
    void *new_x = slide(x, first, window ? window : 1, *n, err);
    void *new_y = new_x && y->data ? slide(y, first + window, 1, *n, err) : NULL;
    if (!new_x || (y->data && !new_y)) return tern__free(new_x), TERN_ERROR_MEMORY;
    tern__free(x->data);
    tern__free(y->data);
    x->data = new_x, y->data = new_y;
    if (window) put_in_front(&x->shape, window);
    return TERN_OK;
}
