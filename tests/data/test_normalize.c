/* test_normalize.c - the scales of an array's channels, against scikit-learn's scalers. */
#include "test_data.h"

#include "array_fit.h"

enum { MOST = 9, MOST_NUMBERS = 40 * 72 };

typedef struct golden {
    tern_shape shape;
    double offset, spread;
    bool bytes;
    tern__channels channels;
    tern__normalize normalize;
    size_t n;
    double center[MOST], scale[MOST];
} golden;

/* clang-format off: generated. */
#include "normalize_golden.h"
/* clang-format on */

/* The same formula as in the script. */
static tern_array make_array(const golden *g, double *numbers, uint8_t *bytes) {
    size_t count = tern_shape_count(&g->shape), last = g->shape.dim[g->shape.rank - 1];
    for (size_t i = 0; i < GOLDEN_ROWS * count; i++) {
        double k = (double)i;
        numbers[i] = g->offset + g->spread * sin(1.7 * k + 0.3 * sin(k)) * (1 + (double)(i % last));
        if (!g->bytes && g->shape.rank == 1 && i % last == 1) numbers[i] = 0.1;
        if (g->bytes) bytes[i] = (uint8_t)floor(numbers[i]);
    }
    return (tern_array){
        .dtype = g->bytes ? TERN_U8 : TERN_F64, .shape = g->shape, .data = g->bytes ? (void *)bytes : (void *)numbers};
}

START_TEST(test_golden) {
    static double numbers[MOST_NUMBERS], center[MOST], scale[MOST];
    static uint8_t bytes[MOST_NUMBERS];
    const golden *g = &goldens[_i];
    tern_array a = make_array(g, numbers, bytes);
    tern__channel_layout layout = tern__channels_layout(&g->shape, g->channels);
    ck_assert_uint_eq(layout.n, g->n);
    ck_assert_int_eq(tern__array_fit(&a, &layout, NULL, GOLDEN_TRAIN, g->normalize, center, scale, NULL), TERN_OK);
    for (size_t c = 0; c < layout.n; c++) {
        double found = scale[c] > 0 ? scale[c] : 1; /* 0: no spread, where scikit-learn has 1 */
        ck_assert_msg(fabs(center[c] - g->center[c]) <= 1e-14 * fabs(g->center[c]) + 1e-14 * g->spread,
                      "case %d, channel %zu: center %.17g, not %.17g", _i, c, center[c], g->center[c]);
        /* what rounding leaves of the digits of numbers that are large against their spread */
        double left = 1e-14 + 4e-16 * fabs(g->offset) / g->spread;
        ck_assert_msg(fabs(found - g->scale[c]) <= left * g->scale[c], "case %d, channel %zu: scale %.17g, not %.17g",
                      _i, c, found, g->scale[c]);
        ck_assert((scale[c] > 0) == !(g->shape.rank == 1 && !g->bytes && c == 1));
    }
}
END_TEST

/* Rows in any order, chosen among others; and samples that are fetched. */
static bool fetch(const void *source, size_t row, void *sample) {
    if (row >= 4) return false;
    memcpy(sample, (const double *)source + 2 * row, 2 * sizeof(double));
    return true;
}

START_TEST(test_rows) {
    const double x[] = {1, 10, 100, 20, 3, 30, 5, 90};
    const size_t rows[] = {0, 2, 3}, gone[] = {4};
    double center[2], scale[2];
    tern_array a = {.dtype = TERN_F64, .shape = {1, {2}}, .fetch = fetch, .source = x};
    tern__channel_layout layout = tern__channels_layout(&a.shape, TERN__CHANNELS_FIRST);
    ck_assert_int_eq(tern__array_fit(&a, &layout, rows, 3, TERN__NORMALIZE_MINMAX, center, scale, NULL), TERN_OK);
    ck_assert(center[0] == 1 && scale[0] == 4 && center[1] == 10 && scale[1] == 80);
    ck_assert_int_eq(tern__array_fit(&a, &layout, rows, 3, TERN__NORMALIZE_ROBUST, center, scale, NULL), TERN_OK);
    ck_assert(center[0] == 3 && scale[0] == 2 && center[1] == 30 && scale[1] == 40);
    ck_assert_int_eq(tern__array_fit(&a, &layout, gone, 1, TERN__NORMALIZE_ZSCORE, center, scale, NULL),
                     TERN_ERROR_DATA);
}
END_TEST

START_TEST(test_auto) {
    const tern_array floats = {.dtype = TERN_F32}, bytes = {.dtype = TERN_U8};
    const tern_shape vector = TERN_SHAPE(4), two = TERN_SHAPE(28, 28), picture = TERN_SHAPE(3, 8, 8);
    ck_assert_int_eq(tern__channels_settle(TERN__CHANNELS_AUTO, &vector, &bytes), TERN__CHANNELS_FIRST);
    ck_assert_int_eq(tern__channels_settle(TERN__CHANNELS_AUTO, &two, &floats), TERN__CHANNELS_LAST);
    ck_assert_int_eq(tern__channels_settle(TERN__CHANNELS_AUTO, &two, &bytes), TERN__CHANNELS_ONE);
    ck_assert_int_eq(tern__channels_settle(TERN__CHANNELS_FIRST, &two, &bytes), TERN__CHANNELS_FIRST);
    ck_assert_int_eq(tern__channels_settle(TERN__CHANNELS_AUTO, &picture, &bytes), TERN__CHANNELS_FIRST);
}
END_TEST

TCase *normalize_case(void) {
    TCase *c = tcase_create("normalize");
    tcase_add_loop_test(c, test_golden, 0, COUNT(goldens));
    tcase_add_test(c, test_rows);
    tcase_add_test(c, test_auto);
    return c;
}
