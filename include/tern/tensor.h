/* tensor.h - shapes, tensors and the operations on them that layers are made of. */
#ifndef TERN_TENSOR_H
#define TERN_TENSOR_H

#include <tern/error.h>

TERN_BEGIN

/* The sizes of a tensor's dimensions, outermost first. rank 0: absent (or a single number). A value. */
typedef struct tern_shape {
    size_t rank, dim[TERN_MAX_RANK];
} tern_shape;

/* A view of dense row-major elements. It owns nothing. A value. */
typedef struct tern_tensor {
    tern_shape shape;
    tern_real *data;
} tern_tensor;

typedef enum tern_transpose { TERN_N, TERN_T } tern_transpose;

/* ---- shapes ---- */

/* Makes a shape from literal sizes: TERN_SHAPE(28, 28). For C; in an initializer write {2, {28, 28}}. */
#define TERN_SHAPE(...) ((tern_shape){sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), {__VA_ARGS__}})

/* The number of elements: the product of the sizes, 1 for rank 0. The plan has excluded overflow. */
TERN_API size_t tern_shape_count(const tern_shape *shape);

/* The number of elements, or false where it passes `limit` or overflows. */
TERN_API bool tern_shape_count_checked(const tern_shape *shape, size_t limit, size_t *count);

/* Whether both have the same rank and sizes. */
TERN_API bool tern_shape_equal(const tern_shape *a, const tern_shape *b);

/* The shape of `rows` samples: `rows` put before the sizes of `sample`. Rank of `sample` below TERN_MAX_RANK. */
TERN_API tern_shape tern_shape_batch(const tern_shape *sample, size_t rows);

enum { TERN_SHAPE_TEXT = 24 * TERN_MAX_RANK + 4 };

/* Writes "[3, 28, 28]" into `out`, which holds TERN_SHAPE_TEXT bytes; returns `out`. */
TERN_API const char *tern_shape_text(const tern_shape *shape, char *out);

/* ---- tensors ---- */

/* The number of elements of a tensor. */
TERN_API size_t tern_tensor_count(const tern_tensor *t);

/* The same elements as a matrix of `rows` by `cols`; their product is the count. Aliases `t`. */
TERN_API tern_tensor tern_tensor_matrix(const tern_tensor *t, size_t rows, size_t cols);

/* Sets every element to `value`. */
TERN_API void tern_tensor_fill(tern_tensor *t, tern_real value);

/* y = x; both have the same count. Nothing happens where they are the same memory; no other overlap. */
TERN_API void tern_tensor_copy(const tern_tensor *x, tern_tensor *y);

/* y += x; both have the same count; no overlap. */
TERN_API void tern_tensor_add(const tern_tensor *x, tern_tensor *y);

/* The place of the largest of n > 0 elements that lie `stride` apart; of equals, the first. */
TERN_API size_t tern_argmax(const tern_real *x, size_t n, size_t stride);

/* ---- matrices: the last dimension is the columns, all others together are the rows; rank 1 is one row ---- */

TERN_API size_t tern_tensor_rows(const tern_tensor *t);
TERN_API size_t tern_tensor_cols(const tern_tensor *t);

/* c = alpha op(a) op(b) + beta c, op(m) being m (TERN_N) or its transpose (TERN_T).
 * Shapes: op(a) is m by k, op(b) k by n, c m by n. `c` overlaps neither. With beta 0, c is only written: what it held,
 * NaN included, has no influence; alpha is never 0. Runs on the calling thread alone: an OpenBLAS with threads of its
 * own is set to one thread, for the whole process and from then on (openblas_set_num_threads(1)); one on OpenMP only
 * for the time of the call.
 * OpenBLAS does it where it is not clearly slower than micro-kernels of ours; TERN_GEMM in the environment, read at the
 * first product, says otherwise: "blas" (every product by OpenBLAS), "microkernel" (all that those can do by those). */
TERN_API void tern_gemm(tern_real alpha, const tern_tensor *a, tern_transpose ta, const tern_tensor *b,
                        tern_transpose tb, tern_real beta, tern_tensor *c);

/* Refuses any other value of TERN_GEMM: USAGE. Whoever makes a trainer or a predictor has asked. */
TERN_API tern_status tern_gemm_check(tern_error *err);

/* A matrix that is part of a larger one: its rows begin `stride` elements apart. It owns nothing. A value. */
typedef struct tern_matrix {
    size_t rows, cols, stride;
    tern_real *data;
} tern_matrix;

/* tern_gemm() on such parts. */
TERN_API void tern_gemm_strided(tern_real alpha, tern_matrix a, tern_transpose ta, tern_matrix b, tern_transpose tb,
                                tern_real beta, tern_matrix c);

/* y[i, j] += b[j] for every row i: adds a bias. b: as many elements as y has columns. */
TERN_API void tern_tensor_add_row(const tern_tensor *b, tern_tensor *y);

/* b[j] += sum over the rows i of y[i, j]: the gradient of tern_tensor_add_row(). */
TERN_API void tern_tensor_sum_rows(const tern_tensor *y, tern_tensor *b);

TERN_END

#endif
