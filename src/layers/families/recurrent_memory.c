/* recurrent_memory.c - see recurrent_memory.h. */
#include "recurrent_memory.h"

#include <string.h>

/* ---- sizes ---- */

/* Times of h and of c. */
static size_t state_times(const tern_recurrent *r) { return r->sequences ? 2 * r->steps : r->steps + 1; }

static size_t track_size(const tern_recurrent *r, const tern_cell *cell) {
    size_t T = r->steps, H = r->hidden_size;
    return T * (cell->gates + cell->keep) * H + state_times(r) * H * (cell->cell_state ? 2 : 1);
}

size_t tern__layer_size(const tern_recurrent *r, const tern_cell *cell, size_t l) {
    return r->steps * tern__inputs(r, l) + tern__directions(r) * track_size(r, cell);
}

/* Of one of the two inputs that take turns. */
static size_t input_size(const tern_recurrent *r) {
    size_t first = tern__inputs(r, 0), other = r->num_layers > 1 ? tern__inputs(r, 1) : 0;
    return r->steps * (first > other ? first : other);
}

size_t tern__evaluation_size(const tern_recurrent *r, const tern_cell *cell) {
    return input_size(r) * (r->num_layers > 1 ? 2 : 1) + track_size(r, cell);
}

/* ---- places ---- */

tern_real *tern__layer_input(const tern_recurrent *r, const tern_cell *cell, const tern__recurrent_memory *m,
                             size_t l) {
    size_t at = l ? tern__layer_size(r, cell, 0) + (l - 1) * tern__layer_size(r, cell, 1) : 0;
    return m->data + m->rows * (m->kept ? at : l % 2 * input_size(r));
}

tern__track tern__track_of(const tern_recurrent *r, const tern_cell *cell, const tern__recurrent_memory *m, size_t l,
                           size_t d) {
    size_t T = r->steps, n = m->rows, H = r->hidden_size;
    tern__track k = {.a = m->kept ? tern__layer_input(r, cell, m, l) +
                                        n * (T * tern__inputs(r, l) + d * track_size(r, cell))
                                  : m->data + n * (tern__evaluation_size(r, cell) - track_size(r, cell))};
    k.h = k.a + n * T * cell->gates * H;
    k.keep = k.h + n * state_times(r) * H;
    k.c = cell->cell_state ? k.keep + n * T * cell->keep * H : NULL;
    return k;
}

/* ---- packing ---- */

static size_t unpacked_scratch(const tern_recurrent *r, const tern_cell *cell, size_t rows) {
    return (cell->gates + 2 * rows) * r->hidden_size;
}

size_t tern__recurrent_scratch(const tern_recurrent *r, const tern_cell *cell, size_t rows) {
    if (!r->sequences) return cell->gates * r->hidden_size; /* dh and dc are backward's */
    return unpacked_scratch(r, cell, rows) + r->steps + 1 + rows;
}

/* Sorts the rows by length, the longest first, by counting; rows of equal length stay in order. */
static void pack(size_t rows, const size_t *length, size_t steps, uint32_t *order, uint32_t *first) {
    memset(first, 0, (steps + 1) * sizeof *first);
    for (size_t i = 0; i < rows; i++) first[length[i]]++; /* rows that end after so many steps */
    uint32_t place = 0;
    for (size_t t = steps + 1; t-- > 0;) { /* the place of the first of them */
        uint32_t n = first[t];
        first[t] = place;
        place += n;
    }
    for (size_t i = 0; i < rows; i++) order[first[length[i]]++] = (uint32_t)i;
    /* first[t] is now how many rows have t steps or more: those of time t - 1. */
    uint32_t before = 0;
    for (size_t t = 0; t <= steps; t++) {
        uint32_t n = t < steps ? first[t + 1] : 0;
        first[t] = before;
        before += n;
    }
}

tern__recurrent_memory tern__recurrent_packed(const tern_recurrent *r, const tern_cell *cell, size_t rows,
                                              const size_t *length, size_t steps, tern_real *scratch) {
    tern__recurrent_memory m = {.rows = rows, .steps = r->steps, .room = r->steps};
    if (!length) return m;
    m.room = steps;
    m.steps = 0;
    for (size_t i = 0; i < rows; i++)
        if (length[i] > m.steps) m.steps = length[i];
    /* Whole numbers of 32 bits where reals would have been: none of these is smaller. */
    uint32_t *first = (void *)(scratch + unpacked_scratch(r, cell, rows)), *order = first + r->steps + 1;
    pack(rows, length, m.steps, order, first);
    m.order = order;
    m.first = first;
    return m;
}

void tern__state_take(const tern_recurrent *r, const tern__recurrent_memory *m, tern_real *h, size_t i, size_t d) {
    size_t T = m->steps, H = r->hidden_size, t = d ? T - 1 - i : i, n = tern__rows_at(m, t), kept = 0;
    if (!m->first && i) return; /* it is there already */
    tern_real *before = h + tern__state_before(m, t, d) * H;
    if (i) {
        size_t last = d ? t + 1 : t - 1, others = tern__rows_at(m, last);
        kept = others < n ? others : n;
        memcpy(before, h + tern__state_after(r, m, last, d) * H, kept * H * sizeof *h);
    }
    memset(before + kept * H, 0, (n - kept) * H * sizeof *h);
}
