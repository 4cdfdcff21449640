/* folds.h - cross-validation: which samples validate in which fold. Folds count from 0 here. */
#ifndef TERN_DATA_FOLDS_H
#define TERN_DATA_FOLDS_H

#include <tern/dataset.h>

/* Deals n samples to so many folds, by the seed alone: each class of `y` (one number a sample; NULL: all are one class)
 * evenly. Errors: DATA (fewer samples than folds), MEMORY. */
tern_status tern__folds_deal(const tern_array *y, size_t n, uint64_t seed, size_t folds, size_t *fold, tern_error *err);

/* Deals whole groups, the largest first, each to the fold with the fewest samples: number[n] says which, from 0.
 * Errors: DATA (fewer groups than folds), MEMORY. */
tern_status tern__folds_deal_groups(const size_t *number, size_t n, size_t folds, size_t *fold, tern_error *err);

/* In the order of time n samples are folds + 1 parts: a fold trains on all parts before the one that validates, but for
 * the `overlap` samples that share rows with it. Writes how many train, and where those that validate begin and end.
 * Errors: DATA. */
tern_status tern__fold_in_time(size_t n, size_t folds, size_t fold, size_t overlap, size_t *trains, size_t *begin,
                               size_t *end, tern_error *err);

#endif
