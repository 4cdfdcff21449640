/* test_io.c - files read and replaced whole, and paths; see the other files of the folder for the rest of the suite. */
#include "file.h"
#include "memory.h"
#include "fixtures/scratch.h"
#include "test.h"
#include "test_io.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_content(const char *path, const char *want) {
    tern_error err = {0};
    size_t size;
    unsigned char *data = tern__file_read(path, 1 << 20, &size, &err);
    ck_assert_msg(data != NULL, "%s", err.item[0].text);
    ck_assert_str_eq((char *)data, want); /* a zero follows */
    ck_assert_uint_eq(size, strlen(want));
    tern__free(data);
}

/* ---- reading ---- */

START_TEST(test_read) {
    tern_error err = {0};
    size_t size;
    const char *path = scratch_file("five", "12345", 5);
    check_content(path, "12345");
    check_content(scratch_file("empty", "", 0), "");
    unsigned char *data = tern__file_read(path, 5, &size, &err);
    ck_assert_ptr_nonnull(data);
    tern__free(data);
    ck_assert_ptr_null(tern__file_read(path, 4, &size, &err));
    ck_contains(err.item[0].text, "it has 5 bytes; accepted are up to 4");
    ck_assert_int_eq(err.item[0].status, TERN_ERROR_IO);
}
END_TEST

START_TEST(test_read_refused) {
    tern_error err = {0};
    size_t size;
    const char *fifo = scratch_path("fifo");
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_ptr_null(tern__file_read(fifo, 100, &size, &err)); /* and does not wait */
    ck_assert_ptr_null(tern__file_read("/dev/zero", 100, &size, &err));
    ck_assert_ptr_null(tern__file_read("/tmp", 100, &size, &err));
    ck_assert_ptr_null(tern__file_read(scratch_path("absent"), 100, &size, &err));
    static const char *const want[] = {"not a regular file", "not a regular file", "Is a directory", "No such file"};
    for (size_t i = 0; i < COUNT(want); i++) ck_contains(err.item[i].text, want[i]);
    ck_contains(err.item[3].text, "/absent\"");
}
END_TEST

START_TEST(test_join) {
    static const struct {
        const char *dir, *path;
        bool safe;
        const char *want; /* NULL: refused */
    } cases[] = {
        {"data", "x.npy", true, "data/x.npy"},
        {"data/", "a/x.npy", true, "data/a/x.npy"},
        {NULL, "x.npy", true, "x.npy"},
        {"data", "..x/y..", true, "data/..x/y.."},
        {"data", "../x", false, "data/../x"},
        {"data", "/x", false, "/x"},
        {"data", "/x", true, NULL},
        {"data", "../x", true, NULL},
        {"data", "a/..", true, NULL},
        {"data", "a/../x", true, NULL},
        {"data", "..", true, NULL},
        {"data", "", false, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        tern_error err = {0};
        char *got = tern__path_join(cases[i].dir, cases[i].path, cases[i].safe, "x", &err);
        ck_assert_pstr_eq(got, cases[i].want);
        if (!got) ck_assert_str_eq(err.item[0].pointer, "/x");
        tern__free(got);
    }
    char path[4096];
    memset(path, 'x', sizeof path);
    for (size_t length = 4095; length > 4093; length--) { /* "d/" and 4093 bytes are 4095 */
        path[length - 1] = 0;
        char *got = tern__path_join("d", path, true, "x", NULL);
        ck_assert_int_eq(got != NULL, length == 4094);
        tern__free(got);
    }
}
END_TEST

/* ---- replacing ---- */

START_TEST(test_replace) {
    tern_error err = {0};
    const char *path = scratch_file("old", "old", 3), *temporary = scratch_path("old.tmp0");
    tern__replace *r = tern__replace_open(path, &err);
    tern__replace_write(r, "n", 1);
    tern__replace_write(r, "ew", 2);
    check_content(path, "old");
    ck_assert_int_eq(access(temporary, F_OK), 0);
    ck_assert_int_eq(tern__replace_commit(r, &err), TERN_OK);
    check_content(path, "new");
    ck_assert_int_ne(access(temporary, F_OK), 0);

    r = tern__replace_open(path, &err);
    tern__replace_write(r, "other", 5);
    tern__replace_abort(r);
    tern__replace_abort(NULL);
    check_content(path, "new");
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

/* Pieces smaller and larger than the buffer arrive in order. */
START_TEST(test_replace_large) {
    size_t n = 300000, size;
    unsigned char *want = malloc(n);
    for (size_t i = 0; i < n; i++) want[i] = (unsigned char)(i * 31 >> 3);
    const char *path = scratch_path("large");
    tern__replace *r = tern__replace_open(path, NULL);
    size_t pieces[] = {1, 65535, 1, 65536, 3, 100000, 68924};
    for (size_t i = 0, at = 0; i < COUNT(pieces); at += pieces[i++]) tern__replace_write(r, want + at, pieces[i]);
    ck_assert_int_eq(tern__replace_commit(r, NULL), TERN_OK);
    unsigned char *got = tern__file_read(path, n, &size, NULL);
    ck_assert_uint_eq(size, n);
    ck_assert_mem_eq(got, want, n);
    tern__free(got);
    free(want);
}
END_TEST

/* The old file stays where writing fails (a limit stands for the full disk), where renaming fails, and where opening
 * does. */
START_TEST(test_replace_fails) {
    tern_error err = {0};
    static const char big[5000];
    const char *path = scratch_file("kept", "old", 3), *temporary = scratch_path("kept.tmp0");
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 4000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    tern__replace *r = tern__replace_open(path, &err);
    tern__replace_write(r, big, sizeof big);
    tern_status status = tern__replace_commit(r, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    ck_assert_int_eq(status, TERN_ERROR_IO);
    ck_contains(err.item[0].text, "File too large");
    check_content(path, "old");
    ck_assert_int_ne(access(temporary, F_OK), 0);

    const char *directory = scratch_path("directory");
    ck_assert_int_eq(mkdir(directory, 0700), 0);
    r = tern__replace_open(directory, &err);
    ck_assert_int_eq(tern__replace_commit(r, &err), TERN_ERROR_IO);
    ck_contains(err.item[1].text, "Is a directory");
    ck_assert_int_ne(access(scratch_path("directory.tmp0"), F_OK), 0);

    ck_assert_ptr_null(tern__replace_open(scratch_path("absent/x"), &err));
    ck_contains(err.item[2].text, "No such file");
}
END_TEST

/* A temporary file that a killed process left is taken over; one in use, or a planted link, is not touched. */
START_TEST(test_replace_left) {
    const char *path = scratch_path("target"), *left = scratch_file("target.tmp0", "left by a killed process", 24);
    const char *planted = scratch_path("target.tmp1"), *victim = scratch_file("victim", "precious", 8);
    ck_assert_int_eq(symlink(victim, planted), 0);
    tern__replace *a = tern__replace_open(path, NULL), *b = tern__replace_open(path, NULL);
    tern__replace_write(a, "a", 1);
    tern__replace_write(b, "b", 1);
    ck_assert_int_eq(tern__replace_commit(b, NULL), TERN_OK);
    check_content(path, "b");
    ck_assert_int_eq(tern__replace_commit(a, NULL), TERN_OK);
    check_content(path, "a");
    check_content(victim, "precious");
    ck_assert_int_ne(access(left, F_OK), 0);
}
END_TEST

/* A model file's data may be a link within its directory, not out of it. */
START_TEST(test_links_out) {
    tern_error err = {0};
    char folder[256];
    scratch_file("secret.csv", "a,b\n", 4);
    scratch_file("modelling.csv", "a,b\n", 4);
    snprintf(folder, sizeof folder, "%s", scratch_path("model"));
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    scratch_file("model/own.csv", "a,b\n", 4);
    ck_assert_int_eq(symlink("own.csv", scratch_path("model/within.csv")), 0);
    ck_assert_int_eq(symlink("../secret.csv", scratch_path("model/out.csv")), 0);
    ck_assert_int_eq(symlink("..", scratch_path("model/up")), 0);
    ck_assert_int_eq(symlink("../modelling.csv", scratch_path("model/near.csv")), 0);
    static const char *const names[] = {"own.csv", "within.csv", "absent.csv", "out.csv", "up/secret.csv", "near.csv"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char *path = tern__path_join(folder, names[i], true, "file", &err);
        ck_assert_msg((path != NULL) == (i < 3), "%s", names[i]);
        tern__free(path);
        path = tern__path_join(folder, names[i], false, "file", NULL);
        ck_assert_ptr_nonnull(path);
        tern__free(path);
    }
    ck_contains(err.item[0].text, "is \"out.csv\", a link out of the model file's directory");
}
END_TEST

Suite *io_suite(void);
Suite *io_suite(void) {
    Suite *s = suite_create("io");
    TCase *c = tcase_create("files");
    tcase_add_test(c, test_read);
    tcase_add_test(c, test_read_refused);
    tcase_add_test(c, test_join);
    tcase_add_test(c, test_replace);
    tcase_add_test(c, test_replace_large);
    tcase_add_test(c, test_replace_fails);
    tcase_add_test(c, test_replace_left);
    tcase_add_test(c, test_links_out);
    suite_add_tcase(s, c);
    suite_add_tcase(s, image_case());
    suite_add_tcase(s, npy_case());
    suite_add_tcase(s, safetensors_case());
    suite_add_tcase(s, sheet_case());
    return s;
}
