/* test_frozen.c - weights that stay as they are, groups of weights with options of their own, weights of which some
 * fit.
 */
#include "fixtures/batches.h"
#include "fixtures/scratch.h"

static const char net[] =
    "{'seed':1,'input':{'shape':[64]},'layers':[{'name':'features.dense','type':'dense','out_features':96%s},"
    "{'name':'features.norm','type':'batch_norm'},{'type':'relu'},{'name':'middle','type':'dense','out_features':32%s},"
    "{'name':'norm','type':'batch_norm'},{'name':'act','type':'tanh'},{'name':'head','type':'dense','out_features':5}],"
    "'loss':'cross_entropy','optimizer':{'type':'adam','lr':0.01%s},'train':{'epochs':1%s}}";

static tern_model *make(const char *first, const char *middle, const char *optimizer, const char *train,
                        tern_error *err) {
    char text[2048];
    snprintf(text, sizeof text, net, first, middle, optimizer, train);
    return quick_model(text, err);
}

static void begin(trained *x, const char *middle, const char *optimizer, const char *train, size_t threads) {
    x->m = make("", middle, optimizer, train, NULL);
    x->t = make_trainer(x->m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS});
    make_batch(&x->d, x->m, ROWS, 5);
}

static void take_steps(trained *x, size_t n) {
    for (size_t i = 0; i < n; i++) ck_assert_int_eq(tern_trainer_step(x->t, &x->d.batch, NULL, NULL), TERN_OK);
}

static bool same(const tern_model *a, const tern_model *b, const char *name) {
    tern_weight x, y;
    ck_assert_msg(tern_model_find_weight(a, name, &x) && tern_model_find_weight(b, name, &y), "%s", name);
    return !memcmp(x.tensor.data, y.tensor.data, tern_tensor_count(&x.tensor) * sizeof *x.tensor.data);
}

/* Those of a pattern stay to the byte, running averages too, and the others learn; whatever the threads. */
START_TEST(patterns_freeze) {
    for (size_t threads = 1; threads <= 3; threads++) {
        trained x;
        begin(&x, "", "", ",'freeze':['features.*']", threads);
        tern_model *before = make("", "", "", "", NULL);
        take_steps(&x, 5);
        for (size_t i = 0; i < tern_model_weight_count(x.m); i++) {
            tern_weight w = tern_model_weight(x.m, i);
            bool frozen = !strncmp(w.name, "features.", 9);
            ck_assert_msg(w.frozen == frozen, "%s", w.name);
            ck_assert_msg(same(x.m, before, w.name) == frozen, "%s", w.name);
            ck_assert_msg(!tern_trainer_gradient(x.t, i).data == (frozen || !w.trained), "%s", w.name);
        }
        tern_model_free(before);
        end_training(&x);
    }
}
END_TEST

/* A layer in the middle: what is below it goes on learning, through it. Both ways of saying so are the same. */
START_TEST(layers_freeze) {
    static const char option[] = ",'trainable':false";
    for (size_t threads = 1; threads <= 2; threads++) {
        trained a, b;
        begin(&a, option, "", "", threads);
        begin(&b, "", "", ",'freeze':'middle.*'", threads);
        tern_model *before = make("", "", "", "", NULL);
        take_steps(&a, 5), take_steps(&b, 5);
        expect_same(&a, &b, 0);
        ck_assert(same(a.m, before, "middle.weight") && same(a.m, before, "middle.bias"));
        ck_assert(!same(a.m, before, "features.dense.weight") && !same(a.m, before, "features.norm.running_mean"));
        tern_model_free(before);
        end_training(&a);
        end_training(&b);
    }
}
END_TEST

/* What is trained below frozen layers has the gradients that it has where nothing is frozen. */
START_TEST(gradients_go_through) {
    trained x, whole;
    begin(&x, "", "", ",'freeze':['middle.*','norm.weight','head.bias']", 2);
    begin(&whole, "", "", "", 2);
    ck_assert(loss_of(x.t, &x.d.batch) == loss_of(whole.t, &whole.d.batch));
    for (size_t i = 0; i < tern_model_weight_count(x.m); i++) {
        tern_tensor a = tern_trainer_gradient(x.t, i), b = tern_trainer_gradient(whole.t, i);
        if (a.data) ck_assert(!memcmp(a.data, b.data, tern_tensor_count(&a) * sizeof *a.data));
    }
    end_training(&x);
    end_training(&whole);
}
END_TEST

START_TEST(a_frozen_half_costs_less) {
    tern_model *m = make("", "", "", ",'freeze':'features.*'", NULL), *whole = make("", "", "", "", NULL);
    tern_summary *a = tern_summary_new(m, 1, NULL), *b = tern_summary_new(whole, 1, NULL);
    ck_assert_uint_eq(a->frozen, 64 * 96 + 96 + 2 * 96);
    ck_assert_uint_eq(a->layer[0].frozen, 64 * 96 + 96);
    ck_assert_uint_eq(b->frozen, 0);
    /* a gradient and two slots of adam for each */
    ck_assert_uint_ge(b->train_bytes - a->train_bytes, 3 * a->frozen * sizeof(tern_real));
    ck_assert_uint_lt(a->pass_bytes, b->pass_bytes);
    tern_summary_free(a), tern_summary_free(b);
    tern_model_free(m), tern_model_free(whole);
}
END_TEST

static const struct {
    const char *optimizer, *train, *text;
} refused[] = {
    {"", ",'freeze':['feature.*']", "/train/freeze/0: \"feature.*\" is the name of no weight, nor a pattern of any"},
    {",'groups':[{'weights':'hed.*','lr':1}]", "", "/optimizer/groups/0/weights/0: \"hed.*\" is the name of no weight"},
    {",'groups':[{'weights':['head.*']},{'weights':'*.bias'}]", "", "\"head.bias\" is in group 0 too"},
    {",'groups':[{'lr':0.1}]", "", "groups needs the option \"weights\""},
    {",'groups':[]", "", "/optimizer/groups: expected a list of objects"},
    {"", ",'freeze':'*'", "has nothing to train: no layer with weights that are not frozen"},
};

/* `_i` is the case. What only training needs is refused by the trainer. */
START_TEST(mistakes_are_said) {
    static tern_error err;
    char line[900] = "";
    tern_model *m = make("", "", refused[_i].optimizer, refused[_i].train, &err);
    if (m) ck_assert_ptr_null(tern_trainer_new(m, NULL, &err));
    bool said = false;
    for (size_t i = 0; i < err.count && !said; i++)
        said = strstr(tern_error_line(&err, i, line, sizeof line), refused[_i].text);
    ck_assert_msg(said, "%s: %s", refused[_i].text, line);
    tern_model_free(m);
}
END_TEST

/* A group's rate is what the optimizer's would be; and without decay nothing decays. */
START_TEST(groups_have_rates_of_their_own) {
    trained fast, slow, none;
    begin(&fast, "", ",'groups':[{'weights':'head.*','lr':0.03}]", "", 1);
    begin(&slow, "", "", "", 1);
    begin(&none, "", ",'groups':[{'weights':'head.*','lr':0}]", "", 1);
    take_steps(&fast, 1), take_steps(&slow, 1), take_steps(&none, 1);
    tern_model *before = make("", "", "", "", NULL);
    tern_weight a, b, c;
    tern_model_find_weight(fast.m, "head.weight", &a), tern_model_find_weight(slow.m, "head.weight", &b);
    tern_model_find_weight(before, "head.weight", &c);
    for (size_t i = 0; i < 5 * 32; i++) {
        double start = (double)c.tensor.data[i];
        ck_near((double)a.tensor.data[i] - start, 3 * ((double)b.tensor.data[i] - start), TOLERANCE(1e-6, 1e-14));
    }
    ck_assert(same(none.m, before, "head.weight") && !same(none.m, before, "middle.weight"));
    ck_assert(same(fast.m, slow.m, "middle.weight"));
    tern_model_free(before);
    end_training(&fast), end_training(&slow), end_training(&none);
}
END_TEST

START_TEST(what_fits_is_loaded) {
    static tern_error err;
    const char *path = scratch_path("w.safetensors");
    size_t fits;
    tern_model *from = make("", "", "", "", NULL);
    ck_assert_int_eq(tern_model_save(from, path, NULL), TERN_OK);
    tern_model *other = quick_model("{'input':{'shape':[64]},'layers':[{'name':'features.dense','type':'dense',"
                                    "'out_features':96},{'name':'head','type':'dense','out_features':7}]}",
                                    NULL);
    ck_assert_int_eq(tern_model_load_partial(other, path, &fits, &err), TERN_OK);
    ck_assert_uint_eq(fits, 2);
    ck_assert(same(other, from, "features.dense.weight"));
    char line[900];
    ck_contains(tern_error_line(&err, 0, line, sizeof line),
                "\"head.weight\" is of shape [5, 32], the model's is [7, 96]");
    ck_assert_uint_eq(err.errors, 0);
    tern_model *alien = quick_model("{'input':{'shape':[64]},'layers':[{'type':'dense','out_features':9}]}", NULL);
    ck_assert_int_eq(tern_model_load_partial(alien, path, NULL, &err), TERN_ERROR_DATA);
    ck_assert(!strstr(tern_error_line(&err, err.count - 1, line, sizeof line), "warning"));
    tern_model_free(from), tern_model_free(other), tern_model_free(alien);
}
END_TEST

TCase *frozen_tcase(void) {
    TCase *t = tcase_create("frozen");
    tcase_add_test(t, patterns_freeze);
    tcase_add_test(t, layers_freeze);
    tcase_add_test(t, gradients_go_through);
    tcase_add_test(t, a_frozen_half_costs_less);
    tcase_add_loop_test(t, mistakes_are_said, 0, COUNT(refused));
    tcase_add_test(t, groups_have_rates_of_their_own);
    tcase_add_test(t, what_fits_is_loaded);
    return t;
}
