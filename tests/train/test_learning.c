/* test_learning.c - that fitting learns, keeps validation apart, refuses what does not fit, and says what happened. */
#include "runs.h"

START_TEST(it_learns_and_evaluates) {
    tern_fit_result result;
    tern_model *m = make_model("");
    tern_dataset *d = make_data(0.3, 1), *other = make_data(0.3, 9);
    ck_assert_int_eq(tern_fit(m, d, other, &(tern_fit_options){.epochs = 20}, &result, NULL), TERN_OK);
    ck_assert_uint_eq(result.train.n, SAMPLES); /* no split where validation data is given */
    ck_assert(result.valid.value[0] > 0.97);
    tern_score score;
    size_t confusion[9], right = 0, all = 0;
    ck_assert_int_eq(tern_evaluate(m, other, NULL, 0, 2, &score, confusion, NULL), TERN_OK);
    ck_assert_double_eq(score.loss, result.valid.loss);
    for (size_t i = 0; i < 9; i++) all += confusion[i], right += i % 4 == 0 ? confusion[i] : 0;
    ck_assert_uint_eq(all, SAMPLES);
    ck_near((double)right / (double)all, score.value[0], 1e-12);
    tern_dataset_free(d);
    tern_dataset_free(other);
    tern_model_free(m);
}
END_TEST

START_TEST(the_split_is_kept_apart) {
    tern_model *m = make_model("");
    tern_dataset *d = make_data(0.3, 1);
    size_t n_valid, n_train, *train, seen[SAMPLES] = {0}, of_class[3] = {0};
    size_t *valid = tern_split_rows(m, d, &n_valid, &train, &n_train, NULL);
    ck_assert_uint_eq(n_valid, SAMPLES / 5);
    ck_assert_uint_eq(n_train, SAMPLES - SAMPLES / 5);
    for (size_t i = 0; i < n_valid; i++) seen[valid[i]]++, of_class[valid[i] * 5 % 3]++;
    for (size_t i = 0; i < n_train; i++) seen[train[i]]++;
    for (size_t i = 0; i < SAMPLES; i++) ck_assert_uint_eq(seen[i], 1);
    for (size_t c = 0; c < 3; c++) ck_assert_uint_eq(of_class[c], 10);
    tern_free(valid);
    tern_free(train);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(data_that_does_not_fit_is_refused) {
    static tern_error err;
    tern_model *m = make_model("");
    float x[4 * FEATURES] = {0}, values[4] = {0};
    int64_t labels[4] = {0, 1, 3, 2};
    tern_column cx = {TERN_F32, {1, {FEATURES}}, x}, narrow = {TERN_F32, {1, {5}}, x}, cy = {TERN_I64, {0}, labels},
                real = {TERN_F32, {0}, values};
    tern_dataset *bad[] = {tern_dataset_borrow(4, &cx, &cy, NULL), tern_dataset_borrow(4, &narrow, &cy, NULL),
                           tern_dataset_borrow(4, &cx, &real, NULL), tern_dataset_borrow(4, &cx, NULL, NULL)};
    static const char *const texts[] = {
        "row 2", "a sample of the data is [5], 5 numbers, but the model's input is [6], 6 numbers", "class indices",
        "no targets"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        tern_error_clear(&err);
        ck_assert_int_eq(tern_dataset_check(m, bad[i], &err), TERN_ERROR_DATA);
        ck_contains(err.item[0].text, texts[i]);
        tern_dataset_free(bad[i]);
    }
    tern_model_free(m);
}
END_TEST

START_TEST(the_log_is_json_lines) {
    make_dir();
    fit(&(tern_fit_options){.out = in_dir("run"), .log_every = 4}, "", NULL, NULL, NULL);
    char *text = read_text(in_dir("run/log.jsonl"));
    ck_assert_uint_eq(count_lines(text), 6 * 2 + 6);
    ck_assert_int_eq(strncmp(text, "{\"step\": 4, \"epoch\": 1, \"loss\": ", 31), 0);
    ck_contains(text, "\"grad_norm\": ");
    static const char *const keys[] = {
        "\"epoch\"",      "\"step\"",           "\"train_loss\"", "\"train_accuracy\"",
        "\"valid_loss\"", "\"valid_accuracy\"", "\"seconds\"",    "\"samples_per_second\""};
    char *line = strstr(text, "{\"epoch\"");
    ck_assert_ptr_nonnull(line);
    *strchr(line, '\n') = 0;
    for (size_t i = 0; i < COUNT(keys); i++) ck_contains(line, keys[i]);
    free(text);
    remove_dir();
}
END_TEST

TCase *learning_tcase(void);
TCase *learning_tcase(void) {
    TCase *learning = tcase_create("learning");
    tcase_set_timeout(learning, 60);
    tcase_add_test(learning, it_learns_and_evaluates);
    tcase_add_test(learning, the_split_is_kept_apart);
    tcase_add_test(learning, data_that_does_not_fit_is_refused);
    tcase_add_test(learning, the_log_is_json_lines);
    return learning;
}
