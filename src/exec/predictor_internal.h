/* predictor_internal.h - forward passes over rows that are gathered, and what a slice's input is made of. */
#ifndef TERN_EXEC_PREDICTOR_INTERNAL_H
#define TERN_EXEC_PREDICTOR_INTERNAL_H

#include "slice.h"

#include <tern/predictor.h>

/* As tern_predictor_new(), for tern__predictor_batch(). */
tern_predictor *tern__predictor_new_gathering(const tern_model *m, size_t max_rows, size_t threads, tern_error *err);

/* y = model(rows of the batch); the targets, `target_count` numbers a row, go to `target` unless that is NULL. */
void tern__predictor_batch(tern_predictor *r, const tern_batch *batch, tern_real *y, tern_real *target,
                           size_t target_count);

/* Fills the input value of a slice with its rows of the batch, scaled; and its rows of `target` (of the whole batch).
 */
void tern__slice_input(const tern__slice *s, const tern_batch *batch, tern_real *target, size_t target_count);

#endif
