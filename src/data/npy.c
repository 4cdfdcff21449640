/* npy - NumPy's array files: one for the inputs, one for the targets, or arrays of an archive; the first dimension is
 * the samples. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "error_scope.h"
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

/* An array with its name in the options, and what it holds. */
typedef struct column {
    const char *file, *key, *array_key, *array;
    size_t n, *length; /* length: of a list of sequences */
    tern_array a;
} column;

/* An archive of which no array is named may be a list of sequences. */
static tern_status read_any(column *c, const char *dir, bool safe, tern_error *err) {
    char *path = c->file ? tern__path_join(dir, c->file, safe, c->key, err) : NULL;
    if (!path) return c->file ? TERN_ERROR_MODEL : TERN_OK;
    bool list = c->array_key && !c->array && is_archive(path) && tern__npz_is_list(path);
    tern_status status = list ? tern__npz_read_list(path, &c->n, &c->a, &c->length, err) : TERN_OK;
    tern__free(path);
    return list ? status : read_column(dir, c->file, safe, c->key, c->array_key, c->array, &c->n, &c->a, err);
}

/* The dataset has the lengths from now on, whatever comes of it. */
static tern_dataset *keep_lengths(tern_dataset *d, size_t *length, tern_error *err) {
    if (!d) tern__free(length);
    if (!d || !length || !tern__dataset_own(d, length, tern__free, err)) return d;
    tern_dataset_free(d);
    return NULL;
}

static tern_dataset *npy_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const npy *o = self;
    column x = {.file = o->x, .key = "x", .array_key = "array", .array = o->array},
           y = {.file = o->y, .key = "y", .array_key = "y_array", .array = o->y_array},
           w = {.file = o->sample_weight, .key = "sample_weight"}, *const all[] = {&x, &y, &w};
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < 3; k++) status = read_any(all[k], dir, safe, err);
    if (status) {
        for (size_t k = 0; k < 3; k++) tern__free(all[k]->a.data), tern__free(all[k]->length);
        return NULL;
    }
    tern_dataset *d = tern__dataset_from_columns(x.n, &x.a, y.n, &y.a, err);
    if (!d && o->y && x.n != y.n) tern__error_append(err, " (\"%s\" and \"%s\")", o->y, o->x);
    d = keep_lengths(keep_lengths(d, x.length, err), y.length, err);
    return tern__dataset_weighed(d, w.n, &w.a, err);
}

static void npy_from_files(void *self, const tern_files *files) {
    npy *o = self;
    const char *target = files->target;
    if (!target && files->labelled && is_archive(o->y) && is_archive(files->input)) target = files->input;
    *o = (npy){.x = files->input,
               .y = target,
               .array = is_archive(files->input) ? o->array : NULL,
               .y_array = is_archive(target) ? o->y_array : NULL};
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
    TERN_STRING(npy, y_array, NULL,
                "The same where `y` is one: the only one, or \"y\", or all of arr_0, arr_1, ..., for each step one."),
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
