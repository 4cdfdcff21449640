/* tensor.c - shapes, tensors and their row operations; see tern/tensor.h. */
#include <tern/tensor.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- shapes ---- */

size_t tern_shape_count(const tern_shape *shape) {
    size_t count = 1;
    for (size_t i = 0; i < shape->rank; i++) count *= shape->dim[i];
    return count;
}

bool tern_shape_count_checked(const tern_shape *shape, size_t limit, size_t *count) {
    size_t product = 1;
    for (size_t i = 0; i < shape->rank; i++) {
        size_t size = shape->dim[i];
        if (size && product > limit / size) return false;
        product *= size;
    }
    *count = product;
    return product <= limit;
}

bool tern_shape_equal(const tern_shape *a, const tern_shape *b) {
    if (a->rank != b->rank) return false;
    for (size_t i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i]) return false;
    return true;
}

tern_shape tern_shape_batch(const tern_shape *sample, size_t rows) {
    assert(sample->rank < TERN_MAX_RANK);
    tern_shape batch = {.rank = sample->rank + 1, .dim = {rows}};
    for (size_t i = 0; i < sample->rank; i++) batch.dim[i + 1] = sample->dim[i];
    return batch;
}

const char *tern_shape_text(const tern_shape *shape, char *out) {
    size_t used = 0;
    out[used++] = '[';
    for (size_t i = 0; i < shape->rank; i++)
        used += (size_t)snprintf(out + used, TERN_SHAPE_TEXT - used, i ? ", %zu" : "%zu", shape->dim[i]);
    memcpy(out + used, "]", 2);
    return out;
}

/* ---- tensors ---- */

size_t tern_tensor_count(const tern_tensor *t) { return tern_shape_count(&t->shape); }

tern_tensor tern_tensor_matrix(const tern_tensor *t, size_t rows, size_t cols) {
    assert(rows * cols == tern_tensor_count(t));
    return (tern_tensor){{2, {rows, cols}}, t->data};
}

size_t tern_argmax(const tern_real *x, size_t n, size_t stride) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i * stride] > x[best * stride]) best = i;
    return best;
}

TERN_CLONES void tern_tensor_fill(tern_tensor *t, tern_real value) {
    tern_real *y = t->data;
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++) y[i] = value;
}

void tern_tensor_copy(const tern_tensor *x, tern_tensor *y) {
    size_t n = tern_tensor_count(y);
    assert(tern_tensor_count(x) == n);
    if (x->data != y->data) memcpy(y->data, x->data, n * sizeof *y->data);
}

TERN_CLONES void tern_tensor_add(const tern_tensor *x, tern_tensor *y) {
    size_t n = tern_tensor_count(y);
    assert(tern_tensor_count(x) == n);
    const tern_real *restrict from = x->data;
    tern_real *restrict to = y->data;
    for (size_t i = 0; i < n; i++) to[i] += from[i];
}

/* ---- matrices ---- */

size_t tern_tensor_rows(const tern_tensor *t) {
    size_t rows = 1;
    for (size_t i = 0; i + 1 < t->shape.rank; i++) rows *= t->shape.dim[i];
    return rows;
}

size_t tern_tensor_cols(const tern_tensor *t) { return t->shape.rank ? t->shape.dim[t->shape.rank - 1] : 1; }

TERN_CLONES void tern_tensor_add_row(const tern_tensor *b, tern_tensor *y) {
    size_t rows = tern_tensor_rows(y), cols = tern_tensor_cols(y);
    assert(tern_tensor_count(b) == cols);
    const tern_real *restrict from = b->data;
    for (size_t i = 0; i < rows; i++) {
        tern_real *restrict to = y->data + i * cols;
        for (size_t j = 0; j < cols; j++) to[j] += from[j];
    }
}

/* Eight rows at a time, as a tree: less traffic, and less rounding than one after the other. */
TERN_CLONES void tern_tensor_sum_rows(const tern_tensor *y, tern_tensor *b) {
    size_t rows = tern_tensor_rows(y), cols = tern_tensor_cols(y), i = 0;
    assert(tern_tensor_count(b) == cols);
    tern_real *restrict sum = b->data;
    for (; i + 8 <= rows; i += 8) {
        const tern_real *restrict r = y->data + i * cols;
        for (size_t j = 0; j < cols; j++)
            sum[j] += ((r[j] + r[j + cols]) + (r[j + 2 * cols] + r[j + 3 * cols])) +
                      ((r[j + 4 * cols] + r[j + 5 * cols]) + (r[j + 6 * cols] + r[j + 7 * cols]));
    }
    for (; i < rows; i++)
        for (size_t j = 0; j < cols; j++) sum[j] += y->data[i * cols + j];
}
