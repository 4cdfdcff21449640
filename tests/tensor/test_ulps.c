/* test_ulps.c - the vector functions that layers and losses live on, in float, over all floats there are: units in the
 * last place against libm in double. (In double there is nothing to compare all numbers with; test_math.c looks at
 * ranges.) */
#include "test.h"

#include <tern/math.h>
#include <tern/random.h>

TCase *ulps_case(void);

#ifndef TERN_DOUBLE

enum { N = 1 << 12 };
static float x[N], y[N], log_y[N];

/* How far `got` is from `exact`, in the distance between floats there. Among the smallest numbers and near infinity
 * they are what they are. */
static double ulps(float got, double exact) {
    int exponent;
    float nearest = (float)exact;
    if (isnan(got) || isnan(nearest)) return isnan(got) && isnan(nearest) ? 0 : HUGE_VAL;
    if (isinf(got) != isinf(nearest))
        return isinf(got) ? (0x1p128 - fabs(exact)) / 0x1p104 : (fabs((double)got) - 0x1p128) / -0x1p104;
    if (got == nearest) return 0;
    frexp(exact, &exponent);
    return fabs((double)got - exact) / ldexp(1, exponent > -126 ? exponent - 24 : -149);
}

static double sigmoid(double v) { return 1 / (1 + exp(-v)); }

static double gelu(double v) { return v * erfc(-v * 0.70710678118654752) / 2; }

static double gelu_tanh(double v) { return v * sigmoid(2 * 0.79788456080286536 * (v + 0.044715 * v * v * v)); }

static double gelu_slope(double v) {
    return erfc(-v * 0.70710678118654752) / 2 + 0.39894228040143268 * v * exp(-v * v / 2);
}

static double gelu_tanh_slope(double v) {
    double s = sigmoid(2 * 0.79788456080286536 * (v + 0.044715 * v * v * v));
    return s + v * s * (1 - s) * 2 * 0.79788456080286536 * (1 + 3 * 0.044715 * v * v);
}

static void fast_gelu(size_t n, const float *in, float *out) { tern_gelu(n, in, out, NULL); }

static void fast_gelu_tanh(size_t n, const float *in, float *out) { tern_gelu_tanh(n, in, out, NULL); }

static const struct {
    const char *name;
    void (*fast)(size_t n, const float *x, float *y);
    double (*exact)(double x);
} functions[] = {
    {"exp", tern_exp, exp},       {"log", tern_log, log},
    {"log1p", tern_log1p, log1p}, {"expm1", tern_expm1, expm1},
    {"tanh", tern_tanh, tanh},    {"sigmoid", tern_sigmoid, sigmoid},
    {"gelu", fast_gelu, gelu},    {"gelu by tanh", fast_gelu_tanh, gelu_tanh},
};

/* The `n` floats from bit pattern `bits` on, `step` patterns apart. */
static void fill(uint64_t bits, uint64_t step, size_t n) {
    for (size_t i = 0; i < n; i++, bits += step) {
        uint32_t pattern = (uint32_t)bits;
        memcpy(&x[i], &pattern, sizeof pattern);
    }
}

START_TEST(all_floats) {
    const uint64_t step = 4099; /* a prime: all ends of the mantissa come up */
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32; bits += step * N) {
        fill(bits, step, N);
        functions[_i].fast(N, x, y);
        for (size_t i = 0; i < N; i++) {
            double exact = functions[_i].exact((double)x[i]), error = ulps(y[i], exact);
            if (!(error <= 4))
                ck_abort_msg("%s(%a) is %a, expected %a: %.2f ulp", functions[_i].name, (double)x[i], (double)y[i],
                             exact, error);
        }
    }
}
END_TEST

/* The slope is a difference that goes through 0 near -0.75: what counts is how small an error is beside 1, and that far
 * down it fades out. */
START_TEST(slopes_of_gelu) {
    for (size_t k = 0; k < 2; k++)
        for (double from = -20; from < 20; from += 1.25) {
            for (size_t i = 0; i < N; i++) x[i] = (float)(from + 1.25 * ((double)i + 0.3) / N);
            (k ? tern_gelu_tanh : tern_gelu)(N, x, y, log_y);
            for (size_t i = 0; i < N; i++) {
                double want = (k ? gelu_tanh_slope : gelu_slope)((double)x[i]);
                ck_near(log_y[i], want, 4e-7);
                if (from < -2) ck_assert_double_le(fabs((double)log_y[i] - want), 4e-6 * fabs(want) + 1e-42);
            }
        }
    for (size_t i = 0; i < 4; i++) x[i] = (const float[]){HUGE_VALF, 3e38F, -3e38F, NAN}[i];
    tern_gelu(4, x, y, log_y);
    ck_assert(log_y[0] == 1 && log_y[1] == 1 && log_y[2] == 0 && isnan(log_y[3]));
    tern_gelu_tanh(4, x, y, log_y);
    ck_assert(log_y[0] == 1 && log_y[1] == 1 && log_y[2] == 0 && isnan(log_y[3]));
}
END_TEST

/* ---- softmax ---- */

/* Compares one softmax, of n numbers `step` apart, with its formula in double. */
static void check_softmax(const float *v, const float *soft, const float *log_soft, size_t n, size_t step) {
    double max = -HUGE_VAL, others = -1;
    for (size_t i = 0; i < n; i++) max = fmax(max, (double)v[i * step]);
    for (size_t i = 0; i < n; i++) others += (double)v[i * step] == max;
    for (size_t i = 0; i < n; i++)
        if ((double)v[i * step] < max) others += exp((double)v[i * step] - max);
    for (size_t i = 0; i < n; i++) {
        double d = (double)v[i * step] - max, p = exp(d) / (1 + others), log_p = d - log1p(others);
        double error = ulps(soft[i * step], p), log_error = ulps(log_soft[i * step], log_p);
        if (!(error <= 4 && log_error <= 4))
            ck_abort_msg(
                "of %zu, %zu apart, at %zu: %a, expected %a, %.2f ulp; its logarithm %a, expected %a, %.2f ulp", n,
                step, i, (double)soft[i * step], p, error, (double)log_soft[i * step], log_p, log_error);
    }
}

START_TEST(softmax_of_all_sizes) {
    const size_t sizes[] = {1, 2, 3, 4, 5, 7, 10, 17, 32, 63, 64, 65, 100, 600};
    const size_t n = sizes[_i];
    for (size_t inner = 1; inner <= 67; inner += 66)
        for (double spread = 0.1; spread < 200; spread *= 4) {
            size_t groups = N / (n * inner), count = groups * n * inner;
            tern_random_normal(&(tern_random){.seed = 7, .purpose = TERN_RANDOM_OTHER, .index = (uint32_t)spread}, 0,
                               count, x);
            for (size_t i = 0; i < count; i++) x[i] *= (float)spread;
            for (size_t i = 11; i < count; i += 97)
                x[i] = x[i - 11]; /* some that are equal, perhaps both the largest */
            for (size_t i = 5; i < count; i += 131) x[i] = -HUGE_VALF;
            tern_softmax(groups, n, inner, x, y);
            tern_log_softmax(groups, n, inner, x, log_y);
            for (size_t g = 0; g < groups; g++)
                for (size_t j = 0, at = g * n * inner; j < inner; j++, at++) {
                    bool some = false;
                    for (size_t i = 0; i < n; i++) some = some || !isinf(x[at + i * inner]);
                    if (some) check_softmax(x + at, y + at, log_y + at, n, inner);
                }
        }
}
END_TEST

TCase *ulps_case(void) {
    TCase *c = tcase_create("ulps");
    tcase_add_loop_test(c, all_floats, 0, (int)COUNT(functions));
    tcase_add_test(c, slopes_of_gelu);
    tcase_add_loop_test(c, softmax_of_all_sizes, 0, 14);
    return c;
}

#else

TCase *ulps_case(void) { return tcase_create("ulps"); }

#endif
