/* test_train.c - fitting: a run that goes on gives the same bytes, early stopping goes back to the best, the log says what happened. */
#include "models.h"

#include <sys/stat.h>
#include <unistd.h>

enum { SAMPLES = 150, FEATURES = 6 };

static char dir[64];

static void make_dir(void) {
    strcpy(dir, "/tmp/tern-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static const char *in_dir(const char *name) {
    static char path[4][128];
    static size_t next;
    char *out = path[next++ % 4];
    snprintf(out, 128, "%s/%s", dir, name);
    return out;
}

static bool exists(const char *name) {
    struct stat info;
    return !stat(in_dir(name), &info);
}

/* Three classes that lie around three points, as integers so that the reader's path for labels is taken. */
static tern_dataset *make_data(double noise, double from) {
    static float x[2][SAMPLES * FEATURES];
    static int64_t y[2][SAMPLES];
    static size_t next;
    float *px = x[next % 2];
    int64_t *py = y[next++ % 2];
    tern_real numbers[SAMPLES * FEATURES];
    quick_numbers(SAMPLES * FEATURES, from, numbers);
    for (size_t i = 0; i < SAMPLES; i++) {
        py[i] = (int64_t)(i * 5 % 3);
        for (size_t k = 0; k < FEATURES; k++) px[i * FEATURES + k] = (float)(noise * (double)numbers[i * FEATURES + k] + (double)((size_t)py[i] == k % 3));
    }
    tern_column cx = {TERN_F32, {1, {FEATURES}}, px}, cy = {TERN_I64, {0}, py};
    tern_dataset *d = tern_dataset_view(SAMPLES, &cx, &cy, NULL);
    ck_assert_ptr_nonnull(d);
    return d;
}

/* A model with everything that has a state: dropout, momentum, a schedule, a split. `train` holds further keys. */
static tern_model *make_model(const char *train) {
    char text[1024];
    snprintf(text, sizeof text, "{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':16},{'type':'dropout','p':0.2},{'type':'tanh'},{'type':'dense','out_features':3}],"
                                "'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam','lr':0.01},'schedule':{'type':'plateau','patience':0,'factor':0.7},'metrics':['accuracy'],"
                                "'train':{'epochs':6,'batch_size':16,'validation_split':0.2%s}}", train);
    return quick_model(text, NULL);
}

static tern_real *keep_weights(const tern_model *m, size_t *n) {
    *n = 0;
    for (size_t i = 0; i < tern_model_weights(m); i++) {
        tern_tensor t = tern_model_weight(m, i).tensor;
        *n += tern_tensor_count(&t);
    }
    tern_real *kept = malloc(*n * sizeof *kept), *at = kept;
    for (size_t i = 0; i < tern_model_weights(m); i++) {
        tern_tensor t = tern_model_weight(m, i).tensor;
        memcpy(at, t.data, tern_tensor_count(&t) * sizeof *at);
        at += tern_tensor_count(&t);
    }
    return kept;
}

static void fit(const tern_fit_options *options, const char *train, tern_fit_result *result, tern_real **weights, size_t *n) {
    static tern_error err;
    char line[900];
    tern_error_clear(&err);
    tern_model *m = make_model(train);
    tern_dataset *d = make_data(0.8, 1);
    tern_status status = tern_fit(m, d, NULL, options, result, &err);
    ck_assert_msg(!status, "%s", tern_error_line(&err, 0, line, sizeof line));
    if (weights) *weights = keep_weights(m, n);
    tern_dataset_free(d);
    tern_model_free(m);
}

static char *read_text(const char *path) {
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    char *text = calloc(1, 1 << 16);
    ck_assert_uint_gt(fread(text, 1, (1 << 16) - 1, file), 0);
    fclose(file);
    return text;
}

static size_t count_lines(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* ---- going on ---- */

/* Stops after `_i` steps, within an epoch or at its end, goes on, and must be where a run that never stopped is: weights and log. */
START_TEST(a_resumed_run_is_the_same) {
    tern_fit_result whole_result, result;
    tern_real *whole, *resumed;
    size_t n;
    make_dir();
    fit(&(tern_fit_options){.out = in_dir("whole"), .log_every = 1}, "", &whole_result, &whole, &n);
    fit(&(tern_fit_options){.out = in_dir("parts"), .log_every = 1, .steps = (size_t)_i}, "", &result, NULL, NULL);
    ck_assert_uint_eq(result.steps, (size_t)_i);
    fit(&(tern_fit_options){.out = in_dir("parts"), .log_every = 1, .resume = true}, "", &result, &resumed, &n);
    ck_assert_uint_eq(result.steps, whole_result.steps);
    ck_assert(!memcmp(whole, resumed, n * sizeof *whole));
    ck_assert_double_eq(result.train.loss, whole_result.train.loss);
    ck_assert_double_eq(result.valid.loss, whole_result.valid.loss);
    char *a = read_text(in_dir("whole/log.jsonl")), *b = read_text(in_dir("parts/log.jsonl"));
    ck_assert_uint_eq(count_lines(a), 6 * 8 + 6); /* 120 samples in batches of 16 */
    ck_assert_uint_eq(count_lines(b), count_lines(a));
    free(a);
    free(b);
    free(whole);
    free(resumed);
    remove_dir();
}
END_TEST

START_TEST(a_checkpoint_of_another_run_is_refused) {
    static tern_error err;
    make_dir();
    fit(&(tern_fit_options){.out = in_dir("run"), .steps = 3}, "", NULL, NULL, NULL);
    tern_dataset *d = make_data(0.8, 1);
    static const struct { const char *text, *message; } others[] = {
        {"{'seed':5,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam'},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':16,'validation_split':0.2}}", "was made with seed 4, this run has 5"},
        {"{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam'},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':8,'validation_split':0.2}}", "was made with batch_size 16, this run has 8"},
        {"{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam'},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':16,'validation_split':0.2}}", "lacks \"model.3.weight\""},
        {"{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],'loss':{'type':'cross_entropy'},'optimizer':{'type':'sgd','lr':1},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':16,'validation_split':0.2}}", "was made with optimizer adam, this run has sgd"},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        tern_model *m = quick_model(others[i].text, NULL);
        tern_error_clear(&err);
        ck_assert_int_eq(tern_fit(m, d, NULL, &(tern_fit_options){.out = in_dir("run"), .resume = true}, NULL, &err), TERN_ERROR_DATA);
        bool found = false;
        for (size_t k = 0; k < err.count; k++) found = found || strstr(err.item[k].text, others[i].message);
        if (i != 2) ck_assert_msg(found, "%s, not %s", err.item[0].text, others[i].message);
        else ck_contains(err.item[0].text, "\"model.0.weight\" is of shape [16, 6], the model's is [3, 6]");
        tern_model_free(m);
    }
    tern_dataset_free(d);
    remove_dir();
}
END_TEST

/* ---- stopping ---- */

START_TEST(early_stopping_goes_back) {
    tern_fit_result result;
    tern_real *weights;
    size_t n;
    make_dir();
    /* A learning rate that soon makes validation worse. */
    fit(&(tern_fit_options){.out = in_dir("run"), .epochs = 200}, ",'early_stopping':{'monitor':'valid_loss','patience':2}", &result, &weights, &n);
    ck_assert(result.stopped_early);
    ck_assert(result.restored_best);
    ck_assert_uint_eq(result.epochs, result.best_epoch + 3);
    ck_assert(result.best < result.valid.loss);
    tern_model *best = make_model(""), *last = make_model("");
    ck_assert_int_eq(tern_model_load(best, in_dir("run/best.safetensors"), NULL), TERN_OK);
    ck_assert_int_eq(tern_model_load(last, in_dir("run/weights.safetensors"), NULL), TERN_OK);
    tern_real *best_weights = keep_weights(best, &n), *last_weights = keep_weights(last, &n);
    ck_assert(!memcmp(best_weights, weights, n * sizeof *weights));
    ck_assert(memcmp(last_weights, weights, n * sizeof *weights));
    free(best_weights);
    free(last_weights);
    free(weights);
    tern_model_free(best);
    tern_model_free(last);
    remove_dir();
}
END_TEST

START_TEST(a_monitor_that_is_not_there_is_refused) {
    static tern_error err;
    tern_model *m = make_model(",'early_stopping':{'monitor':'valid_acuracy'}");
    tern_dataset *d = make_data(0.8, 1);
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "is \"valid_acuracy\"; accepted: valid_loss, valid_accuracy, train_loss, train_accuracy");
    ck_assert_str_eq(err.item[0].pointer, "/train/early_stopping/monitor");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

static bool stop_at_five(void *user, const tern_progress *p) {
    *(size_t *)user = p->step;
    return p->step < 5;
}

START_TEST(a_caller_may_stop) {
    static tern_error err;
    size_t seen = 0;
    make_dir();
    tern_model *m = make_model("");
    tern_dataset *d = make_data(0.8, 1);
    tern_fit_options options = {.out = in_dir("run"), .on_step = stop_at_five, .user = &seen};
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, &err), TERN_ERROR_CANCELLED);
    ck_assert_uint_eq(seen, 5);
    ck_assert(exists("run/checkpoint.safetensors") && exists("run/weights.safetensors") && exists("run/model.json"));
    tern_dataset_free(d);
    tern_model_free(m);
    remove_dir();
}
END_TEST

/* ---- learning, and what is said of it ---- */

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
    tern_column cx = {TERN_F32, {1, {FEATURES}}, x}, narrow = {TERN_F32, {1, {5}}, x}, cy = {TERN_I64, {0}, labels}, real = {TERN_F32, {0}, values};
    tern_dataset *bad[] = {tern_dataset_view(4, &cx, &cy, NULL), tern_dataset_view(4, &narrow, &cy, NULL), tern_dataset_view(4, &cx, &real, NULL),
                           tern_dataset_view(4, &cx, NULL, NULL)};
    static const char *const texts[] = {"row 2", "a sample of the data is [5], 5 numbers, but the model's input is [6], 6 numbers", "class indices", "no targets"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        tern_error_clear(&err);
        ck_assert_int_eq(tern_model_accepts(m, bad[i], &err), TERN_ERROR_DATA);
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
    static const char *const keys[] = {"\"epoch\"", "\"step\"", "\"train_loss\"", "\"train_accuracy\"", "\"valid_loss\"", "\"valid_accuracy\"", "\"seconds\"", "\"samples_per_second\""};
    char *line = strstr(text, "{\"epoch\"");
    ck_assert_ptr_nonnull(line);
    *strchr(line, '\n') = 0;
    for (size_t i = 0; i < COUNT(keys); i++) ck_contains(line, keys[i]);
    free(text);
    remove_dir();
}
END_TEST

Suite *train_suite(void);
Suite *train_suite(void) {
    static const int stops[] = {1, 8, 13, 16, 47};
    Suite *s = suite_create("train");
    TCase *going_on = tcase_create("going on");
    tcase_set_timeout(going_on, 60);
    for (size_t i = 0; i < COUNT(stops); i++) tcase_add_loop_test(going_on, a_resumed_run_is_the_same, stops[i], stops[i] + 1);
    tcase_add_test(going_on, a_checkpoint_of_another_run_is_refused);
    suite_add_tcase(s, going_on);
    TCase *stopping = tcase_create("stopping");
    tcase_set_timeout(stopping, 60);
    tcase_add_test(stopping, early_stopping_goes_back);
    tcase_add_test(stopping, a_monitor_that_is_not_there_is_refused);
    tcase_add_test(stopping, a_caller_may_stop);
    suite_add_tcase(s, stopping);
    TCase *learning = tcase_create("learning");
    tcase_set_timeout(learning, 60);
    tcase_add_test(learning, it_learns_and_evaluates);
    tcase_add_test(learning, the_split_is_kept_apart);
    tcase_add_test(learning, data_that_does_not_fit_is_refused);
    tcase_add_test(learning, the_log_is_json_lines);
    suite_add_tcase(s, learning);
    return s;
}
