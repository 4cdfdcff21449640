/* test_infer.c - "columns": "auto": what a table's columns are taken for. */
#include "tables.h"

typedef struct taken {
    const char *cell[10];
    int type, missing, normalize;
} taken;

static const taken columns[] = {
    {{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"},
     TERN__COLUMN_NUMBER,
     TERN__MISSING_ERROR,
     TERN__NORMALIZE_ZSCORE},
    {{"1", "2", "3", "4", "NA", "6", "7", "", "9", "1"},
     TERN__COLUMN_NUMBER,
     TERN__MISSING_MEDIAN,
     TERN__NORMALIZE_ZSCORE},
    {{"1", "2", "3", "4", "x", "6", "7", "8", "9", "1"},
     TERN__COLUMN_NUMBER,
     TERN__MISSING_ERROR,
     TERN__NORMALIZE_ZSCORE},
    {{"5", "5", "5", "5", "5", "5", "5", "5", "5", "5"}, TERN__COLUMN_IGNORE, 0, 0},
    {{"", "", "", "", "", "", "", "", "", ""}, TERN__COLUMN_IGNORE, 0, 0},
    {{"a", "a", "a", "a", "a", "a", "a", "a", "a", "a"}, TERN__COLUMN_IGNORE, 0, 0},
    {{"a", "b", "a", "b", "a", "b", "a", "b", "a", "b"}, TERN__COLUMN_CATEGORY, TERN__MISSING_ERROR, 0},
    {{"a", "b", "", "b", "a", "b", "a", "b", "a", "b"}, TERN__COLUMN_CATEGORY, TERN__MISSING_CATEGORY, 0},
    {{"yes", "no", "yes", "no", "no", "no", "no", "no", "no", ""}, TERN__COLUMN_BOOLEAN, TERN__MISSING_MOST_COMMON, 0},
    {{"2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05", "2020-01-06", "2020-01-07", "2020-01-08",
      "2020-01-09", "2020-01-10"},
     TERN__COLUMN_DATE,
     TERN__MISSING_ERROR,
     TERN__NORMALIZE_ZSCORE},
};

START_TEST(test_types) {
    tern__arena arena = {0};
    tern__features found;
    const taken *want = &columns[_i];
    tern__table *t = tern__table_new(2, (const char *const[]){"c", "target"}, NULL, '.', NULL);
    for (size_t i = 0; i < 10; i++) {
        tern__table_text(t, 0, want->cell[i], NULL);
        tern__table_text(t, 1, "1", NULL);
        tern__table_row(t, NULL);
    }
    const tern_strings except = {1, (const char *const[]){"target"}};
    ck_assert_int_eq(tern__features_infer(t, first_rows(10), 10, &except, &arena, &found, NULL), TERN_OK);
    ck_assert_uint_eq(found.n, 1);
    const tern__feature *f = found.item;
    ck_assert_str_eq(f->name, "c");
    ck_assert_int_eq(f->type, want->type);
    ck_assert_int_eq(f->missing, want->missing);
    ck_assert_int_eq(f->normalize, want->normalize);
    ck_assert_int_eq(tern__features_check(&found, NULL), TERN_OK);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

/* A column that counts the rows says nothing of them, whichever rows train. */
START_TEST(test_row_numbers) {
    tern__arena arena = {0};
    tern__features found;
    const tern_strings none = {0};
    tern__table *t = tern__table_new(3, (const char *const[]){"from0", "from1", "year"}, NULL, '.', NULL);
    for (size_t i = 0; i < 60; i++) {
        tern__table_number(t, 0, (double)i, NULL);
        tern__table_number(t, 1, (double)i + 1, NULL);
        tern__table_number(t, 2, (double)i + 1950, NULL);
        tern__table_row(t, NULL);
    }
    size_t rows[30];
    for (size_t i = 0; i < 30; i++) rows[i] = 2 * i + (i % 2);
    ck_assert_int_eq(tern__features_infer(t, rows, 30, &none, &arena, &found, NULL), TERN_OK);
    ck_assert_int_eq(found.item[0].type, TERN__COLUMN_IGNORE);
    ck_assert_int_eq(found.item[1].type, TERN__COLUMN_IGNORE);
    ck_assert_int_eq(found.item[2].type, TERN__COLUMN_NUMBER);
    tern__table_free(t);
    tern__arena_free(&arena);
}
END_TEST

TCase *infer_case(void) {
    TCase *c = tcase_create("infer");
    tcase_add_loop_test(c, test_types, 0, COUNT(columns));
    tcase_add_test(c, test_row_numbers);
    return c;
}
