/* test_csv.c - tables of text: roles of columns, class names, quotes; mistakes and where messages say they are. */
#include "fixtures/scratch.h"
#include "test_data.h"

#include <locale.h>

/* What a test says to the reader; zero: left out. */
typedef struct setup {
    const char *text, *y_text;
    bool bare; /* no header */
    const char *separator, *decimal;
    const char *x[4], *y[4], *classes[4];
    size_t window, horizon, stride; /* 0: 1 for the last two */
    double from, to;                /* 0: 1 */
} setup;

static void set_list(reader_options *o, const char *name, const char *const *list) {
    tern_strings *field = option_field(o, &tern_reader_csv, name);
    field->v = list;
    while (field->n < 4 && list[field->n]) field->n++;
}

static tern_dataset *read_setup(const setup *s, tern_error *err) {
    reader_options o = {0};
    const char *file = scratch_file("a.csv", s->text, strlen(s->text));
    *(tern_strings *)option_field(&o, &tern_reader_csv, "file") = (tern_strings){1, &file};
    if (s->y_text)
        *(const char **)option_field(&o, &tern_reader_csv, "y_file") =
            scratch_file("b.csv", s->y_text, strlen(s->y_text));
    *(bool *)option_field(&o, &tern_reader_csv, "header") = !s->bare;
    *(const char **)option_field(&o, &tern_reader_csv, "separator") = s->separator ? s->separator : ",";
    *(const char **)option_field(&o, &tern_reader_csv, "decimal") = s->decimal ? s->decimal : ".";
    *(size_t *)option_field(&o, &tern_reader_csv, "window") = s->window;
    *(size_t *)option_field(&o, &tern_reader_csv, "horizon") = s->horizon ? s->horizon : 1;
    *(size_t *)option_field(&o, &tern_reader_csv, "stride") = s->stride ? s->stride : 1;
    *(double *)option_field(&o, &tern_reader_csv, "from") = s->from;
    *(double *)option_field(&o, &tern_reader_csv, "to") = s->to > 0 ? s->to : 1;
    set_list(&o, "x", s->x);
    set_list(&o, "y", s->y);
    set_list(&o, "classes", s->classes);
    return tern_reader_csv.read(&o, NULL, false, err);
}

static tern_dataset *read_well(setup s) {
    tern_error err = {0};
    tern_dataset *d = read_setup(&s, &err);
    ck_assert_msg(d != NULL, "%s", err.item[0].text);
    return d;
}

static void check(const tern_array *c, tern_dtype dtype, size_t n, const double *want) {
    ck_assert_int_eq(c->dtype, dtype);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(tern_array_get(c, i) == want[i], "%zu: %.17g", i, tern_array_get(c, i));
}

/* ---- accepted ---- */

START_TEST(test_names) {
    tern_dataset *d = read_well((setup){.text = "a,kind,b\n1,cat,2.5\r\n-3e2,dog,.5\n 4 ,cat,6", .y = {"kind"}});
    ck_assert(d->n == 3 && d->x->shape.rank == 1 && d->x->shape.dim[0] == 2 && d->y->shape.rank == 0);
    check(d->x, TERN_F64, 6, (const double[]){1, 2.5, -300, .5, 4, 6});
    check(d->y, TERN_I64, 3, (const double[]){0, 1, 0});
    ck_assert(d->y->labels == 2 && d->x->labels == 2);
    ck_assert_str_eq(d->y->label[0], "cat");
    ck_assert_str_eq(d->y->label[1], "dog");
    ck_assert_str_eq(d->x->label[1], "b");
    tern_dataset_free(d);
}
END_TEST

/* Sorted, not in the order they appear: train and test files agree. */
START_TEST(test_classes) {
    tern_dataset *d = read_well((setup){.text = "y,x\nz,1\nb,2\nz,3\na,4\n", .y = {"y"}});
    check(d->y, TERN_I64, 4, (const double[]){2, 1, 2, 0});
    tern_dataset_free(d);
    d = read_well((setup){.text = "y,x\nz,1\nb,2\nz,3\na,4\n", .y = {"y"}, .classes = {"z", "a", "b", "unused"}});
    check(d->y, TERN_I64, 4, (const double[]){0, 2, 0, 1});
    ck_assert_uint_eq(d->y->labels, 4);
    ck_assert_str_eq(d->y->label[3], "unused");
    tern_dataset_free(d);
    d = read_well((setup){.text = "y,x\n1,1\n2,2\n", .y = {"y"}, .classes = {"1", "2"}});
    check(d->y, TERN_I64, 2, (const double[]){0, 1});
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_roles) {
    tern_dataset *d =
        read_well((setup){.text = "1;2;3\n4;5;6\n", .bare = true, .separator = ";", .x = {"2", "0"}, .y = {"1"}});
    check(d->x, TERN_F64, 4, (const double[]){3, 1, 6, 4});
    check(d->y, TERN_I64, 2, (const double[]){2, 5});
    ck_assert(d->x->labels == 0 && d->y->labels == 0);
    tern_dataset_free(d);
    d = read_well((setup){.text = "a\tb\tc\n1\t2\t3\n4\t5.5\t6\n", .separator = "\t", .y = {"b"}});
    check(d->y, TERN_F64, 2, (const double[]){2, 5.5});
    tern_dataset_free(d);
    d = read_well((setup){.text = "a\tb\n1\t2\n", .separator = "tab"});
    check(d->x, TERN_F64, 2, (const double[]){1, 2});
    tern_dataset_free(d);
    d = read_well((setup){.text = "a,b,c\n1,2,3\n4,5,6\n", .y = {"a", "2"}}); /* a name, and a position */
    check(d->y, TERN_F64, 4, (const double[]){1, 3, 4, 6});
    check(d->x, TERN_F64, 2, (const double[]){2, 5});
    ck_assert(d->y->shape.rank == 1 && d->y->shape.dim[0] == 2 && d->x->shape.rank == 1 && d->x->shape.dim[0] == 1);
    tern_dataset_free(d);
    d = read_well((setup){.text = "a,b\n1,2\n3,4\n", .y_text = "t\n9\n8\n"});
    check(d->x, TERN_F64, 4, (const double[]){1, 2, 3, 4});
    check(d->y, TERN_I64, 2, (const double[]){9, 8});
    tern_dataset_free(d);
    d = read_well((setup){.text = "a,b\n1,2\n"});
    ck_assert_uint_eq(d->targets, 0);
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_quotes) {
    tern_dataset *d =
        read_well((setup){.text = "\"a \"\"1\"\"\",\"k,\nk\"\n\"1\",\"x \"\"y\"\"\"\n2,\"\"\"\"\r\n", .y = {"k,\nk"}});
    ck_assert_str_eq(d->x->label[0], "a \"1\"");
    check(d->x, TERN_F64, 2, (const double[]){1, 2});
    ck_assert_str_eq(d->y->label[0], "\"");
    ck_assert_str_eq(d->y->label[1], "x \"y\"");
    tern_dataset_free(d);
}
END_TEST

/* What other programs put around the rows: a byte order mark, blank lines at the end, CRLF. */
START_TEST(test_around) {
    static const char *const texts[] = {"\xef\xbb\xbf"
                                        "a,b\r\n1,2\r\n3,4\r\n",
                                        "a,b\n1,2\n3,4\n\n", "a,b\n1,2\n3,4\n \t\r\n\n  ",
                                        "\xef\xbb\xbf"
                                        "\"a\",b\n1,2\n3,4"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        tern_dataset *d = read_well((setup){.text = texts[i], .x = {"a", "b"}});
        ck_assert_uint_eq(d->n, 2);
        check(d->x, TERN_F64, 4, (const double[]){1, 2, 3, 4});
        tern_dataset_free(d);
    }
    tern_dataset *d = read_well((setup){.text = "a\n1\n\n\n"});
    ck_assert_uint_eq(d->n, 1);
    tern_dataset_free(d);
}
END_TEST

/* The place of a mistake goes with its own message, also where the record holds another before it. */
START_TEST(test_second_message) {
    tern_error err = {0};
    tern_error_add(&err, TERN_ERROR_MODEL, NULL, "something else");
    ck_assert_ptr_null(read_setup(&(setup){.text = "a,b\n1,x\n"}, &err));
    ck_assert_uint_eq(err.count, 2);
    ck_assert(!err.item[0].line && err.item[1].line == 2 && err.item[1].column == 3);
}
END_TEST

/* from_files: a header where the first row is not all numbers. */
START_TEST(test_plain_files) {
    static const char *const texts[] = {"1,2\n3,4\n", "a,b\n1,2\n3,4\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        reader_options o = {0};
        *(bool *)option_field(&o, &tern_reader_csv, "header") = true;
        *(const char **)option_field(&o, &tern_reader_csv, "separator") = ",";
        *(const char **)option_field(&o, &tern_reader_csv, "decimal") = ".";
        tern_reader_csv.from_files(&o, &(tern_files){.input = scratch_file("x.csv", texts[i], strlen(texts[i])),
                                                     .target = scratch_file("y.csv", "7\n8\n", 4)});
        tern_dataset *d = tern_reader_csv.read(&o, NULL, false, NULL);
        ck_assert_ptr_nonnull(d);
        ck_assert_uint_eq(d->n, 2);
        check(d->x, TERN_F64, 4, (const double[]){1, 2, 3, 4});
        check(d->y, TERN_I64, 2, (const double[]){7, 8});
        tern_dataset_free(d);
    }
}
END_TEST

/* A program that uses a comma for fractions reads the same numbers, and keeps its locale. */
START_TEST(test_locale) {
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    for (size_t i = 0; i < COUNT(commas) && !setlocale(LC_ALL, commas[i]); i++) {}
    char point[8];
    snprintf(point, sizeof point, "%.1f", 0.5);
    tern_dataset *d = read_well((setup){.text = "a\n1.25\n"});
    check(d->x, TERN_F64, 1, (const double[]){1.25});
    tern_dataset_free(d);
    char after[8];
    snprintf(after, sizeof after, "%.1f", 0.5);
    ck_assert_str_eq(after, point);
}
END_TEST

/* A series: some rows in order, and the row after them; also with several columns, in parts, and from two files. */
START_TEST(test_window) {
    static const char series[] = "a,b\n1,10\n2,20\n3,30.5\n4,40\n5,50\n";
    tern_dataset *d = read_well((setup){.text = series, .x = {"b"}, .y = {"b"}, .window = 3});
    ck_assert(d->n == 2 && d->x->shape.rank == 2 && d->x->shape.dim[0] == 3 && d->x->shape.dim[1] == 1 &&
              d->y->shape.rank == 0);
    check(d->x, TERN_F64, 6, (const double[]){10, 20, 30.5, 20, 30.5, 40});
    check(d->y, TERN_F64, 2, (const double[]){40, 50});
    tern_dataset_free(d);
    d = read_well((setup){.text = series, .x = {"b", "a"}, .y = {"a"}, .window = 2, .to = 0.6});
    ck_assert(d->n == 1 && d->x->shape.dim[0] == 2 && d->x->shape.dim[1] == 2);
    check(d->x, TERN_F64, 4, (const double[]){10, 1, 20, 2});
    check(d->y, TERN_I64, 1, (const double[]){3});
    tern_dataset_free(d);
    d = read_well((setup){.text = series, .window = 4}); /* no targets: the last rows are an input, too */
    ck_assert(d->n == 2 && !d->targets && tern_array_get(d->x, 15) == 50);
    tern_dataset_free(d);
    d = read_well((setup){.text = series, .y_text = "t\n6\n7\n8\n9\n10\n", .window = 1, .from = 0.6});
    check(d->x, TERN_F64, 2, (const double[]){4, 40});
    check(d->y, TERN_I64, 1, (const double[]){10});
    tern_dataset_free(d);
}
END_TEST

/* Several rows as targets, and windows that begin further apart; how many samples share rows with one. */
START_TEST(test_horizon) {
    static const char series[] = "a,b\n1,10\n2,20\n3,30.5\n4,40\n5,50\n6,60\n7,70\n";
    tern_dataset *d = read_well((setup){.text = series, .x = {"b"}, .y = {"b"}, .window = 3, .horizon = 2});
    ck_assert(d->n == 3 && d->y->shape.rank == 1 && d->y->shape.dim[0] == 2 && d->overlap == 4);
    check(d->y, TERN_F64, 6, (const double[]){40, 50, 50, 60, 60, 70});
    tern_dataset_free(d);
    d = read_well((setup){.text = series, .x = {"b"}, .y = {"a", "b"}, .window = 2, .horizon = 2, .stride = 3});
    ck_assert(d->n == 2 && d->y->shape.rank == 2 && d->y->shape.dim[0] == 2 && d->y->shape.dim[1] == 2);
    ck_assert_uint_eq(d->overlap, 1);
    check(d->x, TERN_F64, 4, (const double[]){10, 20, 40, 50});
    check(d->y, TERN_F64, 8, (const double[]){3, 30.5, 4, 40, 6, 60, 7, 70});
    tern_dataset_free(d);
    d = read_well((setup){.text = series, .x = {"b"}, .y = {"b"}, .window = 2, .stride = 3});
    ck_assert(d->n == 2 && d->y->shape.rank == 0 && d->overlap == 0);
    check(d->y, TERN_F64, 2, (const double[]){30.5, 60});
    tern_dataset_free(d);
    d = read_well((setup){.text = series, .y = {"a"}});
    ck_assert_uint_eq(d->overlap, 0);
    tern_dataset_free(d);
}
END_TEST

/* Rows alone. */
START_TEST(test_part) {
    tern_dataset *d = read_well((setup){.text = "a,y\n1,u\n2,v\n3,u\n4,w\n5,u\n", .y = {"y"}, .from = 0.2, .to = 0.8});
    check(d->x, TERN_F64, 3, (const double[]){2, 3, 4});
    check(d->y, TERN_I64, 3, (const double[]){1, 0, 2});
    ck_assert(d->y->labels == 3 &&
              d->x->shape.rank == 1); /* the classes are those of the file, the same for every part */
    tern_dataset_free(d);
}
END_TEST

/* ---- refused ---- */

static const struct {
    setup s;
    size_t line, column; /* 0: about the file, or an option */
    const char *text;
} mistakes[] = {
    {{.text = "a,b\n1,2\n3,x\n"}, 3, 3, "column \"b\" is \"x\"; a finite number is accepted"},
    {{.text = "1,2\n3,x\n", .bare = true}, 2, 3, "column 1 (counted from 0) is \"x\""},
    {{.text = "a,b\n1,\n"}, 2, 3, "column \"b\" is empty"},
    {{.text = "a,b\n1, \n"}, 2, 3, "column \"b\" is empty"},
    {{.text = "a\nnan\n"}, 2, 1, "is \"nan\""},
    {{.text = "a\ninf\n"}, 2, 1, "is \"inf\""},
    {{.text = "a\n1e999\n"}, 2, 1, "is \"1e999\"; a finite number"},
    {{.text = "a\n0x10\n"}, 2, 1, "is \"0x10\""},
    {{.text = "a\n1 2\n"}, 2, 1, "is \"1 2\""},
    {{.text = "a\n1,5\n"}, 2, 3, "more than the 1 fields of the first row"},
    {{.text = "a,b\n1,2\n3\n"}, 3, 1, "the row has 1 field, but the first row has 2"},
    {{.text = "a,b\n1,2\n\n3,4\n"}, 3, 1, "the line is blank"},
    {{.text = "a,b\n1,2\n \r\n3,4\n"}, 3, 1, "the line is blank"},
    {{.text = "\na,b\n1,2\n"}, 1, 1, "the line is blank"},
    {{.text = "a\tb\n1\t2\n\t\n", .separator = "tab"}, 3, 1, "column \"a\" is empty"},
    {{.text = "a\n\n1\n"}, 2, 1, "is empty"},
    {{.text = "a\n\n"}, 1, 1, "there is no row after the header"},
    {{.text = "\n\n"}, 0, 0, "there is no row after the header"},
    {{.text = "a;b\n1;2\n", .y = {"b"}}, 0, 0, "\"b\"; the 1 columns of"},
    {{.text = "a;b\n1;2\n", .y = {"b"}}, 0, 0, "Then say \"separator\": \";\""},
    {{.text = "1\t2\n", .bare = true, .y = {"1"}}, 0, 0, "Then say \"separator\": \"tab\""},
    {{.text = "a;b\n1,5;2,5\n"}, 2, 3, "Then say \"separator\": \";\""},
    {{.text = "a|b\n1|2\n"}, 2, 1, "is \"1|2\"; a finite number is accepted; the first row has \"|\""},
    {{.text = "a,b\n1,2\n", .separator = ";"}, 2, 1, "Then say \"separator\": \",\""},
    {{.text = "a,b\n1,\"2\n3,4\n"}, 2, 3, "the quoted field that starts here does not end"},
    {{.text = "a,b\n1,\"2\"x\n"}, 2, 6, "text follows the closing quote"},
    {{.text = "a,b\n1,2\"\n"}, 2, 4, "a quote inside a field"},
    {{.text = "a,\"b\n\nb\"\n1,x\n"}, 4, 3, "is \"x\""},
    {{.text = "a,y\n1,1\n2,cat\n", .y = {"y"}}, 3, 3, "is \"cat\"; a number, as in the first row, is accepted"},
    {{.text = "a,y\n1,cat\n2,\n", .y = {"y"}}, 3, 3, "is empty; a class name"},
    {{.text = "a,y\n1,cat\n2,cow\n", .y = {"y"}, .classes = {"cat", "dog"}}, 3, 0, "is \"cow\"; one of the classes"},
    {{.text = "a,y,z\n1,cat,2\n", .y = {"y", "z"}}, 2, 3, "is \"cat\"; a finite number"},
    {{.text = "1,2\n3,4\n"}, 1, 1, "the header is numbers; where there is none, say \"header\": false"},
    {{.text = "a,b\n"}, 1, 1, "there is no row after the header"},
    {{.text = ""}, 0, 0, "is empty"},
    {{.text = "\xef\xbb\xbf"}, 0, 0, "there is no row after the header"},
    {{.text = "\xef\xbb\xbf"
              "a,b\n1,x\n"},
     2,
     3,
     "is \"x\""},
    {{.text = "\xff\xfe"
              "a"},
     0,
     0,
     "is UTF-16; UTF-8 is accepted"},
    {{.text = "a,b\n1,2\n", .y = {"c"}}, 0, 0, "names the column \"c\"; the 2 columns of"},
    {{.text = "a,b\n1,2\n", .y = {"2"}}, 0, 0, "names the column \"2\""},
    {{.text = "1,2\n", .bare = true, .y = {"a"}}, 0, 0, "has the columns 0 to 1"},
    {{.text = "a,a\n1,2\n", .y = {"a"}}, 0, 0, "which \""},
    {{.text = "a,b\n1,2\n", .y = {"a", "b"}}, 0, 0, "is left out, but y takes all columns"},
    {{.text = "a,b\n1,2\n", .y = {"a", "b"}, .classes = {"c"}}, 0, 0, "names the classes of one column, but y has 2"},
    {{.text = "a,b\n1,2\n", .classes = {"c"}}, 0, 0, "there is no y"},
    {{.text = "a,b\n1,2\n", .separator = ""}, 0, 0, "or one character that is no part"},
    {{.text = "a,b\n1,2\n", .separator = ", "}, 0, 0, "or one character that is no part"},
    {{.text = "a\n1\n2\n", .y_text = "b\n1\n"}, 0, 0, "has 1 samples, but x has 2"},
    {{.text = "a\n1\n2\n", .y_text = "b\n1\n", .window = 1}, 0, 0, "has 1 samples, but x has 2"},
    {{.text = "a\n1\n2\n", .x = {"a"}, .y = {"a"}, .window = 2},
     0,
     0,
     "this part of the file has 2 rows, at least 3 are needed"},
    {{.text = "a\n1\n2\n", .window = 3}, 0, 0, "this part of the file has 2 rows, at least 3 are needed"},
    {{.text = "a\n1\n2\n", .x = {"a"}, .y = {"a"}, .window = 1, .horizon = 2},
     0,
     0,
     "this part of the file has 2 rows, at least 3 are needed"},
    {{.text = "a\n1\n2\n", .horizon = 2}, 0, 0, "is that of windows; \"window\" says of how many rows"},
    {{.text = "a\n1\n2\n", .stride = 2}, 0, 0, "is that of windows"},
    {{.text = "a\n1\n2\n", .from = 0.4, .to = 0.45}, 0, 0, "this part of the file has 0 rows, at least 1 are needed"},
    {{.text = "a\n1\n2\n", .from = 0.5, .to = 0.5}, 0, 0, "is 0.5, but the part ends at 0.5 (to)"},
};

START_TEST(test_mistakes) {
    tern_error err = {0};
    ck_assert_ptr_null(read_setup(&mistakes[_i].s, &err));
    ck_assert_uint_ge(err.errors, 1);
    ck_contains(err.item[0].text, mistakes[_i].text);
    ck_assert_uint_eq(err.item[0].line, mistakes[_i].line);
    ck_assert_uint_eq(err.item[0].column, mistakes[_i].column);
    if (mistakes[_i].line) ck_contains(err.item[0].file, "/a.csv");
    ck_assert_str_eq(err.file, "");
}
END_TEST

/* Both sides of the limits: lines of 1 MiB, 65,536 columns; and a zero byte. */
START_TEST(test_limits) {
    static char text[2 * ((1 << 20) + 64)];
    for (size_t longer = 0; longer < 2; longer++) {
        size_t length = (1 << 20) + longer; /* the line's end included */
        tern_error err = {0};
        memcpy(text, "a\n", 2);
        memset(text + 2, ' ', length);
        text[2] = '1', text[2 + length - 1] = '\n', text[2 + length] = 0;
        tern_dataset *d = read_setup(&(setup){.text = text}, &err);
        ck_assert_int_eq(d != NULL, !longer);
        if (longer) ck_contains(err.item[0].text, "the row has 1048577 bytes; accepted are up to 1048576");
        tern_dataset_free(d);
    }
    for (size_t columns = 65536; columns <= 65537; columns++) {
        tern_error err = {0};
        for (size_t i = 0; i < columns; i++) memcpy(text + 2 * i, i + 1 < columns ? "1," : "1\n", 3);
        tern_dataset *d = read_setup(&(setup){.text = text, .bare = true}, &err);
        ck_assert_int_eq(d != NULL, columns == 65536);
        if (!d) ck_contains(err.item[0].text, "has 65537 columns; accepted are up to 65536");
        tern_dataset_free(d);
    }
    tern_error err = {0};
    reader_options o = {0};
    *(const char **)option_field(&o, &tern_reader_csv, "separator") = ",";
    *(const char **)option_field(&o, &tern_reader_csv, "decimal") = ".";
    tern_reader_csv.from_files(&o, &(tern_files){.input = scratch_file("zero.csv", "1\n\0\n", 4)});
    ck_assert_ptr_null(tern_reader_csv.read(&o, NULL, false, &err));
    ck_contains(err.item[0].text, "has zero bytes");
}
END_TEST

TCase *csv_case(void) {
    TCase *c = tcase_create("csv");
    tcase_add_test(c, test_names);
    tcase_add_test(c, test_classes);
    tcase_add_test(c, test_roles);
    tcase_add_test(c, test_window);
    tcase_add_test(c, test_horizon);
    tcase_add_test(c, test_part);
    tcase_add_test(c, test_quotes);
    tcase_add_test(c, test_around);
    tcase_add_test(c, test_second_message);
    tcase_add_test(c, test_plain_files);
    tcase_add_test(c, test_locale);
    tcase_add_loop_test(c, test_mistakes, 0, (int)COUNT(mistakes));
    tcase_add_test(c, test_limits);
    return c;
}
