/* test_core.c - errors, memory, random numbers. (Workers: test_workers.c.) */
#include "test.h"

#include "memory.h"

#include <tern/error.h>
#include <tern/random.h>

Suite *core_suite(void);
TCase *workers_case(void);

/* ---- errors ---- */

static const char *line(const tern_error *err, size_t index) {
    static char out[2048];
    return tern_error_line(err, index, out, sizeof out);
}

START_TEST(error_has_place_and_path) {
    tern_error err = {0};
    strcpy(err.file, "net.json");
    size_t top = tern_error_enter(&err, "layers", 0), list = tern_error_enter(&err, NULL, 12);
    ck_assert_int_eq(tern_error_add(&err, TERN_ERROR_MODEL, "kernel_size", "is %d, at most %d", 9, 7),
                     TERN_ERROR_MODEL);
    tern_error_leave(&err, list);
    tern_error_warn(&err, "odd/key~", "is ignored");
    tern_error_leave(&err, top);
    tern_error_add(&err, TERN_ERROR_SYNTAX, NULL, "ends too early");
    err.item[0].line = 3, err.item[0].column = 14, err.item[1].line = 5;

    ck_assert_uint_eq(err.count, 3);
    ck_assert_uint_eq(err.errors, 2);
    ck_assert_str_eq(line(&err, 0), "net.json:3:14: error: /layers/12/kernel_size: is 9, at most 7");
    ck_assert_str_eq(line(&err, 1), "net.json:5: warning: /layers/odd~1key~0: is ignored");
    ck_assert_str_eq(line(&err, 2), "net.json: error: ends too early");
    err.file[0] = 0;
    tern_error_add(&err, TERN_ERROR_MEMORY, "w", "x");
    ck_assert_str_eq(line(&err, 3), "error: /w: x");
    ck_assert_str_eq(line(&err, 4), "");
    tern_error_clear(&err);
    ck_assert_uint_eq(err.count + err.errors, 0);
}
END_TEST

START_TEST(error_counts_what_finds_no_room) {
    tern_error err = {0};
    for (int i = 0; i < TERN_MAX_DIAGNOSTICS + 5; i++) tern_error_add(&err, TERN_ERROR_MODEL, NULL, "mistake %d", i);
    tern_error_warn(&err, NULL, "warning");
    ck_assert_uint_eq(err.count, TERN_MAX_DIAGNOSTICS);
    ck_assert_uint_eq(err.errors, TERN_MAX_DIAGNOSTICS + 5);
    ck_assert_uint_eq(err.dropped, 6);
    ck_contains(line(&err, TERN_MAX_DIAGNOSTICS - 1), "mistake 31");
}
END_TEST

START_TEST(error_escapes_what_steers_a_terminal) {
    tern_error err = {0};
    tern_error_add(&err, TERN_ERROR_DATA, "\x1b]0;", "%s",
                   "a\x1b[31m\n\x7f \xc2\x9b \xe2\x80\xae \xff caf\xc3\xa9 \xe2\x82");
    ck_assert_str_eq(line(&err, 0),
                     "error: /\\x1b]0;: a\\x1b[31m\\x0a\\x7f \\xc2\\x9b \\xe2\\x80\\xae \\xff caf\xc3\xa9 \\xe2\\x82");
}
END_TEST

START_TEST(error_cuts_what_is_too_long) {
    tern_error err = {0};
    char text[3000], out[10];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    for (int i = 0; i < 30; i++) tern_error_enter(&err, "a~b/c\xc3\xa9", 0);
    tern_error_enter(&err, text, 0);
    tern_error_add(&err, TERN_ERROR_MODEL, text, "%s", text);
    ck_assert_uint_lt(strlen(err.item[0].pointer), TERN_MAX_POINTER);
    ck_assert_uint_gt(strlen(err.item[0].pointer), TERN_MAX_POINTER - 8);
    ck_assert_uint_eq(strlen(err.item[0].text), TERN_MAX_TEXT - 1);
    ck_assert_str_eq(tern_error_line(&err, 0, out, sizeof out), "error: /a");
    tern_error_leave(&err, 0);
    ck_assert_str_eq(err.path, "");

    text[TERN_MAX_TEXT - 4] = 0x1b, text[TERN_MAX_TEXT - 3] = 0; /* four bytes where three have room */
    tern_error_add(&err, TERN_ERROR_MODEL, NULL, "%s", text);
    ck_assert_uint_eq(strlen(err.item[1].text), TERN_MAX_TEXT - 4);
}
END_TEST

START_TEST(error_may_be_absent) {
    ck_assert_int_eq(tern_error_add(NULL, TERN_ERROR_IO, "k", "x"), TERN_ERROR_IO);
    tern_error_warn(NULL, "k", "x");
    tern_error_leave(NULL, tern_error_enter(NULL, "k", 0));
    tern_error_clear(NULL);
    for (int s = TERN_OK; s <= TERN_ERROR_USAGE; s++) ck_assert_uint_gt(strlen(tern_status_text((tern_status)s)), 5);
    ck_assert_str_eq(tern_status_text(TERN_ERROR_MEMORY), "not enough memory");
    ck_assert_ptr_nonnull(tern_status_text((tern_status)99));
}
END_TEST

/* ---- memory ---- */

static bool all_zero(const void *memory, size_t n) {
    const unsigned char *byte = memory;
    for (size_t i = 0; i < n; i++)
        if (byte[i]) return false;
    return true;
}

START_TEST(memory_is_zeroed_aligned_and_counted) {
    size_t before = tern__alloc_count();
    for (size_t n = 0; n < 300; n += 7) {
        unsigned char *p = tern__alloc(n, 3, NULL);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % 64, 0);
        ck_assert(all_zero(p, n * 3));
        memset(p, 0xa5, n * 3);
        p = tern__realloc(p, n, n + 50, 3, NULL);
        for (size_t i = 0; i < n * 3; i++) ck_assert_uint_eq(p[i], 0xa5);
        ck_assert(all_zero(p + n * 3, 150));
        p = tern__realloc(p, n + 50, 1, 1, NULL);
        tern__free(p);
    }
    ck_assert_uint_eq(tern__alloc_count() - before, 3 * 43);
    tern__free(NULL);
}
END_TEST

START_TEST(memory_refuses_overflow) {
    tern_error err = {0};
    tern__arena pool = {0};
    ck_assert_ptr_null(tern__alloc(SIZE_MAX / 2, 4, &err));
    ck_assert_ptr_null(tern__alloc(SIZE_MAX, 1, &err));
    ck_assert_ptr_null(tern__realloc(NULL, 0, (size_t)1 << 40, (size_t)1 << 40, &err));
    ck_assert_ptr_null(tern__arena_alloc(&pool, SIZE_MAX, 1, &err));
    ck_assert_ptr_null(tern__arena_alloc(&pool, SIZE_MAX / 8, 8, &err));
    ck_assert_uint_eq(err.errors, 5);
    for (size_t i = 0; i < err.count; i++) ck_assert_int_eq(err.item[i].status, TERN_ERROR_MEMORY);
    ck_contains(err.item[2].text, "1099511627776 times 1099511627776");
}
END_TEST

START_TEST(memory_fails_when_told) {
    tern_error err = {0};
    unsigned *kept = tern__alloc(1, sizeof *kept, &err);
    *kept = 7;
    tern__alloc_fail(1, false);
    void *first = tern__alloc(8, 1, &err), *second = tern__alloc(123, 1, &err), *third = tern__alloc(8, 1, &err);
    ck_assert(first && !second && third);
    ck_contains(line(&err, 0), "not enough memory for 123 bytes");
    tern__alloc_fail(0, true);
    ck_assert(!tern__alloc(1, 1, &err) && !tern__alloc(1, 1, &err));
    ck_assert_ptr_null(tern__realloc(kept, 1, 9, sizeof *kept, &err));
    ck_assert_uint_eq(*kept, 7);
    tern__alloc_fail(SIZE_MAX, false);
    void *later = tern__alloc(1, 1, &err);
    ck_assert_ptr_nonnull(later);
    ck_assert_uint_eq(err.errors, 4);
    tern__free(first), tern__free(third), tern__free(later), tern__free(kept);
}
END_TEST

START_TEST(pool_keeps_all_until_the_end) {
    enum { PIECES = 3000 };
    static unsigned char *piece[PIECES];
    tern__arena pool = {0};
    size_t before = tern__alloc_count();
    for (size_t i = 0; i < PIECES; i++) {
        size_t n = i % 97 + (i % 1000 == 999 ? 50000 : 0);
        piece[i] = tern__arena_alloc(&pool, n, 1, NULL);
        ck_assert_uint_eq((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
        ck_assert(all_zero(piece[i], n));
        memset(piece[i], (int)(i % 251), n);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t j = 0; j < i % 97; j++)
            if (piece[i][j] != i % 251) ck_abort_msg("piece %zu was written over", i);
    ck_assert_str_eq(tern__arena_text(&pool, "word and more", 4, NULL), "word");
    ck_assert_str_eq(tern__arena_text(&pool, NULL, 0, NULL), "");
    ck_assert_uint_lt(tern__alloc_count() - before, 30);
    tern__arena_free(&pool);
    ck_assert_ptr_null(pool.chunk);
    tern__arena_free(&pool);
}
END_TEST

/* ---- random numbers ---- */

START_TEST(random_known_answers) { /* kat_vectors of the Random123 distribution */
    uint32_t bits[4];
    tern_random_bits(&(tern_random){0}, 0, 4, bits);
    const uint32_t zero[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    for (int i = 0; i < 4; i++) ck_assert_uint_eq(bits[i], zero[i]);

    /* counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0: words in the low half first */
    tern_random pi = {.seed = 0x299f31d0a4093822, .purpose = 0x85a3, .index = 0x13198a2e, .step = 0x03707344};
    tern_random_bits(&pi, (uint64_t)0x08d3243f6a88 * 4, 4, bits);
    const uint32_t want[4] = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
    for (int i = 0; i < 4; i++) ck_assert_uint_eq(bits[i], want[i]);
}
END_TEST

START_TEST(random_slices_agree) {
    enum { N = 2600 };
    static tern_real whole[3][N], part[N];
    static uint32_t bits[N], some[N];
    const tern_random r = {.seed = 42, .purpose = TERN_RANDOM_LAYER, .index = 3, .step = 9};
    tern_random_bits(&r, 1, N, bits);
    tern_random_uniform(&r, 1, N, whole[0]);
    tern_random_normal(&r, 1, N, whole[1]);
    for (size_t first = 0; first < 40; first++)
        for (size_t n = 0; n < N - first; n = n * 3 + 1) {
            tern_random_bits(&r, 1 + first, n, some);
            ck_assert(!memcmp(some, bits + first, n * sizeof *some));
            tern_random_uniform(&r, 1 + first, n, part);
            ck_assert(!memcmp(part, whole[0] + first, n * sizeof *part));
            tern_random_normal(&r, 1 + first, n, part);
            ck_assert(!memcmp(part, whole[1] + first, n * sizeof *part));
        }
}
END_TEST

START_TEST(random_streams_differ) {
    tern_random r[] = {{1, 0, 0, 0}, {2, 0, 0, 0}, {1, 1, 0, 0},
                       {1, 0, 1, 0}, {1, 0, 0, 1}, {(uint64_t)1 << 32, 0, 0, 0}};
    uint32_t bits[COUNT(r)][8];
    for (size_t i = 0; i < COUNT(r); i++) {
        tern_random_bits(&r[i], 0, 8, bits[i]);
        for (size_t j = 0; j < i; j++)
            for (size_t k = 0; k < 8; k++) ck_assert_uint_ne(bits[i][k], bits[j][k]);
    }
}
END_TEST

/* Mean, variance and fourth moment lie within 5 standard errors of the distribution's. */
static void moments(const tern_real *x, size_t n, double mean, double variance, double fourth) {
    double s1 = 0, s2 = 0, s4 = 0, covariance = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)x[i] - mean;
        s1 += d, s2 += d * d, s4 += d * d * d * d;
        if (i) covariance += d * ((double)x[i - 1] - mean);
    }
    double root = sqrt((double)n);
    ck_assert_double_lt(fabs(s1 / root), 5 * sqrt(variance));
    ck_assert_double_lt(fabs(s2 / root - variance * root), 5 * sqrt(fourth - variance * variance));
    ck_assert_double_lt(fabs(s4 / (double)n - fourth), 0.02 * fourth);
    ck_assert_double_lt(fabs(covariance / root), 5 * variance);
}

START_TEST(random_moments) {
    enum { N = 1 << 20 };
    tern_real *x = tern__alloc(N, sizeof *x, NULL);
    const tern_random r = {.seed = 7, .purpose = TERN_RANDOM_OTHER};
    tern_random_uniform(&r, 0, N, x);
    moments(x, N, 0.5, 1.0 / 12, 1.0 / 80);
    uint32_t bits[100];
    tern_random_bits(&r, 0, 100, bits);
    for (size_t i = 0; i < N; i++)
        if (!(x[i] >= 0 && x[i] < 1)) ck_abort_msg("number %zu is %g", i, (double)x[i]);
    for (size_t i = 0; i < 100; i++) ck_assert_double_eq((double)x[i], (bits[i] >> 8) / 16777216.0);
    tern_random_normal(&r, 0, N, x);
    moments(x, N, 0, 1, 3);
    for (size_t i = 0; i < N; i++)
        if (!isfinite(x[i])) ck_abort_msg("number %zu is %g", i, (double)x[i]);
    tern__free(x);
}
END_TEST

Suite *core_suite(void) {
    Suite *s = suite_create("core");
    TCase *errors = tcase_create("error"), *memory = tcase_create("memory"), *random = tcase_create("random");
    tcase_add_test(errors, error_has_place_and_path);
    tcase_add_test(errors, error_counts_what_finds_no_room);
    tcase_add_test(errors, error_escapes_what_steers_a_terminal);
    tcase_add_test(errors, error_cuts_what_is_too_long);
    tcase_add_test(errors, error_may_be_absent);
    tcase_add_test(memory, memory_is_zeroed_aligned_and_counted);
    tcase_add_test(memory, memory_refuses_overflow);
    tcase_add_test(memory, memory_fails_when_told);
    tcase_add_test(memory, pool_keeps_all_until_the_end);
    tcase_add_test(random, random_known_answers);
    tcase_add_test(random, random_slices_agree);
    tcase_add_test(random, random_streams_differ);
    tcase_add_test(random, random_moments);
    suite_add_tcase(s, errors);
    suite_add_tcase(s, memory);
    suite_add_tcase(s, random);
    suite_add_tcase(s, workers_case());
    return s;
}
