/* conv_field.h - what a convolution's window, or its adjoint, sees: a piece of an image or of a map with the zeros
 * around it. */
#ifndef TERN_KERNELS_CONV_FIELD_H
#define TERN_KERNELS_CONV_FIELD_H

#include "walked.h"

#include <tern/layers/conv.h>

/* The image, or the map, as it is seen: behind `margin` zeros, and with zeros without end after it. The first place
 * sees numbers 0 to `halo`, the next ones begin `stride` further. */
typedef struct tern__field {
    size_t channels, in[2], margin[2], stride[2], halo[2];
} tern__field;

tern__field tern__image_field(const tern_conv *c);
tern__field tern__map_field(const tern_conv *c);

/* Some places of some samples. */
typedef struct tern__piece {
    size_t sample, samples, first[2], n[2];
} tern__piece;

/* The pieces that n samples with places[0] by places[1] places are cut into, each of at most `box` places a sample. */
size_t tern__count_pieces(const tern_conv *c, size_t n, const size_t *places, const size_t *box);
tern__piece tern__piece_at(const tern_conv *c, size_t n, const size_t *places, const size_t *box, size_t i);

/* The numbers that the places of a piece see of a sample. */
size_t tern__field_count(const tern__field *f, const size_t *n);

/* Copies them for each sample; samples of x lie `stride` apart. */
void tern__field_take(const tern__field *f, const tern__piece *p, const tern_real *x, size_t stride, tern_real *field);

/* What the window sees of an image's field: taps are the weight's numbers in order, places those of the map. */
void tern__image_walks(const tern_conv *c, const tern__piece *p, tern__walk *taps, tern__walk *places);

/* What a number of the image gets from a map's field. With a stride s, numbers s apart get theirs from the same
 * elements of the kernel: they are a phase of the image, one of s[0] * s[1]. */
typedef struct tern__phase {
    size_t places[2];
    size_t taps[2], last[2], back[2]; /* elements of the kernel: how many, the last, and from one back to the next */
    size_t first[2], step[2]; /* in the field: what the last element sees from the first place, and from there on */
} tern__phase;

tern__phase tern__map_phase(const tern_conv *c, size_t row, size_t col);

/* Taps are a filter and an element of the kernel, from the last back to the first. Returns where the first one is in
 * the field. */
size_t tern__map_walks(const tern_conv *c, const tern__phase *phase, const tern__piece *p, tern__walk *taps,
                       tern__walk *places);

/* Cuts the work into pieces (c->samples, c->box, c->adjoint_box), and returns the scratch that they need, in numbers.
 */
size_t tern__conv_cut(tern_conv *c);

#endif
