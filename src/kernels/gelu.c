/* gelu.c - the Gaussian error linear unit, exact and by tanh, and its slope; see tern/math.h.
 *
 * Below zero cdf(x) = (1 + erf(x / sqrt 2)) / 2 would be the difference of two numbers almost equal. So there, with t =
 * |x|,
 *
 *   cdf(-t) = e^(-t^2 / 2) Q(t),   cdf(t) = 1 - cdf(-t)
 *
 * where Q falls slowly, and (t + 4) Q(t) is a polynomial in (t - 4) / (t + 4), which float would take too roughly. The
 * form by tanh has no such difference when it is x / (1 + e^-2u) above zero and x e^2u / (1 + e^2u) below. */
#include "exp.h"

#include <tern/math.h>

/* A power of e that is not above 1: e^(x + rest). */
typedef struct power {
    tern_real x, rest;
} power;

/* From 16 on cdf(x) is 1, and cdf(-x) 0. */
static inline tern_real least_16(tern_real t) { return t > 16 ? 16 : t; }

#ifdef TERN_DOUBLE

static inline power minus_half_square(double t) { return (power){-t * t / 2, 0}; }

/* a cdf(-t) */
static inline double below(double a, double t, power e) {
    (void)e;
    return a * erfc(t * 0.70710678118654752) / 2;
}

#else

/* The square of t's leading bits, which is exact, and what is left of it. */
static inline power minus_half_square(float t) {
    uint32_t bits;
    float lead;
    memcpy(&bits, &t, sizeof bits);
    bits &= 0xfffff000;
    memcpy(&lead, &bits, sizeof lead);
    float square = lead * lead * -0.5f, left = (t - lead) * (t + lead) * -0.5f, sum = square + left;
    return (power){sum, left - (sum - square)};
}

static inline float below(float a, float t, power e) {
    double w = 1 / ((double)t + 4), v = ((double)t - 4) * w,
           q = 0.00156633629 + v * (0.000166725004 + v * -0.000138076665);
    q = 0.06040275987 + v * (-0.007521950052 + v * (-0.003505839769 + v * q));
    q = 0.755285134866 + v * (-0.607896564628 + v * (0.387136956067 + v * (-0.186524028793 + v * q)));
    return tern__exp((float)((double)a * (w * q)), e.x, e.rest);
}

#endif

/* slope = cdf + x pdf. Minus infinity gives NaN, as the formula does. */
static inline tern_real exact(tern_real x, tern_real *slope) {
    tern_real t = least_16(x < 0 ? -x : x);
    power e = minus_half_square(t);
    tern_real less = below(t, t, e), pdf_x = tern__exp((tern_real)0.39894228040143268 * t, e.x, e.rest),
              cdf = below(1, t, e);
    *slope = x < 0 ? cdf - pdf_x : 1 - cdf + pdf_x;
    return x < 0 ? 0 * x - less : x - less;
}

/* With e = e^-|2u|, u = c (x + a x^3), and s = 1 / (1 + e) or e / (1 + e): slope = s + x s (1 - s) 2u'. */
static inline tern_real by_tanh(tern_real x, tern_real *slope) {
    const double twice_c = 1.5957691216057308, a = 0.044715;
    tern_real t = least_16(x < 0 ? -x : x);
    double square = (double)t * (double)t, minus = -twice_c * (double)t * (1 + a * square);
    power two_u = {(tern_real)minus, (tern_real)(minus - (double)(tern_real)minus)};
    tern_real e = tern__exp(1, two_u.x, two_u.rest), s = 1 / (1 + e);
    tern_real rest = e * s, rise = t * s * rest * ((tern_real)twice_c + (tern_real)(3 * a * twice_c) * t * t);
    *slope = (x < 0 ? rest : s) + (x < 0 ? -rise : rise);
    return x < 0 ? 0 * x - tern__exp(t * s, two_u.x, two_u.rest) : x * s;
}

#define GELU(name, formula)                                                                        \
    TERN_CLONES void name(size_t n, const tern_real *x, tern_real *y, tern_real *restrict slope) { \
        tern_real unused;                                                                          \
        if (slope)                                                                                 \
            for (size_t i = 0; i < n; i++) y[i] = formula(x[i], &slope[i]);                        \
        else                                                                                       \
            for (size_t i = 0; i < n; i++) y[i] = formula(x[i], &unused);                          \
    }

GELU(tern_gelu, exact)
GELU(tern_gelu_tanh, by_tanh)
