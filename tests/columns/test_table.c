/* test_table.c - tables cell by cell: numbers and texts, what is missing, where a row is. */
#include "tables.h"

#include <tern/random.h>

START_TEST(test_cells) {
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "1.5",
                                          " 2e3\t",
                                          "+.5",
                                          "7.",
                                          "1e22",
                                          "1e-22",
                                          "0.1",
                                          "3.1415926535897931",
                                          "123456789012345678",
                                          "1e300",
                                          "9007199254740993",
                                          "4.35",
                                          "0.000001",
                                          "2.2250738585072014e-308"};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        double v = 0;
        ck_assert_msg(tern__cell_number(numbers[i], '.', &v), "%s", numbers[i]);
        ck_assert_msg(v == strtod(numbers[i], NULL), "%s is %.17g", numbers[i], v);
    }
    static const char *const others[] = {"",    " ",   ".",  "-",  "1 2",   "1,5", "0x10",
                                         "inf", "nan", "1e", "e5", "1e400", "--1"};
    for (size_t i = 0; i < COUNT(others); i++) {
        double v;
        ck_assert_msg(!tern__cell_number(others[i], '.', &v), "%s", others[i]);
    }
    double v;
    ck_assert(tern__cell_number("-1,25", ',', &v) && v == -1.25 && !tern__cell_number("1.25", ',', &v));
    ck_assert(tern__cell_missing(" n/a ") && tern__cell_missing("") && tern__cell_missing("NaN") &&
              !tern__cell_missing("nano") && !tern__cell_missing("0"));
}
END_TEST

/* Numbers of every length, written and read: the very same. */
START_TEST(test_all_digits) {
    const tern_random random = {.seed = 3};
    uint32_t bits[2];
    char text[64];
    for (size_t i = 0; i < 20000; i++) {
        tern_random_bits(&random, 2 * i, 2, bits);
        double want = ((double)bits[0] * 4294967296.0 + bits[1]) * pow(10, (double)(i % 40) - 30), got = 0;
        snprintf(text, sizeof text, "%.*g", 1 + (int)(i % 17), want);
        want = strtod(text, NULL);
        ck_assert_msg(tern__cell_number(text, '.', &got) && got == want, "%s: %.17g", text, got);
    }
}
END_TEST

START_TEST(test_kinds) {
    const tern__cells want[] = {TERN__CELLS_AUTO, TERN__CELLS_AUTO, TERN__CELLS_NUMBER, TERN__CELLS_TEXT,
                                TERN__CELLS_SKIP};
    const char *const lines[] = {"a|b|n|t|s", "1|1|1|1|x", "NA|2|two|1|y", "3|x||2|z", "3| |4|1|"};
    tern__table *t = quick_table(lines, COUNT(lines), want);
    const tern__table_column *c = t->column;
    ck_assert(t->n == 4 && c[0].number && c[0].code && isnan(c[0].number[1]) && c[0].number[3] == 3 && !c[0].bad);
    ck_assert(!c[1].number && c[1].values == 3 && c[1].code[3] == TERN__NO_CODE);
    ck_assert(c[2].number && !c[2].code && isinf(c[2].number[1]) && isnan(c[2].number[2]));
    ck_assert(c[2].bad == 1 && c[2].bad_cell[0].row == 1);
    ck_assert_str_eq(c[2].bad_cell[0].text, "two");
    ck_assert(!c[3].number && c[3].values == 2 && c[3].code[0] == 0 && c[3].code[2] == 1 && c[3].code[3] == 0);
    ck_assert(!c[4].number && !c[4].code);
    ck_assert(tern__table_find(t, "t") == 3 && tern__table_find(t, "u") == SIZE_MAX);
    char number[40], place[TERN__TABLE_PLACE];
    ck_assert_str_eq(tern__table_show(&c[2], 1, number), "two");
    ck_assert_str_eq(tern__table_show(&c[2], 3, number), "4");
    ck_assert_str_eq(tern__table_place(t, 1, place), "shop.csv, line 3");
    tern__table_free(t);
}
END_TEST

/* So many distinct numbers are no categories: only the numbers stay, and a text after them is a bad cell. */
START_TEST(test_compact) {
    tern__table *t = tern__table_new(2, (const char *const[]){"a", "b"}, NULL, '.', NULL);
    for (size_t i = 0; i < 10000; i++) {
        char text[16];
        snprintf(text, sizeof text, "%zu", i);
        ck_assert_int_eq(tern__table_text(t, 0, i == 9000 ? "lots" : text, NULL), TERN_OK);
        ck_assert_int_eq(tern__table_number(t, 1, (double)(i % 7), NULL), TERN_OK);
        ck_assert_int_eq(tern__table_row(t, NULL), TERN_OK);
    }
    ck_assert(t->n == 10000 && !t->column[0].code && t->column[0].number[9999] == 9999 && t->column[0].bad == 1);
    ck_assert(t->column[1].values == 7 && t->column[1].number[9999] == 9999 % 7);
    char place[TERN__TABLE_PLACE];
    ck_assert_str_eq(tern__table_place(t, 9, place), "row 9 (counted from 0)");
    tern__table_free(t);
}
END_TEST

START_TEST(test_sources) {
    tern__table *t = tern__table_new(1, (const char *const[]){"a"}, NULL, '.', NULL);
    for (size_t i = 0; i < 300; i++) {
        if (i == 0) tern__table_begin_file(t, "1.csv", 2, NULL);
        if (i == 150) tern__table_begin_file(t, "2.csv", 2, NULL);
        tern__table_line(t, i % 150 + 2);
        tern__table_text(t, 0, "1", NULL);
        tern__table_row(t, NULL);
    }
    char place[TERN__TABLE_PLACE];
    ck_assert_str_eq(tern__table_place(t, 149, place), "1.csv, line 151");
    ck_assert_str_eq(tern__table_place(t, 150, place), "2.csv, line 2");
    ck_assert_str_eq(tern__table_place(t, 299, place), "2.csv, line 151");
    tern__table_free(t);
}
END_TEST

START_TEST(test_numbers_again) {
    tern__table *t = TABLE("a", "1", "x", "NA", "2.5", "x");
    ck_assert_ptr_null(t->column[0].number);
    ck_assert_int_eq(tern__table_make_numbers(t, 0, '.', NULL), TERN_OK);
    const tern__table_column *c = t->column;
    ck_assert(c->number[0] == 1 && isinf(c->number[1]) && isnan(c->number[2]) && c->number[3] == 2.5 && c->bad == 2);
    tern__table_free(t);
}
END_TEST

/* Each allocation fails once: an error, and nothing is lost. */
START_TEST(test_memory) {
    const char *const lines[] = {"a|b", "1|x", "2|y"};
    for (size_t after = 0; after < 40; after++) {
        tern_error *err = fresh_error();
        tern__alloc_fail(after, false);
        tern__table *t = tern__table_new(2, (const char *const[]){"a", "b"}, NULL, '.', err);
        tern_status status = t ? tern__table_begin_file(t, lines[0], 2, err) : TERN_ERROR_MEMORY;
        for (size_t i = 0; !status && i < 100; i++) {
            char text[8];
            snprintf(text, sizeof text, "v%zu", i);
            status = tern__table_text(t, 0, "1", err);
            if (!status) status = tern__table_text(t, 1, text, err);
            if (!status) status = tern__table_row(t, err);
        }
        ck_assert(!status || (status == TERN_ERROR_MEMORY && err->errors));
        tern__table_free(t);
    }
    tern__alloc_fail(SIZE_MAX, false);
}
END_TEST

TCase *table_case(void) {
    TCase *c = tcase_create("table");
    tcase_add_test(c, test_cells);
    tcase_add_test(c, test_all_digits);
    tcase_add_test(c, test_kinds);
    tcase_add_test(c, test_compact);
    tcase_add_test(c, test_sources);
    tcase_add_test(c, test_numbers_again);
    tcase_add_test(c, test_memory);
    return c;
}
