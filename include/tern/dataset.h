/* dataset.h - samples in memory, in the number type they came in. */
#ifndef TERN_DATASET_H
#define TERN_DATASET_H

#include <tern/tensor.h>

TERN_BEGIN

typedef enum tern_dtype { TERN_U8, TERN_I8, TERN_I16, TERN_I32, TERN_I64, TERN_F32, TERN_F64 } tern_dtype;

/* One array of a dataset, a row for each sample: native byte order, dense. */
typedef struct tern_array {
    tern_dtype dtype;
    tern_shape shape; /* of one sample; rank 0: one number */
    void *data;       /* n * count * tern_dtype_size() bytes; NULL where `fetch` is set */
    const char *name; /* which input or target of a model it is; NULL: the only one */
    /* [n] how much of each sample, along its first dimension, is there; what follows is padding. NULL: all of it. */
    const size_t *length;
    size_t
        labels; /* names known for the elements of an input (a table's columns), or the classes of a target; 0: none */
    const char *const *label;  /* [labels] */
    bool one_hot;              /* of a target: each number stands for a class, and one of them is 1 */
    size_t columns;            /* of a table that its numbers come from, by their names or, without these, positions */
    const char *const *column; /* [columns] */
    /* An array that is too large for memory: writes the sample of a row, in `dtype`, to `sample`; any thread. False
     * where it is no longer to be had; the sample's elements are then NaN. `digest` stands for all there is to fetch.
     */
    bool (*fetch)(const void *source, size_t row, void *sample);
    const void *source;
    uint64_t digest;
} tern_array;

/* Inputs and targets of n samples, and how much each counts. Fields may be read; what they point to belongs to the
 * dataset. Never changed once made: any number of threads may read it. */
typedef struct tern_dataset {
    size_t n, inputs, targets, weights;
    tern_array *x;         /* [inputs] */
    tern_array *y;         /* [targets]; NULL: there are none */
    tern_array *w;         /* [weights] of samples in training's losses, a number each; NULL: all count alike */
    const size_t *group;   /* [n] which samples belong together, from 0; NULL: nothing says so */
    size_t overlap;        /* samples of a series: this many after a sample share some of its rows; 0: none */
    bool series;           /* samples are windows of a series, each followed by what it predicts */
    const char *const *id; /* [n] what a column of the table calls each sample; NULL: that was not asked for */
    const size_t *row;     /* [n] the table row that a sample, or its first target, is, from 0; NULL: its number */
    const char *from;      /* what it was read from, for messages; NULL: nothing says so */
    void *memory;          /* private */
} tern_dataset;

/* Files that a caller names in the place of those that a model file does. All but `input` may be left out. */
typedef struct tern_files {
    const char *input;  /* a file, a folder of images or an SQLite database; "-": a table on standard input */
    const char *target; /* the file of the targets */
    const char *query;  /* the rows of a database; NULL: as those of training were selected */
    const char *id;     /* the column of a table that says how each sample is called */
    bool labelled;      /* they hold targets, too, where those of training did; false: `target` alone does */
} tern_files;

/* Bytes of one number. */
TERN_API size_t tern_dtype_size(tern_dtype dtype);

/* "uint8", "int64", "float32", ... Static memory. */
TERN_API const char *tern_dtype_name(tern_dtype dtype);

/* Whether it is one of the integer types. */
TERN_API bool tern_dtype_is_integer(tern_dtype dtype);

/* Makes a dataset with room for `n` samples of one input, and of one target unless `y` is NULL, for a reader to fill
 * in; what `x` and `y` point to, but for their names, is ignored. Errors: MEMORY. Free with tern_dataset_free(). */
TERN_API tern_dataset *tern_dataset_new(size_t n, const tern_array *x, const tern_array *y, tern_error *err);

/* Makes a dataset that borrows the caller's arrays, which must outlive it. Otherwise as tern_dataset_new(). */
TERN_API tern_dataset *tern_dataset_borrow(size_t n, const tern_array *x, const tern_array *y, tern_error *err);

/* Adds a further input or target, or the samples' weights, that borrows the caller's array. Not while others read the
 * dataset; pointers into its lists are then no longer valid. Errors: MEMORY. */
TERN_API tern_status tern_dataset_add_input(tern_dataset *d, const tern_array *x, tern_error *err);
TERN_API tern_status tern_dataset_add_target(tern_dataset *d, const tern_array *y, tern_error *err);
TERN_API tern_status tern_dataset_add_weight(tern_dataset *d, const tern_array *w, tern_error *err);

/* Copies names into the dataset, for one of its arrays: of an input's elements, or of a target's classes. Errors:
 * MEMORY. */
TERN_API tern_status tern_dataset_label(tern_dataset *d, tern_array *array, size_t n, const char *const *labels,
                                        tern_error *err);

/* Copies names of an array's columns, or of all samples, into the dataset. Errors: MEMORY. */
TERN_API tern_status tern_dataset_name_columns(tern_dataset *d, tern_array *array, size_t n, const char *const *names,
                                               tern_error *err);
TERN_API tern_status tern_dataset_name_samples(tern_dataset *d, const char *const *names, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_dataset_free(tern_dataset *d);

/* Number `index` (over all samples) of an array, as a double. */
TERN_API double tern_array_get(const tern_array *a, size_t index);

/* Converts the samples `rows[0 .. n - 1]` (NULL: 0 .. n - 1) of an array into `out`, n * count numbers. */
TERN_API void tern_array_gather(const tern_array *a, const size_t *rows, size_t n, tern_real *out);

/* As tern_array_gather(), applying the model's input preprocessing on the way: out = value * gain[k] + shift[k]
 * in double, k being the channel: the index in the sample's first dimension where `channels` > 1, else 0. `inner` is
 * the count of one channel. */
TERN_API void tern_array_gather_scaled(const tern_array *a, const size_t *rows, size_t n, size_t channels, size_t inner,
                                       const double *gain, const double *shift, tern_real *out);

/* Writes the numbers 0 .. n - 1 in the order in which an epoch takes n samples: a function of (seed, epoch, n) alone.
 */
TERN_API void tern_shuffle(uint64_t seed, size_t epoch, size_t n, size_t *order);

TERN_END

#endif
