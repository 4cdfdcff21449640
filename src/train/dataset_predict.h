/* dataset_predict.h - predictions in the unit of the targets. */
#ifndef TERN_TRAIN_DATASET_PREDICT_H
#define TERN_TRAIN_DATASET_PREDICT_H

#include "graph.h"

/* Targets that were normalized come back in their own unit. */
void tern__restore_unit(const tern_model *m, size_t n, tern_real *y);

#endif
