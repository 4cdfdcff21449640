/* predictor_internal.h - forward passes over rows that are gathered. */
#ifndef TERN_EXEC_PREDICTOR_INTERNAL_H
#define TERN_EXEC_PREDICTOR_INTERNAL_H

#include "worker_group.h"

#include <tern/predictor.h>

/* As tern_predictor_new(), for tern__predictor_batch(). */
tern_predictor *tern__predictor_new_gathering(const tern_model *m, size_t max_rows, size_t threads, tern_error *err);

/* y = model(rows of the batch); the targets go to `target` [targets], arrays of at least as many rows, unless that is
 * NULL. */
void tern__predictor_batch(tern_predictor *r, const tern_batch *batch, tern_real *y, const tern_tensor *target);

#endif
