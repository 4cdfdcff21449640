/* sizes.h - dividing sizes into parts. */
#ifndef TERN_KERNELS_SIZES_H
#define TERN_KERNELS_SIZES_H

#include <stddef.h>

static inline size_t tern__at_most(size_t n, size_t most) { return n < most ? n : most; }

static inline size_t tern__at_least(size_t n, size_t least) { return n > least ? n : least; }

/* How many parts of this size cover the whole. */
static inline size_t tern__parts(size_t whole, size_t part) { return (whole + part - 1) / part; }

/* The fewest parts of at most `most` that cover the whole, evened out: their size. */
static inline size_t tern__balanced_chunk(size_t whole, size_t most) {
    return whole ? tern__parts(whole, tern__parts(whole, most)) : 0;
}

#endif
