/* tile.c - tiles for any CPU, in the vectors of 16 bytes that x86-64 and aarch64 have, and which to take; see tile.h. */
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

void tern__turn(const tern__tiles *t, const tern_real *x, size_t stride, size_t rows, size_t n, size_t width, tern_real *panel) {
    if (n < t->lanes) { /* no square */
        for (size_t k = 0; k < n; k++, panel += width)
            for (size_t r = 0; r < width; r++) panel[r] = r < rows ? x[r * stride + k] : 0;
        return;
    }
    for (size_t r = 0; r < width; r += t->lanes)
        for (size_t k = 0; k < n; k += t->lanes) {
            const size_t at = tern__at_most(k, n - t->lanes); /* the last square reaches back over the one before */
            t->turn(x + r * stride + at, stride, rows > r ? tern__at_most(rows - r, t->lanes) : 0, panel + at * width + r, width);
        }
}
