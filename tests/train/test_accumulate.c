/* test_accumulate.c - several batches for an update: a fit by them is the fit by large batches, and goes on as one. */
#include "fixtures/runs.h"

TCase *accumulate_tcase(void);

static void fit_plainly(const char *train, const tern_fit_options *options, tern_fit_result *result,
                        tern_real **weights, size_t *n) {
    char text[600];
    snprintf(text, sizeof text,
             "{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':16},{'type':'tanh'},"
             "{'type':'dense','out_features':3}],'loss':{'type':'cross_entropy','weight':[1,2,0.5]},"
             "'optimizer':{'type':'adam','lr':0.01},'schedule':{'type':'cosine','t_max':12,'interval':'step'},"
             "'train':{'epochs':6,'validation_split':0.2,'clip_grad_norm':0.5,%s}}",
             train);
    tern_model *m = quick_model(text, NULL);
    tern_dataset *d = make_data(0.8, 1);
    ck_assert_int_eq(tern_fit(m, d, NULL, options, result, NULL), TERN_OK);
    *weights = keep_weights(m, n);
    tern_dataset_free(d);
    tern_model_free(m);
}

/* 120 samples: an update of 64, and one of what is left. */
START_TEST(four_batches_are_one) {
    tern_fit_result large, small;
    tern_real *want, *found;
    size_t n;
    fit_plainly("'batch_size':64", &(tern_fit_options){.threads = 1}, &large, &want, &n);
    for (size_t threads = 1; threads <= 2; threads++) {
        fit_plainly("'batch_size':16,'accumulate':4", &(tern_fit_options){.threads = threads}, &small, &found, &n);
        ck_assert_uint_eq(large.steps, 12);
        ck_assert_uint_eq(small.steps, 12);
        for (size_t i = 0; i < n; i++) ck_near(found[i], want[i], TOLERANCE(2e-5, 1e-12));
        ck_near(small.train.loss, large.train.loss, TOLERANCE(1e-5, 1e-12));
        ck_near(small.valid.loss, large.valid.loss, TOLERANCE(1e-5, 1e-12));
        free(found);
    }
    free(want);
}
END_TEST

/* 120 samples in 8 batches, 3 for an update: 3 updates an epoch, the last of them of 2. Stops after `_i`. */
START_TEST(a_resumed_run_is_the_same) {
    tern_fit_result result;
    tern_real *whole, *resumed;
    size_t n;
    const char *train = ",'accumulate':3";
    fit(&(tern_fit_options){.out = scratch_path("whole"), .log_every = 1}, train, &result, &whole, &n);
    ck_assert_uint_eq(result.steps, 6 * 3);
    fit(&(tern_fit_options){.out = scratch_path("parts"), .log_every = 1, .steps = (size_t)_i}, train, &result, NULL,
        NULL);
    ck_assert_uint_eq(result.steps, (size_t)_i);
    fit(&(tern_fit_options){.out = scratch_path("parts"), .log_every = 1, .resume = true}, train, &result, &resumed,
        &n);
    ck_assert_uint_eq(result.steps, 6 * 3);
    ck_assert(!memcmp(whole, resumed, n * sizeof *whole));
    char *log = read_text(scratch_path("parts/log.jsonl"));
    ck_assert_uint_eq(count_lines(log), 6 * 3 + 6);
    free(log);
    free(whole);
    free(resumed);
}
END_TEST

TCase *accumulate_tcase(void) {
    TCase *c = tcase_create("accumulate");
    tcase_add_test(c, four_batches_are_one);
    tcase_add_loop_test(c, a_resumed_run_is_the_same, 1, 5);
    return c;
}
