/* window.h - a series as samples: some rows in order, and the row that follows them. */
#ifndef TERN_DATA_WINDOW_H
#define TERN_DATA_WINDOW_H

#include <tern/dataset.h>

/* Puts the rows first .. end - 1 of `x` into samples [window, ...], one from each row on, and in `y` (data NULL: none)
 * leaves each sample the row after its last; writes the number of samples. window 0: the rows alone, as they are.
 * Errors: DATA (too few rows), MEMORY; the columns are as they were then. */
tern_status tern__window(size_t window, size_t first, size_t end, tern_array *x, tern_array *y, size_t *n,
                         tern_error *err);

#endif
