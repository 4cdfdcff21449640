/* pool.h - what pooling layers share: options and plans of the windows of tern/pool.h. */
#ifndef TERN_LAYERS_POOL_H
#define TERN_LAYERS_POOL_H

#include <tern/layer.h>
#include <tern/pool.h>

TERN_BEGIN

/* What a model file says of a window: one size, or one for each dimension. NULL or n 0: stride as the kernel, padding
 * 0, dilation 1. */
typedef struct tern_pool_options {
    const tern_ints *kernel_size, *stride, *padding, *dilation;
    bool ceil_mode; /* a last window may hang over, if it begins inside the input or its left padding */
} tern_pool_options;

/* Lays windows over the last `dims` (1 or 2) dimensions of samples [C, ...]; writes the shape of the output to `out`.
 * Refuses what does not fit, under the option's key: for plan. */
TERN_API tern_status tern_pool_plan(tern_pool *p, const tern_pool_options *options, size_t dims, const tern_shape *in,
                                    tern_shape *out, tern_error *err);

/* One window over all `n` numbers of a channel. Errors: MODEL (too many). */
TERN_API tern_status tern_pool_plan_whole(tern_pool *p, size_t n, tern_error *err);

/* Where the channels of a sample are: in its first dimension, [C, ...], or in its last, [..., C], as those of a
 * sequence are, [T, C]. */
enum { TERN_CHANNELS_FIRST, TERN_CHANNELS_LAST };

/* Pooling over all dimensions but the channels: options, and what the plan derives of them. */
typedef struct tern_global_pool {
    int data_format;
    tern_pool pool;               /* one window over all of a channel; it goes where TERN_CHANNELS_FIRST */
    size_t channels, steps, each; /* the first dimension's size, and for each of these so many numbers of a channel */
} tern_global_pool;

/* The words of its option, and its row in a layer's table. */
static const char *const tern_data_formats[] = {"channels_first", "channels_last", NULL};
#define TERN_DATA_FORMAT                                                               \
    TERN_CHOICE(tern_global_pool, data_format, TERN_CHANNELS_FIRST, tern_data_formats, \
                "Where the channels are: channels_last for sequences, [T, C].")

/* Plans a layer that pools so; its output is [C]. Refuses sequences of any length whose channels are to be their steps.
 */
TERN_API tern_status tern_pool_plan_global(tern_global_pool *p, tern_layer_spec *spec, tern_error *err);

/* As operations: the mean or the largest of each channel. */
TERN_API tern_operand tern_pool_lower_global(const tern_global_pool *p, tern_lowering *l, tern_pooling kind);

TERN_END

#endif
