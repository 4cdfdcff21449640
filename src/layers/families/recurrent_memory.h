/* recurrent_memory.h - where a recurrent layer has what its steps read and leave behind.
 *
 * All is time-major: the rows of time 0, then those of time 1. Where each row has a length of its own, they are packed,
 * as in PyTorch's PackedSequence: the longest first, so that the rows that are still there at a time are the first
 * ones, and nothing lies in between. */
#ifndef TERN_LAYERS_RECURRENT_MEMORY_H
#define TERN_LAYERS_RECURRENT_MEMORY_H

#include <tern/layers/recurrent.h>

/* For each layer its input x, then a track for each direction. Without a backward to come, one track serves all, and
 * layers read and write two inputs in turn. */
typedef struct tern__recurrent_memory {
    tern_real *data;
    size_t rows, steps, room; /* steps of the longest, and what x and y have room for */
    bool kept;                /* for backward */
    /* Of lengths of their own, else NULL: [rows] which row is the j-th longest; [steps + 1] where the rows of a time
     * begin. */
    const uint32_t *order, *first;
} tern__recurrent_memory;

/* What one direction of one layer leaves behind, of all times. Of h and c, where all rows have all steps, a time more:
 * a first one of zeros; the reverse direction goes from high to low, so that its zeros are the last. Packed, h and c
 * have the states before each time, and then those after each. */
typedef struct tern__track {
    tern_real *a, *keep, *h, *c;
} tern__track;

static inline size_t tern__directions(const tern_recurrent *r) { return r->bidirectional ? 2 : 1; }

/* How many states a cell has: h, and maybe c. */
static inline size_t tern__states(const tern_cell *cell) { return cell->cell_state ? 2 : 1; }

/* Features of one time that layer `l` reads. */
static inline size_t tern__inputs(const tern_recurrent *r, size_t l) {
    return l ? tern__directions(r) * r->hidden_size : r->features;
}

/* How many rows come before those of time t, and how many it has; which row of the batch is its j-th. */
static inline size_t tern__first_at(const tern__recurrent_memory *m, size_t t) {
    return m->first ? m->first[t] : t * m->rows;
}
static inline size_t tern__rows_at(const tern__recurrent_memory *m, size_t t) {
    return tern__first_at(m, t + 1) - tern__first_at(m, t);
}
static inline size_t tern__row_of(const tern__recurrent_memory *m, size_t j) { return m->order ? m->order[j] : j; }

/* The rows in a track's h and c before those of the states before time t, and after it. */
static inline size_t tern__state_before(const tern__recurrent_memory *m, size_t t, size_t d) {
    return m->first ? m->first[t] : (t + d) * m->rows;
}
static inline size_t tern__state_after(const tern_recurrent *r, const tern__recurrent_memory *m, size_t t, size_t d) {
    return m->first ? r->steps * m->rows + m->first[t] : (t + 1 - d) * m->rows;
}

/* Numbers for each row of the batch: of a layer, and of all where no backward follows. */
size_t tern__layer_size(const tern_recurrent *r, const tern_cell *cell, size_t l);
size_t tern__evaluation_size(const tern_recurrent *r, const tern_cell *cell);

/* The scratch that is taken up by a sum of biases or its gradient, by dh and dc, and by how rows are packed, in this
 * order. */
size_t tern__recurrent_scratch(const tern_recurrent *r, const tern_cell *cell, size_t rows);

/* How rows lie in a memory, whose `data` is for the caller to set; packs them where `length` is not NULL. */
tern__recurrent_memory tern__recurrent_packed(const tern_recurrent *r, const tern_cell *cell, size_t rows,
                                              const size_t *length, size_t steps, tern_real *scratch);

tern_real *tern__layer_input(const tern_recurrent *r, const tern_cell *cell, const tern__recurrent_memory *m, size_t l);
tern__track tern__track_of(const tern_recurrent *r, const tern_cell *cell, const tern__recurrent_memory *m, size_t l,
                           size_t d);

/* Puts into h, or c, what the i-th step of direction d finds there: zeros for rows that begin, what the step before
 * left for others. */
void tern__state_take(const tern_recurrent *r, const tern__recurrent_memory *m, tern_real *h, size_t i, size_t d);

#endif
