/* array_fit.h - the scales of an input's channels, learned from the training rows of an array: what a table's columns
 * have each for itself, see columns.h. */
#ifndef TERN_DATA_ARRAY_FIT_H
#define TERN_DATA_ARRAY_FIT_H

#include "columns.h"

#include <tern/dataset.h>

/* Which numbers of a sample share a scale: those of an index of its first dimension, of its last, or all. AUTO: the
 * first, but the last of two ([steps, features]), and all where those are a picture in bytes ([height, width]). */
typedef enum tern__channels {
    TERN__CHANNELS_AUTO,
    TERN__CHANNELS_FIRST,
    TERN__CHANNELS_LAST,
    TERN__CHANNELS_ONE
} tern__channels;

extern const char *const tern__channels_words[];

/* How a sample falls into channels: `outer` times `n` runs of `inner` numbers, run k of each being of channel k. */
typedef struct tern__channel_layout {
    size_t outer, n, inner;
} tern__channel_layout;

tern__channel_layout tern__channels_layout(const tern_shape *sample, tern__channels channels);

/* AUTO settled, for samples that come in such an array. */
tern__channels tern__channels_settle(tern__channels channels, const tern_shape *sample, const tern_array *a);

/* Learns the center and scale of each channel, as tern__normalize says, from the rows[0 .. n - 1] of an array; writes
 * to center[layout->n] and scale[layout->n]; a scale of 0: the channel's numbers have no spread. Errors: DATA (a sample
 * that is gone), MEMORY. */
tern_status tern__array_fit(const tern_array *a, const tern__channel_layout *layout, const size_t *rows, size_t n,
                            tern__normalize normalize, double *center, double *scale, tern_error *err);

#endif
