/* npy_header.h - what an .npy file says of itself before its numbers. */
#ifndef TERN_IO_NPY_HEADER_H
#define TERN_IO_NPY_HEADER_H

#include <tern/dataset.h>

enum { TERN__NPY_MOST = (1 << 16) + 12 }; /* bytes that a header may have, with what stands before it */

/* A type of NumPy's, and the one that holds its numbers here. */
typedef struct tern__npy_kind {
    const char *code, *name;
    size_t size;
    tern_dtype dtype;
} tern__npy_kind;

typedef struct tern__npy_header {
    size_t size; /* bytes before the numbers */
    const tern__npy_kind *kind;
    bool swapped, fortran;
    tern_shape shape;
} tern__npy_header;

/* Reads the header of a file of `size` bytes, of which the first TERN__NPY_MOST, or all, are at `file`. The shape's
 * numbers take just the rest of the file. Errors: SYNTAX. */
tern_status tern__npy_header_read(const char *path, const unsigned char *file, size_t size, tern__npy_header *h,
                                  tern_error *err);

#endif
