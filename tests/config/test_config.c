/* test_config.c - changes to a model file (--set), the record of errors, shortage of memory, and time that is linear.
 */
#include "memory.h"
#include "fixtures/scratch.h"
#include "test.h"

#include <tern/fit.h>
#include <tern/model.h>

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <time.h>

Suite *config_suite(void);

/* learning_rate and units are aliases; the loss and the second layer are just named. */
static const char plain[] = "{\"name\": \"m\", \"seed\": 1, \"input\": {\"shape\": [4]},\n"
                            " \"layers\": [{\"type\": \"dense\", \"units\": 3}, \"dropout\"],\n"
                            " \"loss\": \"huber\", \"optimizer\": {\"type\": \"sgd\", \"learning_rate\": 0.5}}";

static tern_model *open_set(const char *const *set, tern_error *err) {
    tern_model_options options = {.set = set, .plan_only = true};
    return tern_model_parse(plain, strlen(plain), "plain", &options, err);
}

/* ---- changes ---- */

static const struct {
    const char *set, *rendered; /* what the file then says somewhere; NULL: see `error` */
    const char *error;          /* the first line */
} changes[] = {
    {"seed=7", "\"seed\": 7", NULL},
    {"optimizer.lr=0.25", "\"lr\": 0.25", NULL},
    {"optimizer.learning_rate=0.25", "\"lr\": 0.25", NULL},
    {"layers.0.out_features=5", "\"out_features\": 5", NULL},
    {"layers.0.units=5", "\"out_features\": 5", NULL},
    {"loss.delta=3", "{\"type\": \"huber\", \"reduction\": \"mean\", \"loss_weight\": 1, \"delta\": 3}", NULL},
    {"layers.1.p=0.125", "\"p\": 0.125", NULL},
    {"loss={\"type\": \"mse\"}", "\"type\": \"mse\"", NULL},
    {"loss=mse", "\"type\": \"mse\"", NULL},
    {"name=null", "\"name\": null is not rendered", NULL},
    {"name=\"null\"", "\"name\": \"null\"", NULL},
    {"name=2024-05-01", "\"name\": \"2024-05-01\"", NULL},
    {"layers.0.bias=null", "\"bias\": true", NULL},
    {"train.early_stopping.patience=2", NULL, "set train.early_stopping.patience=2: error: /train: train needs"},
    {"scheduler.gamma=2", NULL, "set scheduler.gamma=2: error: /schedule"},
    {"optimizer.lr=-1", NULL, "set optimizer.lr=-1: error: /optimizer/learning_rate: expected a number of at least 0"},
    {"optimizer.lr=null", NULL, "plain:3:32: error: /optimizer: sgd needs the option \"lr\""},
    {"loss={\"type\":", NULL, "set loss={\"type\":: error: /loss: the value is not JSON, column 9: expected a value"},
    {"loss={\"type\": \"mse\",}", NULL, "the value is not JSON, column 15: a comma after the last element"},
    {"seed=[1,", NULL, "set seed=[1,: error: /seed: the value is not JSON, column 4: expected a value, found the end"},
    {"name=\"half", NULL, "/name: the value is not JSON, column 1: a string that does not end"},
    {"loss={\"type\": \"mse\", \"x\": {\"a\": 1, \"a\": 2}}", NULL,
     "error: /loss/x/a: duplicate key; the first one is"},
    {"loss={\"type\": \"mse\", \"type\": \"mae\"}", NULL,
     "error: /loss/type: duplicate key; the first one is on line 1"},
    {"seed=01", NULL, "/seed: expected an integer from 0 to 9007199254740991, found \"01\""},
    {"layers.7.bias=true", NULL, "error: /layers: the list has no such element; they count from 0"},
    {"layers.00.bias=true", NULL, "the list has no such element"},
    {"seed.x=1", NULL, "error: /seed: the path goes through a value that is neither an object nor a list"},
    {"optimizer..lr=1", NULL, "error: /optimizer: a key of the path is empty or too long"},
    {"optimizer", NULL, "expected a dotted path, '=' and a value"},
    {"=1", NULL, "expected a dotted path, '=' and a value"},
    {"a\x1b[31m=1", NULL, "set a\\x1b[31m=1: error: /a\\x1b[31m: a model file has no such option"},
};

START_TEST(test_change) {
    tern_error err = {0};
    const char *set[] = {changes[_i].set, NULL};
    tern_model *m = open_set(set, &err);
    char line[1200] = "";
    for (size_t i = 0; i < err.count; i++)
        if (err.item[i].status && !*line) tern_error_line(&err, i, line, sizeof line);
    ck_assert_msg(!m == !!changes[_i].error, "%s: %s", changes[_i].set, line);
    if (!m) ck_contains(line, changes[_i].error);
    char *text = m ? tern_model_render(m, &err) : NULL;
    if (m && strstr(changes[_i].rendered, "is not rendered")) ck_assert_ptr_null(strstr(text, "\"name\""));
    else if (m) ck_contains(text, changes[_i].rendered);
    tern_free(text);
    tern_model_free(m);
}
END_TEST

/* The later of two changes of one value is the one that counts, and that errors name. */
START_TEST(test_changes_in_turn) {
    tern_error err = {0};
    const char *set[] = {"optimizer.lr=-1", "optimizer.learning_rate=-2", NULL};
    ck_assert_ptr_null(open_set(set, &err));
    ck_assert_uint_eq(err.count, 1);
    ck_assert_str_eq(err.item[0].file, "set optimizer.learning_rate=-2");
    ck_contains(err.item[0].text, "found -2");
}
END_TEST

/* ---- the record ---- */

START_TEST(test_errors_displace_warnings) {
    tern_error err = {0};
    for (int i = 0; i < TERN_MAX_DIAGNOSTICS; i++) tern_error_warn(&err, NULL, "warning %d", i);
    tern_model *m = tern_model_parse(plain, strlen(plain), "plain", NULL, &err);
    ck_assert_int_eq(tern_model_load(m, scratch_path("absent.safetensors"), &err), TERN_ERROR_IO);
    ck_assert_int_eq(tern_model_load(m, scratch_path("absent.safetensors"), NULL), TERN_ERROR_IO);
    ck_assert_uint_eq(err.count, TERN_MAX_DIAGNOSTICS);
    ck_assert_uint_eq(err.errors, 1);
    ck_assert_uint_eq(err.dropped, 1);
    ck_assert_int_eq(err.item[TERN_MAX_DIAGNOSTICS - 1].status, TERN_ERROR_IO);
    ck_assert_str_eq(err.item[TERN_MAX_DIAGNOSTICS - 2].text, "warning 30");
    tern_model_free(m);
}
END_TEST

START_TEST(test_in_order_of_places) {
    tern_error err = {0};
    snprintf(err.file, sizeof err.file, "f");
    tern_error_at(&err, TERN_ERROR_DATA, NULL, (tern_place){3, 1}, "third");
    tern_error_at(&err, TERN_ERROR_DATA, NULL, (tern_place){1, 9}, "second");
    tern_error_at(&err, TERN_ERROR_DATA, "key", (tern_place){1, 2}, "first");
    char line[200];
    ck_assert_str_eq(tern_error_line(&err, 0, line, sizeof line), "f:1:2: error: /key: first");
    ck_assert_str_eq(err.item[1].text, "second");
    ck_assert_str_eq(err.item[2].text, "third");
}
END_TEST

/* What only training misses is found in the model's file. */
START_TEST(test_train_block_missing) {
    tern_error err = {0};
    tern_model *m = tern_model_parse(plain, strlen(plain), "plain", NULL, &err);
    tern_array x = {.dtype = TERN_F32, .shape = {1, {4}}}, y = {.dtype = TERN_F32, .shape = {1, {3}}};
    tern_dataset *d = tern_dataset_new(2, &x, &y, &err);
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, &err), TERN_ERROR_MODEL);
    char line[400];
    ck_assert_uint_eq(err.count, 1);
    ck_contains(tern_error_line(&err, 0, line, sizeof line), "plain:1:1: error: /train: is missing");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* ---- memory ---- */

static size_t left; /* allocations of cJSON that still succeed */

static void *scarce(size_t size) { return left && left-- ? malloc(size) : NULL; }

/* Whether every error of the record says that memory is short. */
static void check_memory(const tern_error *err, size_t k) {
    ck_assert_msg(err->errors > 0, "allocation %zu failed without a word", k);
    for (size_t i = 0; i < err->count; i++)
        ck_assert_msg(err->item[i].status == TERN_ERROR_MEMORY, "allocation %zu: %s", k, err->item[i].text);
}

static tern_model *open_changed(tern_error *err) {
    static const char *const set[] = {"optimizer.lr=0.5",     "loss.delta=2",      "layers.1={\"type\": \"relu\"}",
                                      "train={\"epochs\":1}", "schedule.gamma=.5", "name=null",
                                      "schedule.type=step",   "schedule=null",     NULL};
    tern_model *m = open_set(set, err);
    char *text = m ? tern_model_render(m, err) : NULL;
    tern_free(text);
    if (text || !m) return m;
    tern_model_free(m);
    return NULL;
}

/* Each allocation fails once: first the library's own, then cJSON's. */
START_TEST(test_out_of_memory) {
    size_t failed = 0;
    for (int tree = 0; tree < 2; tree++) {
        tern_model *m = NULL;
        for (size_t k = 0; !m; k++) {
            tern_error err = {0};
            left = tree ? k : SIZE_MAX;
            cJSON_InitHooks(&(cJSON_Hooks){scarce, free});
            if (!tree) tern__alloc_fail(k, false);
            m = open_changed(&err);
            cJSON_InitHooks(NULL);
            tern__alloc_fail(SIZE_MAX, false);
            if (!m) check_memory(&err, k), failed++;
        }
        tern_model_free(m);
    }
    ck_assert_uint_gt(failed, 100);
}
END_TEST

/* ---- time ---- */

/* {"input": ..., "layers": ["relu"], "a": {...}}: `n` keys, each as `format` makes it. */
static char *many_keys(size_t n, const char *format) {
    static const char head[] = "{\"input\": {\"shape\": [4]}, \"layers\": [\"relu\"]";
    char *text = malloc(sizeof head + 24 * n);
    size_t used = (size_t)sprintf(text, "%s", head);
    for (size_t i = 0; i < n; i++) used += (size_t)sprintf(text + used, format, i);
    memcpy(text + used, "}", 2);
    return text;
}

/* Quadratic work on so many keys takes minutes; what is done takes a tenth of a second. */
START_TEST(test_many_keys) {
    static const char *const formats[] = {",\"%zx\":1", ",\"_%zx\":1", ",\"_\":%zu", ",\"%zx\\u001b\":1"};
    char *text = many_keys(_i == 3 ? 200000 : 300000, formats[_i]);
    tern_error err = {0};
    tern_model_options options = {.plan_only = true};
    clock_t began = clock();
    tern_model *m = tern_model_parse(text, strlen(text), "keys", &options, &err);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    ck_assert_msg(seconds < 10, "%.1f s", seconds);
    ck_assert(!m == (_i != 1));
    if (_i != 1) ck_assert_uint_gt(err.dropped, 199000);
    tern_model_free(m);
    free(text);
}
END_TEST

Suite *config_suite(void) {
    Suite *s = suite_create("config");
    TCase *t = tcase_create("changes");
    tcase_add_loop_test(t, test_change, 0, (int)COUNT(changes));
    tcase_add_test(t, test_changes_in_turn);
    suite_add_tcase(s, t);
    t = tcase_create("record");
    tcase_add_test(t, test_errors_displace_warnings);
    tcase_add_test(t, test_in_order_of_places);
    tcase_add_test(t, test_train_block_missing);
    suite_add_tcase(s, t);
    t = tcase_create("limits");
    tcase_add_test(t, test_out_of_memory);
    tcase_add_loop_test(t, test_many_keys, 0, 4);
    suite_add_tcase(s, t);
    return s;
}
