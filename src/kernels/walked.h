/* walked.h - products with a patch matrix that nobody makes: its numbers are walked over where they lie in an image.
 *
 *   C[r, p] = start[r] + sum over taps t of A[r, t] field[t + p]
 *
 * A field is an image with the zeros around it. Taps t and places p are offsets in it, each those of three loops: a
 * place is where a window stands (sample, row, column), a tap is what it sees from there (channel, row, column). */
#ifndef TERN_KERNELS_WALKED_H
#define TERN_KERNELS_WALKED_H

#include "tile.h"

enum { TERN__WALKED_PANEL = 192 }; /* rows of a panel: taps, and places in the gradient */

/* Three loops, one in the other: how often each turns, and the numbers from one turn to the next. */
typedef struct tern__walk {
    size_t n[3], step[3];
} tern__walk;

typedef struct tern__walked {
    const tern__tiles *tiles;
    size_t rows;
    const tern_real *field; /* TERN__LANES numbers behind what is walked over may be read */
    tern__walk taps, places;
    tern_real *c; /* number (r, p) lies at r * stride and the offset of p by `to` */
    size_t stride;
    tern__walk to; /* places.n, and their steps in c */
} tern__walked;

static inline size_t tern__walk_count(const tern__walk *w) { return w->n[0] * w->n[1] * w->n[2]; }

/* The offset of turn i. */
static inline size_t tern__walk_at(const tern__walk *w, size_t i) {
    size_t last = i % w->n[2], outer = i / w->n[2];
    return outer / w->n[1] * w->step[0] + outer % w->n[1] * w->step[1] + last * w->step[2];
}

/* C as above. `a` is [rows, taps]; `start` is [rows], NULL for 0. */
void tern__walked_product(const tern__walked *w, const tern_real *a, const tern_real *start, tern_real *scratch);

/* The gradient of A, transposed: sum[t, r] += sum over places p of field[t + p] C[r, p], with `=` where `fresh`. The
 * sum has tern__walked_columns() numbers a row; those beyond `rows` mean nothing. to.step[2] is 1. */
void tern__walked_gradient(const tern__walked *w, bool fresh, tern_real *sum, tern_real *scratch);
size_t tern__walked_columns(const tern__tiles *tiles, size_t rows);

/* The scratch of either, in numbers. Of a gradient, places.n[0] * places.n[2] is at most TERN__WALKED_PANEL where
 * places.n[0] is not 1. */
size_t tern__walked_scratch(size_t rows);

#endif
