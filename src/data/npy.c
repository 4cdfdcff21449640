/* npy - NumPy's array files: one for the inputs, one for the targets; the first dimension is the samples. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "file.h"
#include "memory.h"
#include "npy.h"

typedef struct npy {
    const char *x, *y;
} npy;

static tern_status read_column(const char *dir, const char *name, bool safe, const char *key, size_t *n, tern_array *c,
                               tern_error *err) {
    char *path = tern__path_join(dir, name, safe, key, err);
    tern_status status = path ? tern__npy_read(path, key, n, c, err) : TERN_ERROR_MODEL;
    tern__free(path);
    return status;
}

static tern_dataset *npy_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const npy *o = self;
    tern_array x, y = {0};
    size_t n, n_y = 0;
    if (read_column(dir, o->x, safe, "x", &n, &x, err)) return NULL;
    if (o->y && read_column(dir, o->y, safe, "y", &n_y, &y, err)) return tern__free(x.data), NULL;
    return tern__dataset_from_columns(n, &x, n_y, &y, err);
}

static void npy_from_files(void *self, const char *input, const char *target) {
    *(npy *)self = (npy){.x = input, .y = target};
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(npy, x,
                         "File of the inputs, [n, ...]: bool, integers or floats of any size, in C or Fortran order."),
    TERN_STRING(npy, y, NULL, "File of the targets: [n] class labels, or [n, ...] numbers; left out: none."),
    {0},
};

static const tern_example examples[] = {{"{\"x\": \"x.npy\", \"y\": \"y.npy\"}", {{0}}}, {0}};

const tern_reader_type tern_reader_npy = {
    .base = {TERN_READER, "npy", (const char *const[]){"numpy", NULL}, "NumPy's .npy files.", sizeof(npy), options,
             examples},
    .endings = (const char *const[]){".npy", NULL},
    .read = npy_read,
    .from_files = npy_from_files,
};
