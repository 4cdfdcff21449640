/* datasets.h - where a model's data is. */
#ifndef TERN_TRAIN_DATASETS_H
#define TERN_TRAIN_DATASETS_H

#include "graph.h"

/* The directory of the model's file, for tern__free(). NULL: no memory. */
char *tern__model_directory(const tern_model *m, tern_error *err);

#endif
