/* math.c - elementwise functions in vector code; see tern/math.h.
 *
 * The loops are plain. gcc makes vector loops of them, with the vector functions of glibc's libmvec in place of libm's
 * (exp.h). */
#include "exp.h"

#include <tern/math.h>

#define ELEMENTWISE(name, formula)                                      \
    TERN_CLONES void name(size_t n, const tern_real *v, tern_real *y) { \
        for (size_t i = 0; i < n; i++) {                                \
            tern_real x = v[i];                                         \
            y[i] = (formula);                                           \
        }                                                               \
    }

#if defined(TERN__LIBMVEC) || defined(TERN_DOUBLE)
#define EXP(x)  LIBM(exp)(x)
#define TANH(x) LIBM(tanh)(x)
#else
#define EXP(x)  exp_of(x)
#define TANH(x) tanh_of(x)

static inline float exp_of(float x) {
    x = x < -125 ? -125 : x; /* beyond, it is 0 */
    x = x > 95 ? 95 : x;     /* beyond, infinity */
    tern__reduced e = tern__reduce(x, 0);
    int32_t half = e.k / 2; /* in two steps: 2^k alone may be too large, or too small, for a number */
    return (1 + tern__expm1_near_0(e.r)) * tern__power_of_2(half) * tern__power_of_2(e.k - half);
}

/* With m = e^(-2|x|) - 1 = 2^k (e^r - 1) + 2^k - 1, which keeps its digits near 0, tanh |x| = -m / (2 + m). */
static inline float tanh_of(float x) {
    float twice = -2 * fabsf(x);
    tern__reduced e = tern__reduce(twice < -30 ? -30 : twice, 0);
    float power = tern__power_of_2(e.k), m = power * tern__expm1_near_0(e.r) + (power - 1);
    return copysignf(m / (2 + m), x);
}
#endif

ELEMENTWISE(tern_exp, EXP(x))
ELEMENTWISE(tern_log, LIBM(log)(x))
ELEMENTWISE(tern_log1p, LIBM(log1p)(x))
ELEMENTWISE(tern_expm1, LIBM(expm1)(x))
ELEMENTWISE(tern_tanh, TANH(x))
ELEMENTWISE(tern_erf, LIBM(erf)(x))

/* e^x / (1 + e^x) below zero, 1 / (1 + e^-x) above: the same, and e^-|x| neither overflows nor loses digits in the sum.
 */
TERN_CLONES void tern_sigmoid(size_t n, const tern_real *x, tern_real *y) {
    for (size_t i = 0; i < n; i++) {
        tern_real e = EXP(-LIBM(fabs)(x[i]));
        y[i] = (x[i] < 0 ? e : 1) / (1 + e);
    }
}
