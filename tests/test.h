/* test.h - what all suites share: comparisons of floating-point numbers, and tolerances of the two builds. */
#ifndef TERN_TEST_H
#define TERN_TEST_H

#include <tern/base.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tolerance of the build at hand. */
#define TOLERANCE(of_float, of_double) (sizeof(tern_real) == sizeof(float) ? (of_float) : (of_double))

/* How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* |got - want| within tolerance * max(1, |want|); NaN is near NaN alone, an infinity near itself alone. */
static inline bool test_is_near(double got, double want, double tolerance) {
    if (isnan(got) || isnan(want)) return isnan(got) && isnan(want);
    if (isinf(got) || isinf(want)) return got == want;
    return fabs(got - want) <= tolerance * fmax(1, fabs(want));
}

/* Fails unless `got` is near `want`: relative, with floor 1. Shows both. */
#define ck_near(got, want, tolerance)                                                                              \
    do {                                                                                                           \
        double ck_got = (double)(got), ck_want = (double)(want), ck_tolerance = (double)(tolerance);               \
        ck_assert_msg(test_is_near(ck_got, ck_want, ck_tolerance),                                                 \
                      "%s is %.17g, expected %.17g (%s), off by %.3g, allowed %.3g", #got, ck_got, ck_want, #want, \
                      fabs(ck_got - ck_want), ck_tolerance *fmax(1, fabs(ck_want)));                               \
    } while (0)

/* Fails unless all `n` elements are near; names the first that is not. `want` may be float, double or tern_real. */
#define ck_near_all(got, want, n, tolerance)                                                                           \
    do {                                                                                                               \
        for (size_t ck_i = 0; ck_i < (size_t)(n); ck_i++) {                                                            \
            double ck_got = (double)(got)[ck_i], ck_want = (double)(want)[ck_i];                                       \
            if (!test_is_near(ck_got, ck_want, (double)(tolerance))) /* not an assert for each: those are slow */      \
                ck_abort_msg("%s[%zu] is %.17g, expected %.17g (%s), off by %.3g", #got, ck_i, ck_got, ck_want, #want, \
                             fabs(ck_got - ck_want));                                                                  \
        }                                                                                                              \
    } while (0)

/* Fails unless `text` contains `part`. */
#define ck_contains(text, part)                                                                              \
    do {                                                                                                     \
        const char *ck_text = (text), *ck_part = (part);                                                     \
        ck_assert_msg(strstr(ck_text, ck_part) != NULL, "\"%s\" does not contain \"%s\"", ck_text, ck_part); \
    } while (0)

#endif
