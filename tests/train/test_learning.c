/* test_learning.c - that fitting learns, keeps validation apart, refuses what does not fit, and says what happened. */
#include "fixtures/runs.h"

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
    size_t seen[SAMPLES] = {0}, of_class[3] = {0};
    tern_split split;
    ck_assert_int_eq(tern_dataset_split(d, m, &split, NULL), TERN_OK);
    ck_assert_uint_eq(split.valids, SAMPLES / 5);
    ck_assert_uint_eq(split.trains, SAMPLES - SAMPLES / 5);
    for (size_t i = 0; i < split.valids; i++) seen[split.valid[i]]++, of_class[split.valid[i] * 5 % 3]++;
    for (size_t i = 0; i < split.trains; i++) seen[split.train[i]]++;
    for (size_t i = 0; i < SAMPLES; i++) ck_assert_uint_eq(seen[i], 1);
    for (size_t c = 0; c < 3; c++) ck_assert_uint_eq(of_class[c], 10);
    tern_split_free(&split);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(data_that_does_not_fit_is_refused) {
    static tern_error err;
    tern_model *m = make_model("");
    float x[4 * FEATURES] = {0}, values[4] = {0};
    int64_t labels[4] = {0, 1, 3, 2};
    tern_array cx = {.dtype = TERN_F32, .shape = {1, {FEATURES}}, .data = x},
               narrow = {.dtype = TERN_F32, .shape = {1, {5}}, .data = x},
               cy = {.dtype = TERN_I64, .shape = {0}, .data = labels},
               real = {.dtype = TERN_F32, .shape = {0}, .data = values};
    tern_dataset *bad[] = {tern_dataset_borrow(4, &cx, &cy, NULL), tern_dataset_borrow(4, &narrow, &cy, NULL),
                           tern_dataset_borrow(4, &cx, &real, NULL), tern_dataset_borrow(4, &cx, NULL, NULL)};
    static const char *const texts[] = {
        "row 2", "a sample of the data is [5], 5 numbers, but the model's input is [6], 6 numbers", "class indices",
        "no targets"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        tern_error_clear(&err);
        ck_assert_int_eq(tern_dataset_check(bad[i], m, &err), TERN_ERROR_DATA);
        ck_contains(err.item[0].text, texts[i]);
        tern_dataset_free(bad[i]);
    }
    tern_model_free(m);
}
END_TEST

/* Of several arrays the one is read that is called as the model's input; with one, names don't matter. */
START_TEST(arrays_are_bound_by_name) {
    static tern_error err;
    float noise[2 * FEATURES] = {9, -9, 9, -9, 9, -9, -9, 9, -9, 9, -9, 9}, x[2 * FEATURES] = {0};
    int64_t labels[2] = {0, 2};
    tern_array first = {.dtype = TERN_F32, .shape = {1, {FEATURES}}, .data = noise, .name = "noise"}, second = first,
               target = {.dtype = TERN_I64, .data = labels};
    second.data = x, second.name = "input";
    tern_model *m = make_model("");
    tern_dataset *d = tern_dataset_borrow(2, &first, &target, NULL),
                 *one = tern_dataset_borrow(2, &second, &target, NULL);
    tern_score score, plain;
    ck_assert_int_eq(tern_dataset_check(d, m, NULL), TERN_OK);
    ck_assert_int_eq(tern_dataset_add_input(d, &second, NULL), TERN_OK);
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 1, &score, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_evaluate(m, one, NULL, 0, 1, &plain, NULL, NULL), TERN_OK);
    ck_assert_double_eq(score.loss, plain.loss);
    d->x[1].name = "other";
    tern_error_clear(&err);
    ck_assert_int_eq(tern_dataset_check(d, m, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "the model reads the input \"input\", the data has: noise, other");
    tern_dataset_free(d);
    tern_dataset_free(one);
    tern_model_free(m);
}
END_TEST

START_TEST(a_split_has_one_of_three_names) {
    static tern_error err;
    tern_model *m = make_model("");
    ck_assert_ptr_null(tern_dataset_open(m, "validation", NULL, &err));
    ck_assert_int_eq(err.item[0].status, TERN_ERROR_USAGE);
    ck_contains(err.item[0].text, "\"validation\" is no split of a model's data; accepted: train, valid, test");
    tern_model_free(m);
}
END_TEST

/* A model with `n` metrics, which watches the last of them. */
static char *many_metrics(size_t n) {
    char *text = calloc(1, 8192), *at = text;
    at +=
        sprintf(at,
                "{'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],'loss':'cross_entropy',"
                "'optimizer':{'type':'adam','lr':0.05},'train':{'epochs':2,'early_stopping':{'monitor':'train_m%zu'}},"
                "'metrics':[",
                n - 1);
    for (size_t i = 0; i < n; i++) at += sprintf(at, "%s{'type':'accuracy','name':'m%zu'}", i ? "," : "", i);
    strcpy(at, "]}");
    return text;
}

START_TEST(all_metrics_are_measured) {
    static tern_error err;
    tern_fit_result result;
    char *text = many_metrics(40), *more = many_metrics(TERN_MAX_METRICS + 1);
    tern_model *m = quick_model(text, NULL);
    tern_dataset *d = make_data(0.3, 1);
    ck_assert_int_eq(tern_fit(m, d, NULL, &(tern_fit_options){.out = scratch_path("run")}, &result, NULL), TERN_OK);
    ck_assert_uint_eq(result.train.metrics, 40);
    ck_assert_uint_eq(result.train.losses, 1);
    ck_assert_str_eq(result.train.loss_name[0], "cross_entropy");
    ck_assert_double_eq(result.train.loss_value[0], result.train.loss);
    ck_assert_double_eq(result.train.value[39], result.train.value[0]);
    ck_assert_double_gt(result.train.value[39], 0);
    char *log = read_text(scratch_path("run/log.jsonl"));
    ck_contains(log, "\"train_m39\": ");
    ck_assert_ptr_null(quick_model(more, &err));
    ck_contains(err.item[0].text, "64");
    ck_assert_str_eq(err.item[0].pointer, "/metrics");
    free(log);
    free(text);
    free(more);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(the_log_is_json_lines) {
    fit(&(tern_fit_options){.out = scratch_path("run"), .log_every = 4}, "", NULL, NULL, NULL);
    char *text = read_text(scratch_path("run/log.jsonl"));
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
}
END_TEST

TCase *learning_tcase(void);
TCase *learning_tcase(void) {
    TCase *learning = tcase_create("learning");
    tcase_add_test(learning, it_learns_and_evaluates);
    tcase_add_test(learning, the_split_is_kept_apart);
    tcase_add_test(learning, data_that_does_not_fit_is_refused);
    tcase_add_test(learning, arrays_are_bound_by_name);
    tcase_add_test(learning, a_split_has_one_of_three_names);
    tcase_add_test(learning, all_metrics_are_measured);
    tcase_add_test(learning, the_log_is_json_lines);
    return learning;
}
