/* walked.c - see walked.h. The rows of an image end where they like, so that its places don't make whole vectors.
 * Either a vector is some places of one row, the last one of a row reaching back over the one before, and B is walked
 * over in the field itself; or places are copied to follow each other, a panel of B at a time, which pays where many
 * rows of A use it. */
#include "walked.h"

#include "sizes.h"

#include <string.h>

enum {
    PANEL = TERN__WALKED_PANEL,
    WIDTH = TERN__TILE_VECTORS * TERN__LANES /* of a panel, at most */
};

size_t tern__walked_columns(const tern__tiles *tiles, size_t rows) {
    return tern__parts(rows, tiles->lanes) * tiles->lanes;
}

size_t tern__walked_scratch(size_t rows) { return (size_t)PANEL * WIDTH + TERN__LANES + rows * WIDTH; }

/* ---- places, in runs ---- */

/* Places of a tile that follow each other in the field, no more than a vector: n of them, from column `at` of the tile
 * on. */
typedef struct run {
    size_t at, n, from, to; /* offsets in the field, in c */
} run;

/* n places from place `first` on; how many runs. */
static size_t cut_places(const tern__walked *w, size_t first, size_t n, run *r) {
    size_t count = 0, cols = w->places.n[2], most = w->places.step[2] == 1 ? TERN__LANES : 1;
    for (size_t at = 0; at < n; at += r[count++].n) {
        size_t p = first + at, row = tern__at_most(cols - p % cols, n - at);
        r[count] = (run){at, tern__at_most(row, most), tern__walk_at(&w->places, p), tern__walk_at(&w->to, p)};
    }
    return count;
}

/* Some vectors from vector `first` on, each a run; a row has as many as cover it. */
static void cut_vectors(const tern__walked *w, size_t lanes, size_t first, size_t vectors, run *r) {
    const size_t cols = w->places.n[2], across = tern__parts(cols, lanes), *from = w->places.step, *to = w->to.step;
    for (size_t v = 0; v < vectors; v++) {
        size_t line = (first + v) / across, col = (first + v) % across * lanes, sample = line / w->places.n[1],
               row = line % w->places.n[1];
        if (col + lanes > cols && cols >= lanes) col = cols - lanes; /* back over the vector before */
        r[v] = (run){v * lanes, tern__at_most(lanes, cols - col), sample * from[0] + row * from[1] + col * from[2],
                     sample * to[0] + row * to[1] + col * to[2]};
    }
}

/* Puts the columns of a tile where their places are. */
TERN_CLONES static void put(const tern__walked *w, const run *r, size_t runs, const tern_real *tile, size_t width) {
    const size_t apart = w->to.step[2];
    for (size_t row = 0; row < w->rows; row++)
        for (size_t s = 0; s < runs; s++) {
            const tern_real *from = tile + row * width + r[s].at;
            tern_real *to = w->c + row * w->stride + r[s].to;
            for (size_t m = 0; m < r[s].n; m++) to[m * apart] = from[m];
        }
}

/* ---- the product ---- */

/* B is walked over in the field. */
static void multiply_field(const tern__walked *w, const tern_real *a, const tern_real *start, tern_real *scratch) {
    const tern__tiles *tile = w->tiles;
    const size_t *n = w->taps.n, taps = tern__walk_count(&w->taps), cols = w->places.n[2];
    const size_t count = w->places.n[0] * w->places.n[1] * tern__parts(cols, tile->lanes);
    const bool direct = cols >= tile->lanes && w->to.step[2] == 1;
    run r[TERN__TILE_VECTORS];
    tern__tile t = {.n = {n[0], n[1], n[2]},
                    .step_a = {n[1] * n[2], n[2], 1},
                    .step_b = {w->taps.step[0], w->taps.step[1], w->taps.step[2]}};
    for (size_t first = 0, vectors; first < count; first += vectors) {
        vectors = tern__next_vectors(tile, count - first);
        cut_vectors(w, tile->lanes, first, vectors, r);
        for (size_t v = 0; v < vectors; v++) {
            t.b[v] = w->field + r[v].from;
            t.c[v] = direct ? w->c + r[v].to : scratch + r[v].at;
        }
        t.stride = direct ? w->stride : vectors * tile->lanes;
        tern__multiply_rows(tile, w->rows, vectors, a, taps, start, false, t);
        if (!direct) put(w, r, vectors, scratch, vectors * tile->lanes);
    }
}

/* Copies what `taps` taps see from some places: a row of `width` for each. A constant size makes vector moves; what one
 * writes too much lies in the row after, which comes later. */
TERN_CLONES static void take(const tern__walked *w, size_t first, size_t taps, const run *r, size_t runs, size_t width,
                             tern_real *panel) {
    const size_t *n = w->taps.n, *step = w->taps.step;
    const bool single = w->places.step[2] != 1;
    size_t i = first / n[2] / n[1], j = first / n[2] % n[1], k = first % n[2];
    for (size_t t = 0; t < taps; t++, panel += width) {
        const tern_real *x = w->field + i * step[0] + j * step[1] + k * step[2];
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

/* Whether places follow each other in c without gaps. */
static bool flat(const tern__walk *to) {
    return to->step[2] == 1 && (to->n[1] == 1 || to->step[1] == to->n[2]) &&
           (to->n[0] == 1 || to->step[0] == to->n[1] * to->n[2]);
}

/* B is copied, a panel at a time: some taps, which don't leave the first cache, of as many places as a tile has
 * columns. */
static void multiply_panels(const tern__walked *w, const tern_real *a, const tern_real *start, tern_real *scratch) {
    const tern__tiles *tile = w->tiles;
    const size_t count = tern__walk_count(&w->places), taps = tern__walk_count(&w->taps),
                 part = tern__balanced_chunk(taps, PANEL);
    tern_real *panel = scratch, *beside = panel + PANEL * WIDTH + TERN__LANES;
    run r[WIDTH];
    for (size_t first = 0, n; first < count; first += n) {
        const size_t vectors = tern__next_vectors(tile, tern__parts(count - first, tile->lanes)),
                     width = vectors * tile->lanes;
        n = tern__at_most(width, count - first);
        const size_t runs = cut_places(w, first, n, r);
        const bool direct = n == width && flat(&w->to);
        for (size_t done = 0, here; done < taps; done += here) {
            here = tern__at_most(part, taps - done);
            tern__tile t = {
                .n = {1, 1, here}, .step_a = {0, 0, 1}, .step_b = {0, 0, width}, .stride = direct ? w->stride : width};
            for (size_t v = 0; v < vectors; v++) {
                t.b[v] = panel + v * tile->lanes;
                t.c[v] = (direct ? w->c + r[0].to : beside) + v * tile->lanes;
            }
            take(w, done, here, r, runs, width, panel);
            tern__multiply_rows(tile, w->rows, vectors, a + done, taps, start, done > 0, t);
        }
        if (!direct) put(w, r, runs, beside, width);
    }
}

/* Which costs less for the rows of A that a tile's vectors meet: in the field, part of a vector idles and loads lie
 * across the cache's lines; or a copy, which costs as much as so many rows do. */
static bool lies_well(const tern__walked *w) {
    const double copy = 8, unaligned = 0.15;
    const size_t lanes = w->tiles->lanes, cols = w->places.n[2];
    const double idle = (double)(tern__parts(cols, lanes) * lanes) / (double)cols - 1;
    return w->places.step[2] == 1 && (double)w->rows * (idle + unaligned) <= copy;
}

void tern__walked_product(const tern__walked *w, const tern_real *a, const tern_real *start, tern_real *scratch) {
    if (!tern__walk_count(&w->taps) || lies_well(w)) multiply_field(w, a, start, scratch);
    else multiply_panels(w, a, start, scratch);
}

/* ---- the gradient ---- */

/* panel[p, r] = C[r, p] for `rows` rows, and 0 up to `width`; the places are those of `to` from c on. */
static void turn_map(const tern__tiles *tile, const tern__walk *to, const tern_real *c, size_t stride, size_t rows,
                     size_t width, tern_real *panel) {
    const bool whole = to->step[2] == 1 && to->step[1] == to->n[2]; /* rows follow each other */
    const size_t lines = whole ? 1 : to->n[1], n = whole ? to->n[1] * to->n[2] : to->n[2];
    for (size_t i = 0; i < to->n[0]; i++)
        for (size_t j = 0; j < lines; j++, panel += n * width) {
            const tern_real *from = c + i * to->step[0] + j * to->step[1];
            tern__turn(tile, from, stride, rows, n, width, panel);
        }
}

/* The taps of a box of places. */
static void add_box(const tern__walked *w, const tern__walk *box, const tern_real *field, const tern_real *c,
                    bool fresh, tern_real *sum, tern_real *panel) {
    const tern__tiles *tile = w->tiles;
    const size_t *n = box->n, *step = box->step;
    const size_t taps = tern__walk_count(&w->taps), columns = tern__walked_columns(tile, w->rows),
                 height = tern__balanced_chunk(taps, tile->rows);
    const tern__walk to = {{n[0], n[1], n[2]}, {w->to.step[0], w->to.step[1], w->to.step[2]}};
    for (size_t first = 0, width; first < columns; first += width) {
        const size_t vectors = tern__next_vectors(tile, (columns - first) / tile->lanes);
        width = vectors * tile->lanes;
        turn_map(tile, &to, c + first * w->stride, w->stride, tern__at_most(w->rows - first, width), width, panel);
        tern__tile t = {.n = {n[0], n[1], n[2]},
                        .step_a = {step[0], step[1], step[2]},
                        .step_b = {n[1] * n[2] * width, n[2] * width, width},
                        .start = fresh ? tern__zeros : NULL,
                        .stride = columns};
        for (size_t tap = 0; tap < taps; tap += height) {
            const size_t here = tern__at_most(height, taps - tap);
            for (size_t r = 0; r < here; r++) t.a[r] = field + tern__walk_at(&w->taps, tap + r);
            for (size_t v = 0; v < vectors; v++) {
                t.b[v] = panel + v * tile->lanes;
                t.c[v] = sum + tap * columns + first + v * tile->lanes;
            }
            tile->multiply[here - 1][vectors - 1](&t);
        }
    }
}

void tern__walked_gradient(const tern__walked *w, bool fresh, tern_real *sum, tern_real *scratch) {
    const tern__walk *p = &w->places;
    const size_t cols = tern__balanced_chunk(p->n[2], PANEL),
                 rows = tern__balanced_chunk(p->n[1], PANEL / tern__at_most(PANEL, p->n[0] * cols));
    for (size_t i = 0; i < p->n[1]; i += rows)
        for (size_t j = 0; j < p->n[2]; j += cols) {
            const tern__walk box = {{p->n[0], tern__at_most(rows, p->n[1] - i), tern__at_most(cols, p->n[2] - j)},
                                    {p->step[0], p->step[1], p->step[2]}};
            add_box(w, &box, w->field + i * p->step[1] + j * p->step[2], w->c + i * w->to.step[1] + j * w->to.step[2],
                    fresh && !i && !j, sum, scratch);
        }
}
