/* microkernel_template.h - the micro-kernels of one kind of CPU: what microkernel_*.c include once each, having said
 * which.
 *
 *   KERNELS, NAME   the table to define       BYTES    of a vector register
 *   TARGET          lets the compiler use     MR, NV   of the largest microtile: its sums, NV vectors of B and one
 *                   the CPU's instructions             element of A fill the registers
 *
 * The loops over rows and vectors have constant bounds once multiply() is inlined, and are unrolled: so the sums are
 * registers. */
#ifndef TERN_KERNELS_MICROKERNEL_TEMPLATE_H
#define TERN_KERNELS_MICROKERNEL_TEMPLATE_H

#include "microkernel.h"

#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* The lanes of two vectors in turn: of their lower halves, and of their upper ones. */
#ifdef TERN_DOUBLE
#define LANES (BYTES / 8)
#else
#define LANES (BYTES / 4)
#endif
#if LANES == 16
#define LOWER 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define LOWER 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER 4, 12, 5, 13, 6, 14, 7, 15
#elif LANES == 4
#define LOWER 0, 4, 1, 5
#define UPPER 2, 6, 3, 7
#else
#define LOWER 0, 2
#define UPPER 1, 3
#endif

typedef tern_real vector __attribute__((vector_size(BYTES), aligned(sizeof(tern_real)), may_alias));

TARGET static inline __attribute__((always_inline)) void multiply(const size_t rows, const size_t vectors,
                                                                  const tern__microtile *t) {
    vector sum[TERN__MR][TERN__NV], x[TERN__NV];
    const tern_real *a[TERN__MR], *b[TERN__NV], *start = t->start;
    tern_real *c[TERN__NV];
    UNROLL for (size_t v = 0; v < vectors; v++) b[v] = t->b[v], c[v] = t->c[v];
    UNROLL for (size_t r = 0; r < rows; r++) a[r] = t->a[r];
    for (size_t tiles = t->more + 1; tiles > 0; tiles--) {
        UNROLL for (size_t r = 0; r < rows; r++) {
            UNROLL for (size_t v = 0; v < vectors; v++) {
                if (start) sum[r][v] = start[r] - (vector){0};
                else sum[r][v] = *(const vector *)(c[v] + r * t->stride);
            }
        }
        for (size_t i = 0, a0 = 0, b0 = 0; i < t->n[0]; i++, a0 += t->step_a[0], b0 += t->step_b[0])
            for (size_t j = 0, a1 = a0, b1 = b0; j < t->n[1]; j++, a1 += t->step_a[1], b1 += t->step_b[1])
                for (size_t k = 0, a2 = a1, b2 = b1, n = t->n[2], da = t->step_a[2], db = t->step_b[2]; k < n;
                     k++, a2 += da, b2 += db) {
                    UNROLL for (size_t v = 0; v < vectors; v++) x[v] = *(const vector *)(b[v] + b2);
                    UNROLL for (size_t r = 0; r < rows; r++) {
                        UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] += a[r][a2] * x[v];
                    }
                }
        UNROLL for (size_t r = 0; r < rows; r++) {
            UNROLL for (size_t v = 0; v < vectors; v++) { *(vector *)(c[v] + r * t->stride) = sum[r][v]; }
            a[r] += t->next_a;
        }
        UNROLL for (size_t v = 0; v < vectors; v++) c[v] += rows * t->stride;
        if (start) start += t->next_start;
    }
}

/* y[k * stride_y + r] = x[r * stride + k] for a square of as many rows as lanes; rows from `rows` on are 0. Each round
 * interleaves the two halves of the vectors; after log2(LANES) rounds, rows are columns. */
TARGET static void transpose(const tern_real *x, size_t stride, size_t rows, tern_real *y, size_t stride_y) {
    vector row[LANES], next[LANES];
    UNROLL for (size_t r = 0; r < LANES; r++) row[r] = r < rows ? *(const vector *)(x + r * stride) : (vector){0};
    UNROLL for (size_t done = 1; done < LANES; done *= 2) {
        UNROLL for (size_t r = 0; r < LANES / 2; r++) {
            next[2 * r] = __builtin_shufflevector(row[r], row[r + LANES / 2], LOWER);
            next[2 * r + 1] = __builtin_shufflevector(row[r], row[r + LANES / 2], UPPER);
        }
        UNROLL for (size_t r = 0; r < LANES; r++) row[r] = next[r];
    }
    UNROLL for (size_t r = 0; r < LANES; r++) { *(vector *)(y + r * stride_y) = row[r]; }
}

/* clang-format off: a table of functions, one for each size of a microtile. */
#define MULTIPLY(r, v) \
    TARGET static void multiply_##r##_##v(const tern__microtile *t) { multiply(r, v, t); }
#define ROW_OF(r) MULTIPLY(r, 1) MULTIPLY(r, 2) MULTIPLY(r, 3)
#define LIST_OF(r) \
    { multiply_##r##_1, multiply_##r##_2, multiply_##r##_3 }

ROW_OF(1)
ROW_OF(2)
ROW_OF(3)
ROW_OF(4)
#if MR == 8
ROW_OF(5)
ROW_OF(6)
ROW_OF(7)
ROW_OF(8)
#endif

const tern__microkernels KERNELS = {
    .mr = MR,
    .nv = NV,
    .lanes = LANES,
    .transpose = transpose,
    .name = NAME,
    .multiply =
        {
            LIST_OF(1),
            LIST_OF(2),
            LIST_OF(3),
            LIST_OF(4),
#if MR == 8
            LIST_OF(5),
            LIST_OF(6),
            LIST_OF(7),
            LIST_OF(8),
#endif
        },
};
/* clang-format on */

#endif
