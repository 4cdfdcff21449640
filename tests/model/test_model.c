/* test_model.c - the machine as a whole: slices, steps that allocate nothing, weights by name. Graphs are in
 * test_graphs.c, running averages in test_states.c. */
#include "memory.h"
#include "fixtures/batches.h"

#include <unistd.h>

/* ---- steps ---- */

static const char mlp[] =
    "{'seed':%d,'input':{'shape':[64]},'layers':[{'type':'dense','out_features':96},{'type':'relu'},"
    "{'type':'dropout','p':0.1},"
    "{'type':'dense','out_features':5}],'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam','lr':0.005},"
    "'metrics':['accuracy'],"
    "'schedule':{'type':'exponential','gamma':0.999,'interval':'step'},'train':{'epochs':1,'clip_grad_norm':1}}";

static void begin_training(trained *x, int seed, size_t threads) {
    char text[1024];
    snprintf(text, sizeof text, mlp, seed);
    x->m = quick_model(text, NULL);
    x->t = tern_trainer_new(
        x->m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS, .steps_per_epoch = 10}, NULL);
    ck_assert_ptr_nonnull(x->t);
    make_batch(&x->d, x->m, ROWS, 5);
}

static double take_steps(trained *x, size_t n) {
    tern_step step = {0};
    for (size_t i = 0; i < n; i++) {
        x->d.batch.n = i % 10 == 9 ? ROWS - 5 : ROWS; /* the last batch of an epoch is short */
        ck_assert_int_eq(tern_trainer_step(x->t, &x->d.batch, &step, NULL), TERN_OK);
    }
    return step.loss;
}

static bool same_weights(const tern_model *a, const tern_model *b) {
    bool same = true;
    for (size_t i = 0; i < tern_model_weight_count(a); i++) {
        tern_tensor x = tern_model_weight(a, i).tensor, y = tern_model_weight(b, i).tensor;
        same = same && !memcmp(x.data, y.data, tern_tensor_count(&x) * sizeof *x.data);
    }
    return same;
}

START_TEST(a_step_allocates_nothing) {
    for (size_t threads = 1; threads <= 2; threads++) {
        trained x;
        begin_training(&x, 1, threads);
        take_steps(&x, 2);
        size_t before = tern__alloc_count();
        take_steps(&x, 50);
        ck_assert_uint_eq(tern__alloc_count(), before);
        end_training(&x);
    }
}
END_TEST

START_TEST(same_seed_same_bytes) {
    for (size_t threads = 1; threads <= 2; threads++) {
        trained a, b, other;
        begin_training(&a, 1, threads);
        begin_training(&b, 1, threads);
        begin_training(&other, 2, threads);
        take_steps(&a, 40);
        take_steps(&b, 40);
        take_steps(&other, 40);
        ck_assert(same_weights(a.m, b.m));
        ck_assert(!same_weights(a.m, other.m));
        end_training(&a);
        end_training(&b);
        end_training(&other);
    }
}
END_TEST

START_TEST(one_worker_agrees_with_more) {
    trained one;
    begin_training(&one, 1, 1);
    double first = take_steps(&one, 1), loss = take_steps(&one, 99);
    ck_assert(loss < 0.8 * first); /* it learns, so that to agree means something */
    for (size_t threads = 2; threads <= 4; threads++) {
        trained more;
        begin_training(&more, 1, threads);
        ck_near(take_steps(&more, 1), first, TOLERANCE(1e-6, 1e-14));
        ck_near(take_steps(&more, 99), loss, TOLERANCE(1e-5, 1e-12));
        for (size_t i = 0; i < tern_model_weight_count(one.m); i++) {
            tern_tensor a = tern_model_weight(one.m, i).tensor, b = tern_model_weight(more.m, i).tensor;
            ck_near_all(b.data, a.data, tern_tensor_count(&a), TOLERANCE(1e-5, 1e-11));
        }
        end_training(&more);
    }
    end_training(&one);
}
END_TEST

START_TEST(what_is_not_finite_is_named) {
    static tern_error err;
    trained x;
    begin_training(&x, 1, 2);
    take_steps(&x, 3);
    tern_real kept = x.d.x[7 * 64 + 3];
    x.d.x[7 * 64 + 3] = (tern_real)NAN;
    trained untouched;
    begin_training(&untouched, 1, 2);
    take_steps(&untouched, 3);
    ck_assert_int_eq(tern_trainer_step(x.t, &x.d.batch, NULL, &err), TERN_ERROR_DIVERGED);
    ck_contains(err.item[0].text, "step 4: the input in row 7, column 3 of the batch is not finite");
    ck_contains(err.item[0].text, "lr 0.00498");
    ck_assert(same_weights(x.m, untouched.m)); /* as before the step */

    x.d.x[7 * 64 + 3] = kept;
    tern_weight w;
    ck_assert(tern_model_find_weight(x.m, "0.weight", &w));
    for (size_t i = 0; i < tern_tensor_count(&w.tensor); i++)
        w.tensor.data[i] = (tern_real)(x.d.x[i % 64] < 0 ? -TOLERANCE(3e38, 1e308) : TOLERANCE(3e38, 1e308));
    tern_error_clear(&err);
    ck_assert_int_eq(tern_trainer_step(x.t, &x.d.batch, NULL, &err), TERN_ERROR_DIVERGED);
    ck_contains(err.item[0].text, "the output of layer \"0\" (dense) in row 0 of the batch");
    end_training(&x);
    end_training(&untouched);
}
END_TEST

START_TEST(an_ignored_batch_has_no_loss) {
    trained x, before;
    begin_training(&x, 1, 2);
    begin_training(&before, 1, 2);
    for (size_t i = 0; i < ROWS; i++) x.d.y[i] = -100;
    double loss = 1;
    ck_assert_int_eq(tern_trainer_backward(x.t, &x.d.batch, &loss, NULL), TERN_OK);
    ck_assert_double_eq(loss, 0);
    for (size_t i = 0; i < tern_model_weight_count(x.m); i++) {
        tern_tensor g = tern_trainer_gradient(x.t, i);
        for (size_t k = 0; k < tern_tensor_count(&g); k++) ck_assert(g.data[k] == 0);
    }
    end_training(&x);
    end_training(&before);
}
END_TEST

START_TEST(reductions_divide) {
    static const char *const reductions[] = {"mean", "sum", "batchmean"};
    double loss[3];
    for (size_t i = 0; i < 3; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{'input':{'shape':[6]},'layers':[{'type':'dense','out_features':4}],"
                 "'loss':{'type':'mse','reduction':'%s'},"
                 "'optimizer':{'type':'sgd','lr':0.1}}",
                 reductions[i]);
        tern_model *m = quick_model(text, NULL);
        tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.batch_size = ROWS}, NULL);
        batch_data d;
        make_batch(&d, m, ROWS, 0);
        loss[i] = loss_of(t, &d.batch);
        free_batch(&d);
        tern_trainer_free(t);
        tern_model_free(m);
    }
    ck_near(loss[1], loss[0] * ROWS * 4, TOLERANCE(1e-5, 1e-12));
    ck_near(loss[2], loss[0] * 4, TOLERANCE(1e-5, 1e-12));
}
END_TEST

/* ---- weights ---- */

START_TEST(weights_go_out_and_in) {
    static tern_error err;
    char path[] = "/tmp/tern-test-XXXXXX";
    close(mkstemp(path));
    trained a, b;
    begin_training(&a, 1, 1);
    begin_training(&b, 2, 1);
    ck_assert_int_eq(tern_model_save(a.m, path, NULL), TERN_OK);
    ck_assert(!same_weights(a.m, b.m));
    ck_assert_int_eq(tern_model_load(b.m, path, &err), TERN_OK);
    ck_assert(same_weights(a.m, b.m));

    /* Everything that does not fit is said at once, and nothing is changed. */
    tern_model *other =
        quick_model("{'seed':5,'input':{'shape':[64]},'layers':[{'type':'dense','out_features':96,'name':'0'},"
                    "{'type':'relu'},{'type':'dense','out_features':5,'name':'head'},"
                    "{'type':'dense','out_features':7}]}",
                    &err);
    ck_assert_ptr_nonnull(other);
    tern_real kept = tern_model_weight(other, 0).tensor.data[0];
    ck_assert_int_eq(tern_model_load(other, path, &err), TERN_ERROR_DATA);
    ck_assert_uint_eq(err.errors, 4);
    ck_contains(err.item[0].text, "lacks \"head.weight\"");
    ck_contains(err.item[1].text, "lacks \"head.bias\"");
    ck_contains(err.item[2].text, "\"3.weight\" is of shape [5, 96], the model's is [7, 5]");
    ck_contains(err.item[3].text, "\"3.bias\" is of shape [5], the model's is [7]");
    ck_assert(tern_model_weight(other, 0).tensor.data[0] == kept);
    tern_model_free(other);
    end_training(&a);
    end_training(&b);
    unlink(path);
}
END_TEST

START_TEST(initial_weights_are_pytorchs) {
    tern_model *m = quick_model("{'seed':1,'input':{'shape':[400]},'layers':[{'type':'dense','out_features':300},"
                                "{'type':'dense','out_features':200,'init':{'type':'kaiming_normal'},"
                                "'bias_init':{'type':'constant','value':0.5}}]}",
                                NULL);
    tern_tensor w = tern_model_weight(m, 0).tensor, k = tern_model_weight(m, 2).tensor,
                bias = tern_model_weight(m, 3).tensor;
    double largest = 0, sum = 0, square = 0;
    for (size_t i = 0; i < tern_tensor_count(&w); i++)
        largest = fmax(largest, fabs((double)w.data[i])), sum += (double)w.data[i];
    ck_assert(largest <= 1.0 / 20 && largest > 0.999 / 20); /* 1 / sqrt(400) */
    ck_near(sum / 120000, 0, 5e-4);
    for (size_t i = 0; i < tern_tensor_count(&k); i++) square += (double)k.data[i] * (double)k.data[i];
    ck_near(square / 60000, 2.0 / 300, 2e-4);
    for (size_t i = 0; i < 200; i++) ck_assert(bias.data[i] == (tern_real)0.5);
    tern_model_free(m);
}
END_TEST

/* ---- memory ---- */

START_TEST(too_little_memory_is_said) {
    static tern_error err;
    const char *text = "{\"input\": {\"shape\": [1000]}, \"layers\": [{\"type\": \"dense\", \"out_features\": 1000}]}";
    tern_model_options limit = {.max_memory = 1000000};
    ck_assert_ptr_null(tern_model_parse(text, strlen(text), "big.json", &limit, &err));
    ck_contains(err.item[0].text, "the weights take");
    limit.plan_only = true;
    tern_model *m = tern_model_parse(text, strlen(text), "big.json", &limit, &err);
    ck_assert_ptr_nonnull(m); /* looking costs nothing */
    ck_assert_ptr_null(tern_model_weight(m, 0).tensor.data);
    tern_model_free(m);
}
END_TEST

/* Fails every allocation in turn, on the way from text to a step: an error each time, no leak, no crash. */
START_TEST(every_allocation_may_fail) {
    static tern_error err;
    for (size_t k = 0;; k++) {
        ck_assert_uint_lt(k, 10000);
        tern_error_clear(&err);
        tern__alloc_fail(k, _i == 1);
        char text[1024];
        snprintf(text, sizeof text, mlp, 1);
        tern_model *m = quick_model(text, &err);
        tern_trainer *t =
            m ? tern_trainer_new(m, &(tern_trainer_options){.threads = 2, .batch_size = ROWS, .steps_per_epoch = 3},
                                 &err)
              : NULL;
        tern_predictor *r = t ? tern_predictor_new(m, ROWS, 2, &err) : NULL;
        tern__alloc_fail(SIZE_MAX, false);
        bool done = r;
        if (!done) ck_assert_msg(err.count > 0, "allocation %zu failed without a word", k);
        if (!done) ck_assert_msg(strstr(err.item[0].text, "memory"), "allocation %zu: %s", k, err.item[0].text);
        tern_predictor_free(r);
        tern_trainer_free(t);
        tern_model_free(m);
        if (done) break;
        ck_assert_ptr_null(r);
    }
}
END_TEST

TCase *graphs_tcase(void);
TCase *states_tcase(void);
TCase *targets_tcase(void);
TCase *usage_tcase(void);
TCase *weights_tcase(void);
TCase *output_parallel_tcase(void);
Suite *model_suite(void);
Suite *model_suite(void) {
    Suite *s = suite_create("model");
    suite_add_tcase(s, graphs_tcase());
    suite_add_tcase(s, states_tcase());
    suite_add_tcase(s, targets_tcase());
    suite_add_tcase(s, usage_tcase());
    suite_add_tcase(s, weights_tcase());
    suite_add_tcase(s, output_parallel_tcase());
    TCase *steps = tcase_create("steps");
    tcase_add_test(steps, a_step_allocates_nothing);
    tcase_add_test(steps, same_seed_same_bytes);
    tcase_add_test(steps, one_worker_agrees_with_more);
    tcase_add_test(steps, what_is_not_finite_is_named);
    tcase_add_test(steps, an_ignored_batch_has_no_loss);
    tcase_add_test(steps, reductions_divide);
    suite_add_tcase(s, steps);
    TCase *weights = tcase_create("weights");
    tcase_add_test(weights, weights_go_out_and_in);
    tcase_add_test(weights, initial_weights_are_pytorchs);
    tcase_add_test(weights, too_little_memory_is_said);
    tcase_add_loop_test(weights, every_allocation_may_fail, 0, 2);
    suite_add_tcase(s, weights);
    return s;
}
