/* tile.c - tiles for any CPU, in the vectors of 16 bytes that x86-64 and aarch64 have, and which to take; see tile.h.
 */
#define TILES tern__tiles_any
#define TARGET
#define BYTES 16
#ifdef __aarch64__
#define ROWS 8
#else
#define ROWS 4
#endif
#define VECTORS 2
#include "tile_kernels.h"

#include "sizes.h"

const tern__tiles *tern__tiles_of(int level) {
#ifdef __x86_64__
    if (level >= 4) return &tern__tiles_v4;
    if (level >= 3) return &tern__tiles_v3;
#endif
    (void)level;
    return &tern__tiles_any;
}

size_t tern__next_vectors(const tern__tiles *t, size_t left) {
    if (left <= t->vectors) return left;
    return left == t->vectors + 1 ? tern__parts(left, 2) : t->vectors;
}

const tern_real tern__zeros[TERN__TILE_ROWS];

void tern__multiply_rows(const tern__tiles *tiles, size_t rows, size_t vectors, const tern_real *a, size_t row_step,
                         const tern_real *start, bool add, tern__tile t) {
    const size_t height = tern__balanced_chunk(rows, tiles->rows);
    t.next_a = height * row_step;
    for (size_t row = 0, here; row < rows; row += (t.more + 1) * here) {
        here = tern__at_most(height, rows - row);
        t.more = (rows - row) / here - 1;
        t.start = add ? NULL : start ? start + row : tern__zeros;
        t.next_start = start ? here : 0;
        for (size_t r = 0; r < here; r++) t.a[r] = a + (row + r) * row_step;
        tiles->multiply[here - 1][vectors - 1](&t);
        for (size_t v = 0; v < vectors; v++) t.c[v] += (t.more + 1) * here * t.stride;
    }
}

void tern__turn(const tern__tiles *t, const tern_real *x, size_t stride, size_t rows, size_t n, size_t width,
                tern_real *panel) {
    if (n < t->lanes) { /* no square */
        for (size_t k = 0; k < n; k++, panel += width)
            for (size_t r = 0; r < width; r++) panel[r] = r < rows ? x[r * stride + k] : 0;
        return;
    }
    for (size_t r = 0; r < width; r += t->lanes)
        for (size_t k = 0; k < n; k += t->lanes) {
            const size_t at = tern__at_most(k, n - t->lanes); /* the last square reaches back over the one before */
            t->turn(x + r * stride + at, stride, rows > r ? tern__at_most(rows - r, t->lanes) : 0,
                    panel + at * width + r, width);
        }
}
