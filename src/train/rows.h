/* rows.h - lists of rows of a dataset. */
#ifndef TERN_TRAIN_ROWS_H
#define TERN_TRAIN_ROWS_H

#include "graph.h"

#include <tern/fit.h>

/* Which of a dataset's arrays are the model's inputs, and which its targets: those of the same names, or, where there
 * is one on both sides, just that. Errors: DATA. */
tern_status tern__bind_inputs(const tern_model *m, const tern_dataset *d, const tern_array **x, tern_error *err);
tern_status tern__bind_targets(const tern_model *m, const tern_dataset *d, const tern_array **y, tern_error *err);

/* Number `i` of target k in a row of the dataset, as the model is trained on it. */
double tern__rows_target(const tern_rows *r, size_t k, size_t row, size_t i);

/* Refuses rows of which none adds to a loss: a loss of 0 would look like a perfect one. `kind`: of their targets, by
 * loss; rows NULL: all; `purpose`: what they are for, "train on". Errors: DATA, MODEL, MEMORY. */
tern_status tern__rows_count(const tern_rows *r, const tern_model *m, const tern_target *kind, const char *purpose,
                             tern_error *err);

/* Refuses a row of a dataset for what a model makes of it, "output" or "loss". Returns DATA. */
tern_status tern__refuse_nonfinite(const tern_dataset *d, size_t row, const char *what, tern_error *err);

/* tern_model_learn() in two parts: the names; and from the rows[0 .. n - 1] that train what is learned of their
 * numbers, where that is not known yet. Errors: DATA, MEMORY. */
tern_status tern__learn_names(tern_model *m, const tern_dataset *train, tern_error *err);
tern_status tern__learn_numbers(tern_model *m, const tern_dataset *train, const size_t *rows, size_t n,
                                tern_error *err);

/* Whether samples of two shapes hold the same count of numbers in another order: [28, 28, 3] and [3, 28, 28]. One that
 * is flat says nothing of an order. */
bool tern__reordered(const tern_shape *a, const tern_shape *b);

/* All rows, 0 .. n - 1, as a list for tern__free(). */
tern_status tern__split_whole(size_t n, size_t **out, tern_error *err);

#endif
