/* inspect.h - what is in a file of data or weights, before any model sees it. */
#ifndef TERN_INSPECT_H
#define TERN_INSPECT_H

#include <tern/dataset.h>

TERN_BEGIN

/* ---- a column of a dataset ---- */

enum { TERN_MAX_HISTOGRAM = 64 };

/* What the elements of a column are like. A value. */
typedef struct tern_array_stats {
    size_t n; /* samples */
    tern_dtype dtype;
    tern_shape shape;           /* of one sample */
    double min, max, mean, std; /* of the finite elements, std with divisor n; NAN where there are none */
    size_t nans, infs;
    size_t constant; /* positions of a sample that hold the same value in all samples; 0 where n is below 2 */
    size_t values;   /* distinct values, where all are integers and these at most TERN_MAX_HISTOGRAM; else 0 */
    double value[TERN_MAX_HISTOGRAM]; /* rising */
    size_t count[TERN_MAX_HISTOGRAM];
    bool from_one; /* one integer per sample, every one of 1 .. max occurs, 0 does not: labels seem to start at 1 */
} tern_array_stats;

/* Reads all elements of a column of `n` samples, say `d->x` of a dataset. Errors: MEMORY. Any thread. */
TERN_API tern_status tern_array_inspect(const tern_array *c, size_t n, tern_array_stats *out, tern_error *err);

/* ---- a safetensors file ---- */

/* A tensor of a file. */
typedef struct tern_file_tensor {
    const char *name, *dtype; /* as in the file: "encoder.weight", "F32" */
    tern_shape shape;
    double min, max;   /* of the finite elements; NAN where there are none */
    size_t not_finite; /* elements that are NaN or infinite */
} tern_file_tensor;

/* The tensors of a file, in its order. Belongs to whoever opened it. */
typedef struct tern_file_tensors {
    size_t n;
    const tern_file_tensor *tensor; /* [n] */
    void *memory;                   /* private */
} tern_file_tensors;

/* Reads all tensors of a safetensors file. Errors: IO, SYNTAX, MEMORY (NULL). Free with tern_file_tensors_free(). */
TERN_API tern_file_tensors *tern_file_tensors_open(const char *path, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_file_tensors_free(tern_file_tensors *f);

TERN_END

#endif
