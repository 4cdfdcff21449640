/* npy.h - reads and writes NumPy's .npy files (versions 1 to 3; no objects). */
#ifndef TERN_IO_NPY_H
#define TERN_IO_NPY_H

#include <tern/dataset.h>

/* Reads a file of n samples: the first dimension is n, the others the sample's shape; either byte order, C or Fortran
 * order. Types: int8/16/32/64, uint8, float32/64, and those that become a wider one: bool uint8, uint16 int32, uint32
 * and uint64 int64, float16 float32. `column->data` is for tern__free(); after an error it is
 * NULL. Errors: IO, SYNTAX, MEMORY, texts for option `key`. */
tern_status tern__npy_read(const char *path, const char *key, size_t *n, tern_array *column, tern_error *err);

/* Bytes that come piece by piece: an .npy file of `size` bytes, wherever it is. */
typedef struct tern__npy_stream {
    const char *name; /* for messages */
    size_t size;
    /* The next `size` bytes. Errors: IO, SYNTAX. */
    tern_status (*next)(void *self, void *out, size_t size, tern_error *err);
    void *self;
} tern__npy_stream;

/* As tern__npy_read(), of a stream. No more is allocated than its size announces. */
tern_status tern__npy_take(const tern__npy_stream *s, size_t *n, tern_array *column, tern_error *err);

/* Writes numbers as <f4 or <f8 by tern_real, replacing `path` whole or not at all. */
tern_status tern__npy_write(const char *path, const tern_tensor *t, tern_error *err);

#endif
