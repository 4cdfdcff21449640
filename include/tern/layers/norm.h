/* norm.h - what normalising layers are made of: the passes over memory, one for the sums and one for the result.
 *
 * A pass goes over a run of `n` elements that share a mean: a channel of a sample, a group, a row. Sums are kept in
 * double. Any thread. */
#ifndef TERN_LAYERS_NORM_H
#define TERN_LAYERS_NORM_H

#include <tern/tensor.h>

TERN_BEGIN

/* Makes of an option `normalized_shape` the dimensions that it means: the last one of `sample` where it is absent; else
 * it is refused unless the sample ends with it. For plan. */
TERN_API tern_status tern_norm_shape(const tern_shape *sample, tern_shape *normalized, tern_error *err);

/* sum += sum of (x - shift), square += sum of (x - shift)^2. Over m elements in all: mean = shift + sum / m, and
 * variance = square / m - (sum / m)^2, which loses no digits where `shift` is within a few deviations of the mean. */
TERN_API void tern_norm_sums(size_t n, const tern_real *x, double shift, double *sum, double *square);

/* The mean and the biased variance of a run. */
TERN_API void tern_norm_moments(size_t n, const tern_real *x, double *mean, double *variance);

/* The part of a mean that tern_real can't hold. It may be large against the deviation: add it to what a pass with the
 * rounded mean has given. */
static inline double tern_norm_rest(double mean) { return mean - (double)(tern_real)mean; }

/* y = (x - mean) scale + bias. y may be x. */
TERN_API void tern_norm_scale(size_t n, const tern_real *x, tern_real mean, tern_real scale, tern_real bias,
                              tern_real *y);

/* sum += sum of dy, dot += sum of dy (x - mean). */
TERN_API void tern_norm_dots(size_t n, const tern_real *x, tern_real mean, const tern_real *dy, double *sum,
                             double *dot);

/* dx = a dy + b (x - mean) + c. dx may be dy. */
TERN_API void tern_norm_gradient(size_t n, const tern_real *x, tern_real mean, const tern_real *dy, tern_real a,
                                 tern_real b, tern_real c, tern_real *dx);

TERN_END

#endif
