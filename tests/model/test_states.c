/* test_states.c - running averages in the machine: sums over all slices, who may change them and when, evaluation,
 * files. */
#include "memory.h"
#include "fixtures/batches.h"

#include <unistd.h>

/* Enough work that every worker gets its slice. */
static const char normed[] =
    "{'seed':1,'input':{'shape':[64]},'layers':[{'type':'dense','out_features':192},"
    "{'type':'reshape','shape':[32,6]},{'type':'batch_norm'},{'type':'tanh'},"
    "{'type':'flatten'},{'type':'dense','out_features':96},{'type':'batch_norm','cumulative':true},"
    "{'type':'dense','out_features':5}],"
    "'loss':{'type':'cross_entropy'},'optimizer':{'type':'sgd','lr':0.05,'momentum':0.5}}";

static void begin_training(trained *x, size_t threads) {
    x->m = quick_model(normed, NULL);
    x->t = tern_trainer_new(x->m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS}, NULL);
    ck_assert_ptr_nonnull(x->t);
    make_batch(&x->d, x->m, ROWS, 5);
    tern_random_normal(&(tern_random){.seed = 1, .purpose = TERN_RANDOM_OTHER}, 0, ROWS * 64,
                       x->d.x); /* well conditioned */
}

static double take_steps(trained *x, size_t n) {
    tern_step step = {0};
    for (size_t i = 0; i < n; i++) {
        x->d.batch.n = i % 10 == 9 ? ROWS - 5 : ROWS;
        ck_assert_int_eq(tern_trainer_step(x->t, &x->d.batch, &step, NULL), TERN_OK);
    }
    return step.loss;
}

static tern_tensor weight(const tern_model *m, const char *name) {
    tern_weight w = {0};
    ck_assert_msg(tern_model_find_weight(m, name, &w), "no %s", name);
    return w.tensor;
}

/* ---- training ---- */

START_TEST(batch_sums_do_not_depend_on_slices) {
    trained one;
    begin_training(&one, 1);
    expect_same_training(&one, begin_training, take_steps, 31);
    ck_assert(weight(one.m, "2.num_batches_tracked").data[0] == 31);
    ck_assert(weight(one.m, "2.running_mean").data[3] != 0);
    ck_assert_uint_eq(tern_model_parameters(one.m), 64 * 192 + 192 + 2 * 32 + 192 * 96 + 96 + 2 * 96 + 96 * 5 + 5);
    end_training(&one);
}
END_TEST

/* What a step that failed, or no step at all, does to running averages: nothing. Training goes on as if it had not
 * been. */
START_TEST(only_a_step_changes_states) {
    for (size_t threads = 1; threads <= 2; threads++) {
        trained x, untouched;
        begin_training(&x, threads);
        begin_training(&untouched, threads);
        take_steps(&x, 3), take_steps(&untouched, 3);
        loss_of(x.t, &x.d.batch);
        expect_same(&x, &untouched, 0);

        tern_real kept = x.d.x[7 * 64 + 3];
        static tern_error err;
        tern_error_clear(&err);
        x.d.x[7 * 64 + 3] = (tern_real)NAN;
        ck_assert_int_eq(tern_trainer_step(x.t, &x.d.batch, NULL, &err), TERN_ERROR_DIVERGED);
        ck_contains(err.item[0].text, "step 4: the input in row 7, column 3 of the batch is not finite");
        expect_same(&x, &untouched, 0);
        ck_assert_int_eq(tern_trainer_backward(x.t, &x.d.batch, NULL, NULL), TERN_ERROR_DIVERGED);
        expect_same(&x, &untouched, 0);

        x.d.x[7 * 64 + 3] = kept;
        take_steps(&x, 2), take_steps(&untouched, 2);
        expect_same(&x, &untouched, 0);
        end_training(&x);
        end_training(&untouched);
    }
}
END_TEST

START_TEST(sums_allocate_nothing) {
    trained x;
    begin_training(&x, 2);
    take_steps(&x, 2);
    size_t before = tern__alloc_count();
    take_steps(&x, 20);
    ck_assert_uint_eq(tern__alloc_count(), before);
    end_training(&x);
}
END_TEST

/* ---- evaluation ---- */

static void run(const tern_model *m, const tern_real *x, size_t rows, size_t threads, tern_real *y) {
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    tern_real *copy = malloc(rows * tern_shape_count(&in) * sizeof *copy);
    memcpy(copy, x, rows * tern_shape_count(&in) * sizeof *copy);
    tern_tensor tx = {tern_shape_batch(&in, rows), copy}, ty = {tern_shape_batch(&out, rows), y};
    tern_predictor *r = tern_predictor_new(m, rows, threads, NULL);
    tern_predictor_forward(r, &tx, &ty, NULL);
    tern_predictor_free(r);
    free(copy);
}

START_TEST(evaluation_goes_by_running_averages) {
    tern_model *m = quick_model("{'input':{'shape':[2]},'layers':[{'type':'batch_norm','eps':0}]}", NULL);
    static const tern_real x[] = {3, 8, -1, 5}, mean[] = {1, 2}, var[] = {4, 9}, gain[] = {1, 10}, shift[] = {0, 0.5};
    memcpy(weight(m, "0.running_mean").data, mean, sizeof mean);
    memcpy(weight(m, "0.running_var").data, var, sizeof var);
    memcpy(weight(m, "0.weight").data, gain, sizeof gain);
    memcpy(weight(m, "0.bias").data, shift, sizeof shift);
    tern_real y[4];
    run(m, x, 2, 1, y);
    ck_near_all(y, ((const double[]){1, 20.5, -1, 10.5}), 4, TOLERANCE(1e-6, 1e-14));
    tern_model_free(m);
}
END_TEST

START_TEST(evaluation_takes_rows_one_by_one) {
    trained x;
    tern_real all[ROWS * 5], one[5];
    begin_training(&x, 2);
    take_steps(&x, 5);
    for (size_t threads = 1; threads <= 3; threads++) {
        run(x.m, x.d.x, ROWS, threads, all);
        for (size_t i = 0; i < ROWS; i += 11) {
            run(x.m, x.d.x + i * 64, 1, 1, one);
            ck_near_all(all + i * 5, one, 5, TOLERANCE(1e-5, 1e-13));
        }
    }
    ck_assert(weight(x.m, "2.num_batches_tracked").data[0] == 5);
    end_training(&x);
}
END_TEST

/* Without running averages evaluation goes by the batch at hand, all of its slices together. */
START_TEST(evaluation_without_running_averages) {
    tern_model *m = quick_model("{'input':{'shape':[64]},'layers':[{'type':'dense','out_features':400},"
                                "{'type':'batch_norm','track_running_stats':false}]}",
                                NULL);
    static tern_real x[ROWS * 64], one[ROWS * 400], more[ROWS * 400];
    ck_assert_uint_eq(tern_model_weight_count(m), 4);
    quick_numbers(COUNT(x), 0.5, x);
    run(m, x, ROWS, 1, one);
    for (size_t c = 0; c < 400; c += 57) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < ROWS; i++)
            sum += (double)one[i * 400 + c], square += (double)one[i * 400 + c] * (double)one[i * 400 + c];
        ck_near(sum / ROWS, 0, TOLERANCE(1e-5, 1e-13));
        ck_near(square / ROWS, 1, 1e-3);
    }
    for (size_t threads = 2; threads <= 3; threads++) {
        run(m, x, ROWS, threads, more);
        ck_near_all(more, one, COUNT(one), TOLERANCE(1e-5, 1e-13));
    }
    tern_model_free(m);
}
END_TEST

/* ---- files ---- */

START_TEST(states_go_out_and_in) {
    char path[] = "/tmp/tern-test-XXXXXX";
    close(mkstemp(path));
    trained a, b;
    begin_training(&a, 1);
    begin_training(&b, 1);
    take_steps(&a, 7);
    ck_assert_int_eq(tern_model_save(a.m, path, NULL), TERN_OK);
    ck_assert_int_eq(tern_model_load(b.m, path, NULL), TERN_OK);
    expect_same(&a, &b, 0);
    ck_assert(weight(b.m, "6.num_batches_tracked").data[0] == 7);
    end_training(&a);
    end_training(&b);
    unlink(path);
}
END_TEST

TCase *states_tcase(void);
TCase *states_tcase(void) {
    TCase *t = tcase_create("states");
    tcase_add_test(t, batch_sums_do_not_depend_on_slices);
    tcase_add_test(t, only_a_step_changes_states);
    tcase_add_test(t, sums_allocate_nothing);
    tcase_add_test(t, evaluation_goes_by_running_averages);
    tcase_add_test(t, evaluation_takes_rows_one_by_one);
    tcase_add_test(t, evaluation_without_running_averages);
    tcase_add_test(t, states_go_out_and_in);
    return t;
}
