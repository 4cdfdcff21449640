/* test_npz.c - arrays out of NumPy's archives, and archives that are not what they say. */
#include "fixtures/scratch.h"
#include "npz.h"
#include "test_data.h"

#include "memory.h"
#include "zip.h"

/* clang-format off: generated. */
#include "npz_golden.h"
/* clang-format on */

static tern_error err;

static tern_status read_array(const unsigned char *bytes, size_t size, const char *array, size_t *n, tern_array *a) {
    tern_error_clear(&err);
    const char *path = scratch_file("a.npz", bytes, size);
    return tern__npz_read(path, "array", array, "x", n, a, &err);
}

static void check_golden(const unsigned char *bytes, size_t size) {
    tern_array a;
    size_t n;
    ck_assert_msg(!read_array(bytes, size, NULL, &n, &a), "%s", err.item[0].text);
    ck_assert(n == 4 && a.dtype == TERN_F32 && a.shape.rank == 1 && a.shape.dim[0] == 3);
    for (size_t i = 0; i < 12; i++) ck_assert(tern_array_get(&a, i) == (double)i / 2);
    tern__free(a.data);
    ck_assert_msg(!read_array(bytes, size, "labels", &n, &a), "%s", err.item[0].text);
    ck_assert(n == 4 && a.dtype == TERN_F32 && a.shape.rank == 0);
    ck_assert(tern_array_get(&a, 0) == 3 && tern_array_get(&a, 1) == 1 && tern_array_get(&a, 3) == 2);
    tern__free(a.data);
    ck_assert_int_eq(read_array(bytes, size, "y", &n, &a), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "has no array \"y\"; it has: x, labels");
    ck_assert_str_eq(err.item[0].pointer, "/array");
}

START_TEST(test_stored) { check_golden(stored, sizeof stored); }
END_TEST

START_TEST(test_deflated) { check_golden(deflated, sizeof deflated); }
END_TEST

/* Cut anywhere, an archive is refused. */
START_TEST(test_cut) {
    tern_array a;
    size_t n;
    for (size_t size = 0; size < sizeof deflated; size++) {
        ck_assert_int_ne(read_array(deflated, size, NULL, &n, &a), TERN_OK);
        ck_assert_uint_ge(err.count, 1);
    }
}
END_TEST

/* With any byte turned over it is refused, or gives the same numbers: nothing else comes of it. */
START_TEST(test_damaged) {
    const unsigned char *whole = _i ? deflated : stored;
    size_t size = _i ? sizeof deflated : sizeof stored, refused = 0;
    unsigned char *bytes = malloc(size);
    memcpy(bytes, whole, size);
    for (size_t at = 0; at < size; at++) {
        tern_array a;
        size_t n;
        bytes[at] ^= 0xff;
        if (read_array(bytes, size, NULL, &n, &a)) refused++;
        else {
            ck_assert(n == 4 && tern_array_get(&a, 11) == 5.5);
            tern__free(a.data);
        }
        bytes[at] ^= 0xff;
    }
    ck_assert_uint_gt(refused, size / 4);
    free(bytes);
}
END_TEST

/* Sizes that can't be are refused before anything of that size is taken. */
START_TEST(test_sizes) {
    tern_array a;
    size_t n;
    unsigned char bytes[sizeof deflated];
    memcpy(bytes, deflated, sizeof bytes);
    for (size_t at = 0; at + 4 < sizeof bytes; at++)
        if (!memcmp(bytes + at, "PK\1\2", 4)) memset(bytes + at + 24, 0x7f, 4); /* unpacked: 2 GB */
    ck_assert_int_eq(read_array(bytes, sizeof bytes, NULL, &n, &a), TERN_ERROR_SYNTAX);
    ck_contains(err.item[0].text, "can't be as large as it says");
}
END_TEST

START_TEST(test_reader) {
    reader_options o = {0};
    const char *path = scratch_file("b.npz", stored, sizeof stored);
    *(const char **)option_field(&o, &tern_reader_npy, "x") = path;
    *(const char **)option_field(&o, &tern_reader_npy, "y") = path;
    *(const char **)option_field(&o, &tern_reader_npy, "y_array") = "labels";
    tern_dataset *d = tern_reader_npy.read(&o, NULL, false, &err);
    ck_assert_msg(d, "%s", err.item[0].text);
    ck_assert(d->n == 4 && tern_array_get(d->y, 3) == 2);
    tern_dataset_free(d);
    *(const char **)option_field(&o, &tern_reader_npy, "x") = "x.npy";
    *(const char **)option_field(&o, &tern_reader_npy, "array") = "x";
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_reader_npy.read(&o, NULL, false, &err));
    ck_contains(err.item[0].text, "names an array of an .npz archive, but x is none");
}
END_TEST

TCase *npz_case(void) {
    TCase *c = tcase_create("npz");
    tcase_add_test(c, test_stored);
    tcase_add_test(c, test_deflated);
    tcase_add_test(c, test_cut);
    tcase_add_loop_test(c, test_damaged, 0, 2);
    tcase_add_test(c, test_sizes);
    tcase_add_test(c, test_reader);
    return c;
}
