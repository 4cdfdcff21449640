/* dataset_from_columns.h - a dataset from columns that a reader has already filled. */
#ifndef TERN_DATA_DATASET_FROM_COLUMNS_H
#define TERN_DATA_DATASET_FROM_COLUMNS_H

#include <tern/dataset.h>

/* Makes a dataset that owns the columns' data, which came from tern__alloc(); a `y` without data: no targets. Refuses
 * columns that differ in their number of samples. On failure both are freed. */
tern_dataset *tern__dataset_from_columns(size_t n, const tern_array *x, size_t n_y, const tern_array *y,
                                         tern_error *err);

/* Gives the dataset something to release when it is freed. On failure it is released at once. */
tern_status tern__dataset_own(tern_dataset *d, void *memory, void (*release)(void *memory), tern_error *err);

/* Copies into the dataset what it was read from. Errors: MEMORY. */
tern_status tern__dataset_set_from(tern_dataset *d, const char *from, tern_error *err);

/* Gives the dataset's n samples weights, whose data is the dataset's from now on. Errors: DATA, MEMORY. */
tern_status tern__dataset_weigh(tern_dataset *d, size_t n, tern_array *w, tern_error *err);

/* The same for a dataset that was just made, or NULL; a `w` without data: none. On failure both are freed. */
tern_dataset *tern__dataset_weighed(tern_dataset *d, size_t n, tern_array *w, tern_error *err);

/* Gives a dataset of a series the moments of its last rows, in memory of its own from then on: seconds since 1970,
 * those of one date column after those of another. On failure they are freed. NULL: none were given. */
tern_status tern__dataset_keep_times(tern_dataset *d, double *times, tern_error *err);
const double *tern__dataset_times(const tern_dataset *d);

/* Of pictures, how many of the files are gray, whatever the samples are; false: the samples are no pictures. */
void tern__dataset_say_gray(tern_dataset *d, size_t gray);
bool tern__dataset_gray(const tern_dataset *d, size_t *gray);

#endif
