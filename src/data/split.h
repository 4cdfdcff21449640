/* split.h - which samples validate. */
#ifndef TERN_DATA_SPLIT_H
#define TERN_DATA_SPLIT_H

#include <tern/dataset.h>

/* Chooses about fraction * n rows for validation; which ones depends on the seed alone. `stratified`: each class of `y`
 * (one number per sample; otherwise, or where NULL, all are one class) gives its share, and a class of two or more
 * keeps one on each side, as far as `fraction` reaches; one to train always stays. Both lists are sorted and have room
 * for n. 0 < fraction < 1. Errors: DATA (fewer than two samples, or classes too small to spare so many), MEMORY. */
tern_status tern__split(const tern_array *y, size_t n, double fraction, uint64_t seed, bool stratified, size_t *valid,
                        size_t *n_valid, size_t *train, size_t *n_train, tern_error *err);

/* The same in the order of time: the last of n samples validate, the first ones train, and the `overlap` samples
 * between them, which share rows with both, do neither. Errors: DATA. */
tern_status tern__split_in_time(size_t n, double fraction, size_t overlap, size_t *n_valid, size_t *n_train,
                                tern_error *err);

/* Draws the samples, one class (NULL: all) after the other. Errors: MEMORY. */
tern_status tern__split_draw(const tern_array *y, size_t n, uint64_t seed, size_t *order, tern_error *err);

/* Refuses to draw samples at random that share rows with `overlap` others each. Errors: MODEL. */
tern_status tern__split_refuse_overlap(size_t overlap, tern_error *err);

#endif
