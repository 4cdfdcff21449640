/* safetensors.h - reads and writes the safetensors format: named tensors and string metadata.
 *
 * 8 bytes little-endian header length, JSON header {"name": {"dtype", "shape", "data_offsets"}, "__metadata__": {...}},
 * numbers. */
#ifndef TERN_IO_SAFETENSORS_H
#define TERN_IO_SAFETENSORS_H

#include <tern/dataset.h>

/* One tensor. When writing, `data` holds native numbers of `dtype` (U8 I8 I16 I32 I64 F32 F64). */
typedef struct tern__entry {
    const char *name;
    tern_dtype dtype;
    tern_shape shape; /* rank 0: a single number */
    const void *data;
} tern__entry;

typedef struct tern__meta {
    const char *key, *value;
} tern__meta;

/* An open file; BF16, F16 and the unsigned kinds read too, see tern__safetensors_get(). */
typedef struct tern__safetensors tern__safetensors;

/* Reads and checks a file: header length against the file size, no hole, no overlap, no duplicate, exact end; at most
 * 16 MiB of header and 100,000 tensors. Errors: IO, SYNTAX, MEMORY; `*out` is NULL then. Free with
 * tern__safetensors_free(). */
tern_status tern__safetensors_open(const char *path, tern__safetensors **out, tern_error *err);
void tern__safetensors_free(tern__safetensors *s); /* takes NULL */

size_t tern__safetensors_count(const tern__safetensors *s);
const char *tern__safetensors_name(const tern__safetensors *s, size_t i);
tern_shape tern__safetensors_shape(const tern__safetensors *s,
                                   size_t i); /* a rank above TERN_MAX_RANK is refused by open */
const char *tern__safetensors_dtype(const tern__safetensors *s, size_t i); /* as in the file: "F32" */

/* The index of a name, by binary search; SIZE_MAX where there is none. */
size_t tern__safetensors_find(const tern__safetensors *s, const char *name);

/* Whether some name begins so. */
bool tern__safetensors_has(const tern__safetensors *s, const char *prefix);

/* The numbers of tensor `i` converted: to tern_real, or to double. `out` has room for all. */
void tern__safetensors_get(const tern__safetensors *s, size_t i, tern_real *out);
void tern__safetensors_get_double(const tern__safetensors *s, size_t i, double *out);

/* A metadata value; NULL where there is none. */
const char *tern__safetensors_meta(const tern__safetensors *s, const char *key);

/* Writes a file, tensors in the order given (header padded so that the numbers start at a multiple of 8), replacing
 * `path` whole or not at all. {"format": "pt"} is always among the metadata. */
tern_status tern__safetensors_write(const char *path, size_t n, const tern__entry *entries, size_t n_meta,
                                    const tern__meta *meta, tern_error *err);

#endif
