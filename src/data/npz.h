/* npz.h - an array out of NumPy's .npz, an archive of .npy files. */
#ifndef TERN_DATA_NPZ_H
#define TERN_DATA_NPZ_H

#include <tern/dataset.h>

/* As tern__npy_read(), of the array `array` in an archive, an option of that name being `array_key`; NULL: the only
 * one, or that called `usual`. Errors: IO, SYNTAX, MODEL (it has no such array), MEMORY. */
tern_status tern__npz_read(const char *path, const char *array_key, const char *array, const char *usual, size_t *n,
                           tern_array *column, tern_error *err);

#endif
