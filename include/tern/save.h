/* save.h - tensors and texts as files that other programs read. */
#ifndef TERN_SAVE_H
#define TERN_SAVE_H

#include <tern/tensor.h>

TERN_BEGIN

/* Writes a tensor as NumPy's .npy or as .csv, by the path's ending, replacing the file as a whole or not at all. CSV
 * has a row for each index of the first dimension and all its elements in order, with digits enough to read back the
 * same values. Errors: USAGE (another ending), IO, MEMORY. */
TERN_API tern_status tern_tensor_save(const tern_tensor *t, const char *path, tern_error *err);

/* Writes `size` bytes, replacing the file as a whole or not at all. Errors: IO, MEMORY. */
TERN_API tern_status tern_text_save(const char *text, size_t size, const char *path, tern_error *err);

/* Writes `n` tensors by their names to a safetensors file, in this order, replacing it as a whole or not at all.
 * tern_model_save() does so for a model's weights. Errors: IO, MEMORY. */
TERN_API tern_status tern_tensors_save(size_t n, const char *const *names, const tern_tensor *tensors, const char *path,
                                       tern_error *err);

/* Writes pictures, [n, height, width] or [n, 1 or 3, height, width], side by side in one PNG file, from their least
 * number (black) to their greatest; small ones enlarged. Errors: USAGE (no pictures), IO, MEMORY, DATA (a build without
 * libspng). */
TERN_API tern_status tern_sheet_save(const tern_tensor *x, const char *path, tern_error *err);

TERN_END

#endif
