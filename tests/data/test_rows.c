/* test_rows.c - which rows validate, in which order they train, whether their labels are acceptable, what a column
 * holds. */

#include "labels.h"
#include "memory.h"
#include "split.h"
#include "test_data.h"

#include <tern/inspect.h>

enum { MAX = 2000 };

static size_t valid[MAX], train[MAX], n_valid, n_train;

static void split(const tern_array *y, size_t n, double fraction, uint64_t seed, bool stratified) {
    ck_assert_int_eq(tern__split(y, n, fraction, seed, stratified, valid, &n_valid, train, &n_train, NULL), TERN_OK);
    ck_assert_uint_eq(n_valid + n_train, n);
    bool seen[MAX] = {0};
    for (size_t i = 0; i < n_valid; i++) seen[valid[i]] = true;
    for (size_t i = 0; i < n_train; i++) {
        ck_assert(!seen[train[i]]);
        seen[train[i]] = true;
    }
    for (size_t i = 0; i < n; i++) ck_assert(seen[i]);
    for (size_t i = 1; i < n_valid; i++) ck_assert_uint_lt(valid[i - 1], valid[i]);
    for (size_t i = 1; i < n_train; i++) ck_assert_uint_lt(train[i - 1], train[i]);
}

START_TEST(test_split) {
    static const struct {
        size_t n;
        double fraction;
        size_t want;
    } cases[] = {{1000, 0.1, 100}, {1000, 0.25, 250}, {7, 0.5, 4},     {2, 0.01, 1},
                 {2, 0.99, 1},     {100, 0.001, 1},   {100, 0.999, 99}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        split(NULL, cases[i].n, cases[i].fraction, 3, true);
        ck_assert_uint_eq(n_valid, cases[i].want);
    }
    tern_error err = {0};
    ck_assert_int_eq(tern__split(NULL, 1, 0.5, 1, false, valid, &n_valid, train, &n_train, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "at least 2 samples");
}
END_TEST

/* The seed alone decides; another one decides otherwise; rows from everywhere are taken. */
START_TEST(test_split_seed) {
    size_t first[100], halves[2] = {0}, same = 0;
    split(NULL, 1000, 0.1, 1, false);
    memcpy(first, valid, sizeof first);
    split(NULL, 1000, 0.1, 1, false);
    ck_assert_mem_eq(first, valid, sizeof first);
    for (size_t i = 0; i < 100; i++) halves[valid[i] >= 500]++;
    ck_assert_uint_gt(halves[0], 30); /* binomial: 4 standard deviations */
    ck_assert_uint_gt(halves[1], 30);
    split(NULL, 1000, 0.1, 2, false);
    for (size_t i = 0, k = 0; i < 100; i++) {
        while (k < 100 && first[k] < valid[i]) k++;
        same += k < 100 && first[k] == valid[i];
    }
    ck_assert_uint_lt(same, 30);
}
END_TEST

/* Sorted by class, as files often are: each class gives its share, and small ones keep one on each side. */
START_TEST(test_split_stratified) {
    static const size_t sizes[] = {1, 2, 3, 10, 95, 389, 500};
    static int64_t labels[1000];
    size_t n = 0, shares[COUNT(sizes)] = {0};
    for (size_t c = 0; c < COUNT(sizes); c++)
        for (size_t i = 0; i < sizes[c]; i++) labels[n++] = (int64_t)c * 3 - 5;
    const tern_array y = {.dtype = TERN_I64, .shape = {0, {0}}, .data = labels};
    split(&y, n, 0.1, 7, true);
    for (size_t i = 0; i < n_valid; i++) shares[(labels[valid[i]] + 5) / 3]++;
    ck_assert_uint_eq(n_valid, 100);
    ck_assert_uint_eq(shares[0], 0);
    for (size_t c = 1; c < COUNT(sizes); c++) {
        ck_assert_uint_ge(shares[c], 1);
        ck_assert_uint_lt(shares[c], sizes[c]);
        if (sizes[c] > 50) ck_near((double)shares[c], 0.1 * (double)sizes[c], 2 / (0.1 * (double)sizes[c]));
    }
    split(&y, n, 0.1, 7, false); /* not asked for: small classes get no special treatment */
    ck_assert_uint_eq(n_valid, 100);
}
END_TEST

/* Many small classes give about what was asked for; where they can't, that is an error. */
START_TEST(test_split_small_classes) {
    static const struct {
        size_t n, classes;
        double fraction;
        size_t want; /* 0: an error */
    } cases[] = {{200, 100, 0.1, 20}, {200, 100, 0.25, 50},  {200, 100, 0.5, 100},
                 {300, 100, 0.1, 30}, {1000, 100, 0.1, 100}, {1000, 100, 0.01, 10},
                 {200, 100, 0.9, 0},  {1000, 1000, 0.1, 0},  {2, 2, 0.5, 0}};
    static int64_t labels[MAX];
    for (size_t k = 0; k < COUNT(cases); k++) {
        size_t n = cases[k].n, trained[1000] = {0};
        for (size_t i = 0; i < n; i++) labels[i] = (int64_t)(i % cases[k].classes);
        const tern_array y = {.dtype = TERN_I64, .data = labels};
        if (cases[k].want) {
            split(&y, n, cases[k].fraction, 7, true);
            ck_assert_uint_eq(n_valid, cases[k].want);
            for (size_t i = 0; i < n_train; i++) trained[labels[train[i]]]++;
            for (size_t c = 0; c < cases[k].classes; c++) ck_assert_uint_ge(trained[c], 1);
            continue;
        }
        tern_error err = {0};
        ck_assert_int_eq(tern__split(&y, n, cases[k].fraction, 7, true, valid, &n_valid, train, &n_train, &err),
                         TERN_ERROR_DATA);
        ck_contains(err.item[0].text, "can be spared: each of the");
    }
}
END_TEST

START_TEST(test_shuffle) {
    size_t order[1000], again[1000], moved = 0, other = 0;
    bool seen[1000] = {0};
    tern_shuffle(5, 2, 1000, order);
    tern_shuffle(5, 2, 1000, again);
    ck_assert_mem_eq(order, again, sizeof order);
    for (size_t i = 0; i < 1000; i++) {
        ck_assert(order[i] < 1000 && !seen[order[i]]);
        seen[order[i]] = true;
        moved += order[i] != i;
    }
    tern_shuffle(5, 3, 1000, again);
    for (size_t i = 0; i < 1000; i++) other += order[i] != again[i];
    ck_assert_uint_gt(moved, 980);
    ck_assert_uint_gt(other, 980);
    tern_shuffle(1, 1, 0, order);
    tern_shuffle(1, 1, 1, order);
    ck_assert_uint_eq(order[0], 0);
}
END_TEST

/* All six orders of three come equally often: chi-squared with 5 degrees of freedom below 20.5 (p = 0.001). */
START_TEST(test_shuffle_fair) {
    size_t counts[27] = {0}, order[3];
    double chi = 0, expected = 1000;
    for (size_t epoch = 0; epoch < 6000; epoch++) {
        tern_shuffle(9, epoch, 3, order);
        counts[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    for (size_t i = 0; i < 27; i++) {
        double e = (double)counts[i] - expected;
        if (counts[i]) chi += e * e / expected;
    }
    ck_assert(chi < 20.5 && counts[5] && counts[7] && counts[11] && counts[15] && counts[19] && counts[21]);
}
END_TEST

/* ---- labels ---- */

START_TEST(test_labels) {
    static const struct {
        int64_t label[4];
        bool has_ignore;
        const char *text; /* NULL: accepted */
    } cases[] = {
        {{0, 1, 2, 0}, false, NULL},
        {{0, -100, 2, 0}, true, NULL},
        {{0, 3, 2, -1},
         false,
         "row 1 of y (counted from 0) has the label 3; accepted are 0 to 2; 2 rows have such labels"},
        {{0, -100, 2, 0}, false, "row 1 of y (counted from 0) has the label -100; accepted are 0 to 2"},
        {{1, 2, 1, 3},
         false,
         "row 3 of y (counted from 0) has the label 3; accepted are 0 to 2; the labels seem to start at 1"},
        {{-100, 2, 1, 3},
         true,
         "has the label 3; accepted are 0 to 2, and -100, which is ignored; the labels seem to start at 1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        tern_error err = {0};
        int64_t label[4];
        memcpy(label, cases[i].label, sizeof label);
        const tern_array y = {.dtype = TERN_I64, .shape = {0, {0}}, .data = label};
        tern_status status = tern__labels_check(&y, 4, 3, cases[i].has_ignore, -100, &err);
        ck_assert_int_eq(status, cases[i].text ? TERN_ERROR_DATA : TERN_OK);
        if (cases[i].text) ck_contains(err.item[0].text, cases[i].text);
        if (cases[i].text && !strstr(cases[i].text, "start at 1"))
            ck_assert_ptr_null(strstr(err.item[0].text, "start at 1"));
    }
}
END_TEST

/* Fractions and NaN are no classes; positions of one sample count as its row. */
START_TEST(test_labels_odd) {
    double label[] = {0, 1, 1, 0.5, (double)NAN, 1};
    const tern_array y = {.dtype = TERN_F64, .shape = {1, {2}}, .data = label};
    tern_error err = {0};
    ck_assert_int_eq(tern__labels_check(&y, 3, 2, false, 0, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "row 1 of y (counted from 0) has the label 0.5; accepted are 0 to 1; 2 rows");
}
END_TEST

/* ---- statistics ---- */

START_TEST(test_stats) {
    float x[] = {1, 5, (float)NAN, 2, 5, (float)INFINITY, 4, 5, 0};
    const tern_array c = {.dtype = TERN_F32, .shape = {1, {3}}, .data = x};
    tern_array_stats s;
    ck_assert_int_eq(tern_array_inspect(&c, 3, &s, NULL), TERN_OK);
    ck_assert(s.n == 3 && s.min == 0 && s.max == 5 && s.nans == 1 && s.infs == 1 && s.constant == 1 && s.values == 0 &&
              !s.from_one);
    ck_near(s.mean, 22.0 / 7, 1e-15);
    ck_near(s.std, sqrt((1 + 4 + 16 + 75 + 0) / 7.0 - 22.0 / 7 * 22 / 7), 1e-15);
}
END_TEST

START_TEST(test_histogram) {
    uint8_t label[130];
    for (size_t i = 0; i < 130; i++) label[i] = (uint8_t)(3 - i % 3);
    const tern_array c = {.dtype = TERN_U8, .shape = {0, {0}}, .data = label};
    tern_array_stats s;
    ck_assert_int_eq(tern_array_inspect(&c, 130, &s, NULL), TERN_OK);
    ck_assert(s.values == 3 && s.value[0] == 1 && s.value[1] == 2 && s.value[2] == 3 && s.from_one);
    ck_assert(s.count[0] == 43 && s.count[1] == 43 && s.count[2] == 44);
    for (size_t distinct = 64; distinct <= 65; distinct++) {
        for (size_t i = 0; i < 130; i++) label[i] = (uint8_t)(i * 7 % distinct);
        ck_assert_int_eq(tern_array_inspect(&c, 130, &s, NULL), TERN_OK);
        ck_assert_uint_eq(s.values, distinct == 64 ? 64 : 0);
        ck_assert(!s.from_one);
    }
}
END_TEST

TCase *rows_case(void) {
    TCase *c = tcase_create("rows");
    tcase_add_test(c, test_split);
    tcase_add_test(c, test_split_seed);
    tcase_add_test(c, test_split_stratified);
    tcase_add_test(c, test_split_small_classes);
    tcase_add_test(c, test_shuffle);
    tcase_add_test(c, test_shuffle_fair);
    tcase_add_test(c, test_labels);
    tcase_add_test(c, test_labels_odd);
    tcase_add_test(c, test_stats);
    tcase_add_test(c, test_histogram);
    return c;
}
