/* implicit_gemm.c - see implicit_gemm.h. The rows of an image end where they like, so that its positions don't make
 * whole vectors. Either B stays unpacked: a vector is some positions of one row, the last one of a row reaching back
 * over the one before, read in the input itself. Or B is packed: positions are copied to follow each other, KC taps by
 * NR positions at a time, which pays where many rows of A use them. */
#include "implicit_gemm.h"

#include "sizes.h"

#include <string.h>

enum {
    KC = TERN__IMPLICIT_GEMM_KC,
    NR = TERN__NV * TERN__LANES /* at most */
};

size_t tern__implicit_gemm_columns(const tern__microkernels *kernels, size_t rows) {
    return tern__ceil_div(rows, kernels->lanes) * kernels->lanes;
}

size_t tern__implicit_gemm_scratch(size_t rows) { return (size_t)KC * NR + TERN__LANES + rows * NR; }

/* ---- positions, in runs ---- */

/* Columns of a microtile whose positions follow each other in the input, no more than a vector: n of them, from column
 * `at` on. */
typedef struct run {
    size_t at, n, from, to; /* offsets in the input, in c */
} run;

/* n positions from position `first` on; how many runs. */
static size_t cut_positions(const tern__implicit_gemm *g, size_t first, size_t n, run *r) {
    size_t count = 0, cols = g->positions.n[2], most = g->positions.step[2] == 1 ? TERN__LANES : 1;
    for (size_t at = 0; at < n; at += r[count++].n) {
        size_t p = first + at, row = tern__min(cols - p % cols, n - at);
        r[count] = (run){at, tern__min(row, most), tern__grid_offset(&g->positions, p), tern__grid_offset(&g->out, p)};
    }
    return count;
}

/* Some vectors from vector `first` on, each a run; a row has as many as cover it. */
static void cut_vectors(const tern__implicit_gemm *g, size_t lanes, size_t first, size_t vectors, run *r) {
    const size_t cols = g->positions.n[2], across = tern__ceil_div(cols, lanes), *from = g->positions.step,
                 *to = g->out.step;
    for (size_t v = 0; v < vectors; v++) {
        size_t line = (first + v) / across, col = (first + v) % across * lanes, sample = line / g->positions.n[1],
               row = line % g->positions.n[1];
        if (col + lanes > cols && cols >= lanes) col = cols - lanes; /* back over the vector before */
        r[v] = (run){v * lanes, tern__min(lanes, cols - col), sample * from[0] + row * from[1] + col * from[2],
                     sample * to[0] + row * to[1] + col * to[2]};
    }
}

/* Stores the columns of a microtile where their positions are. */
TERN_CLONES static void scatter(const tern__implicit_gemm *g, const run *r, size_t runs, const tern_real *tile,
                                size_t nr) {
    const size_t step = g->out.step[2];
    for (size_t row = 0; row < g->rows; row++)
        for (size_t s = 0; s < runs; s++) {
            const tern_real *from = tile + row * nr + r[s].at;
            tern_real *to = g->c + row * g->stride + r[s].to;
            for (size_t m = 0; m < r[s].n; m++) to[m * step] = from[m];
        }
}

/* ---- the product ---- */

/* B is read in the input. */
static void multiply_unpacked(const tern__implicit_gemm *g, const tern_real *a, const tern_real *start,
                              tern_real *scratch) {
    const tern__microkernels *kernels = g->kernels;
    const size_t *n = g->taps.n, taps = tern__grid_count(&g->taps), cols = g->positions.n[2];
    const size_t count = g->positions.n[0] * g->positions.n[1] * tern__ceil_div(cols, kernels->lanes);
    const bool direct = cols >= kernels->lanes && g->out.step[2] == 1;
    run r[TERN__NV];
    tern__microtile t = {.n = {n[0], n[1], n[2]},
                         .step_a = {n[1] * n[2], n[2], 1},
                         .step_b = {g->taps.step[0], g->taps.step[1], g->taps.step[2]}};
    for (size_t first = 0, vectors; first < count; first += vectors) {
        vectors = tern__next_nv(kernels, count - first);
        cut_vectors(g, kernels->lanes, first, vectors, r);
        for (size_t v = 0; v < vectors; v++) {
            t.b[v] = g->input + r[v].from;
            t.c[v] = direct ? g->c + r[v].to : scratch + r[v].at;
        }
        t.stride = direct ? g->stride : vectors * kernels->lanes;
        tern__multiply_rows(kernels, g->rows, vectors, a, taps, start, false, t);
        if (!direct) scatter(g, r, vectors, scratch, vectors * kernels->lanes);
    }
}

/* Packs what `taps` taps see from some positions: a row of `nr` for each. A constant size makes vector moves; what one
 * writes too much lies in the row after, which comes later. */
TERN_CLONES static void pack(const tern__implicit_gemm *g, size_t first, size_t taps, const run *r, size_t runs,
                             size_t nr, tern_real *panel) {
    const size_t *n = g->taps.n, *step = g->taps.step;
    const bool single = g->positions.step[2] != 1;
    size_t i = first / n[2] / n[1], j = first / n[2] % n[1], k = first % n[2];
    for (size_t t = 0; t < taps; t++, panel += nr) {
        const tern_real *x = g->input + i * step[0] + j * step[1] + k * step[2];
        if (single)
            for (size_t s = 0; s < runs; s++) panel[r[s].at] = x[r[s].from];
        else
            for (size_t s = 0; s < runs; s++) memcpy(panel + r[s].at, x + r[s].from, TERN__LANES * sizeof *x);
        if (++k < n[2]) continue;
        k = 0;
        if (++j < n[1]) continue;
        j = 0;
        i++;
    }
}

/* Whether positions follow each other in c without gaps. */
static bool flat(const tern__grid *out) {
    return out->step[2] == 1 && (out->n[1] == 1 || out->step[1] == out->n[2]) &&
           (out->n[0] == 1 || out->step[0] == out->n[1] * out->n[2]);
}

/* B is packed, a panel at a time: KC taps, which stay in the first cache, of NR positions. */
static void multiply_packed(const tern__implicit_gemm *g, const tern_real *a, const tern_real *start,
                            tern_real *scratch) {
    const tern__microkernels *kernels = g->kernels;
    const size_t count = tern__grid_count(&g->positions), taps = tern__grid_count(&g->taps),
                 kc = tern__balanced_chunk(taps, KC);
    tern_real *panel = scratch, *beside = panel + KC * NR + TERN__LANES;
    run r[NR];
    for (size_t first = 0, n; first < count; first += n) {
        const size_t vectors = tern__next_nv(kernels, tern__ceil_div(count - first, kernels->lanes)),
                     nr = vectors * kernels->lanes;
        n = tern__min(nr, count - first);
        const size_t runs = cut_positions(g, first, n, r);
        const bool direct = n == nr && flat(&g->out);
        for (size_t done = 0, here; done < taps; done += here) {
            here = tern__min(kc, taps - done);
            tern__microtile t = {
                .n = {1, 1, here}, .step_a = {0, 0, 1}, .step_b = {0, 0, nr}, .stride = direct ? g->stride : nr};
            for (size_t v = 0; v < vectors; v++) {
                t.b[v] = panel + v * kernels->lanes;
                t.c[v] = (direct ? g->c + r[0].to : beside) + v * kernels->lanes;
            }
            pack(g, done, here, r, runs, nr, panel);
            tern__multiply_rows(kernels, g->rows, vectors, a + done, taps, start, done > 0, t);
        }
        if (!direct) scatter(g, r, runs, beside, nr);
    }
}

/* Which costs less for the rows of A that a panel meets: unpacked, part of a vector idles and loads cross cache lines;
 * packing costs as much as so many rows do. */
static bool unpacked_pays(const tern__implicit_gemm *g) {
    const double packing = 8, unaligned = 0.15;
    const size_t lanes = g->kernels->lanes, cols = g->positions.n[2];
    const double idle = (double)(tern__ceil_div(cols, lanes) * lanes) / (double)cols - 1;
    return g->positions.step[2] == 1 && (double)g->rows * (idle + unaligned) <= packing;
}

void tern__implicit_gemm_multiply(const tern__implicit_gemm *g, const tern_real *a, const tern_real *start,
                                  tern_real *scratch) {
    if (!tern__grid_count(&g->taps) || unpacked_pays(g)) multiply_unpacked(g, a, start, scratch);
    else multiply_packed(g, a, start, scratch);
}

/* ---- the gradient ---- */

/* panel[p, r] = C[r, p] for `rows` rows, and 0 up to `nr`; the positions are those of `out` from c on. */
static void pack_map(const tern__microkernels *kernels, const tern__grid *out, const tern_real *c, size_t stride,
                     size_t rows, size_t nr, tern_real *panel) {
    const bool whole = out->step[2] == 1 && out->step[1] == out->n[2]; /* rows follow each other */
    const size_t lines = whole ? 1 : out->n[1], n = whole ? out->n[1] * out->n[2] : out->n[2];
    for (size_t i = 0; i < out->n[0]; i++)
        for (size_t j = 0; j < lines; j++, panel += n * nr) {
            const tern_real *from = c + i * out->step[0] + j * out->step[1];
            tern__pack_transposed(kernels, from, stride, rows, n, nr, panel);
        }
}

/* The sums of all taps over a box of positions. */
static void add_box(const tern__implicit_gemm *g, const tern__grid *box, const tern_real *input, const tern_real *c,
                    bool fresh, tern_real *sum, tern_real *panel) {
    const tern__microkernels *kernels = g->kernels;
    const size_t *n = box->n, *step = box->step;
    const size_t taps = tern__grid_count(&g->taps), columns = tern__implicit_gemm_columns(kernels, g->rows),
                 mr = tern__balanced_chunk(taps, kernels->mr);
    const tern__grid out = {{n[0], n[1], n[2]}, {g->out.step[0], g->out.step[1], g->out.step[2]}};
    for (size_t first = 0, nr; first < columns; first += nr) {
        const size_t vectors = tern__next_nv(kernels, (columns - first) / kernels->lanes);
        nr = vectors * kernels->lanes;
        pack_map(kernels, &out, c + first * g->stride, g->stride, tern__min(g->rows - first, nr), nr, panel);
        tern__microtile t = {.n = {n[0], n[1], n[2]},
                             .step_a = {step[0], step[1], step[2]},
                             .step_b = {n[1] * n[2] * nr, n[2] * nr, nr},
                             .start = fresh ? tern__zeros : NULL,
                             .stride = columns};
        for (size_t tap = 0; tap < taps; tap += mr) {
            const size_t here = tern__min(mr, taps - tap);
            for (size_t r = 0; r < here; r++) t.a[r] = input + tern__grid_offset(&g->taps, tap + r);
            for (size_t v = 0; v < vectors; v++) {
                t.b[v] = panel + v * kernels->lanes;
                t.c[v] = sum + tap * columns + first + v * kernels->lanes;
            }
            kernels->multiply[here - 1][vectors - 1](&t);
        }
    }
}

void tern__implicit_gemm_gradient(const tern__implicit_gemm *g, bool fresh, tern_real *sum, tern_real *scratch) {
    const tern__grid *p = &g->positions;
    const size_t cols = tern__balanced_chunk(p->n[2], KC),
                 rows = tern__balanced_chunk(p->n[1], KC / tern__min(KC, p->n[0] * cols));
    for (size_t i = 0; i < p->n[1]; i += rows)
        for (size_t j = 0; j < p->n[2]; j += cols) {
            const tern__grid box = {{p->n[0], tern__min(rows, p->n[1] - i), tern__min(cols, p->n[2] - j)},
                                    {p->step[0], p->step[1], p->step[2]}};
            add_box(g, &box, g->input + i * p->step[1] + j * p->step[2], g->c + i * g->out.step[1] + j * g->out.step[2],
                    fresh && !i && !j, sum, scratch);
        }
}
