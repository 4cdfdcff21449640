/* test_math.c - elementwise functions: error in units in the last place against libm in more precision; softmax against
 * its formula. */
#include "test.h"

#include <tern/math.h>
#include <tern/random.h>

TCase *math_case(void);

#ifdef TERN_DOUBLE
typedef long double wide;
#define WIDE(name) name##l
static tern_real after(tern_real x) { return nextafter(x, HUGE_VAL); }
#else
typedef double wide;
#define WIDE(name) name
static tern_real after(tern_real x) { return nextafterf(x, HUGE_VALF); }
#endif

static wide sigmoid(wide x) { return 1 / (1 + WIDE(exp)(-x)); }

/* The distance of two neighbours around the exact value. */
static wide ulp(wide exact) {
    tern_real below = (tern_real)WIDE(fabs)(exact);
    if ((wide)below > WIDE(fabs)(exact)) below = below - (after(below) - below) / 2;
    return (wide)after(below) - (wide)below;
}

typedef struct function {
    const char *name;
    void (*fast)(size_t n, const tern_real *x, tern_real *y);
    wide (*exact)(wide x);
    double low, high; /* swept over, normal results */
    double most;      /* units in the last place */
} function;

static const function functions[] = {
    {"exp", tern_exp, WIDE(exp), -87, 88, 4},
    {"exp", tern_exp, WIDE(exp), -1, 1, 4},
    {"log", tern_log, WIDE(log), 0.25, 4, 4},
    {"log", tern_log, WIDE(log), 1e-30, 1e-20, 4},
    {"log", tern_log, WIDE(log), 4, 1e30, 4},
    {"log1p", tern_log1p, WIDE(log1p), -0.9999, 1, 4},
    {"log1p", tern_log1p, WIDE(log1p), -1e-4, 1e-4, 4},
    {"log1p", tern_log1p, WIDE(log1p), 1, 1e9, 4},
    {"expm1", tern_expm1, WIDE(expm1), -80, 80, 4},
    {"expm1", tern_expm1, WIDE(expm1), -1e-2, 1e-2, 4},
    {"tanh", tern_tanh, WIDE(tanh), -20, 20, 4},
    {"tanh", tern_tanh, WIDE(tanh), -1, 1, 4},
    {"tanh", tern_tanh, WIDE(tanh), -1e-4, 1e-4, 4},
    {"erf", tern_erf, WIDE(erf), -6, 6, 4},
    {"erf", tern_erf, WIDE(erf), -0.1, 0.1, 4},
    {"sigmoid", tern_sigmoid, sigmoid, -80, 80, TOLERANCE(4, 4.5)},
    {"sigmoid", tern_sigmoid, sigmoid, -5, 5, TOLERANCE(4, 4.5)},
};

enum { N = 1 << 17 };
static tern_real x[N], y[N];

START_TEST(math_is_accurate) {
    const function *f = &functions[_i];
    for (size_t i = 0; i < N; i++) x[i] = (tern_real)(f->low + (f->high - f->low) * ((double)i + 0.3) / N);
    f->fast(N, x, y);
    for (size_t i = 0; i < N; i++) {
        wide exact = f->exact((wide)x[i]), error = WIDE(fabs)((wide)y[i] - exact) / ulp(exact);
        if (!((double)error <= f->most))
            ck_abort_msg("%s(%.17g) is %.17g, expected %.17g: %.2f ulp", f->name, (double)x[i], (double)y[i],
                         (double)exact, (double)error);
    }
}
END_TEST

START_TEST(math_special_values) {
    const function *f = &functions[_i];
    const double values[] = {NAN, HUGE_VAL, -HUGE_VAL, 0, -0.0, 1e30, -1e30, 1, -1, -2, 100, -100, 1000, -1000};
    for (size_t pad = 0; pad < 20; pad += 19) { /* in the tail of a loop, and in vectors */
        for (size_t i = 0; i < COUNT(values) + pad; i++) x[i] = (tern_real)values[i % COUNT(values)];
        f->fast(COUNT(values) + pad, x, y);
        for (size_t i = 0; i < COUNT(values) + pad; i++) {
            double want = (double)(tern_real)f->exact((wide)x[i]);
            ck_assert_msg(test_is_near((double)y[i], want, TOLERANCE(5e-7, 1e-15)), "%s(%g) is %.17g, expected %.17g",
                          f->name, (double)x[i], (double)y[i], want);
        }
    }
}
END_TEST

/* In place, every length, nothing behind the end. */
START_TEST(math_any_length) {
    const function *f = &functions[_i];
    tern_real in[70], out[71], want;
    for (size_t n = 0; n <= 70; n++) {
        for (size_t i = 0; i < n; i++) out[i] = in[i] = (tern_real)(0.01 + 0.02 * (double)i);
        out[n] = 77;
        f->fast(n, out, out);
        ck_assert(out[n] == 77);
        for (size_t i = 0; i < n; i++) {
            f->fast(1, &in[i], &want);
            ck_near(out[i], want, TOLERANCE(5e-7, 2e-15)); /* vector and tail may differ in the last places */
        }
    }
}
END_TEST

/* ---- softmax ---- */

static void check_softmax(size_t outer, size_t n, size_t inner, bool in_place) {
    size_t count = outer * n * inner;
    ck_assert_uint_lt(count, N);
    tern_real *soft = malloc((count + 1) * sizeof *soft), *log_soft = malloc((count + 1) * sizeof *soft);
    tern_random_normal(&(tern_random){.seed = 1, .purpose = TERN_RANDOM_OTHER}, 0, count, x);
    for (size_t i = 0; i < count; i++) soft[i] = log_soft[i] = x[i] *= 10;
    soft[count] = log_soft[count] = 77;
    tern_softmax(outer, n, inner, in_place ? soft : x, soft);
    tern_log_softmax(outer, n, inner, in_place ? log_soft : x, log_soft);
    ck_assert(soft[count] == 77 && log_soft[count] == 77);
    for (size_t o = 0; o < outer; o++)
        for (size_t j = 0; j < inner; j++) {
            const tern_real *v = x + o * n * inner + j;
            double max = -HUGE_VAL, sum = 0;
            for (size_t i = 0; i < n; i++) max = fmax(max, (double)v[i * inner]);
            for (size_t i = 0; i < n; i++) sum += exp((double)v[i * inner] - max);
            for (size_t i = 0; i < n; i++) {
                double want = (double)v[i * inner] - max - log(sum);
                size_t at = (o * n + i) * inner + j;
                ck_assert_msg(test_is_near((double)soft[at] / exp(want), 1, TOLERANCE(1e-5, 1e-13)),
                              "[%zu %zu %zu] at %zu: %g, expected %g", outer, n, inner, at, (double)soft[at],
                              exp(want));
                ck_near(log_soft[at], want, TOLERANCE(1e-6, 1e-14));
            }
        }
    free(soft), free(log_soft);
}

START_TEST(softmax_equals_the_formula) {
    const size_t shape[][3] = {{1, 1, 1},    {5, 2, 1},    {64, 10, 1},  {3, 31, 1},   {3, 32, 1},   {3, 77, 1},
                               {2, 1000, 1}, {1025, 1, 1}, {2, 1024, 1}, {3, 1025, 1}, {2, 5000, 1}, {2, 3, 2},
                               {1, 10, 7},   {3, 5, 255},  {2, 4, 256},  {2, 4, 700}};
    for (size_t i = 0; i < COUNT(shape); i++)
        for (int in_place = 0; in_place < 2; in_place++) check_softmax(shape[i][0], shape[i][1], shape[i][2], in_place);
}
END_TEST

START_TEST(softmax_special_values) {
    for (size_t n = 3; n < 100; n += 48)
        for (size_t inner = 1; inner < 3; inner++) {
            for (size_t i = 0; i < n * inner; i++) x[i] = -(tern_real)INFINITY;
            x[inner] = 1000, x[2 * inner] = 1000; /* two large, the rest masked */
            tern_softmax(1, n, inner, x, y);
            for (size_t i = 0; i < n; i++) ck_near(y[i * inner], i == 1 || i == 2 ? 0.5 : 0, 0);
            tern_log_softmax(1, n, inner, x, y);
            for (size_t i = 0; i < n; i++) ck_near(y[i * inner], i == 1 || i == 2 ? log(0.5) : -HUGE_VAL, 1e-6);

            for (size_t last = 0; last < n; last++) { /* e^1000 overflows: the largest has to be found wherever it is */
                for (size_t i = 0; i < n * inner; i++) x[i] = i == last * inner ? 1000 : 0;
                tern_softmax(1, n, inner, x, y);
                for (size_t i = 0; i < n; i++) ck_near(y[i * inner], i == last, 0);
            }

            for (size_t i = 0; i < n * inner; i++)
                x[i] = -(tern_real)INFINITY; /* all masked: no answer, not a made-up one */
            tern_softmax(1, n, inner, x, y);
            for (size_t i = 0; i < n; i++) ck_assert(isnan(y[i * inner]));
            for (size_t bad = 0; bad < n; bad += 1 + n / 7) { /* NaN anywhere spoils its row */
                for (size_t i = 0; i < n * inner; i++) x[i] = 1;
                x[bad * inner] = (tern_real)NAN;
                tern_softmax(1, n, inner, x, y);
                for (size_t i = 0; i < n; i++) ck_assert(isnan(y[i * inner]));
                tern_log_softmax(1, n, inner, x, y);
                for (size_t i = 0; i < n; i++) ck_assert(isnan(y[i * inner]));
            }
        }
}
END_TEST

TCase *math_case(void) {
    TCase *c = tcase_create("math");
    tcase_add_loop_test(c, math_is_accurate, 0, (int)COUNT(functions));
    tcase_add_loop_test(c, math_special_values, 0, (int)COUNT(functions));
    tcase_add_loop_test(c, math_any_length, 0, (int)COUNT(functions));
    tcase_add_test(c, softmax_equals_the_formula);
    tcase_add_test(c, softmax_special_values);
    return c;
}
