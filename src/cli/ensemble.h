/* ensemble.h - the models of a cross-validation as one: the mean of what they say. */
#ifndef TERN_CLI_ENSEMBLE_H
#define TERN_CLI_ENSEMBLE_H

#include "commands.h"

/* What models have said so far. Start from {0}. */
typedef struct ensemble {
    const tern_model *first;
    size_t models;
    double *sum; /* of probabilities where outputs become some, else of the outputs */
} ensemble;

/* How many folds the directory of a cross-validation holds; 0: it is none. Errors: USAGE (it is not finished,
 * or one is missing), DATA. */
tern_status ensemble_find(const char *path, size_t *folds, tern_error *err);

/* Adds what a model says, of the same shape as the first one. Errors: DATA (it knows other classes, or is not the next
 * fold), MEMORY. */
tern_status ensemble_add(ensemble *e, const tern_model *m, const tern_tensor *y, tern_error *err);

/* Writes the outputs that a model would have whose probabilities, or values, are the mean. */
void ensemble_mean(const ensemble *e, tern_tensor *y);
void ensemble_free(ensemble *e);

#endif
