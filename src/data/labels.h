/* labels.h - are the targets classes that the model knows? */
#ifndef TERN_DATA_LABELS_H
#define TERN_DATA_LABELS_H

#include <tern/dataset.h>

/* Refuses class indices outside 0 .. classes - 1 (save `ignore`, where there is one): names the first bad row, its
 * value, how many rows are bad, and says so where the labels seem to start at 1. Errors: DATA. */
tern_status tern__labels_check(const tern_array *y, size_t n, size_t classes, bool has_ignore, int64_t ignore,
                               tern_error *err);

/* Turns the class indices of a target, whose classes have names, into those of the same names in `classes`. Refuses a
 * class that is not among them. Errors: DATA, MEMORY. */
tern_status tern__labels_rename(tern_dataset *d, tern_array *y, size_t classes, const char *const *names,
                                tern_error *err);

#endif
