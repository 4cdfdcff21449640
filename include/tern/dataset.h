/* dataset.h - samples in memory, in the number type they came in. */
#ifndef TERN_DATASET_H
#define TERN_DATASET_H

#include <tern/tensor.h>

TERN_BEGIN

typedef enum tern_dtype { TERN_U8, TERN_I8, TERN_I16, TERN_I32, TERN_I64, TERN_F32, TERN_F64 } tern_dtype;

/* One array of samples: native byte order, dense. */
typedef struct tern_column {
    tern_dtype dtype;
    tern_shape shape; /* of one sample; rank 0: one number */
    void *data;       /* n * count * tern_dtype_size() bytes; NULL: absent */
} tern_column;

/* Inputs and targets of n samples. Fields may be read; what they point to belongs to the dataset. Never changed once
 * made: any number of threads may read it. */
typedef struct tern_dataset {
    size_t n;
    tern_column x, y;               /* y.data NULL: no targets */
    size_t classes;                 /* names known for y's class indices; 0: none */
    const char *const *class_names; /* [classes] */
    size_t columns;                 /* names known for x's numbers (a CSV header); 0: none */
    const char *const *column_names;
    void *memory; /* private */
} tern_dataset;

/* Bytes of one number. */
TERN_API size_t tern_dtype_size(tern_dtype dtype);

/* "uint8", "int64", "float32", ... Static memory. */
TERN_API const char *tern_dtype_name(tern_dtype dtype);

/* Whether it is one of the integer types. */
TERN_API bool tern_dtype_integer(tern_dtype dtype);

/* Makes a dataset with room for `n` samples, contents undefined, for a reader to fill in. `y` may be NULL (no targets);
 * the data pointers of `x` and `y` are ignored. Errors: MEMORY. Free with tern_dataset_free(). */
TERN_API tern_dataset *tern_dataset_new(size_t n, const tern_column *x, const tern_column *y, tern_error *err);

/* Makes a dataset that looks at the caller's arrays, which must outlive it. Otherwise as tern_dataset_new(). */
TERN_API tern_dataset *tern_dataset_borrow(size_t n, const tern_column *x, const tern_column *y, tern_error *err);

/* Copies names into the dataset: of classes (y) or of columns (x). Errors: MEMORY. */
TERN_API tern_status tern_dataset_name_classes(tern_dataset *d, size_t n, const char *const *names, tern_error *err);
TERN_API tern_status tern_dataset_name_columns(tern_dataset *d, size_t n, const char *const *names, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_dataset_free(tern_dataset *d);

/* Number `index` (over all samples) of a column, as a double. */
TERN_API double tern_column_get(const tern_column *c, size_t index);

/* Converts the samples `rows[0 .. n - 1]` (NULL: 0 .. n - 1) of a column into `out`, n * count numbers. */
TERN_API void tern_column_gather(const tern_column *c, const size_t *rows, size_t n, tern_real *out);

/* As tern_column_gather(), applying the model's input preprocessing on the way: out = value * gain[k] + shift[k]
 * in double, k being the channel: the index in the sample's first dimension where `channels` > 1, else 0. `inner` is
 * the count of one channel. */
TERN_API void tern_column_gather_scaled(const tern_column *c, const size_t *rows, size_t n, size_t channels,
                                        size_t inner, const double *gain, const double *shift, tern_real *out);

TERN_END

#endif
