/* pool.h - windows that slide over the planes of a sample: the geometry and the arithmetic that the pooling layers
 * share.
 *
 * A plane is one channel of one sample; a batch is planes one behind the other. One dimension is a plane of height 1.
 */
#ifndef TERN_LAYERS_POOL_H
#define TERN_LAYERS_POOL_H

#include <tern/type.h>

TERN_BEGIN

/* A window along one dimension. Number k of window o lies at o * stride - padding + k * dilation; signed: it may be
 * outside. */
typedef struct tern_pool_axis {
    ptrdiff_t in, out, kernel, stride, padding, dilation;
} tern_pool_axis;

typedef struct tern_pool { /* a value */
    tern_pool_axis h, w;
} tern_pool;

/* What a model file says of a window: one number, or one for each dimension. NULL or n 0: stride as the kernel, padding
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

/* How many numbers a plane has, before and after. */
TERN_API size_t tern_pool_in(const tern_pool *p);
TERN_API size_t tern_pool_out(const tern_pool *p);

/* y = the largest of each window, NaN being larger than all. `from`, unless NULL: where in the plane it was, the first
 * of equals; as large as y. No overlap. */
TERN_API void tern_max_pool(const tern_pool *p, size_t planes, const tern_real *x, tern_real *y, tern_real *from);

/* dx = the gradient of tern_max_pool(): each number of dy is added where its maximum came from. */
TERN_API void tern_max_pool_gradient(const tern_pool *p, size_t planes, const tern_real *dy, const tern_real *from,
                                     tern_real *dx);

/* What an average divides by. */
typedef enum tern_pool_count {
    TERN_COUNT_PADDED, /* the window's size with the padding it covers, but not with what hangs over that */
    TERN_COUNT_INSIDE  /* the numbers of the input that it covers */
} tern_pool_count;

/* y = the mean of each window, dilation 1. No overlap. */
TERN_API void tern_avg_pool(const tern_pool *p, tern_pool_count count, size_t planes, const tern_real *x, tern_real *y);

/* dx = the gradient of tern_avg_pool(). */
TERN_API void tern_avg_pool_gradient(const tern_pool *p, tern_pool_count count, size_t planes, const tern_real *dy,
                                     tern_real *dx);

TERN_END

#endif
