/* test_train.c - fitting: a run that goes on gives the same bytes, early stopping goes back to the best, goes by what
 * it watches. */
#include "fixtures/runs.h"

/* ---- going on ---- */

/* Stops after `_i` steps, within an epoch or at its end, goes on, and must be where a run that never stopped is:
 * weights and log. */
START_TEST(a_resumed_run_is_the_same) {
    tern_fit_result whole_result, result;
    tern_real *whole, *resumed;
    size_t n;
    fit(&(tern_fit_options){.out = scratch_path("whole"), .log_every = 1}, "", &whole_result, &whole, &n);
    fit(&(tern_fit_options){.out = scratch_path("parts"), .log_every = 1, .steps = (size_t)_i}, "", &result, NULL,
        NULL);
    ck_assert_uint_eq(result.steps, (size_t)_i);
    fit(&(tern_fit_options){.out = scratch_path("parts"), .log_every = 1, .resume = true}, "", &result, &resumed, &n);
    ck_assert_uint_eq(result.steps, whole_result.steps);
    ck_assert(!memcmp(whole, resumed, n * sizeof *whole));
    ck_assert_double_eq(result.train.loss, whole_result.train.loss);
    ck_assert_double_eq(result.valid.loss, whole_result.valid.loss);
    char *a = read_text(scratch_path("whole/log.jsonl")), *b = read_text(scratch_path("parts/log.jsonl"));
    ck_assert_uint_eq(count_lines(a), 6 * 8 + 6); /* 120 samples in batches of 16 */
    ck_assert_uint_eq(count_lines(b), count_lines(a));
    free(a);
    free(b);
    free(whole);
    free(resumed);
}
END_TEST

START_TEST(a_checkpoint_of_another_run_is_refused) {
    static tern_error err;
    fit(&(tern_fit_options){.out = scratch_path("run"), .steps = 3}, "", NULL, NULL, NULL);
    tern_dataset *d = make_data(0.8, 1);
    static const struct {
        const char *text, *message;
    } others[] = {
        {"{'seed':5,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],"
         "'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam'},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':16,'validation_split':0.2}}",
         "/seed: was 4 when the run was made, is 5 now"},
        {"{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],"
         "'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam'},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':8,'validation_split':0.2}}",
         "/train/batch_size: was 16 when the run was made, is 8 now"},
        {"{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],"
         "'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam'},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':16,'validation_split':0.2}}",
         "/layers/0/out_features: was 16 when the run was made, is 3 now"},
        {"{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],"
         "'loss':{'type':'cross_entropy'},'optimizer':{'type':'sgd','lr':1},'metrics':['accuracy'],"
         "'train':{'epochs':1,'batch_size':16,'validation_split':0.2}}",
         "/optimizer/type: was \"adam\" when the run was made, is \"sgd\" now"},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        tern_model *m = quick_model(others[i].text, NULL);
        tern_fit_result result;
        tern_error_clear(&err);
        ck_assert_int_eq(
            tern_fit(m, d, NULL, &(tern_fit_options){.out = scratch_path("run"), .resume = true}, &result, &err),
            TERN_ERROR_DATA);
        bool found = false;
        for (size_t k = 0; k < err.count; k++) found = found || strstr(err.item[k].text, others[i].message);
        ck_assert_msg(found, "%s, not %s", err.item[0].text, others[i].message);
        ck_assert_uint_eq(result.changes, err.errors);
        tern_model_free(m);
    }
    tern_dataset_free(d);
}
END_TEST

/* ---- stopping ---- */

/* Whether a file holds these weights. */
static bool holds(const char *name, const tern_real *weights) {
    size_t n;
    tern_model *m = make_model("");
    ck_assert_int_eq(tern_model_load(m, scratch_path(name), NULL), TERN_OK);
    tern_real *there = keep_weights(m, &n);
    bool same = !memcmp(there, weights, n * sizeof *weights);
    free(there);
    tern_model_free(m);
    return same;
}

START_TEST(early_stopping_goes_back) {
    tern_fit_result result;
    tern_real *weights;
    size_t n;
    /* A learning rate that soon makes validation worse. */
    fit(&(tern_fit_options){.out = scratch_path("run"), .epochs = 200},
        ",'early_stopping':{'monitor':'valid_loss','patience':2}", &result, &weights, &n);
    ck_assert(result.stopped_early);
    ck_assert(result.restored_best);
    ck_assert_uint_eq(result.epochs, result.best_epoch + 2);
    ck_assert_double_eq(result.valid.loss, result.best); /* what is reported is what is saved */
    ck_assert(holds("run/best.safetensors", weights) && holds("run/weights.safetensors", weights));
    ck_assert(!holds("run/last.safetensors", weights));
    free(weights);
}
END_TEST

START_TEST(the_last_weights_are_the_result_otherwise) {
    static const char *const trains[] = {"", ",'early_stopping':{'patience':2,'restore_best':false}"};
    tern_fit_result result;
    tern_real *weights;
    size_t n;
    fit(&(tern_fit_options){.out = scratch_path("run"), .epochs = 40}, trains[_i], &result, &weights, &n);
    ck_assert(!result.restored_best && result.epochs > result.best_epoch);
    ck_assert(holds("run/last.safetensors", weights) && holds("run/weights.safetensors", weights));
    ck_assert(!holds("run/best.safetensors", weights));
    free(weights);
}
END_TEST

START_TEST(a_monitor_that_is_not_there_is_refused) {
    static tern_error err;
    tern_model *m = make_model(",'early_stopping':{'monitor':'valid_acuracy'}");
    tern_dataset *d = make_data(0.8, 1);
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text,
                "is \"valid_acuracy\"; accepted: valid_loss, valid_accuracy, train_loss, train_accuracy");
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
    tern_model *m = make_model("");
    tern_dataset *d = make_data(0.8, 1);
    tern_fit_options options = {.out = scratch_path("run"), .on_step = stop_at_five, .user = &seen};
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, &err), TERN_ERROR_CANCELLED);
    ck_assert_uint_eq(seen, 5);
    ck_assert(exists("run/checkpoint.safetensors") && exists("run/weights.safetensors") && exists("run/model.json"));
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

TCase *learning_tcase(void), *augmented_tcase(void), *indices_tcase(void), *normalized_tcase(void),
    *class_weights_tcase(void), *runs_tcase(void), *series_tcase(void), *accumulate_tcase(void), *ema_tcase(void),
    *checkpoints_tcase(void);
Suite *train_suite(void);
Suite *train_suite(void) {
    static const int stops[] = {1, 8, 13, 16, 47};
    Suite *s = suite_create("train");
    TCase *going_on = tcase_create("going on");
    for (size_t i = 0; i < COUNT(stops); i++)
        tcase_add_loop_test(going_on, a_resumed_run_is_the_same, stops[i], stops[i] + 1);
    tcase_add_test(going_on, a_checkpoint_of_another_run_is_refused);
    suite_add_tcase(s, going_on);
    TCase *stopping = tcase_create("stopping");
    tcase_add_test(stopping, early_stopping_goes_back);
    tcase_add_loop_test(stopping, the_last_weights_are_the_result_otherwise, 0, 2);
    tcase_add_test(stopping, a_monitor_that_is_not_there_is_refused);
    tcase_add_test(stopping, a_caller_may_stop);
    suite_add_tcase(s, stopping);
    suite_add_tcase(s, learning_tcase());
    suite_add_tcase(s, augmented_tcase());
    suite_add_tcase(s, indices_tcase());
    suite_add_tcase(s, normalized_tcase());
    suite_add_tcase(s, class_weights_tcase());
    suite_add_tcase(s, runs_tcase());
    suite_add_tcase(s, series_tcase());
    suite_add_tcase(s, checkpoints_tcase());
    suite_add_tcase(s, accumulate_tcase());
    suite_add_tcase(s, ema_tcase());
    return s;
}
