/* predictor_internal.h - forward passes over rows that are gathered. */
#ifndef TERN_EXEC_PREDICTOR_INTERNAL_H
#define TERN_EXEC_PREDICTOR_INTERNAL_H

#include "worker_group.h"

#include <tern/predictor.h>

/* As tern_predictor_new(), for tern__predictor_batch(): it gives so many of the model's results. */
tern_predictor *tern__predictor_new_gathering(const tern_model *m, size_t max_rows, size_t threads, size_t results,
                                              tern_error *err);

/* y = model(rows of the batch): the data of y [results], arrays of at least as many rows; so are the targets, which go
 * to `target` [targets], unless that is NULL. */
void tern__predictor_batch(tern_predictor *r, const tern_batch *batch, const tern_tensor *y, const tern_tensor *target);

/* Of the batch that was last: the steps of its rows of an input that holds sequences of any length. */
const size_t *tern__predictor_lengths(const tern_predictor *r, size_t input);

#endif
