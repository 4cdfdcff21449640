/* math.h - elementwise functions over arrays, in vector code where the machine has it.
 *
 * All: y may be x, no other overlap; within 4 units in the last place of the exact value (in double: 5 for the sigmoid,
 * more for the gelus far below zero); NaN in, NaN out; any thread. */
#ifndef TERN_MATH_H
#define TERN_MATH_H

#include <tern/base.h>

TERN_BEGIN

TERN_API void tern_exp(size_t n, const tern_real *x, tern_real *y);     /* y = e^x                 */
TERN_API void tern_log(size_t n, const tern_real *x, tern_real *y);     /* y = ln x                */
TERN_API void tern_log1p(size_t n, const tern_real *x, tern_real *y);   /* y = ln(1 + x)           */
TERN_API void tern_expm1(size_t n, const tern_real *x, tern_real *y);   /* y = e^x - 1             */
TERN_API void tern_tanh(size_t n, const tern_real *x, tern_real *y);    /* y = tanh x              */
TERN_API void tern_erf(size_t n, const tern_real *x, tern_real *y);     /* y = erf x               */
TERN_API void tern_sigmoid(size_t n, const tern_real *x, tern_real *y); /* y = 1 / (1 + e^-x)      */

/* The Gaussian error linear unit y = x cdf(x), cdf that of the normal distribution, and its derivative to `slope`
 * unless that is NULL. */
TERN_API void tern_gelu(size_t n, const tern_real *x, tern_real *y, tern_real *slope);

/* Its approximation y = x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3), and derivative. */
TERN_API void tern_gelu_tanh(size_t n, const tern_real *x, tern_real *y, tern_real *slope);

/* The softmax along the middle axis of x[outer, n, inner], the maximum subtracted first: y = e^(x - max) / sum.
 * Rows of the usual matrix: outer rows, n columns, inner 1. */
TERN_API void tern_softmax(size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y);

/* ln of tern_softmax(), computed stably: y = x - max - ln(sum e^(x - max)). */
TERN_API void tern_log_softmax(size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y);

TERN_END

#endif
