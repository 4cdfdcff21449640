/* test_folds.c - which samples validate in which fold. */
#include "folds.h"
#include "test.h"

enum { N = 103 };

static size_t in_fold(const size_t *fold, size_t k, const int64_t *label, int64_t which) {
    size_t n = 0;
    for (size_t i = 0; i < N; i++) n += fold[i] == k && (!label || label[i] == which);
    return n;
}

START_TEST(each_class_is_dealt_evenly) {
    int64_t label[N];
    size_t fold[N], again[N], other[N], same = 0;
    for (size_t i = 0; i < N; i++) label[i] = i % 10 == 0 ? 2 : i % 3 == 0;
    const tern_array y = {.dtype = TERN_I64, .data = label};
    ck_assert_int_eq(tern__folds_deal(&y, N, 1, 5, fold, NULL), TERN_OK);
    for (size_t k = 0; k < 5; k++) {
        ck_assert_uint_ge(in_fold(fold, k, NULL, 0), N / 5);
        ck_assert_uint_le(in_fold(fold, k, NULL, 0), N / 5 + 1);
        for (int64_t c = 0; c < 3; c++) {
            size_t all = 0;
            for (size_t i = 0; i < N; i++) all += label[i] == c;
            ck_assert_uint_ge(in_fold(fold, k, label, c), all / 5);
            ck_assert_uint_le(in_fold(fold, k, label, c), all / 5 + 1);
        }
    }
    ck_assert_int_eq(tern__folds_deal(&y, N, 1, 5, again, NULL), TERN_OK);
    ck_assert_int_eq(tern__folds_deal(&y, N, 2, 5, other, NULL), TERN_OK);
    for (size_t i = 0; i < N; i++) same += fold[i] == other[i];
    for (size_t i = 0; i < N; i++) ck_assert_uint_eq(fold[i], again[i]);
    ck_assert_uint_lt(same, N / 2);
}
END_TEST

START_TEST(groups_stay_together) {
    size_t group[N], fold[N], of_group[20];
    for (size_t i = 0; i < N; i++) group[i] = i * i % 20;
    for (size_t i = 0; i < N; i++) /* numbers from 0, none left out, as tern__groups_find() gives them */
        group[i] = group[i] == 16 ? 2 : group[i] == 9 ? 3 : group[i] == 4 ? 4 : group[i] == 5 ? 5 : group[i] % 2;
    ck_assert_int_eq(tern__folds_deal_groups(group, N, 3, fold, NULL), TERN_OK);
    for (size_t i = 0; i < N; i++) of_group[group[i]] = fold[i];
    for (size_t i = 0; i < N; i++) ck_assert_uint_eq(fold[i], of_group[group[i]]);
    for (size_t k = 0; k < 3; k++) ck_assert_uint_gt(in_fold(fold, k, NULL, 0), N / 6);
}
END_TEST

START_TEST(time_goes_on) {
    size_t last = 0;
    for (size_t k = 0; k < 4; k++) {
        size_t trains, begin, end;
        ck_assert_int_eq(tern__fold_in_time(N, 4, k, 7, &trains, &begin, &end, NULL), TERN_OK);
        ck_assert_uint_eq(trains + 7, begin);
        if (k) ck_assert_uint_eq(begin, last);
        last = end;
        ck_assert_uint_ge(end - begin, N / 5);
    }
    ck_assert_uint_eq(last, N);
}
END_TEST

START_TEST(too_few_are_refused) {
    static tern_error err;
    static const size_t one_group[3] = {0};
    size_t fold[3], trains, begin, end;
    ck_assert_int_eq(tern__folds_deal(NULL, 3, 1, 4, fold, &err), TERN_ERROR_DATA);
    ck_assert_int_eq(tern__folds_deal_groups(one_group, 3, 2, fold, &err), TERN_ERROR_DATA);
    ck_assert_int_eq(tern__fold_in_time(20, 4, 0, 4, &trains, &begin, &end, &err), TERN_ERROR_DATA);
    ck_assert_uint_eq(err.errors, 3);
}
END_TEST

Suite *folds_suite(void);
Suite *folds_suite(void) {
    Suite *s = suite_create("folds");
    TCase *t = tcase_create("folds");
    tcase_add_test(t, each_class_is_dealt_evenly);
    tcase_add_test(t, groups_stay_together);
    tcase_add_test(t, time_goes_on);
    tcase_add_test(t, too_few_are_refused);
    suite_add_tcase(s, t);
    return s;
}
