/* pool.h - pooling over plain arrays: windows that slide over planes.
 *
 * A plane is one channel of one sample; a batch is planes one behind the other. One dimension is a plane of height 1.
 */
#ifndef TERN_POOL_H
#define TERN_POOL_H

#include <tern/base.h>

TERN_BEGIN

/* A window along one dimension. Element k of window o lies at o * stride - padding + k * dilation; signed: it may be
 * outside. */
typedef struct tern_pool_axis {
    ptrdiff_t in, out, kernel, stride, padding, dilation;
} tern_pool_axis;

typedef struct tern_pool { /* a value */
    tern_pool_axis h, w;
} tern_pool;

/* The elements of a plane, before and after. */
TERN_API size_t tern_pool_in(const tern_pool *p);
TERN_API size_t tern_pool_out(const tern_pool *p);

/* y = the largest of each window, NaN being larger than all. `from`, unless NULL: where in the plane it was, the first
 * of equals; as large as y. No overlap. */
TERN_API void tern_max_pool(const tern_pool *p, size_t planes, const tern_real *x, tern_real *y, tern_real *from);

/* dx = the gradient of tern_max_pool(): each element of dy is added where its maximum came from. */
TERN_API void tern_max_pool_gradient(const tern_pool *p, size_t planes, const tern_real *dy, const tern_real *from,
                                     tern_real *dx);

/* What an average divides by. */
typedef enum tern_pool_count {
    TERN_COUNT_PADDED, /* the window's size with the padding it covers, but not with what hangs over that */
    TERN_COUNT_INSIDE  /* the elements of the input that it covers */
} tern_pool_count;

/* y = the mean of each window, dilation 1. No overlap. */
TERN_API void tern_avg_pool(const tern_pool *p, tern_pool_count count, size_t planes, const tern_real *x, tern_real *y);

/* dx = the gradient of tern_avg_pool(). */
TERN_API void tern_avg_pool_gradient(const tern_pool *p, tern_pool_count count, size_t planes, const tern_real *dy,
                                     tern_real *dx);

TERN_END

#endif
