/* microkernel.h - the innermost kernel of every product of ours: an MR by NR block of C (a microtile) is kept in vector
 * registers while the loops over k add to it. README.md shows the loops around it.
 *
 *   C[r, j] = start[r] + sum over k of A[r, k] B[k, j],  r < MR, j < NR
 *
 * k runs over three nested loops, each with its stride in A and in B. So an implicit GEMM (implicit_gemm.h) multiplies
 * by the patches of an image without a matrix of them; a plain product uses the innermost loop alone. */
#ifndef TERN_KERNELS_MICROKERNEL_H
#define TERN_KERNELS_MICROKERNEL_H

#include <tern/base.h>

/* Of any CPU, at most: MR, NR in vectors, and the elements of a vector. */
enum { TERN__MR = 8, TERN__NV = 3, TERN__LANES = 64 / (int)sizeof(tern_real) };

typedef struct tern__microtile {
    size_t n[3], step_a[3], step_b[3];
    const tern_real *a[TERN__MR]; /* the first element of each row */
    const tern_real *b[TERN__NV]; /* the first elements of each vector */
    const tern_real *start;       /* [rows]; NULL: C is added to */
    tern_real *c[TERN__NV];       /* each vector of row 0 */
    size_t stride;                /* from row to row of C */
    size_t more;                  /* so many microtiles of as many rows below this one; from each to the next: */
    size_t next_a, next_start;
} tern__microtile;

/* The micro-kernels for one kind of CPU; mr and nv fill its registers, and NR = nv * lanes. */
typedef struct tern__microkernels {
    size_t mr, nv, lanes;
    /* Transposes a square, as wide as a vector: y[k * stride_y + r] = x[r * stride + k] for r below `rows`, and 0 for
     * the other rows. */
    void (*transpose)(const tern_real *x, size_t stride, size_t rows, tern_real *y, size_t stride_y);
    void (*multiply[TERN__MR][TERN__NV])(const tern__microtile *t); /* [rows - 1][vectors - 1] */
    const char *name;
} tern__microkernels;

extern const tern__microkernels tern__microkernels_avx512, tern__microkernels_avx2, tern__microkernels_generic;

/* The micro-kernels for a CPU of this level (cpu.h); 0 is any CPU. */
const tern__microkernels *tern__microkernels_for(int level);

/* The loop over rows around a micro-kernel: computes t for all rows of A, which lie `row_step` apart from `a` on, up to
 * MR at a time. `start` as in a microtile, but NULL is 0, and with `add` C is added to instead. */
void tern__multiply_rows(const tern__microkernels *kernels, size_t rows, size_t vectors, const tern_real *a,
                         size_t row_step, const tern_real *start, bool add, tern__microtile t);

extern const tern_real tern__zeros[TERN__MR];

/* The vectors of the next microtile, of those left: never leaves one alone at the end, as a single one is slower. */
size_t tern__next_nv(const tern__microkernels *kernels, size_t left);

/* Packs a panel of B from its transpose: panel[k, j] = x[j, k] for n of k and `cols` columns, rows of x being `stride`
 * apart; of the panel's `nr` columns, whole vectors, the others are 0. */
void tern__pack_transposed(const tern__microkernels *kernels, const tern_real *x, size_t stride, size_t cols, size_t n,
                           size_t nr, tern_real *panel);

#endif
