/* gemm_sup.c - products of small and skinny matrices with one factor unpacked: what BLIS calls sup. A large product
 * packs both factors first, which for the few rows of a batch takes as long as the product. Here one factor, A, is read
 * where it lies, row by row of a microtile, and only the other is packed: a panel of B, KC rows of NR columns. Where
 * its rows are the columns of a panel, it is transposed on the way. README.md shows the loops. */
#include "gemm.h"

#include "sizes.h"

enum {
    PANEL = 1 << 14,    /* elements of a panel, KC * NR */
    UNPACKED_ROWS = 64, /* up to so many rows of A, packing a panel that lies in order does not pay */
};

/* c = a b, or its transpose: element (r, k) of A is at r * rs_a + k * cs_a; element (k, j) of B at k * rs_b + j, or
 * where it is transposed at j * rs_b + k. */
typedef struct plan {
    const tern__microkernels *kernels;
    size_t m, n, k;
    const tern_real *a, *b;
    size_t rs_a, cs_a, rs_b, rs_c;
    bool b_transposed, c_transposed, add;
    tern_real alpha;
    tern_real *c;
} plan;

/* The product as it is, or that of the transposes: whichever has less to pack. Transposing costs four times as much.
 * But a B in order stays B: as A it would be read down its columns, a few elements of each cache line. */
static plan choose(const tern__microkernels *kernels, const tern__gemm_args *p) {
    const bool a_in_order = p->ta == TERN_T, b_in_order = p->tb == TERN_N; /* in rows of a panel */
    const size_t m = p->c.rows, n = p->c.cols, k = p->k;
    const size_t as_is = n * k * (b_in_order ? 1 : 4), transposed = m * k * (a_in_order ? 1 : 4) + 4 * m * n;
    plan w = {.kernels = kernels,
              .k = k,
              .alpha = p->alpha,
              .add = p->beta != 0,
              .c = p->c.data,
              .rs_c = p->c.stride,
              .c_transposed = !b_in_order && transposed < as_is};
    const tern_matrix *unpacked = w.c_transposed ? &p->b : &p->a, *packed = w.c_transposed ? &p->a : &p->b;
    const bool by_rows = w.c_transposed ? !b_in_order : !a_in_order;
    w.m = w.c_transposed ? n : m;
    w.n = w.c_transposed ? m : n;
    w.a = unpacked->data;
    w.b = packed->data;
    w.rs_a = by_rows ? unpacked->stride : 1;
    w.cs_a = by_rows ? 1 : unpacked->stride;
    w.rs_b = packed->stride;
    w.b_transposed = w.c_transposed ? !a_in_order : !b_in_order;
    return w;
}

/* panel[i, j] = alpha b[first + i, col + j] for kc rows and `cols` columns, and 0 up to `nr`. */
TERN_CLONES static void pack(const plan *w, size_t first, size_t kc, size_t col, size_t cols, size_t nr,
                             tern_real *panel) {
    const tern_real *from = w->b + first * w->rs_b + col;
    if (w->b_transposed) tern__pack_transposed(w->kernels, w->b + col * w->rs_b + first, w->rs_b, cols, kc, nr, panel);
    else
        for (size_t i = 0; i < kc; i++, from += w->rs_b) {
            for (size_t j = 0; j < cols; j++) panel[i * nr + j] = from[j];
            for (size_t j = cols; j < nr; j++) panel[i * nr + j] = 0;
        }
    for (size_t i = 0; w->alpha != 1 && i < kc * nr; i++) panel[i] *= w->alpha;
}

/* c (+)= tile, of rows from `row` and columns from `col` on. */
TERN_CLONES static void store(const plan *w, size_t row, size_t rows, size_t col, size_t cols, const tern_real *tile,
                              size_t nr, bool add) {
    tern_real *c = w->c + row * w->rs_c + col;
    for (size_t r = 0; r < rows; r++, c += w->rs_c, tile += nr)
        for (size_t j = 0; j < cols; j++) c[j] = (add ? c[j] : 0) + tile[j];
}

/* The same for the transpose, by squares. */
TERN_CLONES static void store_transposed(const plan *w, size_t row, size_t rows, size_t col, size_t cols,
                                         const tern_real *tile, size_t nr, bool add) {
    tern_real square[TERN__LANES * TERN__LANES];
    const size_t lanes = w->kernels->lanes;
    for (size_t first = 0; first < cols; first += lanes) {
        for (size_t r = 0; r < rows; r += lanes) {
            w->kernels->transpose(tile + r * nr + first, nr, tern__min(lanes, rows - r), square, lanes);
            tern_real *c = w->c + (col + first) * w->rs_c + row + r;
            for (size_t j = 0; j < tern__min(lanes, cols - first); j++, c += w->rs_c)
                for (size_t i = 0; i < tern__min(lanes, rows - r); i++) c[i] = (add ? c[i] : 0) + square[j * lanes + i];
        }
    }
}

/* All rows of A with a panel: in place, or some at a time beside c where the columns are no whole vectors or have to be
 * transposed. */
static void multiply(const plan *w, size_t first, size_t kc, size_t col, size_t vectors, const tern_real *panel,
                     size_t stride) {
    enum { SOME = 2 * TERN__MR };
    tern_real beside[SOME * TERN__NV * TERN__LANES];
    const size_t lanes = w->kernels->lanes, nr = vectors * lanes, cols = tern__min(nr, w->n - col);
    const bool add = w->add || first;
    const tern_real *a = w->a + first * w->cs_a;
    tern__microtile t = {.n = {1, 1, kc}, .step_a = {0, 0, w->cs_a}, .step_b = {0, 0, stride}, .stride = nr};
    for (size_t v = 0; v < vectors; v++) t.b[v] = panel + v * lanes, t.c[v] = beside + v * lanes;
    if (!w->c_transposed && cols == nr) {
        for (size_t v = 0; v < vectors; v++) t.c[v] = w->c + col + v * lanes;
        t.stride = w->rs_c;
        tern__multiply_rows(w->kernels, w->m, vectors, a, w->rs_a, NULL, add, t);
        return;
    }
    for (size_t row = 0; row < w->m; row += SOME) {
        const size_t rows = tern__min(SOME, w->m - row);
        tern__multiply_rows(w->kernels, rows, vectors, a + row * w->rs_a, w->rs_a, NULL, false, t);
        if (w->c_transposed) store_transposed(w, row, rows, col, cols, beside, nr, add);
        else store(w, row, rows, col, cols, beside, nr, add);
    }
}

bool tern__gemm_sup_can(const tern__microkernels *kernels, const tern__gemm_args *p) {
    return kernels != &tern__microkernels_generic && p->c.rows > 1 && p->c.cols > 1 && p->k > 1 &&
           (p->beta == 0 || p->beta == 1);
}

void tern__gemm_sup(const tern__microkernels *kernels, const tern__gemm_args *p) {
    const plan w = choose(kernels, p);
    const size_t lanes = kernels->lanes;
    tern_real panel[PANEL] __attribute__((aligned(64)));
    for (size_t col = 0, vectors; col < w.n; col += vectors * lanes) {
        vectors = tern__next_nv(kernels, tern__ceil_div(w.n - col, lanes));
        const size_t nr = vectors * lanes, cols = tern__min(nr, w.n - col), kc = tern__balanced_chunk(w.k, PANEL / nr);
        const bool unpacked = !w.b_transposed && cols == nr && w.alpha == 1 && w.m <= UNPACKED_ROWS;
        for (size_t first = 0; first < w.k; first += kc) {
            const size_t here = tern__min(kc, w.k - first);
            if (!unpacked) pack(&w, first, here, col, cols, nr, panel);
            multiply(&w, first, here, col, vectors, unpacked ? w.b + first * w.rs_b + col : panel,
                     unpacked ? w.rs_b : nr);
        }
    }
}
