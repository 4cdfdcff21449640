/* pool.h - what pooling layers share: options and plans of the windows of tern/pool.h. */
#ifndef TERN_LAYERS_POOL_H
#define TERN_LAYERS_POOL_H

#include <tern/pool.h>
#include <tern/type.h>

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

/* One window over all that a sample [C, ...] has in each channel; the output is [C]. */
TERN_API tern_status tern_pool_plan_global(tern_pool *p, const tern_shape *in, tern_shape *out, tern_error *err);

TERN_END

#endif
