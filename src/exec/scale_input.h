/* scale_input.h - a caller's numbers as the model reads them. */
#ifndef TERN_EXEC_SCALE_INPUT_H
#define TERN_EXEC_SCALE_INPUT_H

#include "graph.h"

/* Some rows of an array. */
typedef struct tern__rows {
    size_t first, n;
    size_t steps;         /* of sequences of any length: what is made of each has room for so many; */
    const size_t *length; /* and [n] those that it has */
} tern__rows;

/* Applies the preprocessing of input `k` to rows of `x`, which has each as long as it can be; behind a sequence's own
 * steps come zeros. */
void tern__scale_input(const tern_model *m, size_t k, const tern_real *x, const tern__rows *rows, tern_real *out);

/* The same of one step of the sequences that input `k` holds: [n, numbers of a step]. Takes a scale that is the same at
 * each step. */
void tern__scale_step(const tern_model *m, size_t k, size_t n, const tern_real *x, tern_real *out);

#endif
