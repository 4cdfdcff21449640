/* datasets.h - where a model's data is. */
#ifndef TERN_TRAIN_DATASETS_H
#define TERN_TRAIN_DATASETS_H

#include "graph.h"

/* The directory of the model's file, for tern__free(). NULL: no memory. */
char *tern__model_directory(const tern_model *m, tern_error *err);

/* Whether the last samples validate, and not some drawn at random, where so many samples after one share rows with it.
 */
bool tern__splits_in_time(const tern_model *m, size_t overlap);

#endif
