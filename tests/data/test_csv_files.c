/* test_csv_files.c - how CSV files are written: decimal comma, gzip, several files and patterns, thousands of columns;
 * and all bad cells in one report. */
#include "fixtures/scratch.h"
#include "test_data.h"

#include <zlib.h>

/* Reads with the options that a test names; targets are the column "y", where there is one. */
static tern_dataset *read_files(size_t n, const char *const *files, const char *separator, const char *decimal,
                                bool targets, tern_error *err) {
    static const char *const y[] = {"y"};
    reader_options o = {0};
    *(tern_strings *)option_field(&o, &tern_reader_csv, "file") = (tern_strings){n, files};
    *(bool *)option_field(&o, &tern_reader_csv, "header") = true;
    *(const char **)option_field(&o, &tern_reader_csv, "separator") = separator;
    *(const char **)option_field(&o, &tern_reader_csv, "decimal") = decimal;
    *(double *)option_field(&o, &tern_reader_csv, "to") = 1;
    if (targets) *(tern_strings *)option_field(&o, &tern_reader_csv, "y") = (tern_strings){1, y};
    return tern_reader_csv.read(&o, NULL, false, err);
}

static const char *file(const char *name, const char *text) { return scratch_file(name, text, strlen(text)); }

static void check_x(const tern_dataset *d, size_t n, const double *want) {
    ck_assert_uint_eq(d->n * tern_shape_count(&d->x->shape), n);
    for (size_t i = 0; i < n; i++) ck_near(tern_array_get(d->x, i), want[i], 0);
}

static tern_error *fresh(void) {
    static tern_error err;
    tern_error_clear(&err);
    return &err;
}

START_TEST(test_decimal) {
    const char *a = file("a.csv", "\xef\xbb\xbf"
                                  "x;y\r\n1,5;cat\r\n-2,25e1;\"dog\"\r\n");
    tern_dataset *d = read_files(1, &a, ";", ",", true, fresh());
    ck_assert_ptr_nonnull(d);
    check_x(d, 2, (const double[]){1.5, -22.5});
    ck_assert_uint_eq(d->y->labels, 2);
    tern_dataset_free(d);
    tern_error *err = fresh();
    ck_assert_ptr_null(read_files(1, &a, ";", ".", true, err));
    ck_contains(err->item[0].text, "column \"x\" is \"1,5\"; a finite number is accepted");
    ck_assert_ptr_null(read_files(1, &a, ",", ",", true, err));
    ck_contains(err->item[1].text, "is the separator, too");
    ck_assert_ptr_null(read_files(1, &a, ";", "'", true, err));
    ck_contains(err->item[2].text, "accepted are \".\" and \",\"");
}
END_TEST

START_TEST(test_gzip) {
    static char text[200000];
    size_t used = 0;
    for (size_t i = 0; i < 10000; i++) used += (size_t)sprintf(text + used, "%zu\n", i);
    const char *path = scratch_path("a.csv.gz");
    gzFile z = gzopen(path, "wb");
    ck_assert(gzputs(z, "x\n") == 2 && gzwrite(z, text, (unsigned)used) == (int)used && gzclose(z) == Z_OK);
    tern_dataset *d = read_files(1, &path, ",", ".", false, fresh());
    ck_assert(d && d->n == 10000 && tern_array_get(d->x, 9999) == 9999);
    tern_dataset_free(d);
    FILE *f = fopen(path, "r+b");
    ck_assert(f && !fseek(f, 0, SEEK_END) && !ftruncate(fileno(f), ftell(f) / 2) && !fclose(f));
    tern_error *err = fresh();
    ck_assert_ptr_null(read_files(1, &path, ",", ".", false, err));
    ck_contains(err->item[0].text, "is no whole .gz file");
    ck_contains(err->item[0].file, "a.csv.gz");
}
END_TEST

START_TEST(test_pattern) {
    file("sales-2.csv", "y,b,a\nv,4,3\n");
    file("sales-1.csv", "a,b,y\n1,2,u\n");
    file("other.csv", "a,b,y\n9,9,w\n");
    const char *pattern = scratch_path("sales-*.csv"), *both[2] = {scratch_path("other.csv"), pattern};
    tern_dataset *d = read_files(1, &pattern, ",", ".", true, fresh());
    ck_assert_ptr_nonnull(d);
    check_x(d, 4, (const double[]){1, 2, 3, 4}); /* in the order of their names, columns by the first one's */
    ck_assert(d->y->labels == 2 && tern_array_get(d->y, 1) == 1);
    tern_dataset_free(d);
    d = read_files(2, both, ",", ".", true, fresh());
    ck_assert_ptr_nonnull(d);
    check_x(d, 6, (const double[]){9, 9, 1, 2, 3, 4});
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_files_disagree) {
    static const struct {
        const char *second, *text;
    } cases[] = {
        {"a,c\n1,2\n", "has a column \"c\", which \""},
        {"a\n1\n", "has 1 columns, but \""},
        {"a,b\n1,x\n", "column \"b\" is \"x\""},
        {"a,b\n", "there is no row after the header"},
        {"1,2\n", "the header is numbers"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *files[] = {file("1.csv", "a,b\n1,2\n"), file("2.csv", cases[i].second)};
        tern_error *err = fresh();
        ck_assert_ptr_null(read_files(2, files, ",", ".", false, err));
        ck_contains(err->item[0].text, cases[i].text);
        ck_contains(err->item[0].file, "/2.csv");
    }
    const char *none = scratch_path("none-?.csv");
    tern_error *err = fresh();
    ck_assert_ptr_null(read_files(1, &none, ",", ".", false, err));
    ck_contains(err->item[0].text, "no file matches \"");
}
END_TEST

/* Thousands of columns, and every bad one named. */
START_TEST(test_wide) {
    enum { COLUMNS = 5000 };
    static char text[COLUMNS * 16];
    size_t used = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        used += (size_t)sprintf(text + used, "c%zu%s", i, i + 1 < COLUMNS ? "," : "\n");
    for (size_t i = 0; i < COLUMNS; i++) used += (size_t)sprintf(text + used, "%zu%s", i, i + 1 < COLUMNS ? "," : "\n");
    const char *path = file("wide.csv", text);
    tern_dataset *d = read_files(1, &path, ",", ".", false, fresh());
    ck_assert(d && d->n == 1 && d->x->labels == COLUMNS && tern_array_get(d->x, COLUMNS - 1) == COLUMNS - 1);
    ck_assert_str_eq(d->x->label[4999], "c4999");
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_all_bad) {
    const char *path = file("a.csv", "a,b,c\n1,x,\n2,y,3\n?,z,4\n5,w,5\n");
    tern_error *err = fresh();
    ck_assert_ptr_null(read_files(1, &path, ",", ".", false, err));
    ck_assert_uint_eq(err->errors, 3);
    ck_contains(err->item[2].text, "column \"a\" is \"?\"; a finite number is accepted");
    ck_assert_uint_eq(err->item[2].line, 4);
    ck_contains(err->item[0].text, "column \"b\" is \"x\"; a finite number is accepted; 3 more cells are none: ");
    ck_contains(err->item[0].text, "a.csv, line 3 is \"y\"");
    ck_contains(err->item[0].text, "line 4 is \"z\", ...");
    ck_contains(err->item[1].text, "column \"c\" is empty; a finite number is accepted");
}
END_TEST

TCase *csv_files_case(void) {
    TCase *c = tcase_create("csv files");
    tcase_add_test(c, test_decimal);
    tcase_add_test(c, test_gzip);
    tcase_add_test(c, test_pattern);
    tcase_add_test(c, test_files_disagree);
    tcase_add_test(c, test_wide);
    tcase_add_test(c, test_all_bad);
    return c;
}
