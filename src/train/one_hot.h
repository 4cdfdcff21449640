/* one_hot.h - class indices for a loss that takes no classes: as many numbers as there are classes, one of them 1. */
#ifndef TERN_TRAIN_ONE_HOT_H
#define TERN_TRAIN_ONE_HOT_H

#include "graph.h"

#include <tern/dataset.h>

/* Encodes the targets of a dataset where they are class indices, one a sample, and the model's only loss takes as many
 * numbers as its output has, and more than one; a warning says so. Anything else stays as it is. Errors: DATA (an index
 * that is no class), MEMORY. */
tern_status tern__one_hot(const tern_model *m, tern_dataset *d, tern_error *err);

/* The class indices of targets that tern__one_hot() made, for tern__free(); NULL: they are others, or no memory, which
 * `status` then says. */
int64_t *tern__one_hot_indices(const tern_dataset *d, tern_status *status, tern_error *err);

#endif
