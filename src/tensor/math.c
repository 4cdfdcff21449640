/* math.c - elementwise functions in vector code, and softmax; see tern/math.h.
 *
 * The loops are plain. gcc makes vector loops of them, with the vector functions of glibc's libmvec in place of libm's. */
#include <tern/math.h>

#include <math.h>

#ifdef TERN_DOUBLE
#define LIBM(name) name
#else
#define LIBM(name) name##f
#endif

/* glibc offers vector versions only under -ffast-math, which would break NaN and infinities; declared here, they come without. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
#define VECTOR(name) tern_real LIBM(name)(tern_real x) __attribute__((simd("notinbranch")))
VECTOR(exp);
VECTOR(log);
VECTOR(log1p);
VECTOR(expm1);
VECTOR(tanh);
VECTOR(erf);
#endif
#endif

#define ELEMENTWISE(name, formula)                                       \
    TERN_CLONES void name(size_t n, const tern_real *v, tern_real *y) {  \
        for (size_t i = 0; i < n; i++) {                                 \
            tern_real x = v[i];                                          \
            y[i] = (formula);                                            \
        }                                                                \
    }

ELEMENTWISE(tern_exp, LIBM(exp)(x))
ELEMENTWISE(tern_log, LIBM(log)(x))
ELEMENTWISE(tern_log1p, LIBM(log1p)(x))
ELEMENTWISE(tern_expm1, LIBM(expm1)(x))
ELEMENTWISE(tern_tanh, LIBM(tanh)(x))
ELEMENTWISE(tern_erf, LIBM(erf)(x))

/* e^x / (1 + e^x) below zero, 1 / (1 + e^-x) above: the same, and e^-|x| neither overflows nor loses digits in the sum. */
TERN_CLONES void tern_sigmoid(size_t n, const tern_real *x, tern_real *y) {
    for (size_t i = 0; i < n; i++) {
        tern_real e = LIBM(exp)(-LIBM(fabs)(x[i]));
        y[i] = (x[i] < 0 ? e : 1) / (1 + e);
    }
}
