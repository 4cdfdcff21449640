/* test_init.c - every initializer: its bounds and moments by PyTorch's formulas, orthogonality, reproducibility,
 * refusals. */
#include "fixtures/options.h"
#include <tern/initializer.h>

Suite *init_suite(void);

enum { MOST = 1 << 17 };

static const tern_random stream = {.seed = 5, .purpose = TERN_RANDOM_INIT, .index = 3};
static tern_real numbers[MOST + 1], drawn[MOST];

static const tern_initializer_type *find(const char *name) {
    return (const tern_initializer_type *)find_type(TERN_INITIALIZER, name);
}

static tern_status plan(const char *type, const char *set, tern_shape shape, settings *options, tern_error *err) {
    const tern_initializer_type *t = find(type);
    configure(options, &t->base, set);
    return t->plan ? t->plan(options->self, &shape, err) : TERN_OK;
}

/* Fills a weight of that shape in `numbers`; returns how many there are. */
static size_t fill(const char *type, const char *set, tern_shape shape) {
    settings options;
    tern_error err = {0};
    size_t n = tern_shape_count(&shape);
    ck_assert_msg(plan(type, set, shape, &options, &err) == TERN_OK, "%s: %s", type, err.item[0].text);
    ck_assert_uint_le(n, MOST);
    for (size_t i = 0; i <= n; i++) numbers[i] = (tern_real)NAN;
    find(type)->fill(options.self, &stream, &(tern_tensor){shape, numbers});
    ck_assert_msg(isnan(numbers[n]), "%s writes too much", type);
    return n;
}

/* Moments within 5 of their own deviations, and bounds that are kept and almost reached. */
static void check_moments(size_t n, double mean, double std, double low, double high) {
    double sum = 0, square = 0, least = INFINITY, most = -(double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        double w = (double)numbers[i];
        sum += w;
        square += (w - mean) * (w - mean);
        least = fmin(least, w);
        most = fmax(most, w);
    }
    ck_assert_msg(fabs(sum / (double)n - mean) < 5 * std / sqrt((double)n), "mean %g, expected %g", sum / (double)n,
                  mean);
    ck_assert_msg(fabs(sqrt(square / (double)n) / std - 1) < 5 / sqrt(2.0 * (double)n), "deviation %g",
                  sqrt(square / (double)n));
    double slack = 1e-6 * (high - low), gap = 0.01 * (high - low);
    ck_assert_msg(least >= low - slack && most <= high + slack, "from %g to %g", least, most);
    if (isfinite(low)) ck_assert_msg(least < low + gap && most > high - gap, "only from %g to %g", least, most);
}

/* The gains are PyTorch's calculate_gain(). The weights: 200 by 300, and 64 by 32 kernels of 5 by 5. */
START_TEST(fan_initializers) {
    static const struct {
        const char *type, *set;
        bool uniform, kernel;
        double std;
    } cases[] = {
        {"xavier_uniform", "", true, false, 0.06324555320336758},
        {"xavier_uniform", "gain=2", true, true, 2 * 0.02886751345948129},
        {"xavier_normal", "", false, false, 0.06324555320336758},
        {"xavier_normal", "gain=2", false, true, 2 * 0.02886751345948129},
        {"kaiming_uniform", "", true, false, 1.4142135623730951 / 17.320508075688775},
        {"kaiming_uniform", "mode=fan_out", true, true, 1.4142135623730951 / 40},
        {"kaiming_uniform", "a=2.23606797749979", true, false, 0.5773502691896257 / 17.320508075688775},
        {"kaiming_normal", "a=1", false, true, 1 / 28.284271247461902},
        {"kaiming_normal", "nonlinearity=relu", false, false, 1.4142135623730951 / 17.320508075688775},
        {"kaiming_normal", "nonlinearity=linear mode=fan_out", false, false, 1 / 14.142135623730951},
        {"kaiming_uniform", "nonlinearity=sigmoid", true, false, 1 / 17.320508075688775},
        {"kaiming_uniform", "nonlinearity=tanh", true, false, 1.6666666666666667 / 17.320508075688775},
        {"kaiming_normal", "nonlinearity=selu", false, false, 0.75 / 17.320508075688775},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        size_t n = fill(cases[k].type, cases[k].set, cases[k].kernel ? TERN_SHAPE(64, 32, 5, 5) : TERN_SHAPE(200, 300));
        double bound = cases[k].uniform ? cases[k].std * sqrt(3) : (double)INFINITY;
        check_moments(n, 0, cases[k].std, -bound, bound);
    }
}
END_TEST

START_TEST(plain_initializers) {
    check_moments(fill("normal", "", TERN_SHAPE(60000)), 0, 1, -(double)INFINITY, (double)INFINITY);
    check_moments(fill("normal", "mean=3 std=0.5", TERN_SHAPE(300, 200)), 3, 0.5, -(double)INFINITY, (double)INFINITY);
    check_moments(fill("uniform", "", TERN_SHAPE(60000)), 0.5, 1 / sqrt(12), 0, 1);
    check_moments(fill("uniform", "a=-3 b=1", TERN_SHAPE(300, 200)), -1, 4 / sqrt(12), -3, 1);
    size_t n = fill("constant", "value=0.25", TERN_SHAPE(7, 5));
    for (size_t i = 0; i < n; i++) ck_assert_double_eq((double)numbers[i], 0.25);
}
END_TEST

/* A normal distribution cut at two deviations has 0.87962566103423978 of them; far from the cut, it is the plain one.
 */
START_TEST(trunc_normal) {
    check_moments(fill("trunc_normal", "", TERN_SHAPE(60000)), 0, 0.87962566103423978, -2, 2);
    check_moments(fill("trunc_normal", "mean=1 std=3 a=-5 b=7", TERN_SHAPE(60000)), 1, 3 * 0.87962566103423978, -5, 7);
    check_moments(fill("trunc_normal", "std=0.02", TERN_SHAPE(60000)), 0, 0.02, -(double)INFINITY, (double)INFINITY);
    size_t n = fill("trunc_normal", "mean=1 std=2 a=1.5 b=1.5", TERN_SHAPE(10));
    for (size_t i = 0; i < n; i++) ck_assert_double_eq((double)numbers[i], 1.5);

    n = fill("trunc_normal", "a=4.9 b=4.90000000001",
             TERN_SHAPE(1000)); /* where rounding alone would leave the range */
    for (size_t i = 0; i < n; i++) ck_assert(numbers[i] >= (tern_real)4.9 && numbers[i] <= (tern_real)4.90000000001);

    /* the distribution function takes each number back to the uniform one it came from */
    n = fill("trunc_normal", "mean=1 a=-2.5 b=4", TERN_SHAPE(60000));
    tern_random_uniform(&stream, 0, n, drawn);
    double low = erf(-3.5 / sqrt(2)), high = erf(3 / sqrt(2));
    for (size_t i = 0; i < n; i++) {
        double u = (erf(((double)numbers[i] - 1) / sqrt(2)) - low) / (high - low);
        ck_near(u, (double)drawn[i] + 0x1p-25, TOLERANCE(3e-7, 1e-14));
    }
}
END_TEST

/* Number k of vector i: of the rows, or of the columns where they are fewer. */
static double element(const tern_real *w, size_t rows, size_t cols, size_t i, size_t k) {
    return (double)(rows <= cols ? w[i * cols + k] : w[k * cols + i]);
}

static double product(const tern_real *a, size_t i, const tern_real *b, size_t j, size_t rows, size_t cols) {
    double sum = 0;
    for (size_t k = 0; k < (rows <= cols ? cols : rows); k++)
        sum += element(a, rows, cols, i, k) * element(b, rows, cols, j, k);
    return sum;
}

/* At right angles, and the Q of the normal matrix it came from: vector i has no part in an earlier one of that matrix,
 * and a positive part in its own. */
START_TEST(orthogonal) {
    static const struct {
        tern_shape shape;
        const char *set;
        size_t rows, cols;
        double gain;
    } cases[] = {
        {{2, {60, 60}}, "", 60, 60, 1},
        {{2, {40, 90}}, "gain=2", 40, 90, 2},
        {{2, {170, 150}}, "", 170, 150, 1},
        {{4, {8, 4, 3, 3}}, "", 8, 36, 1},
        {{3, {30, 2, 3}}, "gain=0.5", 30, 6, 0.5},
        {{2, {1, 7}}, "", 1, 7, 1},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        size_t rows = cases[c].rows, cols = cases[c].cols, vectors = rows < cols ? rows : cols;
        double gain = cases[c].gain, near = TOLERANCE(3e-6, 1e-13);
        size_t n = fill("orthogonal", cases[c].set, cases[c].shape);
        tern_random_normal(&stream, 0, n, drawn);
        for (size_t i = 0; i < vectors; i++)
            for (size_t j = 0; j < vectors; j++) {
                ck_near(product(numbers, i, numbers, j, rows, cols), i == j ? gain * gain : 0, near);
                double r = product(numbers, i, drawn, j, rows, cols);
                if (j < i) ck_near(r, 0, 10 * near * gain);
                if (j == i) ck_assert(r > 0);
            }
    }
}
END_TEST

/* The same stream gives the same numbers, another one others. */
START_TEST(reproducible) {
    static tern_real again[200];
    for (size_t k = 0; k < tern_registry_count(NULL, TERN_INITIALIZER); k++) {
        const char *name = tern_registry_at(NULL, TERN_INITIALIZER, k)->name;
        bool constant = strcmp(name, "constant") == 0;
        tern_tensor w = {TERN_SHAPE(10, 20), again};
        tern_random other = stream;
        settings options;
        ck_assert(plan(name, constant ? "value=1" : "", w.shape, &options, NULL) == TERN_OK);
        fill(name, constant ? "value=1" : "", w.shape);
        find(name)->fill(options.self, &stream, &w);
        ck_assert_mem_eq(again, numbers, sizeof again);
        other.index++;
        find(name)->fill(options.self, &other, &w);
        ck_assert_msg((memcmp(again, numbers, sizeof again) == 0) == constant, "%s", name);
    }
}
END_TEST

START_TEST(fans) {
    size_t in, out;
    tern_initializer_fans(&TERN_SHAPE(3, 5), &in, &out);
    ck_assert(in == 5 && out == 3);
    tern_initializer_fans(&TERN_SHAPE(8, 4, 3, 2), &in, &out);
    ck_assert(in == 24 && out == 48);
}
END_TEST

START_TEST(refusals) {
    static const struct {
        const char *type, *set, *pointer, *text;
    } cases[] = {
        {"xavier_uniform", "", "", "needs at least 2 dimensions, but the weight has 1"},
        {"xavier_normal", "", "", "needs at least 2 dimensions, but the weight has 1"},
        {"kaiming_uniform", "", "", "needs at least 2 dimensions, but the weight has 1"},
        {"kaiming_normal", "", "", "needs at least 2 dimensions, but the weight has 1"},
        {"orthogonal", "", "", "needs at least 2 dimensions, but the weight has 1"},
        {"uniform", "a=2", "/b", "is 1, but may not be below a, which is 2"},
        {"trunc_normal", "a=2 b=1", "/b", "is 1, but may not be below a, which is 2"},
        {"trunc_normal", "mean=8", "/mean", "is 8, more than 5 deviations from the range -2 to 2"},
        {"trunc_normal", "mean=-8", "/mean", "is -8, more than 5 deviations"},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        tern_error err = {0};
        settings options;
        ck_assert_int_eq(plan(cases[k].type, cases[k].set, TERN_SHAPE(10), &options, &err), TERN_ERROR_MODEL);
        ck_assert_str_eq(err.item[0].pointer, cases[k].pointer);
        ck_contains(err.item[0].text, cases[k].text);
    }
}
END_TEST

Suite *init_suite(void) {
    Suite *suite = suite_create("init");
    TCase *t = tcase_create("init");
    tcase_add_test(t, fan_initializers);
    tcase_add_test(t, plain_initializers);
    tcase_add_test(t, trunc_normal);
    tcase_add_test(t, orthogonal);
    tcase_add_test(t, reproducible);
    tcase_add_test(t, fans);
    tcase_add_test(t, refusals);
    suite_add_tcase(suite, t);
    return suite;
}
