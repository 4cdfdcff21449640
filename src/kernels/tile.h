/* tile.h - the kernel of products whose factors are walked over where they lie: a tile of the result is kept in vector
 * registers.
 *
 *   C[r, j] = start[r] + sum over turns i of A[r, i] B[i, j],  for up to 8 rows r and 3 vectors of columns j
 *
 * Three loops turn, one in the other, and each takes its step in A and in B. So a convolution multiplies by the patches
 * of an image without a matrix of them. BLAS is good at matrices, but it can't walk. */
#ifndef TERN_KERNELS_TILE_H
#define TERN_KERNELS_TILE_H

#include <tern/base.h>

enum {
    TERN__TILE_ROWS = 8,
    TERN__TILE_VECTORS = 3,
    TERN__LANES = 64 / (int)sizeof(tern_real)
}; /* at most; lanes are a vector's numbers */

typedef struct tern__tile {
    size_t n[3], step_a[3], step_b[3];
    const tern_real *a[TERN__TILE_ROWS];    /* the first number of each row  */
    const tern_real *b[TERN__TILE_VECTORS]; /* the first numbers of each vector */
    const tern_real *start;                 /* [rows]; NULL: C is added to   */
    tern_real *c[TERN__TILE_VECTORS];       /* each vector of row 0          */
    size_t stride;                          /* from row to row of C          */
    size_t more;                            /* so many tiles of as many rows below this one; from each to the next: */
    size_t next_a, next_start;
} tern__tile;

/* The sizes of tiles that a CPU has registers for, and what computes each. */
typedef struct tern__tiles {
    size_t rows, vectors, lanes; /* at most */
    /* Transposes a square, as wide as a vector: y[k * apart + r] = x[r * stride + k] for r below `rows`, and 0 for the
     * others. */
    void (*turn)(const tern_real *x, size_t stride, size_t rows, tern_real *y, size_t apart);
    void (*multiply[TERN__TILE_ROWS][TERN__TILE_VECTORS])(const tern__tile *t); /* [rows - 1][vectors - 1] */
} tern__tiles;

extern const tern__tiles tern__tiles_v4, tern__tiles_v3, tern__tiles_any;

/* The tiles for a CPU of this level (cpu.h); 0 is for any. */
const tern__tiles *tern__tiles_of(int level);

/* Computes t for all rows of A, which lie `row_step` apart from `a` on, as many at a time as a tile has. `start` as in
 * a tile, but NULL is 0, and with `add` C is added to instead. */
void tern__multiply_rows(const tern__tiles *tiles, size_t rows, size_t vectors, const tern_real *a, size_t row_step,
                         const tern_real *start, bool add, tern__tile t);

extern const tern_real tern__zeros[TERN__TILE_ROWS];

/* The vectors of the next tile, of those left: none is left alone at the end, as a tile of one is slower. */
size_t tern__next_vectors(const tern__tiles *t, size_t left);

/* panel[k, r] = x[r, k] for `rows` rows of n numbers, `stride` apart; of the panel's `width` columns, whole vectors,
 * the others are 0. */
void tern__turn(const tern__tiles *t, const tern_real *x, size_t stride, size_t rows, size_t n, size_t width,
                tern_real *panel);

#endif
