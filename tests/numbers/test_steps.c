/* test_steps.c - what one step writes: which parameters decay, and that no weight stops being a number in silence. */
#include "test_numbers.h"

#include "fixtures/models.h"

#include <math.h>

enum { ROWS = 6, WEIGHTS = 4 };

/* The weights after one step from ones; in the order of the layers: weight, bias, a norm's weight, its bias. */
static void step(const char *optimizer, double target, tern_real out[WEIGHTS], tern_status want, tern_error *err) {
    static const char *const names[WEIGHTS] = {"0.weight", "0.bias", "1.weight", "1.bias"};
    char text[512];
    snprintf(text, sizeof text,
             "{'input':{'shape':[1]},'layers':[{'type':'dense','out_features':1},'batch_norm'],'loss':'mse',"
             "'optimizer':%s}",
             optimizer);
    tern_model *m = quick_model(text, NULL);
    for (size_t i = 0; i < WEIGHTS; i++) {
        tern_weight w;
        ck_assert(tern_model_find_weight(m, names[i], &w));
        w.tensor.data[0] = 1;
    }
    tern_real x[ROWS] = {1, 2, 3, 4, 5, 7}, y[ROWS];
    for (size_t i = 0; i < ROWS; i++) y[i] = (tern_real)target;
    tern_tensor tx = {TERN_SHAPE(ROWS, 1), x}, ty = {TERN_SHAPE(ROWS, 1), y};
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.batch_size = ROWS, .threads = 1}, NULL);
    ck_assert_int_eq(tern_trainer_step(t, &(tern_batch){.n = ROWS, .x = &tx, .y = &ty}, NULL, err), want);
    for (size_t i = 0; i < WEIGHTS; i++) {
        tern_weight w;
        ck_assert(tern_model_find_weight(m, names[i], &w));
        out[i] = w.tensor.data[0];
    }
    tern_trainer_free(t);
    tern_model_free(m);
}

START_TEST(test_decay_exclude) {
    static const struct {
        const char *list;
        bool decays[WEIGHTS];
    } cases[] = {{"[]", {true, true, true, true}},
                 {"['bias']", {true, false, true, false}},
                 {"['norm']", {true, true, false, false}},
                 {"['bias','norm']", {true, false, false, false}}};
    tern_real plain[WEIGHTS], got[WEIGHTS];
    step("{'type':'sgd','lr':0.1}", 3, plain, TERN_OK, NULL);
    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[128];
        snprintf(text, sizeof text, "{'type':'sgd','lr':0.1,'weight_decay':0.5,'decay_exclude':%s}", cases[k].list);
        step(text, 3, got, TERN_OK, NULL);
        for (size_t i = 0; i < WEIGHTS; i++)
            ck_assert_msg((got[i] != plain[i]) == cases[k].decays[i], "%s: weight %zu", cases[k].list, i);
    }
}
END_TEST

TCase *steps_case(void) {
    TCase *c = tcase_create("steps");
    tcase_add_test(c, test_decay_exclude);
    return c;
}
