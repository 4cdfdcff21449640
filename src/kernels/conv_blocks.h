/* conv_blocks.h - the blocks that a convolution's work is cut into, and what the window, or its adjoint, sees of each:
 * a padded input, and the grids by which implicit_gemm.h reads it. */
#ifndef TERN_KERNELS_CONV_BLOCKS_H
#define TERN_KERNELS_CONV_BLOCKS_H

#include "implicit_gemm.h"

#include <tern/conv.h>

/* ---- blocks ---- */

/* A convolution, and how its work is cut: so many samples at a time, more than one where the map is small, and of each
 * at most so many positions of the map, or for the adjoint of a phase of the image. */
typedef struct tern__blocked_conv {
    tern_conv conv;
    size_t samples, map_box[2], image_box[2];
} tern__blocked_conv;

/* Cuts it so that a block stays in a cache of the second level. */
tern__blocked_conv tern__conv_blocked(const tern_conv *c);

/* tern_conv_forward() and the like, cut as given: for those, and for tests of other cuts. */
size_t tern__conv_scratch(const tern__blocked_conv *c);
void tern__conv_forward(const tern__blocked_conv *c, const tern_tensor *image, const tern_tensor *w,
                        const tern_tensor *b, tern_tensor *map, tern_real *scratch);
void tern__conv_adjoint(const tern__blocked_conv *c, const tern_tensor *map, const tern_tensor *w, const tern_tensor *b,
                        tern_tensor *image, tern_real *scratch);
void tern__conv_gradient(const tern__blocked_conv *c, const tern_tensor *image, const tern_tensor *map, tern_tensor *dw,
                         tern_real *scratch);

/* Some positions of some samples. */
typedef struct tern__conv_block {
    size_t sample, samples, first[2], n[2];
} tern__conv_block;

/* The blocks that n samples with positions[0] by positions[1] positions are cut into, each of at most `box` positions
 * of a sample. */
size_t tern__conv_block_count(const tern__blocked_conv *c, size_t n, const size_t *positions, const size_t *box);
tern__conv_block tern__conv_block_at(const tern__blocked_conv *c, size_t n, const size_t *positions, const size_t *box,
                                     size_t i);

/* ---- padded inputs ---- */

/* The image, or the map, as it is seen: behind `margin` zeros, and with zeros without end after it. The first position
 * sees elements 0 to `halo`, the next ones begin `stride` further. */
typedef struct tern__padded {
    size_t channels, in[2], margin[2], stride[2], halo[2];
} tern__padded;

tern__padded tern__image_padded(const tern_conv *c);
tern__padded tern__map_padded(const tern_conv *c);

/* The elements that n[0] by n[1] positions see of a sample. */
size_t tern__padded_count(const tern__padded *f, const size_t *n);

/* Copies what a block sees, sample by sample; samples of x lie `stride` apart. */
void tern__pad_block(const tern__padded *f, const tern__conv_block *b, const tern_real *x, size_t stride,
                     tern_real *padded);

/* What the window sees of a padded image: taps are the weight's elements in order, positions those of the map. */
void tern__image_grids(const tern_conv *c, const tern__conv_block *b, tern__grid *taps, tern__grid *positions);

/* What an element of the image gets from a padded map. With a stride s, elements s apart get theirs from the same
 * elements of the kernel: they are a phase of the image, one of s[0] * s[1]. */
typedef struct tern__phase {
    size_t positions[2];
    size_t taps[2], last[2], back[2]; /* elements of the kernel: how many, the last, and from one back to the next */
    size_t first[2], step[2]; /* in the padded map: what the last sees from the first position, and from there on */
} tern__phase;

tern__phase tern__map_phase(const tern_conv *c, size_t row, size_t col);

/* Taps are a filter and an element of the kernel, from the last back to the first. Returns where the first one is in
 * the padded map. */
size_t tern__map_grids(const tern_conv *c, const tern__phase *phase, const tern__conv_block *b, tern__grid *taps,
                       tern__grid *positions);

#endif
