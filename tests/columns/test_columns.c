/* test_columns.c - columns fitted and applied, against scikit-learn's transformers. */
#include "tables.h"

#include "columns_golden.h"

static tern__table *golden_table(void) {
    tern__table *t = tern__table_new(COUNT(golden_names), golden_names, NULL, '.', NULL);
    ck_assert_int_eq(tern__table_begin_file(t, "golden.csv", 2, NULL), TERN_OK);
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        for (size_t c = 0; c < COUNT(golden_names); c++) tern__table_text(t, c, golden_cells[c][i], NULL);
        tern__table_row(t, NULL);
    }
    tern__table_done(t);
    return t;
}

START_TEST(test_golden) {
    tern__arena arena = {0};
    tern__table *t = golden_table();
    tern__features fitted;
    static double x[GOLDEN_ROWS * 16];
    tern_error *err = fresh_error();
    const tern__feature *f = &golden_cases[_i].feature;
    ck_assert_int_eq(fit_column(*f, t, GOLDEN_TRAIN, &arena, &fitted, err), TERN_OK);
    ck_assert_msg(tern__features_width(&fitted) == golden_cases[_i].width, "%s, case %d: %zu numbers", f->name, _i,
                  tern__features_width(&fitted));
    ck_assert_msg(!tern__features_apply(&fitted, t, x, err), "case %d: %s", _i, err->item[0].text);
    /* A column 1e9 from 0 that varies by 1e-2 has 9 digits of its own. */
    double tolerance = strcmp(f->name, "large") ? 1e-12 : 1e-6;
    ck_near_all(x, golden_cases[_i].want, GOLDEN_ROWS * golden_cases[_i].width, tolerance);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

/* A described column that has been written down and read again gives the same numbers: that is all of it. */
START_TEST(test_training_rows_alone) {
    tern__arena arena = {0};
    tern__features a, b;
    tern__table *t = TABLE("x|k", "1|u", "2|v", "3|u", "1000|w"), *less = TABLE("x|k", "1|u", "2|v", "3|u");
    tern__feature number = {.name = "x", .missing = TERN__MISSING_MEAN, .normalize = TERN__NORMALIZE_ZSCORE};
    ck_assert_int_eq(fit_column(number, t, 3, &arena, &a, NULL), TERN_OK);
    ck_assert_int_eq(fit_column(number, less, 3, &arena, &b, NULL), TERN_OK);
    ck_assert(a.item->fill == 2 && a.item->center.v[0] == 2 && a.item->scale.v[0] == b.item->scale.v[0]);
    tern__feature category = {.name = "k", .type = TERN__COLUMN_CATEGORY};
    ck_assert_int_eq(fit_column(category, t, 3, &arena, &a, NULL), TERN_OK);
    ck_assert_uint_eq(a.item->categories.n, 2);
    tern__table_free(t);
    tern__table_free(less);
    tern__arena_free(&arena);
}
END_TEST

START_TEST(test_boolean) {
    tern__arena arena = {0};
    tern__features fitted;
    double x[12];
    tern__table *t = TABLE("b", "yes", "No", "TRUE", "", " 0 ", "on");
    tern__feature f = {.name = "b", .type = TERN__COLUMN_BOOLEAN, .missing = TERN__MISSING_INDICATOR};
    ck_assert_int_eq(fit_column(f, t, 3, &arena, &fitted, NULL), TERN_OK);
    ck_assert_int_eq(tern__features_apply(&fitted, t, x, NULL), TERN_OK);
    const double want[] = {1, 0, 0, 0, 1, 0, 2. / 3, 1, 0, 0, 1, 0};
    ck_near_all(x, want, 12, 1e-15);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

/* What Python's datetime says of the same dates. */
START_TEST(test_date) {
    static const char *const parts[] = {"year", "month", "day", "weekday", "yearday", "hour", "minute", "time"};
    tern__arena arena = {0};
    tern__features fitted;
    double x[4 * 8];
    tern__table *t =
        TABLE("d", "2024-02-29", "1969-12-31T23:59", "2000-12-31 06:30:30+02:00", " 2023-01-01T00:00:00.5Z ");
    tern__feature f = {.name = "d", .type = TERN__COLUMN_DATE, .parts = {8, parts}};
    ck_assert_int_eq(fit_column(f, t, 4, &arena, &fitted, NULL), TERN_OK);
    ck_assert_int_eq(tern__features_apply(&fitted, t, x, NULL), TERN_OK);
    const double want[] = {2024, 2,  29, 3, 60,  0,  0,  19782,
                           1969, 12, 31, 2, 365, 23, 59, -60. / 86400,
                           2000, 12, 31, 6, 366, 4,  30, 11322 + (4 * 3600 + 30 * 60 + 30) / 86400.,
                           2023, 1,  1,  6, 1,   0,  0,  19358 + 0.5 / 86400};
    ck_near_all(x, want, 32, 1e-12);
    f.parts.n = 0; /* the usual ones, and the hour, for some row has one */
    ck_assert_int_eq(fit_column(f, t, 4, &arena, &fitted, NULL), TERN_OK);
    ck_assert_uint_eq(tern__features_width(&fitted), 5);
    tern__table_free(t);
    t = TABLE("d", "31.1.2024", "1.12.1999");
    f = (tern__feature){.name = "d", .type = TERN__COLUMN_DATE, .format = "%d.%m.%Y"};
    ck_assert_int_eq(fit_column(f, t, 2, &arena, &fitted, NULL), TERN_OK);
    ck_assert_uint_eq(tern__features_width(&fitted), 4);
    ck_assert_int_eq(tern__features_apply(&fitted, t, x, NULL), TERN_OK);
    ck_near_all(x, ((const double[]){2024, 1, 31, 2, 1999, 12, 1, 2}), 8, 0);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

START_TEST(test_labels) {
    tern__arena arena = {0};
    tern__features fitted;
    char out[64];
    tern__table *t = TABLE("tree", "oak", "oak", "ash", "", "elm", "elm");
    tern__feature f = {
        .name = "tree", .type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_CATEGORY, .min_count = 2};
    ck_assert_int_eq(fit_column(f, t, 6, &arena, &fitted, NULL), TERN_OK);
    static const char *const want[] = {"tree=elm", "tree=oak", "tree=(rare)", "tree?"};
    ck_assert_uint_eq(tern__features_width(&fitted), COUNT(want));
    for (size_t k = 0; k < COUNT(want); k++)
        ck_assert_str_eq(tern__feature_label(fitted.item, k, out, sizeof out), want[k]);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

/* Behind the known categories: one index for rare and unknown ones, and the last for what is missing. */
START_TEST(test_indices) {
    tern__arena arena = {0};
    tern__features fitted;
    char out[64];
    double x[8];
    tern__table *t = TABLE("tree", "oak", "oak", "ash", "", "elm", "elm", "fir");
    tern__feature f = {.name = "tree",
                       .type = TERN__COLUMN_CATEGORY,
                       .encode = TERN__ENCODE_INDEX,
                       .missing = TERN__MISSING_CATEGORY,
                       .unseen = TERN__UNSEEN_UNKNOWN,
                       .min_count = 2};
    ck_assert_int_eq(fit_column(f, t, 6, &arena, &fitted, NULL), TERN_OK);
    ck_assert_uint_eq(tern__features_width(&fitted), 1);
    ck_assert_uint_eq(tern__feature_indices(fitted.item), 4);
    ck_assert_str_eq(tern__feature_label(fitted.item, 0, out, sizeof out), "tree");
    ck_assert_int_eq(tern__features_apply(&fitted, t, x, NULL), TERN_OK);
    ck_near_all(x, ((const double[]){1, 1, 2, 3, 0, 0, 2}), 7, 0);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

/* ---- descriptions that make no sense ---- */

static const struct {
    tern__feature f;
    const char *text;
} senseless[] = {
    {{.type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_MEAN}, "accepted: error, most_common, category"},
    {{.type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_CATEGORY}, "accepted: error, mean, median"},
    {{.type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_VALUE}, "\"value\" needs \"fill\""},
    {{.type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_VALUE}, "\"value\" needs \"fill_category\""},
    {{.type = TERN__COLUMN_DATE, .missing = TERN__MISSING_ZERO}, "\"zero\" is nothing for a column of type date"},
    {{.type = TERN__COLUMN_CATEGORY, .normalize = TERN__NORMALIZE_ZSCORE}, "accepted: none"},
    {{.type = TERN__COLUMN_NUMBER, .min_count = 4}, "is nothing for a column of type number"},
    {{.type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_ORDINAL, .min_count = 4}, "not ordinal"},
    {{.type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_INDEX, .normalize = TERN__NORMALIZE_ZSCORE},
     "accepted: none"},
    {{.type = TERN__COLUMN_NUMBER, .format = "%Y"}, "a part of dates"},
};

START_TEST(test_senseless) {
    tern__feature f = senseless[_i].f;
    f.name = "a", f.fill = (double)NAN;
    tern_error *err = fresh_error();
    ck_assert_int_eq(tern__features_check(&(tern__features){1, &f}, err), TERN_ERROR_MODEL);
    ck_assert_uint_eq(err->count, 1);
    ck_contains(err->item[0].text, senseless[_i].text);
}
END_TEST

START_TEST(test_twice) {
    tern__feature f[2] = {{.name = "a"}, {.name = "a"}};
    tern_error *err = fresh_error();
    ck_assert_int_eq(tern__features_check(&(tern__features){2, f}, err), TERN_ERROR_MODEL);
    ck_contains(err->item[0].text, "described twice");
}
END_TEST

Suite *columns_suite(void);
Suite *columns_suite(void) {
    Suite *s = suite_create("columns");
    TCase *c = tcase_create("columns");
    tcase_add_loop_test(c, test_golden, 0, COUNT(golden_cases));
    tcase_add_test(c, test_training_rows_alone);
    tcase_add_test(c, test_boolean);
    tcase_add_test(c, test_date);
    tcase_add_test(c, test_labels);
    tcase_add_test(c, test_indices);
    tcase_add_loop_test(c, test_senseless, 0, COUNT(senseless));
    tcase_add_test(c, test_twice);
    suite_add_tcase(s, c);
    suite_add_tcase(s, table_case());
    suite_add_tcase(s, disagree_case());
    suite_add_tcase(s, infer_case());
    return s;
}
