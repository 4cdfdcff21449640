/* sizes.h - dividing sizes into blocks. */
#ifndef TERN_KERNELS_SIZES_H
#define TERN_KERNELS_SIZES_H

#include <stddef.h>

static inline size_t tern__min(size_t a, size_t b) { return a < b ? a : b; }

static inline size_t tern__max(size_t a, size_t b) { return a > b ? a : b; }

/* How many blocks of size b cover a. */
static inline size_t tern__ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }

/* The chunk size that covers the whole in as few chunks of at most `most` as possible, evened out. */
static inline size_t tern__balanced_chunk(size_t whole, size_t most) {
    return whole ? tern__ceil_div(whole, tern__ceil_div(whole, most)) : 0;
}

#endif
