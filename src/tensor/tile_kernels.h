/* tile_kernels.h - the tiles of one kind of CPU: what tile*.c include once each, having said which.
 *
 *   TILES      the table to define      BYTES           of a vector register
 *   TARGET     lets the compiler        ROWS, VECTORS   of the largest tile: its sums, a vector of B for each and a number of A
 *              use its instructions                     fill the registers
 *
 * The loops over rows and vectors have constant bounds once multiply() is inlined, and are unrolled: so the sums are registers. */
#ifndef TERN_TENSOR_TILE_KERNELS_H
#define TERN_TENSOR_TILE_KERNELS_H

#include "tile.h"

#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

typedef tern_real vector __attribute__((vector_size(BYTES), aligned(sizeof(tern_real)), may_alias));

TARGET static inline __attribute__((always_inline)) void multiply(const size_t rows, const size_t vectors, const tern__tile *t) {
    vector           sum[TERN__TILE_ROWS][TERN__TILE_VECTORS], x[TERN__TILE_VECTORS];
    const tern_real *a[TERN__TILE_ROWS], *b[TERN__TILE_VECTORS];
    UNROLL for (size_t v = 0; v < vectors; v++) b[v] = t->b[v];
    UNROLL for (size_t r = 0; r < rows; r++) {
        a[r] = t->a[r];
        UNROLL for (size_t v = 0; v < vectors; v++)
            if (t->start) sum[r][v] = t->start[r] - (vector){0};
            else sum[r][v] = *(const vector *)(t->c[v] + r * t->stride);
    }
    for (size_t i = 0, a0 = 0, b0 = 0; i < t->n[0]; i++, a0 += t->step_a[0], b0 += t->step_b[0])
        for (size_t j = 0, a1 = a0, b1 = b0; j < t->n[1]; j++, a1 += t->step_a[1], b1 += t->step_b[1])
            for (size_t k = 0, a2 = a1, b2 = b1, n = t->n[2], da = t->step_a[2], db = t->step_b[2]; k < n; k++, a2 += da, b2 += db) {
                UNROLL for (size_t v = 0; v < vectors; v++) x[v] = *(const vector *)(b[v] + b2);
                UNROLL for (size_t r = 0; r < rows; r++)
                    UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] += a[r][a2] * x[v];
            }
    UNROLL for (size_t r = 0; r < rows; r++)
        UNROLL for (size_t v = 0; v < vectors; v++) *(vector *)(t->c[v] + r * t->stride) = sum[r][v];
}

#define TILE(r, v) \
    TARGET static void multiply_##r##_##v(const tern__tile *t) { multiply(r, v, t); }
#define TILES_OF(r) TILE(r, 1) TILE(r, 2) TILE(r, 3)
#define LIST_OF(r) {multiply_##r##_1, multiply_##r##_2, multiply_##r##_3}

TILES_OF(1) TILES_OF(2) TILES_OF(3) TILES_OF(4)
#if ROWS == 8
TILES_OF(5) TILES_OF(6) TILES_OF(7) TILES_OF(8)
#endif

const tern__tiles TILES = {
    ROWS, VECTORS, BYTES / sizeof(tern_real),
    {LIST_OF(1), LIST_OF(2), LIST_OF(3), LIST_OF(4),
#if ROWS == 8
     LIST_OF(5), LIST_OF(6), LIST_OF(7), LIST_OF(8)
#endif
    }};

#endif
