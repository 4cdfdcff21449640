/* dtypes.h - what is done to numbers of each type: one table, in vector code. */
#ifndef TERN_DATA_DTYPES_H
#define TERN_DATA_DTYPES_H

#include <tern/dataset.h>

/* `from` and `data` hold numbers of the type. */
typedef struct tern__dtype_functions {
    void (*copy)(const void *from, size_t n, tern_real *out);
    void (*widen)(const void *from, size_t n, double *out);
    /* out = x gain + shift, in double and rounded once: where the mean is large against the deviation, a float would
     * have lost what is left of the difference. `scale_each`: each number has a gain and a shift of its own. */
    void (*scale)(const void *from, size_t n, double gain, double shift, tern_real *out);
    void (*scale_each)(const void *from, size_t n, const double *gain, const double *shift, tern_real *out);
    /* Whether one of the numbers is not from `least` to `most`; NaN never is. */
    bool (*any_outside)(const void *data, size_t first, size_t n, double least, double most);
} tern__dtype_functions;

extern const tern__dtype_functions tern__dtypes[]; /* by tern_dtype */

/* Writes sample `row` of an array as doubles, by way of `room` for one sample where it is to be fetched. False where it
 * is no longer to be had. */
bool tern__array_sample(const tern_array *a, size_t row, void *room, double *out);

#endif
