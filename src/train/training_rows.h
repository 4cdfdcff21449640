/* training_rows.h - a model and the rows that train it, for a short training that leaves no run behind. */
#ifndef TERN_TRAIN_TRAINING_ROWS_H
#define TERN_TRAIN_TRAINING_ROWS_H

#include "buckets.h"

#include <tern/fit.h>

typedef struct tern__training_rows {
    tern_model *m;
    tern_dataset *train;
    tern_split split;
    tern_target target[TERN_MAX_LOSSES];
    size_t *order, rows, batch; /* order: room for twice the rows; batch: rows of a step */
    tern__buckets buckets;      /* no memory: the rows are in no order of their lengths */
} tern__training_rows;

/* Opens the model of a file with further changes to it (`set`, NULL at the end), and the data that trains it. For
 * tern__training_rows_close() in any case. Errors: IO, SYNTAX, MODEL, DATA, MEMORY. */
tern_status tern__training_rows_open(tern__training_rows *t, const char *path, const tern_model_options *options,
                                     const char *const *set, const char *data, tern_error *err);
void tern__training_rows_close(tern__training_rows *t);

/* The rows of an epoch in its order. */
const size_t *tern__training_rows_shuffle(tern__training_rows *t, size_t epoch);

/* Adds the errors of a record to another. */
void tern__errors_pass_on(const tern_error *from, tern_error *to);

#endif
