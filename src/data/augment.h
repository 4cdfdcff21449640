/* augment.h - changes training samples at random: the same ones whatever the slices and threads, and after a resume. */
#ifndef TERN_DATA_AUGMENT_H
#define TERN_DATA_AUGMENT_H

#include <tern/random.h>
#include <tern/type.h>

typedef enum tern__flip { TERN__FLIP_NONE, TERN__FLIP_HORIZONTAL, TERN__FLIP_VERTICAL, TERN__FLIP_BOTH } tern__flip;

/* The block `input.augment`. All zero: nothing is changed. */
typedef struct tern__augment {
    bool given;
    int flip; /* tern__flip */
    double shift, rotate, zoom;
    size_t crop, cutout;
    double brightness, contrast, noise, fill, mixup;
} tern__augment;

extern const tern_option tern__augment_options[];

/* Refuses what can't be done to samples of this shape: pictures are [height, width] or [channels, height, width]. */
tern_status tern__augment_check(const tern__augment *a, const tern_shape *sample, tern_error *err);

/* Writes a changed copy of x, one sample in the data's own units, to y; no overlap. `random` is the stream of the batch
 * (purpose AUGMENT, step: the batch's number since the run began), `row` the sample's row in it. Any thread. */
void tern__augment_sample(const tern__augment *a, const tern_shape *sample, const tern_random *random, size_t row,
                          const tern_real *x, tern_real *y);

/* Mixup (Zhang et al., "mixup: beyond empirical risk minimization", 2018): the share of itself that a row keeps, from
 * Beta(mixup, mixup), and the row of the same batch, of `rows`, that the rest comes from. */
double tern__augment_mix(const tern__augment *a, const tern_random *random, size_t row, size_t rows, size_t *partner);

#endif
