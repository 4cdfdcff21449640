/* npz.h - an array out of NumPy's .npz, an archive of .npy files. */
#ifndef TERN_DATA_NPZ_H
#define TERN_DATA_NPZ_H

#include "zip.h"

#include <tern/dataset.h>

/* Whether an archive has an array of a name; and the names of all, "x, y", cut where there is no room. */
bool tern__npz_has(const tern__zip *z, const char *array);
void tern__npz_list(const tern__zip *z, char *out, size_t size);

/* As tern__npy_read(), of the array `array` in an archive, an option of that name being `array_key`; NULL: the only
 * one, or that called `usual`. Errors: IO, SYNTAX, MODEL (it has no such array), MEMORY. */
tern_status tern__npz_read(const char *path, const char *array_key, const char *array, const char *usual, size_t *n,
                           tern_array *column, tern_error *err);

/* Whether an archive is a list of arrays, as numpy.savez(path, *list) writes it: arr_0, arr_1 and so on. False also
 * where it can't be read. */
bool tern__npz_is_list(const char *path);

/* Reads such a list: each array is a sequence, whose first dimension is its steps. The samples of `column`, padded with
 * zeros to the longest, and their lengths [n], are for tern__free(). Errors: IO, SYNTAX, DATA (their steps are not all
 * of one shape and number type), MEMORY. */
tern_status tern__npz_read_list(const char *path, size_t *n, tern_array *column, size_t **length, tern_error *err);

#endif
