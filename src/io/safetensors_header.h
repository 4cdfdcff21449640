/* safetensors_header.h - the JSON header of a safetensors file, read in one pass without a tree. */
#ifndef TERN_IO_SAFETENSORS_HEADER_H
#define TERN_IO_SAFETENSORS_HEADER_H

#include "safetensors.h"

enum { TERN__MAX_TENSORS = 100000, TERN__MAX_TENSOR_NAME = 512 };

/* A kind of number that a file may hold. */
typedef enum tern__stored {
    STORED_BOOL,
    STORED_U8,
    STORED_I8,
    STORED_I16,
    STORED_U16,
    STORED_F16,
    STORED_BF16,
    STORED_I32,
    STORED_U32,
    STORED_F32,
    STORED_I64,
    STORED_U64,
    STORED_F64,
    STORED_KINDS
} tern__stored;

typedef struct tern__stored_kind {
    char name[8];
    size_t size;
} tern__stored_kind;

extern const tern__stored_kind tern__stored_kinds[STORED_KINDS];

/* What the header says of one tensor. */
typedef struct tern__stored_tensor {
    const char *name;
    tern__stored kind;
    tern_shape shape;
    size_t begin, end; /* bytes after the header */
} tern__stored_tensor;

/* The header: its tensors in the file's order. Start from a zero-filled value. */
typedef struct tern__header {
    size_t n, n_meta;
    tern__stored_tensor *tensor; /* for tern__free() */
    tern__meta *meta;            /* for tern__free() */
} tern__header;

/* Reads `size` bytes of JSON: well formed, sizes integral, nothing but what the format knows. Decodes the strings where
 * they are; the names point into `text`. Duplicates and offsets are not looked at here. Errors: SYNTAX, MEMORY; `h` is
 * for tern__header_free() in any case. */
tern_status tern__header_read(char *text, size_t size, tern__header *h, tern_error *err);
void tern__header_free(tern__header *h);

#endif
