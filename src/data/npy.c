/* npy - NumPy's array files: one for the inputs, one for the targets, or arrays of an archive; the first dimension is
 * the samples. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "file.h"
#include "memory.h"
#include "npy.h"
#include "npz.h"

#include <string.h>

typedef struct npy {
    const char *x, *y, *sample_weight, *array, *y_array;
} npy;

static bool is_archive(const char *path) {
    const char *ending = path ? strrchr(path, '.') : NULL;
    return ending && !strcmp(ending, ".npz");
}

/* An array out of a file of its own, or out of an archive. */
static tern_status read_column(const char *dir, const char *file, bool safe, const char *key, const char *array_key,
                               const char *array, size_t *n, tern_array *c, tern_error *err) {
    char *path = tern__path_join(dir, file, safe, key, err);
    bool archive = path && is_archive(path);
    tern_status status = TERN_ERROR_MODEL;
    if (path && archive) status = tern__npz_read(path, array_key, array, key, n, c, err);
    else if (path && array)
        tern_error_add(err, TERN_ERROR_MODEL, array_key, "names an array of an .npz archive, but %s is none", key);
    else if (path) status = tern__npy_read(path, key, n, c, err);
    tern__free(path);
    return status;
}

/* The inputs where they are a list of sequences; the caller frees what `length` then points to. */
static tern_status read_inputs(const npy *o, const char *dir, bool safe, size_t *n, tern_array *x, size_t **length,
                               tern_error *err) {
    char *path = tern__path_join(dir, o->x, safe, "x", err);
    if (!path) return TERN_ERROR_MODEL;
    bool list = !o->array && is_archive(path) && tern__npz_is_list(path);
    tern_status status = list ? tern__npz_read_list(path, n, x, length, err) : TERN_OK;
    tern__free(path);
    return list ? status : read_column(dir, o->x, safe, "x", "array", o->array, n, x, err);
}

static tern_dataset *npy_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const npy *o = self;
    tern_array x, y = {0}, w = {0};
    size_t n, n_y = 0, n_w = 0, *length = NULL;
    if (read_inputs(o, dir, safe, &n, &x, &length, err)) return NULL;
    if (o->y && read_column(dir, o->y, safe, "y", "y_array", o->y_array, &n_y, &y, err))
        return tern__free(x.data), tern__free(length), NULL;
    if (o->sample_weight && read_column(dir, o->sample_weight, safe, "sample_weight", NULL, NULL, &n_w, &w, err))
        return tern__free(x.data), tern__free(y.data), tern__free(length), NULL;
    tern_dataset *d = tern__dataset_from_columns(n, &x, n_y, &y, err);
    if (!d) tern__free(length);
    else if (length && tern__dataset_own(d, length, tern__free, err)) tern_dataset_free(d), d = NULL;
    return tern__dataset_weighed(d, n_w, &w, err);
}

static void npy_from_files(void *self, const tern_files *files) {
    npy *o = self;
    *o = (npy){.x = files->input,
               .y = files->target,
               .array = is_archive(files->input) ? o->array : NULL,
               .y_array = is_archive(files->target) ? o->y_array : NULL};
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(npy, x,
                         "File of the inputs, [n, ...]: bool, integers or floats of any size, in C or Fortran order.",
                         .path = true),
    TERN_STRING(npy, y, NULL, "File of the targets: [n] class labels, or [n, ...] numbers; left out: none.",
                .path = true),
    TERN_STRING(npy, array, NULL,
                "Where `x` is an .npz archive, the array in it; left out: the only one, or \"x\"; or all of arr_0, "
                "arr_1, ..., as sequences of lengths of their own."),
    TERN_STRING(npy, y_array, NULL, "The same where `y` is one: the only one, or \"y\"."),
    TERN_STRING(npy, sample_weight, NULL,
                "File of how much each sample counts in training's loss: [n] numbers from 0; left out: all alike.",
                .path = true),
    {0},
};

static const tern_example examples[] = {
    {"{\"x\": \"x.npy\", \"y\": \"y.npy\"}", {{0}}},
    {"{\"x\": \"mnist.npz\", \"array\": \"x_train\", \"y\": \"mnist.npz\", \"y_array\": \"y_train\"}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_npy = {
    .base = {TERN_READER, "npy", (const char *const[]){"numpy", NULL},
             "NumPy's .npy files, and arrays of .npz archives.", sizeof(npy), options, examples},
    .endings = (const char *const[]){".npy", ".npz", NULL},
    .read = npy_read,
    .from_files = npy_from_files,
};
