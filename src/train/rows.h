/* rows.h - batches out of a dataset: a list of rows and where in it a batch begins. */
#ifndef TERN_TRAIN_ROWS_H
#define TERN_TRAIN_ROWS_H

#include "graph.h"

#include <tern/dataset.h>
#include <tern/trainer.h>

/* Some rows of a dataset for a model. `row` is sorted or shuffled by its owner. */
typedef struct tern__rows {
    const tern_model *m;
    const tern_dataset *d;
    const size_t *row;
    size_t n;
    size_t first; /* of the batch in hand */
} tern__rows;

/* The batch of the rows from `first` on, at most `most` of them. Reads `r` when gathered, so it lives until the step is
 * done. */
tern_batch tern__rows_batch(tern__rows *r, size_t first, size_t most);

/* All rows, 0 .. n - 1, as a list for tern__free(). */
tern_status tern__split_whole(size_t n, size_t **out, tern_error *err);

#endif
