/* exp.h - exponentials for loops that become vector code on any machine: no branch, no table, no call of a library.
 *
 *   e^x = 2^k e^r,  k = round(x / ln 2),  r = x - k ln 2,  |r| <= ln 2 / 2,  e^r = 1 + r + r^2 P(r)
 *
 * The argument is a sum of two numbers: where it comes rounded from a difference or a square, as in softmax and gelu,
 * the second one is what rounding took away, without which e^-50 would have lost its last five bits. In double, libm's
 * function takes the place of all this. */
#ifndef TERN_TENSOR_EXP_H
#define TERN_TENSOR_EXP_H

#include <tern/base.h>

#include <math.h>
#include <string.h>

#ifdef TERN_DOUBLE
#define LIBM(name) name
#else
#define LIBM(name) name##f
#endif

/* glibc offers vector versions only under -ffast-math, which would break NaN and infinities; declared so, they come
 * without. Where there are none, the functions that take most of the time are made of the exponential below. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
#define TERN__LIBMVEC(name) tern_real LIBM(name)(tern_real x) __attribute__((simd("notinbranch")));
TERN__LIBMVEC(exp)
TERN__LIBMVEC(log)
TERN__LIBMVEC(log1p)
TERN__LIBMVEC(expm1)
TERN__LIBMVEC(tanh)
TERN__LIBMVEC(erf)
#ifdef TERN_DOUBLE
TERN__LIBMVEC(erfc)
#endif
#endif
#endif

#ifdef TERN_DOUBLE

/* a e^(x + rest), x <= 0, rest being small. */
static inline double tern__exp(double a, double x, double rest) { return a * exp(x) * (1 + rest); }

/* ln(1 + s), s >= 0. */
static inline double tern__log1p(double s) { return log1p(s); }

#else

/* x = k ln 2 + r. */
typedef struct tern__reduced {
    int32_t k;
    float r;
} tern__reduced;

static inline tern__reduced tern__reduce(float x, float rest) {
    const float magic = 0x1.8p23f; /* adding it rounds to an integer, and leaves that in the low bits */
    float k = x * 1.44269504f + magic;
    uint32_t bits, zero = 0x4b400000; /* magic's own bits */
    memcpy(&bits, &k, sizeof bits);
    k -= magic;
    /* ln 2 in two parts: the first has so few bits that its product is exact. */
    return (tern__reduced){(int32_t)(bits - zero), ((x - k * 0.693145751953125f) - k * 1.42860677e-6f) + rest};
}

/* e^r - 1, by the polynomial of least error. */
static inline float tern__expm1_near_0(float r) {
    return r + r * r * (0.5f + r * (0.166665152f + r * (0.041668456f + r * (0.00836941879f + r * 0.00138131448f))));
}

static inline float tern__power_of_2(int32_t k) {
    uint32_t bits = ((uint32_t)k + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* a e^(x + rest), x <= 0, rest being small. NaN stays NaN. Within one unit in the last place where a is 1. */
static inline float tern__exp(float a, float x, float rest) {
    x = x < -125 ? -125 : x; /* beyond, even a million times it is 0 */
    tern__reduced e = tern__reduce(x, rest);
    return a * (1 + tern__expm1_near_0(e.r)) * tern__power_of_2(e.k + 64) *
           0x1p-64f; /* 2^k alone may be too small for a number */
}

/* ln(1 + s), s >= 0, to float's precision: 1 + s = 2^k (1 + f), ln(1 + f) = 2 artanh(f / (2 + f)). */
static inline double tern__log1p(double s) {
    const uint64_t low = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000; /* the bits of sqrt(1/2), of 1 */
    double u = 1 + s, m;
    uint64_t bits;
    memcpy(&bits, &u, sizeof bits);
    bits += one - low;
    int32_t k = (int32_t)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffff) + low;
    memcpy(&m, &bits, sizeof m);
    double f = k ? m - 1 : s, t = f / (2 + f), q = t * t;
    double series = 1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q * (1.0 / 11)))));
    return k * 0.69314718055994531 + 2 * t * series + (s - s); /* the last: NaN stays NaN */
}

#endif

/* d = x - max, rounded, and what rounding took away (Knuth's TwoSum). Of minus infinity nothing. */
static inline tern_real tern__difference(tern_real x, tern_real max, tern_real *rest) {
    tern_real d = x - max, of_max = d - x, of_x = d - of_max, lost = (x - of_x) - (max + of_max);
    *rest = lost == lost ? lost : 0;
    return d;
}

#endif
