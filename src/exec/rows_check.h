/* rows_check.h - whether arrays of a caller's are what a model takes: before anything reads them. */
#ifndef TERN_EXEC_ROWS_CHECK_H
#define TERN_EXEC_ROWS_CHECK_H

#include "graph.h"

/* The inputs of a batch's rows: their counts, the lengths of sequences, and that what layers read as indices are such.
 * Errors: USAGE, DATA. */
tern_status tern__check_inputs(const tern_model *m, const tern_batch *batch, tern_error *err);

/* The same of one of them. `length` [n], or NULL. */
tern_status tern__check_input(const tern_model *m, size_t input, const tern_tensor *x, size_t n, const size_t *length,
                              tern_error *err);

/* Where `n` rows of each output go. Errors: USAGE. */
tern_status tern__check_outputs(const tern_model *m, const tern_tensor *y, size_t n, tern_error *err);

/* The target of a loss among those of a batch: its count, and that labels are classes. Errors: USAGE, DATA. */
tern_status tern__check_target(const tern_model *m, const tern__loss *loss, const tern_batch *batch, tern_error *err);

/* One array of at least `n` rows of `sample`. `name` is what messages call it. Errors: USAGE. */
tern_status tern__check_rows(const tern_tensor *t, const char *name, const tern_shape *sample, size_t n,
                             tern_error *err);

/* The weights of `n` rows: finite numbers from 0. Errors: USAGE, DATA. */
tern_status tern__check_weights(const tern_tensor *weight, size_t n, tern_error *err);

#endif
