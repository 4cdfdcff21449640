/* tile_product.c - products of matrices that are not large, by tiles (tile.h). A BLAS copies both factors into an order
 * of its own first, which for the few rows of a batch takes as long as the product. Here one factor is walked over
 * where it lies, row by row of a tile, and only the other is copied: a panel of it, as wide as a tile. If its rows are
 * the columns of a panel, it is turned. */
#include "tile_product.h"

#include "sizes.h"

enum {
    PANEL = 1 << 14, /* numbers of a panel */
    FEW = 64,        /* rows to multiply with, for which copying a panel that lies in order does not pay */
    LARGE =
        1 << 23 /* numbers of all matrices, beyond which it matters more what is kept in which cache: a BLAS knows */
};

/* c = walked panel, or its transpose: number (r, k) of the walked factor is at r * row_step + k * k_step; of the other,
 * number (k, j) is at k * stride + j, or where it is turned at j * stride + k. */
typedef struct plan {
    const tern__tiles *tiles;
    size_t rows, cols, k;
    const tern_real *walked, *other;
    size_t row_step, k_step, stride;
    bool turned, transposed, add;
    tern_real alpha;
    tern_real *c;
    size_t stride_c;
} plan;

/* The product as it is, or that of the transposes: whichever has less to copy. Turning costs four times as much. */
static plan choose(const tern__tiles *tiles, const tern__product *p) {
    const bool a_lies = p->ta == TERN_T, b_lies = p->tb == TERN_N; /* in rows of a panel */
    const size_t m = p->c.rows, n = p->c.cols, k = p->k;
    const size_t as_is = n * k * (b_lies ? 1 : 4), transposed = m * k * (a_lies ? 1 : 4) + 4 * m * n;
    plan w = {.tiles = tiles,
              .k = k,
              .alpha = p->alpha,
              .add = p->beta != 0,
              .c = p->c.data,
              .stride_c = p->c.stride,
              .transposed = transposed < as_is};
    const tern_matrix *walked = w.transposed ? &p->b : &p->a, *other = w.transposed ? &p->a : &p->b;
    const bool by_rows = w.transposed ? !b_lies : !a_lies;
    w.rows = w.transposed ? n : m;
    w.cols = w.transposed ? m : n;
    w.walked = walked->data;
    w.other = other->data;
    w.row_step = by_rows ? walked->stride : 1;
    w.k_step = by_rows ? 1 : walked->stride;
    w.stride = other->stride;
    w.turned = w.transposed ? !a_lies : !b_lies;
    return w;
}

/* panel[i, j] = alpha other[first + i, col + j] for n rows and `cols` columns, and 0 up to `width`. */
TERN_CLONES static void take(const plan *w, size_t first, size_t n, size_t col, size_t cols, size_t width,
                             tern_real *panel) {
    const tern_real *from = w->other + first * w->stride + col;
    if (w->turned) tern__turn(w->tiles, w->other + col * w->stride + first, w->stride, cols, n, width, panel);
    else
        for (size_t i = 0; i < n; i++, from += w->stride) {
            for (size_t j = 0; j < cols; j++) panel[i * width + j] = from[j];
            for (size_t j = cols; j < width; j++) panel[i * width + j] = 0;
        }
    for (size_t i = 0; w->alpha != 1 && i < n * width; i++) panel[i] *= w->alpha;
}

/* c (+)= tile, of rows from `row` and columns from `col` on. */
TERN_CLONES static void put(const plan *w, size_t row, size_t rows, size_t col, size_t cols, const tern_real *tile,
                            size_t width, bool add) {
    tern_real *c = w->c + row * w->stride_c + col;
    for (size_t r = 0; r < rows; r++, c += w->stride_c, tile += width)
        for (size_t j = 0; j < cols; j++) c[j] = (add ? c[j] : 0) + tile[j];
}

/* The same for the transpose, by squares. */
TERN_CLONES static void put_turned(const plan *w, size_t row, size_t rows, size_t col, size_t cols,
                                   const tern_real *tile, size_t width, bool add) {
    tern_real square[TERN__LANES * TERN__LANES];
    const size_t lanes = w->tiles->lanes;
    for (size_t first = 0; first < cols; first += lanes) {
        for (size_t r = 0; r < rows; r += lanes) {
            w->tiles->turn(tile + r * width + first, width, tern__at_most(lanes, rows - r), square, lanes);
            tern_real *c = w->c + (col + first) * w->stride_c + row + r;
            for (size_t j = 0; j < tern__at_most(lanes, cols - first); j++, c += w->stride_c)
                for (size_t i = 0; i < tern__at_most(lanes, rows - r); i++)
                    c[i] = (add ? c[i] : 0) + square[j * lanes + i];
        }
    }
}

/* All rows with a panel: in place, or some at a time beside c where the columns are no whole vectors or have to be
 * turned. */
static void multiply(const plan *w, size_t first, size_t n, size_t col, size_t vectors, const tern_real *panel,
                     size_t stride) {
    enum { SOME = 2 * TERN__TILE_ROWS };
    tern_real beside[SOME * TERN__TILE_VECTORS * TERN__LANES];
    const size_t lanes = w->tiles->lanes, width = vectors * lanes, cols = tern__at_most(width, w->cols - col);
    const bool add = w->add || first;
    const tern_real *a = w->walked + first * w->k_step;
    tern__tile t = {.n = {1, 1, n}, .step_a = {0, 0, w->k_step}, .step_b = {0, 0, stride}, .stride = width};
    for (size_t v = 0; v < vectors; v++) t.b[v] = panel + v * lanes, t.c[v] = beside + v * lanes;
    if (!w->transposed && cols == width) {
        for (size_t v = 0; v < vectors; v++) t.c[v] = w->c + col + v * lanes;
        t.stride = w->stride_c;
        tern__multiply_rows(w->tiles, w->rows, vectors, a, w->row_step, NULL, add, t);
        return;
    }
    for (size_t row = 0; row < w->rows; row += SOME) {
        const size_t rows = tern__at_most(SOME, w->rows - row);
        tern__multiply_rows(w->tiles, rows, vectors, a + row * w->row_step, w->row_step, NULL, false, t);
        if (w->transposed) put_turned(w, row, rows, col, cols, beside, width, add);
        else put(w, row, rows, col, cols, beside, width, add);
    }
}

/* Not for large matrices, nor on a CPU for which the tiles were not made. */
static bool pays(const tern__tiles *tiles, const tern__product *p) {
    const size_t numbers = p->c.rows * p->c.cols + p->k * (p->c.rows + p->c.cols);
    return tiles != &tern__tiles_any && numbers <= LARGE && p->c.rows > 1 && p->c.cols > 1 && p->k > 1 &&
           (p->beta == 0 || p->beta == 1);
}

bool tern__tile_product(const tern__tiles *tiles, const tern__product *p) {
    if (!pays(tiles, p)) return false;
    const plan w = choose(tiles, p);
    const size_t lanes = tiles->lanes;
    tern_real panel[PANEL] __attribute__((aligned(64)));
    for (size_t col = 0, vectors; col < w.cols; col += vectors * lanes) {
        vectors = tern__next_vectors(tiles, tern__parts(w.cols - col, lanes));
        const size_t width = vectors * lanes, cols = tern__at_most(width, w.cols - col),
                     part = tern__balanced_chunk(w.k, PANEL / width);
        const bool lies = !w.turned && cols == width && w.alpha == 1 && w.rows <= FEW;
        for (size_t first = 0; first < w.k; first += part) {
            const size_t n = tern__at_most(part, w.k - first);
            if (!lies) take(&w, first, n, col, cols, width, panel);
            multiply(&w, first, n, col, vectors, lies ? w.other + first * w.stride + col : panel,
                     lies ? w.stride : width);
        }
    }
    return true;
}
