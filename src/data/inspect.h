/* inspect.h - statistics of a column, for `tern inspect`. */
#ifndef TERN_DATA_INSPECT_H
#define TERN_DATA_INSPECT_H

#include <tern/dataset.h>

enum { TERN__MAX_HISTOGRAM = 64 };

typedef struct tern__stats {
    size_t n; /* samples */
    tern_dtype dtype;
    tern_shape shape;           /* of one sample */
    double min, max, mean, std; /* of the finite numbers, std with divisor n; NAN where there are none */
    size_t nans, infs;
    size_t constant; /* positions of a sample that hold the same number in all samples; 0 where n is below 2 */
    size_t values;   /* distinct numbers, where all are integers and these at most TERN__MAX_HISTOGRAM; else 0 */
    double value[TERN__MAX_HISTOGRAM]; /* rising */
    size_t count[TERN__MAX_HISTOGRAM];
    bool from_one; /* one integer per sample, every one of 1 .. max occurs, 0 does not: labels seem to start at 1 */
} tern__stats;

/* Looks at all numbers. Errors: MEMORY. */
tern_status tern__column_stats(const tern_column *c, size_t n, tern__stats *out, tern_error *err);

#endif
