/* test_augment.c - each change of a sample by itself: what it keeps, how far it goes, and how often. */
#include "augment.h"
#include "test.h"
#include "test_data.h"

enum { H = 8, W = 10, C = 2, N = C * H * W, ROWS = 400 };

static const tern_shape shape = {3, {C, H, W}};
static const tern_random stream = {.seed = 7, .purpose = TERN_RANDOM_AUGMENT, .step = 3};
static tern_real x[N], y[N];

static void number(void) {
    for (size_t i = 0; i < N; i++) x[i] = (tern_real)(i + 1);
}

static void change(const tern__augment *a, size_t row) {
    for (size_t i = 0; i < N; i++) y[i] = -1; /* all of it is written */
    tern__augment_sample(a, &shape, &stream, row, x, y);
}

/* The old pixel at so many places from here, 0 beyond the picture. */
static tern_real moved(size_t c, size_t i, size_t j, int down, int right) {
    int row = (int)i + down, column = (int)j + right;
    bool inside = row >= 0 && row < H && column >= 0 && column < W;
    return inside ? x[(c * H + (size_t)row) * W + (size_t)column] : 0;
}

static bool is_moved(int down, int right) {
    for (size_t i = 0; i < N; i++)
        if (y[i] != moved(i / (H * W), i / W % H, i % W, down, right)) return false;
    return true;
}

START_TEST(test_nothing) {
    tern__augment none = {0};
    number();
    change(&none, 5);
    ck_assert_mem_eq(x, y, sizeof x);
}
END_TEST

START_TEST(test_flip) {
    size_t kept = 0, mirrored = 0;
    tern__augment a = {.flip = TERN__FLIP_HORIZONTAL};
    number();
    for (size_t row = 0; row < ROWS; row++) {
        change(&a, row);
        bool same = y[0] == x[0];
        for (size_t i = 0; i < N; i++) ck_assert(y[i] == x[same ? i : i - i % W + W - 1 - i % W]);
        kept += same;
        mirrored += !same;
    }
    ck_assert_uint_gt(kept, ROWS * 2 / 5);
    ck_assert_uint_gt(mirrored, ROWS * 2 / 5);
    a.flip = TERN__FLIP_VERTICAL;
    change(&a, 0);
    ck_assert(y[0] == x[0] || y[0] == x[(H - 1) * W]);
}
END_TEST

/* Every move of up to two pixels down and three to the right comes up, and no other. */
START_TEST(test_shift_and_crop) {
    static const tern__augment how[] = {{.shift = 0.3}, {.crop = 2}};
    static const int most[][2] = {{2, 3}, {2, 2}};
    number();
    for (size_t k = 0; k < COUNT(how); k++) {
        bool seen[5][7] = {{false}};
        size_t found = 0;
        for (size_t row = 0; row < ROWS; row++) {
            change(&how[k], row);
            bool any = false;
            for (int down = -most[k][0]; down <= most[k][0]; down++)
                for (int right = -most[k][1]; right <= most[k][1]; right++)
                    if (is_moved(down, right)) any = seen[down + 2][right + 3] = true;
            ck_assert_msg(any, "row %zu", row);
        }
        for (size_t i = 0; i < 35; i++) found += seen[i / 7][i % 7];
        ck_assert_uint_eq(found, (size_t)((2 * most[k][0] + 1) * (2 * most[k][1] + 1)));
    }
}
END_TEST

/* The slope of what was x's column number, along columns and rows, in the middle of the picture. */
static void slopes(double *across, double *down) {
    size_t middle = H / 2 * W + W / 2;
    *across = (double)(y[middle + 1] - y[middle]);
    *down = (double)(y[middle + W] - y[middle]);
}

START_TEST(test_rotate_and_zoom) {
    double most = 0, least = 1, widest = 0, across, down;
    tern__augment turn = {.rotate = 20}, zoom = {.zoom = 0.2};
    for (size_t i = 0; i < N; i++) x[i] = (tern_real)(i % W);
    for (size_t row = 0; row < ROWS; row++) {
        change(&turn, row);
        slopes(&across, &down);
        ck_near(across * across + down * down, 1, TOLERANCE(1e-5, 1e-12)); /* turned, not stretched */
        most = fmax(most, fabs(atan2(down, across)) * 180 / 3.14159265358979);
        change(&zoom, row);
        slopes(&across, &down);
        ck_near(down, 0, TOLERANCE(1e-5, 1e-12));
        least = fmin(least, across);
        widest = fmax(widest, across);
    }
    ck_assert(most > 18 && most < 20.001);
    ck_assert(least > 0.833 && least < 0.85 && widest > 1.22 && widest < 1.2501);
}
END_TEST

START_TEST(test_values) {
    double low = 1e9, high = 0, mean = 0, square = 0;
    number();
    tern__augment bright = {.brightness = 0.25}, contrast = {.contrast = 0.5}, noise = {.noise = 3};
    for (size_t row = 0; row < ROWS; row++) {
        change(&bright, row);
        double factor = (double)(y[0] / x[0]);
        for (size_t i = 0; i < N; i++) ck_near(y[i], factor * (double)x[i], TOLERANCE(1e-5, 1e-12));
        low = fmin(low, factor);
        high = fmax(high, factor);
        change(&contrast, row);
        ck_near(y[0] + y[N - 1], 1 + N, TOLERANCE(1e-5, 1e-12)); /* the mean stays */
        change(&noise, row);
        for (size_t i = 0; i < N; i++) {
            mean += (double)(y[i] - x[i]) / (ROWS * N);
            square += (double)((y[i] - x[i]) * (y[i] - x[i])) / (ROWS * N);
        }
    }
    ck_assert(low > 0.75 && low < 0.76 && high > 1.24 && high < 1.25);
    ck_assert_double_eq_tol(mean, 0, 0.05);
    ck_assert_double_eq_tol(square, 9, 0.1);
}
END_TEST

START_TEST(test_cutout) {
    size_t whole = 0;
    tern__augment a = {.cutout = 3, .fill = 99};
    for (size_t i = 0; i < N; i++) x[i] = 1;
    for (size_t row = 0; row < ROWS; row++) {
        size_t blank = 0;
        change(&a, row);
        for (size_t i = 0; i < N; i++) blank += y[i] == 99;
        ck_assert_uint_ge(blank, C * 4); /* a corner */
        ck_assert_uint_le(blank, C * 9);
        whole += blank == C * 9;
    }
    ck_assert_uint_gt(whole, ROWS / 3);
}
END_TEST

/* The same row of the same step is changed alike, another is not. */
START_TEST(test_same_again) {
    tern__augment a = {.flip = TERN__FLIP_BOTH, .shift = 0.2, .rotate = 10, .zoom = 0.1, .noise = 1};
    tern_real first[N];
    number();
    change(&a, 4);
    memcpy(first, y, sizeof y);
    change(&a, 5);
    ck_assert_mem_ne(first, y, sizeof y);
    change(&a, 4);
    ck_assert_mem_eq(first, y, sizeof y);
}
END_TEST

/* Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)). */
START_TEST(test_mixup) {
    static const double alpha[] = {0.2, 1, 4};
    for (size_t k = 0; k < COUNT(alpha); k++) {
        tern__augment a = {.mixup = alpha[k]};
        double mean = 0, square = 0;
        size_t partner, first = 0, n = 20 * ROWS;
        for (size_t row = 0; row < n; row++) {
            double share = tern__augment_mix(&a, &stream, row, 4, &partner);
            ck_assert(share >= 0 && share <= 1 && partner < 4);
            first += partner == 0;
            mean += share / (double)n;
            square += (share - 0.5) * (share - 0.5) / (double)n;
        }
        ck_assert_double_eq_tol(mean, 0.5, 0.01);
        ck_assert_double_eq_tol(square, 1 / (4 * (2 * alpha[k] + 1)), 0.01);
        ck_assert_double_eq_tol((double)first / (double)n, 0.25, 0.02);
    }
}
END_TEST

START_TEST(test_check) {
    tern_error err = {0};
    const tern_shape vector = {1, {4}}, picture = {2, {4, 4}};
    ck_assert_int_eq(tern__augment_check(&(tern__augment){.crop = 1}, &vector, &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "the input is [4]");
    ck_assert_int_eq(tern__augment_check(&(tern__augment){.crop = 1}, &picture, NULL), TERN_OK);
    ck_assert_int_eq(tern__augment_check(&(tern__augment){.noise = 1, .mixup = 1}, &vector, NULL), TERN_OK);
}
END_TEST

TCase *augment_case(void) {
    TCase *c = tcase_create("augment");
    tcase_add_test(c, test_nothing);
    tcase_add_test(c, test_flip);
    tcase_add_test(c, test_shift_and_crop);
    tcase_add_test(c, test_rotate_and_zoom);
    tcase_add_test(c, test_values);
    tcase_add_test(c, test_cutout);
    tcase_add_test(c, test_same_again);
    tcase_add_test(c, test_mixup);
    tcase_add_test(c, test_check);
    return c;
}
