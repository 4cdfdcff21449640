/* test_output_parallel.c - a first layer that the workers share by its outputs: the same training as with one worker,
 * whatever comes between. */
#include "memory.h"
#include "fixtures/batches.h"
#include "trainer_internal.h"

enum { INPUTS = 20 * 30, FEW = 13 };

/* More weights in the first layer than numbers pass through it, 70 outputs so that shards differ, and work for four. */
static const char text[] =
    "{'seed':3,'input':{'shape':[20,30]},'layers':[{'type':'flatten'},{'type':'dense','out_features':70},"
    "{'type':'relu'},{'type':'dense','out_features':5}],"
    "'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam','lr':0.001,'weight_decay':0.01},"
    "'train':{'epochs':1,'clip_grad_norm':0.5}}";

static void begin_training(trained *x, size_t threads) {
    x->m = quick_model(text, NULL);
    x->t = tern_trainer_new(x->m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS, .accumulates = true},
                            NULL);
    ck_assert_ptr_nonnull(x->t);
    ck_assert(threads > 1 ? x->t->group.strategy && x->t->group.strategy->node == 1 : !x->t->group.strategy);
    make_batch(&x->d, x->m, ROWS, 5);
    tern_random_normal(&(tern_random){.seed = 1, .purpose = TERN_RANDOM_OTHER}, 0, ROWS * INPUTS,
                       x->d.x); /* well conditioned */
}

/* Steps of large and small batches, which fewer workers take, and updates from several. */
static double take_steps(trained *x, size_t n) {
    tern_step step = {0};
    for (size_t i = 0; i < n; i++) {
        x->d.batch.n = i % 4 == 1 ? FEW : i % 4 == 2 ? 1 : ROWS;
        if (i % 5 == 3) {
            ck_assert_int_eq(tern_trainer_accumulate(x->t, &x->d.batch, NULL, NULL), TERN_OK);
            x->d.batch.n = ROWS;
            ck_assert_int_eq(tern_trainer_accumulate(x->t, &x->d.batch, NULL, NULL), TERN_OK);
            ck_assert_int_eq(tern_trainer_update(x->t, &step, NULL), TERN_OK);
        } else {
            ck_assert_int_eq(tern_trainer_step(x->t, &x->d.batch, &step, NULL), TERN_OK);
        }
    }
    return step.loss;
}

START_TEST(shared_outputs_make_the_same_training) {
    trained one;
    begin_training(&one, 1);
    expect_same_training(&one, begin_training, take_steps, 42);
    end_training(&one);
}
END_TEST

START_TEST(shared_gradients_are_whole) {
    trained one, more;
    begin_training(&one, 1);
    begin_training(&more, 3);
    ck_near(loss_of(more.t, &more.d.batch), loss_of(one.t, &one.d.batch), TOLERANCE(1e-6, 1e-14));
    for (size_t i = 0; i < tern_model_weight_count(one.m); i++) {
        tern_tensor a = tern_trainer_gradient(one.t, i), b = tern_trainer_gradient(more.t, i);
        ck_near_all(b.data, a.data, tern_tensor_count(&a), TOLERANCE(1e-5, 1e-13));
    }
    end_training(&one);
    end_training(&more);
}
END_TEST

START_TEST(a_shared_layer_is_named) {
    static tern_error err;
    trained x, untouched;
    begin_training(&x, 3);
    begin_training(&untouched, 3);
    take_steps(&x, 4), take_steps(&untouched, 4);
    tern_real *at = x.d.x + 37 * INPUTS, *w = tern_model_weight(x.m, 0).tensor.data, kept[] = {*at, *w};
    *at = sizeof *at > 4 ? (tern_real)1e308 : (tern_real)3e38; /* finite, but not their product */
    *w = 100;
    ck_assert_int_eq(tern_trainer_step(x.t, &x.d.batch, NULL, &err), TERN_ERROR_DIVERGED);
    ck_contains(err.item[0].text, "the output of layer \"1\" (dense) in row 37 of the batch is not finite");
    *at = kept[0], *w = kept[1];
    expect_same(&x, &untouched, 0);
    take_steps(&x, 4), take_steps(&untouched, 4);
    expect_same(&x, &untouched, 0);
    end_training(&x);
    end_training(&untouched);
}
END_TEST

START_TEST(shared_steps_allocate_nothing) {
    trained x;
    begin_training(&x, 4);
    take_steps(&x, 6);
    size_t before = tern__alloc_count();
    take_steps(&x, 20);
    ck_assert_uint_eq(tern__alloc_count(), before);
    end_training(&x);
}
END_TEST

START_TEST(every_allocation_of_shards_may_fail) {
    static tern_error err;
    tern_model *m = quick_model(text, NULL);
    tern_trainer *t = NULL;
    for (size_t k = 0; !t; k++) {
        tern_error_clear(&err);
        tern__alloc_fail(k, false);
        t = tern_trainer_new(m, &(tern_trainer_options){.threads = 3, .batch_size = ROWS}, &err);
        tern__alloc_fail(SIZE_MAX, false);
        ck_assert_msg(t || strstr(err.item[0].text, "memory"), "allocation %zu failed without a word", k);
    }
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* The node that workers share by its outputs. */
static ptrdiff_t by_output(const tern_model *m, size_t batch, size_t threads) {
    tern__partition p;
    ck_assert_int_eq(tern__partition_make(m, batch, threads, (tern__purpose){.training = true}, &p, NULL), TERN_OK);
    return p.by_output;
}

/* Layers that are left to rows: too little in them, not the first, or not so made. */
START_TEST(other_layers_are_not_shared) {
    static const char *const layers[] = {
        "{'type':'dense','out_features':40}",                             /* two shards of 16 at least, of three */
        "{'type':'dropout','p':0.5},{'type':'dense','out_features':200}", /* x is not the model's input */
        "{'type':'layer_norm'},{'type':'dense','out_features':200}",      /* nor is it the first to be trained */
        "{'type':'reshape','shape':[600,1]},{'type':'dense','out_features':64},{'type':'flatten'}", /* few weights for
                                                                                                       its outputs */
        "{'type':'reshape','shape':[1,20,30]},{'type':'conv2d','out_channels':64,'kernel_size':3},{'type':'flatten'}",
    };
    for (size_t i = 0; i < COUNT(layers); i++) {
        char model[512];
        snprintf(model, sizeof model,
                 "{'input':{'shape':[600]},'layers':[%s,{'type':'dense','out_features':3}],'loss':{'type':'mse'},"
                 "'optimizer':{'type':'adam'}}",
                 layers[i]);
        tern_model *m = quick_model(model, NULL);
        ck_assert_msg(by_output(m, ROWS, 3) == TERN__ROWS_ONLY, "%s", layers[i]);
        tern_model_free(m);
    }
    tern_model *m = quick_model(text, NULL);
    ck_assert_int_eq(by_output(m, ROWS, 1), TERN__ROWS_ONLY);
    ck_assert_int_eq(by_output(m, ROWS, 4), 1);
    ck_assert_int_eq(by_output(m, 64, 4), TERN__ROWS_ONLY); /* 42070 weights, 42880 numbers */
    tern_model_free(m);
}
END_TEST

TCase *output_parallel_tcase(void);
TCase *output_parallel_tcase(void) {
    TCase *t = tcase_create("output_parallel");
    tcase_add_test(t, shared_outputs_make_the_same_training);
    tcase_add_test(t, shared_gradients_are_whole);
    tcase_add_test(t, a_shared_layer_is_named);
    tcase_add_test(t, shared_steps_allocate_nothing);
    tcase_add_test(t, every_allocation_of_shards_may_fail);
    tcase_add_test(t, other_layers_are_not_shared);
    return t;
}
