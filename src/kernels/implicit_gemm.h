/* implicit_gemm.h - products with a patch matrix that is never made (im2col without the copy): its elements are read
 * where they lie in the padded input.
 *
 *   C[r, p] = start[r] + sum over taps t of A[r, t] input[t + p]
 *
 * Taps t and output positions p are offsets in the input, each those of three nested loops: a position is where a
 * window stands (sample, row, column), a tap is what it sees from there (channel, row, column). In the words of GEMM,
 * rows r are M, positions N and taps K. */
#ifndef TERN_KERNELS_IMPLICIT_GEMM_H
#define TERN_KERNELS_IMPLICIT_GEMM_H

#include "microkernel.h"

enum { TERN__IMPLICIT_GEMM_KC = 192 }; /* rows of a panel: taps, and positions in the gradient */

/* The offsets of three nested loops: how many rounds each makes, and the elements from one round to the next. */
typedef struct tern__grid {
    size_t n[3], step[3];
} tern__grid;

typedef struct tern__implicit_gemm {
    const tern__microkernels *kernels;
    size_t rows;
    const tern_real *input; /* TERN__LANES elements behind what is read must be readable too */
    tern__grid taps, positions;
    tern_real *c; /* element (r, p) lies at r * stride and the offset of p by `out` */
    size_t stride;
    tern__grid out; /* positions.n, and their steps in c */
} tern__implicit_gemm;

static inline size_t tern__grid_count(const tern__grid *g) { return g->n[0] * g->n[1] * g->n[2]; }

/* The offset of round i. */
static inline size_t tern__grid_offset(const tern__grid *g, size_t i) {
    size_t last = i % g->n[2], outer = i / g->n[2];
    return outer / g->n[1] * g->step[0] + outer % g->n[1] * g->step[1] + last * g->step[2];
}

/* C as above. `a` is [rows, taps]; `start` is [rows], NULL for 0. */
void tern__implicit_gemm_multiply(const tern__implicit_gemm *g, const tern_real *a, const tern_real *start,
                                  tern_real *scratch);

/* The gradient of A, transposed: sum[t, r] += sum over positions p of input[t + p] C[r, p], with `=` where `fresh`. The
 * sum has tern__implicit_gemm_columns() elements a row; those beyond `rows` mean nothing. out.step[2] is 1. */
void tern__implicit_gemm_gradient(const tern__implicit_gemm *g, bool fresh, tern_real *sum, tern_real *scratch);
size_t tern__implicit_gemm_columns(const tern__microkernels *kernels, size_t rows);

/* The scratch of either, in elements. Of a gradient, positions.n[0] * positions.n[2] is at most TERN__IMPLICIT_GEMM_KC
 * where positions.n[0] is not 1. */
size_t tern__implicit_gemm_scratch(size_t rows);

#endif
