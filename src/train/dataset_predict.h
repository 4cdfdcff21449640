/* dataset_predict.h - predictions in the unit of the targets. */
#ifndef TERN_TRAIN_DATASET_PREDICT_H
#define TERN_TRAIN_DATASET_PREDICT_H

#include "graph.h"

#include <tern/fit.h>

/* Targets that were normalized come back in their own unit. */
void tern__restore_unit(const tern_model *m, size_t n, tern_real *y);

/* As tern_dataset_predict(), but whatever comes out is taken. */
tern_status tern__dataset_outputs(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y,
                                  tern_error *err);

/* Refuses outputs [n, ...] that are not finite, those of rows[0 .. n - 1] (NULL: all), by the row. Errors: DATA. */
tern_status tern__finite_check(const tern_dataset *d, const size_t *rows, size_t arrays, const tern_tensor *y,
                               tern_error *err);

#endif
