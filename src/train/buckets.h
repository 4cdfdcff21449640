/* buckets.h - batches of sequences of similar length. */
#ifndef TERN_TRAIN_BUCKETS_H
#define TERN_TRAIN_BUCKETS_H

#include "rows.h"

/* What bucketing works with; free it with tern__buckets_free(). */
typedef struct tern__buckets {
    size_t batch, batches;          /* rows in a batch, whole batches */
    size_t *steps, *sorted, *order; /* [rows of the dataset], [rows of an epoch], [batches] */
    size_t longest, *count;         /* [longest + 2] */
} tern__buckets;

/* For batches of `batch` of the rows that train. Errors: MEMORY. */
tern_status tern__buckets_make(tern__buckets *b, const tern_rows *rows, const tern_model *m, size_t batch,
                               tern_error *err);
void tern__buckets_free(tern__buckets *b);

/* Sorts an epoch's rows by length into batches, and these, unless `shuffle` is false, into an order of the epoch's own:
 * a function of (seed, epoch, row) alone. The last rows, too few for a batch, stay where they are. */
void tern__buckets_sort(tern__buckets *b, uint64_t seed, size_t epoch, bool shuffle, size_t *row);

#endif
