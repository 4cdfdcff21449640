/* test_weights.c - the table of weights: as many as layers ask for, and some that have no gradient. */
#include "fixtures/batches.h"
#include "trainer_internal.h"
#include "weight_table.h"

static const char net[] =
    "{'seed':1,'input':{'shape':[64]},'layers':[{'type':'dense','out_features':96},{'type':'relu'},"
    "{'type':'dense','out_features':5}],'loss':'cross_entropy','optimizer':{'type':'adam','lr':0.01}}";

static void begin(trained *x, size_t frozen, size_t threads) {
    x->m = quick_model(net, NULL);
    for (size_t i = 0; i < frozen; i++) x->m->weight[i].frozen = true;
    tern__weights_place_gradients(x->m, NULL);
    x->t = tern_trainer_new(x->m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS}, NULL);
    ck_assert_ptr_nonnull(x->t);
    make_batch(&x->d, x->m, ROWS, 5);
}

START_TEST(frozen_weights_stay_and_cost_nothing) {
    for (size_t threads = 1; threads <= 3; threads++) {
        trained x, whole;
        begin(&x, 2, threads); /* weight and bias of the first layer */
        begin(&whole, 0, threads);
        ck_assert(!x.m->node[0].needs_backward && !x.m->node[1].needs_backward && x.m->node[2].needs_backward);
        ck_assert_uint_lt(x.m->gradients, whole.m->gradients / 8);
        ck_assert(loss_of(x.t, &x.d.batch) == loss_of(whole.t, &whole.d.batch));
        for (size_t i = 0; i < 4; i++) {
            tern_tensor a = tern_trainer_gradient(x.t, i), b = tern_trainer_gradient(whole.t, i);
            if (i < 2) ck_assert_ptr_null(a.data);
            else ck_assert(!memcmp(a.data, b.data, tern_tensor_count(&a) * sizeof *a.data));
        }
        tern_weight first = tern_model_weight(x.m, 0), last = tern_model_weight(x.m, 2);
        tern_real frozen = first.tensor.data[7], trains = last.tensor.data[7];
        for (size_t i = 0; i < 5; i++) ck_assert_int_eq(tern_trainer_step(x.t, &x.d.batch, NULL, NULL), TERN_OK);
        ck_assert(first.tensor.data[7] == frozen && last.tensor.data[7] != trains);
        end_training(&x);
        end_training(&whole);
    }
}
END_TEST

START_TEST(sixteen_layers_in_both_directions) {
    static const char *const types[] = {"rnn", "lstm", "gru"};
    for (size_t k = 0; k < COUNT(types); k++) {
        char text[256];
        snprintf(
            text, sizeof text,
            "{'input':{'shape':[3,2]},'layers':[{'type':'%s','hidden_size':2,'num_layers':16,'bidirectional':true}],"
            "'loss':'mse','optimizer':'adam'}",
            types[k]);
        trained x = {.m = quick_model(text, NULL)};
        x.t = tern_trainer_new(x.m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS}, NULL);
        make_batch(&x.d, x.m, ROWS, 0);
        ck_assert_uint_eq(tern_model_weight_count(x.m), 128);
        ck_assert_int_eq(tern_trainer_step(x.t, &x.d.batch, NULL, NULL), TERN_OK);
        end_training(&x);
    }
}
END_TEST

TCase *weights_tcase(void);
TCase *weights_tcase(void) {
    TCase *t = tcase_create("weight_table");
    tcase_add_test(t, frozen_weights_stay_and_cost_nothing);
    tcase_add_test(t, sixteen_layers_in_both_directions);
    return t;
}
