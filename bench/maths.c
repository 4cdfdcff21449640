/* maths.c - vector mathematics against the plain loop: each elementwise function, softmax and dropout beside a scalar
 * loop over libm's function (for dropout libc's rand), on arrays that stay in the cache. Prints ns a number for both
 * and the ratio, the best of several runs taken in turn.
 *
 *   maths [SECONDS]    for each function and side; 0.3 where not given */
#include <tern/math.h>
#include <tern/random.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N = 4000, REPEATS = 5 };

static tern_real x[N], y[N];

/* Called through pointers that may change at any time, so that no compiler makes vector code of the scalar side. */
#ifdef TERN_DOUBLE
#define SCALAR(name) static double (*volatile scalar_##name)(double) = name
#else
#define SCALAR(name) static float (*volatile scalar_##name)(float) = name##f
#endif
SCALAR(exp);
SCALAR(log);
SCALAR(log1p);
SCALAR(expm1);
SCALAR(tanh);
SCALAR(erf);
static int (*volatile scalar_rand)(void) = rand;

#define PLAIN(name, formula)             \
    static void plain_##name(void) {     \
        for (size_t i = 0; i < N; i++) { \
            tern_real v = x[i];          \
            y[i] = (formula);            \
        }                                \
    }
#define OURS(name) \
    static void fast_##name(void) { tern_##name(N, x, y); }

static const tern_real half = (tern_real)0.5, sqrt_1_2 = (tern_real)0.70710678118654752;

PLAIN(exp, scalar_exp(v))
PLAIN(log, scalar_log(v))
PLAIN(log1p, scalar_log1p(v))
PLAIN(expm1, scalar_expm1(v))
PLAIN(tanh, scalar_tanh(v))
PLAIN(erf, scalar_erf(v))
PLAIN(sigmoid, 1 / (1 + scalar_exp(-v)))
PLAIN(gelu, v *half *(1 + scalar_erf(v * sqrt_1_2)))
PLAIN(gelu_tanh, v *half *(1 + scalar_tanh((tern_real)0.79788456080286536 * (v + (tern_real)0.044715 * v * v * v))))
PLAIN(dropout, scalar_rand() < RAND_MAX / 2 ? 0 : v * 2)
OURS(exp)
OURS(log)
OURS(log1p)
OURS(expm1)
OURS(tanh)
OURS(erf)
OURS(sigmoid)

static void fast_gelu(void) { tern_gelu(N, x, y, NULL); }

static void fast_gelu_tanh(void) { tern_gelu_tanh(N, x, y, NULL); }

static void fast_dropout(void) { tern_random_dropout(&(tern_random){.seed = 1}, 0, N, 0.5, x, y); }

/* ---- softmax, of rows of 10 and of 1000 ---- */

static void plain_rows(size_t n, bool log_of) {
    for (size_t row = 0; row < N; row += n) {
        const tern_real *v = x + row;
        tern_real max = v[0], sum = 0;
        for (size_t i = 1; i < n; i++) max = v[i] > max ? v[i] : max;
        for (size_t i = 0; i < n; i++) sum += y[row + i] = scalar_exp(v[i] - max);
        if (log_of) sum = scalar_log(sum);
        for (size_t i = 0; i < n; i++) y[row + i] = log_of ? v[i] - max - sum : y[row + i] / sum;
    }
}

static void plain_softmax_10(void) { plain_rows(10, false); }
static void plain_softmax_1000(void) { plain_rows(1000, false); }
static void plain_log_softmax_10(void) { plain_rows(10, true); }
static void plain_log_softmax_1000(void) { plain_rows(1000, true); }
static void fast_softmax_10(void) { tern_softmax(N / 10, 10, 1, x, y); }
static void fast_softmax_1000(void) { tern_softmax(N / 1000, 1000, 1, x, y); }
static void fast_log_softmax_10(void) { tern_log_softmax(N / 10, 10, 1, x, y); }
static void fast_log_softmax_1000(void) { tern_log_softmax(N / 1000, 1000, 1, x, y); }

#define ROW(name, low, high) \
    { #name, plain_##name, fast_##name, low, high }

static const struct {
    const char *name;
    void (*plain)(void), (*fast)(void);
    double low, high; /* of the numbers it is given */
} functions[] = {
    ROW(exp, -8, 8),
    ROW(log, 0, 100),
    ROW(log1p, 0, 100),
    ROW(expm1, -8, 8),
    ROW(tanh, -8, 8),
    ROW(erf, -4, 4),
    ROW(sigmoid, -8, 8),
    ROW(gelu, -6, 6),
    ROW(gelu_tanh, -6, 6),
    ROW(softmax_10, -8, 8),
    ROW(softmax_1000, -8, 8),
    ROW(log_softmax_10, -8, 8),
    ROW(log_softmax_1000, -8, 8),
    ROW(dropout, -8, 8),
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Nanoseconds a number. */
static double time_of(void (*run)(void), double seconds) {
    size_t runs = 0;
    double start = now(), end = start;
    while (end - start < seconds) {
        for (int i = 0; i < 10; i++) run();
        runs += 10;
        end = now();
    }
    return 1e9 * (end - start) / (double)(runs * N);
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.3;
    printf("%-18s %12s %12s %8s\n", "", "libm ns", "tern ns", "ratio");
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        double plain = HUGE_VAL, fast = HUGE_VAL;
        for (size_t i = 0; i < N; i++) {
            size_t mixed = i * 1237 % N; /* no order that a branch could learn */
            x[i] = (tern_real)(functions[k].low + (functions[k].high - functions[k].low) * ((double)mixed + 0.5) / N);
        }
        for (int i = 0; i < REPEATS; i++) {
            plain = fmin(plain, time_of(functions[k].plain, seconds / REPEATS));
            fast = fmin(fast, time_of(functions[k].fast, seconds / REPEATS));
        }
        printf("%-18s %12.3f %12.3f %7.1fx\n", functions[k].name, plain, fast, plain / fast);
    }
}
