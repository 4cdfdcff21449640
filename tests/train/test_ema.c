/* test_ema.c - moving averages of the weights: PyTorch's numbers, and a fit whose result they are. */
#include "fixtures/runs.h"

#include "ema_golden.h"

TCase *ema_tcase(void);

static void fill_weights(const tern_model *m) {
    for (size_t i = 0, k = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        if (!w.trained) continue;
        for (size_t j = 0; j < tern_tensor_count(&w.tensor); j++)
            w.tensor.data[j] = (tern_real)(0.6 * sin(1.7 * (double)j + (double)k));
        k++;
    }
}

static void check_weights(const tern_model *m, const double *want) {
    size_t at = 0;
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        for (size_t j = 0; w.trained && j < tern_tensor_count(&w.tensor); j++)
            ck_near(w.tensor.data[j], want[at++], TOLERANCE(2e-5, 1e-12));
    }
    ck_assert_uint_eq(at, EMA_NUMBERS);
}

START_TEST(averages_are_pytorchs) {
    char text[700];
    tern_real x[EMA_ROWS * 3], y[EMA_ROWS * 2];
    for (int i = 0; i < EMA_ROWS * 3; i++) x[i] = (tern_real)sin(1.3 * i + 0.2);
    for (int i = 0; i < EMA_ROWS * 2; i++) y[i] = (tern_real)cos(0.7 * i);
    snprintf(text, sizeof text,
             "{'input':{'shape':[3]},'layers':[{'type':'dense','out_features':4},'batch_norm','tanh',"
             "{'type':'dense','out_features':2}],'loss':'mse',%s}",
             ema_goldens[_i].options);
    tern_model *m = quick_model(text, NULL);
    fill_weights(m);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 2}, NULL);
    const tern_tensor in = {TERN_SHAPE(EMA_ROWS, 3), x}, out = {TERN_SHAPE(EMA_ROWS, 2), y};
    ck_assert_int_eq(tern_trainer_swap_ema(t, NULL), TERN_ERROR_USAGE); /* there was no step */
    for (size_t k = 0; k < EMA_STEPS; k++)
        ck_assert_int_eq(tern_trainer_step(t, &(tern_batch){.n = EMA_ROWS, .x = &in, .y = &out}, NULL, NULL), TERN_OK);
    check_weights(m, ema_goldens[_i].weights);
    ck_assert_int_eq(tern_trainer_swap_ema(t, NULL), TERN_OK);
    check_weights(m, ema_goldens[_i].averages);
    ck_assert_int_eq(tern_trainer_swap_ema(t, NULL), TERN_OK);
    check_weights(m, ema_goldens[_i].weights);
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* What validates and what is left are the averages, whether the last epoch is the result or the best one. */
START_TEST(the_result_is_averaged) {
    static const char *const stopping[] = {"", ",'early_stopping':{'monitor':'valid_loss','patience':9}"};
    char train[120];
    tern_fit_result plain, averaged;
    tern_real *weights, *averages, *saved;
    size_t n;
    fit(&(tern_fit_options){.out = scratch_path("plain")}, stopping[_i], &plain, &weights, &n);
    snprintf(train, sizeof train, ",'ema':{'decay':0.8}%s", stopping[_i]);
    fit(&(tern_fit_options){.out = scratch_path("ema")}, train, &averaged, &averages, &n);
    ck_assert(memcmp(weights, averages, n * sizeof *weights) != 0);
    ck_assert(plain.valid.loss != averaged.valid.loss);

    tern_model *m = make_model(train);
    ck_assert_int_eq(tern_model_load(m, scratch_path("ema/weights.safetensors"), NULL), TERN_OK);
    saved = keep_weights(m, &n);
    ck_assert(!memcmp(averages, saved, n * sizeof *saved));
    free(saved);
    free(averages);
    free(weights);
    tern_model_free(m);
}
END_TEST

/* 6 epochs of steps; stops after `_i`. */
START_TEST(a_resumed_run_is_the_same) {
    tern_fit_result result;
    tern_real *whole, *resumed;
    size_t n;
    const char *train = ",'ema':{'decay':0.9,'warmup':true}";
    fit(&(tern_fit_options){.out = scratch_path("whole")}, train, &result, &whole, &n);
    fit(&(tern_fit_options){.out = scratch_path("parts"), .steps = (size_t)_i}, train, &result, NULL, NULL);
    ck_assert_uint_eq(result.steps, (size_t)_i);
    fit(&(tern_fit_options){.out = scratch_path("parts"), .resume = true}, train, &result, &resumed, &n);
    ck_assert(!memcmp(whole, resumed, n * sizeof *whole));
    free(whole);
    free(resumed);
}
END_TEST

/* Averages that a run had none of begin at its weights. */
START_TEST(averages_may_come_later) {
    tern_fit_result before, after;
    tern_real *weights, *averages;
    size_t n;
    fit(&(tern_fit_options){.out = scratch_path("later"), .steps = 5}, "", &before, &weights, &n);
    fit(&(tern_fit_options){.out = scratch_path("later"), .steps = 6, .resume = true, .changed = true},
        ",'ema':{'decay':0.999}", &after, &averages, &n);
    for (size_t i = 0; i < 16 * FEATURES; i++) ck_near(averages[i], weights[i], 1e-4); /* of the first layer */
    free(weights);
    free(averages);
}
END_TEST

TCase *ema_tcase(void) {
    TCase *c = tcase_create("ema");
    tcase_add_loop_test(c, averages_are_pytorchs, 0, COUNT(ema_goldens));
    tcase_add_loop_test(c, the_result_is_averaged, 0, 2);
    tcase_add_loop_test(c, a_resumed_run_is_the_same, 1, 8);
    tcase_add_test(c, averages_may_come_later);
    return c;
}
