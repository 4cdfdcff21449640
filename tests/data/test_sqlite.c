/* test_sqlite.c - rows that a query selects, read only; and what a query must not do. */
#include "fixtures/scratch.h"
#include "test_data.h"

extern const tern_reader_type tern_reader_sqlite;

static tern_error *fresh(void) {
    static tern_error err;
    tern_error_clear(&err);
    return &err;
}

static tern_dataset *read_query(const char *file, const char *query, const char *target, tern_error *err) {
    reader_options o = {0};
    *(const char **)option_field(&o, &tern_reader_sqlite, "file") = file;
    *(const char **)option_field(&o, &tern_reader_sqlite, "query") = query;
    *(double *)option_field(&o, &tern_reader_sqlite, "to") = 1;
    if (target) *(tern_strings *)option_field(&o, &tern_reader_sqlite, "y") = (tern_strings){1, &target};
    return tern_reader_sqlite.read(&o, NULL, false, err);
}

#ifdef TERN_HAVE_SQLITE
#include <sqlite3.h>

static const char *shop(void) {
    const char *path = scratch_path("shop.db");
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "create table customer (age real, visits integer, city text, photo blob);"
                                  "insert into customer values (20.5, 3, 'Ulm', null), (31, 4, 'Bonn', x'00'),"
                                  "(null, 5, 'Ulm', null), ('old', 6, null, null);",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return path;
}

START_TEST(test_rows) {
    tern_dataset *d = read_query(shop(), "select visits, age, city from customer where visits < 5 order by age desc;",
                                 "city", fresh());
    ck_assert(d && d->n == 2 && d->x->labels == 2 && d->y->labels == 2);
    ck_assert_str_eq(d->x->label[1], "age");
    ck_assert_str_eq(d->y->label[0], "Bonn");
    const double want[] = {4, 31, 3, 20.5};
    for (size_t i = 0; i < 4; i++) ck_near(tern_array_get(d->x, i), want[i], 0);
    ck_assert(tern_array_get(d->y, 0) == 0 && tern_array_get(d->y, 1) == 1);
    tern_dataset_free(d);
}
END_TEST

static const struct {
    const char *query, *text;
} mistakes[] = {
    {"select age from customer", "column \"age\" is empty; a finite number is accepted; 1 more cells are none: "},
    {"select age from customer where visits > 5", "column \"age\" is \"old\""},
    {"select photo from customer where visits = 4", "column \"photo\" holds bytes (a BLOB)"},
    {"select size from customer", "the query can't be run: no such column: size"},
    {"select age from customer where age < 0", "selects no row of"},
    {"delete from customer", "selects no rows; \"select"},
    {"insert into customer values (1, 1, 'x', null) returning age", "selects no rows"},
    {"select 1; drop table customer", "is not one statement"},
    {"", "is not one statement"},
    {"attach '/tmp/other.db' as other", "selects no rows"},
    {"select load_extension('x')", "the query "},
    {"select a, from customer", "the query can't be run"},
};

START_TEST(test_mistakes) {
    tern_error *err = fresh();
    const char *path = shop();
    ck_assert_ptr_null(read_query(path, mistakes[_i].query, NULL, err));
    ck_contains(err->item[0].text, mistakes[_i].text);
    tern_dataset *d = read_query(path, "select visits from customer", NULL, fresh()); /* nothing was changed */
    ck_assert(d && d->n == 4);
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_files) {
    tern_error *err = fresh();
    ck_assert_ptr_null(read_query(scratch_path("none.db"), "select 1", NULL, err));
    ck_contains(err->item[0].text, "can't be opened");
    ck_assert_ptr_null(read_query(scratch_file("text.db", "this is no database, but it is long enough", 42),
                                  "select 1 from t", NULL, err));
    ck_contains(err->item[1].text, "file is not a database");
    ck_assert_int_eq(access(scratch_path("none.db"), F_OK), -1); /* it was not made */
}
END_TEST
#else
START_TEST(test_absent) {
    tern_error *err = fresh();
    ck_assert_ptr_null(read_query("shop.db", "select 1", NULL, err));
    ck_contains(err->item[0].text, "built without SQLite");
}
END_TEST
#endif

TCase *sqlite_case(void) {
    TCase *c = tcase_create("sqlite");
#ifdef TERN_HAVE_SQLITE
    tcase_add_test(c, test_rows);
    tcase_add_loop_test(c, test_mistakes, 0, COUNT(mistakes));
    tcase_add_test(c, test_files);
#else
    tcase_add_test(c, test_absent);
#endif
    return c;
}
