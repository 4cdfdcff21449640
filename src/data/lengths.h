/* lengths.h - arrays of sequences, each as long as its row says and padded to the longest. */
#ifndef TERN_DATA_LENGTHS_H
#define TERN_DATA_LENGTHS_H

#include <tern/dataset.h>

/* The steps of a row: what its array's `length` says, else the first dimension. */
size_t tern__array_length(const tern_array *a, size_t row);

/* Lays sequences, `part[i]` being the steps of the i-th, into one array, padded with zeros to the longest; its data is
 * for tern__free(). Errors: DATA (a sequence has no steps), MEMORY. */
tern_status tern__pad(size_t n, const tern_array *part, const size_t *length, tern_array *out, tern_error *err);

/* Refuses an empty sequence. Errors: DATA. */
tern_status tern__lengths_check(const tern_array *a, size_t n, tern_error *err);

/* As tern_array_gather_scaled(), with room for `steps` steps in each row: what it has not is filled up to with zeros.
 * `channels` is 1, or each number of a sequence has its own. */
void tern__array_gather_steps(const tern_array *a, const size_t *rows, size_t n, size_t channels, const double *gain,
                              const double *shift, size_t steps, tern_real *out);

#endif
