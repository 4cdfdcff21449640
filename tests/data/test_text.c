/* test_text.c - a text as sequences: what is cut where, parts without overlap, what is refused. */
#include "memory.h"
#include "fixtures/scratch.h"
#include "test_data.h"

/* Reads the text with these options; stride 0: left out, to 0: 1. */
static tern_dataset *read_text(const char *text, size_t length, size_t stride, double from, double to,
                               tern_error *err) {
    reader_options o = {0};
    *(const char **)option_field(&o, &tern_reader_text, "file") = scratch_file("a.txt", text, strlen(text));
    *(size_t *)option_field(&o, &tern_reader_text, "length") = length;
    *(size_t *)option_field(&o, &tern_reader_text, "stride") = stride;
    *(double *)option_field(&o, &tern_reader_text, "from") = from;
    *(double *)option_field(&o, &tern_reader_text, "to") = to > 0 ? to : 1;
    return tern_reader_text.read(&o, NULL, false, err);
}

/* `x` and `y` are all sequences, one after the other. */
static void check(tern_dataset *d, size_t length, const char *x, const char *y) {
    ck_assert_ptr_nonnull(d);
    ck_assert_uint_eq(d->n * length, strlen(x));
    ck_assert(d->x->dtype == TERN_U8 && d->x->shape.rank == 1 && d->x->shape.dim[0] == length);
    ck_assert(d->y->dtype == TERN_U8 && d->y->shape.rank == 1 && d->y->shape.dim[0] == length);
    ck_assert_mem_eq(d->x->data, x, strlen(x));
    ck_assert_mem_eq(d->y->data, y, strlen(y));
    tern_dataset_free(d);
}

START_TEST(test_sequences) {
    check(read_text("abcdefg", 3, 0, 0, 0, NULL), 3, "abcdef", "bcdefg");
    check(read_text("abcdefgh", 3, 0, 0, 0, NULL), 3, "abcdef", "bcdefg"); /* the h has no sequence */
    check(read_text("abcdef", 3, 2, 0, 0, NULL), 3, "abccde", "bcddef");
    check(read_text("abcdef", 3, 1, 0, 0, NULL), 3, "abcbcdcde", "bcdcdedef");
    check(read_text("abcdefghij", 2, 5, 0, 0, NULL), 2, "abfg", "bcgh"); /* gaps */
    check(read_text("ab", 1, 0, 0, 0, NULL), 1, "a", "b");
    check(read_text("\xc3\xa4\n", 2, 0, 0, 0, NULL), 2, "\xc3\xa4", "\xa4\n"); /* bytes, whatever they mean */
}
END_TEST

/* A byte is in one part alone, also as a target. */
START_TEST(test_parts) {
    check(read_text("abcdefghij", 2, 1, 0, 0.5, NULL), 2, "abbccd", "bccdde");
    check(read_text("abcdefghij", 2, 1, 0.5, 0.8, NULL), 2, "fg", "gh");
    check(read_text("abcdefghij", 1, 1, 0.8, 0, NULL), 1, "i", "j");
    for (double at = 0.25; at < 0.8; at += 0.01) {
        tern_dataset *left = read_text("abcdefghijklmnopqrstuvwxyz", 1, 1, 0, at, NULL);
        tern_dataset *right = read_text("abcdefghijklmnopqrstuvwxyz", 1, 1, at, 0, NULL);
        ck_assert(left && right);
        ck_assert_uint_eq(left->n + right->n, 24);
        ck_assert(tern_array_get(left->y, left->n - 1) + 1 == tern_array_get(right->x, 0));
        tern_dataset_free(left);
        tern_dataset_free(right);
    }
}
END_TEST

START_TEST(test_mistakes) {
    static const struct {
        size_t length;
        double from, to;
        const char *pointer, *text;
    } cases[] = {
        {10, 0, 0, "/length", "is 10, but this part of \""},
        {10, 0, 0, "/length", "has only 10 bytes: a sequence and the byte after it need 11"},
        {3, 0.7, 0, "/length", "has only 3 bytes"},
        {3, 0.5, 0.5, "/from", "is 0.5, but the part ends at 0.5 (to)"},
        {3, 0.9, 0.1, "/from", "is 0.9, but the part ends at 0.1 (to)"},
        {(size_t)1 << 24, 0, 0, "/length", "is 16777216"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        tern_error err = {0};
        ck_assert_ptr_null(read_text("abcdefghij", cases[i].length, 0, cases[i].from, cases[i].to, &err));
        ck_assert_uint_eq(err.errors, 1);
        ck_assert_str_eq(err.item[0].pointer, cases[i].pointer);
        ck_contains(err.item[0].text, cases[i].text);
    }
    tern_error err = {0};
    reader_options o = {0};
    *(const char **)option_field(&o, &tern_reader_text, "file") = "../a.txt";
    ck_assert_ptr_null(tern_reader_text.read(&o, "/tmp", true, &err));
    ck_assert_str_eq(err.item[0].pointer, "/file");
    ck_assert_uint_eq(err.errors, 1);
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_reader_text.read(&o, "/nowhere", false, &err));
    ck_assert_int_eq(err.item[0].status, TERN_ERROR_IO);
}
END_TEST

START_TEST(test_no_memory) {
    for (int onwards = 0; onwards < 2; onwards++) {
        tern_dataset *d = NULL;
        size_t k = 0;
        for (; !d; k++) {
            tern_error err = {0};
            tern__alloc_fail(k, onwards);
            d = read_text("abcdefgh", 3, 1, 0, 0, &err);
            tern__alloc_fail(SIZE_MAX, false);
            ck_assert(d || (err.errors && err.item[0].status == TERN_ERROR_MEMORY));
        }
        ck_assert_uint_ge(k, 5);
        tern_dataset_free(d);
    }
}
END_TEST

TCase *text_case(void) {
    TCase *c = tcase_create("text");
    tcase_add_test(c, test_sequences);
    tcase_add_test(c, test_parts);
    tcase_add_test(c, test_mistakes);
    tcase_add_test(c, test_no_memory);
    return c;
}
