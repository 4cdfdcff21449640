/* test_disagree.c - every way in which a table can disagree with the columns that a model was trained on. */
#include "tables.h"

/* What the model learned. */
static const tern__feature described[] = {
    {.name = "age", .type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ZSCORE, .min_count = 1},
    {.name = "city", .type = TERN__COLUMN_CATEGORY, .min_count = 1},
    {.name = "member", .type = TERN__COLUMN_BOOLEAN, .min_count = 1},
    {.name = "since", .type = TERN__COLUMN_DATE, .min_count = 1},
    {.name = "income", .type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_LOG1P, .min_count = 1},
};

static void fit_shop(tern__arena *arena, tern__features *fitted) {
    tern__feature all[COUNT(described)];
    memcpy(all, described, sizeof all);
    for (size_t i = 0; i < COUNT(all); i++) all[i].fill = (double)NAN;
    tern__table *t = TABLE("age|city|member|since|income", "20|Bonn|yes|2020-01-01|100", "30|Ulm|no|2021-06-30|0",
                           "40|Bonn|no|2022-12-31|50");
    ck_assert_int_eq(tern__features_fit(&(tern__features){COUNT(all), all}, t, first_rows(3), 3, arena, fitted, NULL),
                     TERN_OK);
    tern__table_free(t);
}

enum { WIDTH = 1 + 2 + 1 + 4 + 1 };

START_TEST(test_order) {
    tern__arena arena = {0};
    tern__features fitted;
    double a[WIDTH], b[WIDTH];
    fit_shop(&arena, &fitted);
    ck_assert_uint_eq(tern__features_width(&fitted), WIDTH);
    tern__table *t = TABLE("age|city|member|since|income", "25|Ulm|no|2021-03-04|7"),
                *other = TABLE("income|since|extra|city|age|member", "7|2021-03-04|?|Ulm|25|no");
    tern_error *err = fresh_error();
    ck_assert_int_eq(tern__features_apply(&fitted, t, a, err), TERN_OK);
    ck_assert_int_eq(tern__features_apply(&fitted, other, b, err), TERN_OK);
    ck_assert_uint_eq(err->count, 0);
    ck_near_all(a, b, WIDTH, 0);
    ck_near_all(a, ((const double[]){-5 / sqrt(200. / 3), 0, 1, 0, 2021, 3, 4, 3, log1p(7)}), WIDTH, 1e-14);
    tern__table_free(t);
    tern__table_free(other);
    tern__arena_free(&arena);
}
END_TEST

static const struct {
    const char *lines[6];
    const char *texts[3]; /* parts of the messages, in their order */
} cases[] = {
    {{"agee|city|member|since|income", "1|Bonn|1|2020-01-01|1"},
     {"shop.csv has no column \"age\"; did you mean \"agee\"?"}},
    {{"a|b", "1|2"},
     {"has no column \"age\"; its 2 columns begin with \"a\"", "no column \"city\"", "no column \"member\""}},
    {{"age|age|city|member|since|income", "1|2|Bonn|1|2020-01-01|1"}, {"has 2 columns called \"age\""}},
    {{"age|city|member|since|income", "1|Bonn|1|2020-01-01|1", "old|Bonn|1|2020-01-01|1", "2,5|Bonn|1|2020-01-01|1"},
     {"column \"age\": 2 of 3 cells are no numbers: \"old\" (shop.csv, line 3), \"2,5\" (shop.csv, line 4); "
      "\"type\": \"category\" takes any text"}},
    {{"age|city|member|since|income", "1|Bonn|1|2020-01-01|1", "|Bonn|1|2020-01-01|1"},
     {"column \"age\": 1 of 2 cells are blank: shop.csv, line 3; \"missing\" takes them: \"mean\", \"median\", "
      "\"zero\", \"value\", \"most_common\", \"indicator\""}},
    {{"age|city|member|since|income", "1|Bonn|1|2020-01-01|1", "1|Koeln|1|2020-01-01|1"},
     {"column \"city\": 1 of 2 cells have a category that the training rows don't have: \"Koeln\" (shop.csv, line 3); "
      "\"unseen\": \"unknown\" takes them"}},
    {{"age|city|member|since|income", "1||1|2020-01-01|1"},
     {"column \"city\": 1 of 1 cells are blank: shop.csv, line 2; \"missing\" takes them: \"most_common\", "
      "\"category\", \"indicator\", \"value\""}},
    {{"age|city|member|since|income", "1|Bonn|perhaps|2020-01-01|1"},
     {"column \"member\": 1 of 1 cells are neither yes nor no: \"perhaps\""}},
    {{"age|city|member|since|income", "1|Bonn|1|2021-02-29|1"},
     {"column \"since\": 1 of 1 cells are no dates: \"2021-02-29\""}},
    {{"age|city|member|since|income", "1|Bonn|1|2021-02-28|-1"},
     {"column \"income\": 1 of 1 cells have no log1p: \"-1\""}},
    {{"age|city|member|since|income", "x|Bonn|1|2020-01-01|1", "1|Essen|1|2020-01-01|1", "1|Bonn|1||1"},
     {"column \"age\"", "column \"city\"", "column \"since\": 1 of 3 cells are blank"}},
    {{"age|city|member|since|income", "a|Bonn|1|2020-01-01|1", "b|Bonn|1|2020-01-01|1", "c|Bonn|1|2020-01-01|1",
      "d|Bonn|1|2020-01-01|1"},
     {"4 of 4 cells are no numbers: \"a\" (shop.csv, line 2), \"b\" (shop.csv, line 3), \"c\" (shop.csv, line 4), "
      "...;"}},
};

START_TEST(test_refused) {
    tern__arena arena = {0};
    tern__features fitted;
    static double x[8 * WIDTH];
    fit_shop(&arena, &fitted);
    size_t n = 0, messages = 0;
    while (n < COUNT(cases[_i].lines) && cases[_i].lines[n]) n++;
    tern__cells want[8] = {0};
    char names[256];
    snprintf(names, sizeof names, "%s", cases[_i].lines[0]);
    char *rest = names;
    for (size_t i = 0; rest; i++) {
        char *end = strchr(rest, '|');
        if (end) *end++ = 0;
        want[i] = tern__features_want(&fitted, rest);
        rest = end;
    }
    tern__table *t = quick_table(cases[_i].lines, n, want);
    tern_error *err = fresh_error();
    ck_assert_int_eq(tern__features_apply(&fitted, t, x, err), TERN_ERROR_DATA);
    for (; messages < 3 && cases[_i].texts[messages]; messages++) {
        ck_assert_uint_lt(messages, err->count);
        ck_contains(err->item[messages].text, cases[_i].texts[messages]);
    }
    ck_assert(messages == 3 || err->count == messages);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

/* As said: unseen categories are unknown. A warning says how many and where. */
START_TEST(test_unknown) {
    tern__arena arena = {0};
    tern__features fitted;
    double x[4];
    tern__table *t = TABLE("c", "u", "v"), *other = TABLE("c", "w", "v");
    tern__feature f = {.name = "c", .type = TERN__COLUMN_CATEGORY, .unseen = TERN__UNSEEN_UNKNOWN};
    ck_assert_int_eq(fit_column(f, t, 2, &arena, &fitted, NULL), TERN_OK);
    tern_error *err = fresh_error();
    ck_assert_int_eq(tern__features_apply(&fitted, other, x, err), TERN_OK);
    ck_near_all(x, ((const double[]){0, 0, 0, 1}), 4, 0);
    ck_assert(err->count == 1 && !err->errors);
    ck_contains(err->item[0].text, "1 of 2 cells have a category that no training row has, taken as unknown: \"w\"");
    tern__table_free(t);
    tern__table_free(other);
    tern__arena_free(&arena);
}
END_TEST

/* Blank cells that training did not have. */
START_TEST(test_filled) {
    tern__arena arena = {0};
    tern__features fitted;
    double x[8];
    tern__table *t = TABLE("n|c", "1|u", "4|v", "4|v"), *other = TABLE("n|c", "|", "2|u");
    tern__feature n = {.name = "n", .missing = TERN__MISSING_MEDIAN},
                  c = {.name = "c", .type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_MOST_COMMON};
    ck_assert_int_eq(fit_column(n, t, 3, &arena, &fitted, NULL), TERN_OK);
    ck_assert_int_eq(tern__features_apply(&fitted, other, x, NULL), TERN_OK);
    ck_near_all(x, ((const double[]){4, 2}), 2, 0);
    ck_assert_int_eq(fit_column(c, t, 3, &arena, &fitted, NULL), TERN_OK);
    ck_assert_int_eq(tern__features_apply(&fitted, other, x, NULL), TERN_OK);
    ck_near_all(x, ((const double[]){0, 1, 1, 0}), 4, 0);
    tern__table_free(t);
    tern__table_free(other);
    tern__arena_free(&arena);
}
END_TEST

/* Nothing to learn from. */
START_TEST(test_nothing) {
    tern__arena arena = {0};
    tern__features fitted;
    tern__table *t = TABLE("n|c", "|", "NA|");
    tern__feature n = {.name = "n", .missing = TERN__MISSING_MEAN}, c = {.name = "c", .type = TERN__COLUMN_CATEGORY};
    tern_error *err = fresh_error();
    const tern__cells want[] = {TERN__CELLS_NUMBER, TERN__CELLS_TEXT};
    tern__table_free(t);
    t = quick_table((const char *const[]){"n|c", "|", "NA|"}, 3, want);
    ck_assert_int_eq(fit_column(n, t, 2, &arena, &fitted, err), TERN_ERROR_DATA);
    ck_contains(err->item[0].text, "column \"n\" has no value in the training rows");
    ck_assert_int_eq(fit_column(c, t, 2, &arena, &fitted, err), TERN_ERROR_DATA);
    ck_contains(err->item[1].text, "column \"c\" has no category in the training rows");
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

TCase *disagree_case(void) {
    TCase *c = tcase_create("disagree");
    tcase_add_test(c, test_order);
    tcase_add_loop_test(c, test_refused, 0, COUNT(cases));
    tcase_add_test(c, test_unknown);
    tcase_add_test(c, test_filled);
    tcase_add_test(c, test_nothing);
    return c;
}
