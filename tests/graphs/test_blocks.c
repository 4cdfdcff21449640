/* test_blocks.c - blocks of layers under a name of their own: the same as written out, by names and to the bit. */
#include "fixtures/batches.h"

#define HEAD "{'seed':3,'input':{'shape':[12]},"
#define TAIL ",'loss':'cross_entropy','optimizer':{'type':'adam','lr':0.01}}"

/* What blocks say, and the same in full. */
static const struct {
    const char *blocks, *full;
} pairs[] = {
    {"'blocks':{'res':{'layers':[{'name':'d','type':'dense','out_features':12},{'type':'tanh','name':'t'},"
     "{'name':'sum','type':'add','inputs':['input','t']}]}},"
     "'layers':['relu',{'name':'b','type':'res','repeat':2},{'type':'dense','out_features':5}]",
     "'layers':[{'type':'relu','name':'0'},{'name':'b.0.d','type':'dense','out_features':12},"
     "{'type':'tanh','name':'b.0.t'},{'name':'b.0.sum','type':'add','inputs':['0','b.0.t']},"
     "{'name':'b.1.d','type':'dense','out_features':12},{'type':'tanh','name':'b.1.t'},"
     "{'name':'b.1.sum','type':'add','inputs':['b.0.sum','b.1.t']},{'name':'2','type':'dense','out_features':5}]"},
    {"'blocks':{'two':{'layers':[{'type':'one','name':'a'},{'type':'one','name':'b','inputs':['a']},"
     "{'type':'add','inputs':['a','b','input']}]},"
     "'one':{'layers':[{'type':'dense','out_features':12},{'type':'sigmoid','name':'s'}]}},"
     "'layers':[{'name':'w','type':'two'},{'name':'x','type':'one','inputs':['input']},"
     "{'type':'add','inputs':['x','w']},{'type':'dense','out_features':5}],'metrics':['accuracy']",
     NULL},
    {"'blocks':{'enc':{'layers':[{'name':'d','type':'dense','out_features':7},'tanh',"
     "{'name':'e','type':'dense','out_features':4}]}},"
     "'layers':[{'name':'l','type':'enc'},{'name':'r','type':'enc','inputs':['input'],'weights_of':'l'},"
     "{'type':'weighted_sum','inputs':['l','r'],'weights':[1,0.5]},{'type':'dense','out_features':5}]",
     "'layers':[{'name':'l.d','type':'dense','out_features':7},{'type':'tanh','name':'l.1'},"
     "{'name':'l.e','type':'dense','out_features':4},"
     "{'name':'r.d','type':'dense','out_features':7,'inputs':['input'],'weights_of':'l.d'},"
     "{'type':'tanh','name':'r.1'},{'name':'r.e','type':'dense','out_features':4,'weights_of':'l.e'},"
     "{'type':'weighted_sum','inputs':['l.e','r.e'],'weights':[1,0.5],'name':'2'},"
     "{'name':'3','type':'dense','out_features':5}]"},
};

static tern_model *make(const char *layers, tern_error *err) {
    char text[3000];
    snprintf(text, sizeof text, HEAD "%s" TAIL, layers);
    return quick_model(text, err);
}

static double train(tern_model *m) {
    batch_data d;
    double loss = 0;
    tern_trainer *t = make_trainer(m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS});
    make_batch(&d, m, ROWS, 5);
    for (size_t i = 0; i < 5; i++) ck_assert_int_eq(tern_trainer_step(t, &d.batch, NULL, NULL), TERN_OK);
    loss = loss_of(t, &d.batch);
    free_batch(&d);
    tern_trainer_free(t);
    return loss;
}

/* `_i` is the pair. */
START_TEST(a_block_is_its_layers) {
    tern_model *a = make(pairs[_i].blocks, NULL), *b = make(pairs[_i].full ? pairs[_i].full : pairs[_i].blocks, NULL);
    ck_assert_uint_eq(tern_model_weight_count(a), tern_model_weight_count(b));
    ck_assert(train(a) == train(b));
    for (size_t i = 0; i < tern_model_weight_count(a); i++) {
        tern_weight x = tern_model_weight(a, i), y = tern_model_weight(b, i);
        ck_assert_str_eq(x.name, y.name);
        ck_assert(!memcmp(x.tensor.data, y.tensor.data, tern_tensor_count(&x.tensor) * sizeof(tern_real)));
    }
    tern_model_free(a), tern_model_free(b);
}
END_TEST

/* Blocks in blocks; unnamed layers are called by their index, as in PyTorch. */
START_TEST(names_are_joined) {
    static const char *const names[] = {"w.a.0.weight", "w.a.0.bias", "w.b.0.weight", "w.b.0.bias",
                                        "x.0.weight",   "x.0.bias",   "3.weight",     "3.bias"};
    tern_model *m = make(pairs[1].blocks, NULL);
    for (size_t i = 0; i < COUNT(names); i++) ck_assert_str_eq(tern_model_weight(m, i).name, names[i]);
    tern_summary *s = tern_summary_new(m, 1, NULL);
    ck_assert_str_eq(s->layer[4].input[0], "w.a.s");
    ck_assert_str_eq(s->layer[4].input[1], "w.b.s");
    ck_assert_str_eq(s->layer[4].input[2], "input");
    ck_assert_str_eq(s->layer[7].input[1], "w.2");
    tern_summary_free(s);
    tern_model_free(m);
}
END_TEST

/* What render writes is the model with its blocks written out: it opens as the same. */
START_TEST(what_is_rendered_is_the_same) {
    tern_model *m = make(pairs[0].blocks, NULL);
    char *text = tern_model_render(m, NULL);
    ck_assert(text && !strstr(text, "\"blocks\""));
    tern_model *again = tern_model_parse(text, strlen(text), "again.json", NULL, NULL);
    ck_assert_ptr_nonnull(again);
    ck_assert(train(m) == train(again));
    tern_free(text);
    tern_model_free(m), tern_model_free(again);
}
END_TEST

/* A use that is not trainable, and a loss of a use. */
START_TEST(uses_have_options) {
    tern_model *m =
        quick_model(HEAD "'blocks':{'enc':{'layers':[{'type':'dense','out_features':5},'tanh']}},'layers':["
                         "{'name':'a','type':'enc','repeat':2,'trainable':false},{'name':'b','type':'enc'},"
                         "{'type':'dense','out_features':5}],'losses':[{'type':'mse','of':'b','target':'y'},"
                         "{'type':'mae','target':'y'}],'metrics':[{'type':'mae','of':'b'}]}",
                    NULL);
    tern_weight w;
    ck_assert(tern_model_find_weight(m, "a.1.0.weight", &w) && w.frozen);
    ck_assert(tern_model_find_weight(m, "b.0.weight", &w) && !w.frozen);
    tern_model_free(m);
}
END_TEST

#define USE "'layers':[{'name':'e','type':'enc','repeat':3}]"

static const struct {
    const char *layers, *text;
    size_t errors;
} refused[] = {
    {"'blocks':{'enc':{'layers':[{'type':'dense','units':3,'bais':1}]}}," USE,
     "/blocks/enc/layers/0/bais: dense has no such option; did you mean \"bias\"", 1},
    {"'blocks':{'enc':{'layers':[{'name':'d','type':'dense','units':3},{'type':'add','inputs':['d','input']}]}}," USE,
     "(as layer \"e.0.1\"); input [3] from layer \"e.0.d\" (dense), [12] from the model's input", 1},
    {"'blocks':{'enc':{'layers':[{'name':'d','type':'relu'},{'type':'add','inputs':['d','inpt']}]}}," USE,
     "/blocks/enc/layers/1/inputs/1: no layer before this one is named \"inpt\"", 1},
    {"'blocks':{'enc':{'layers':['relu']}},'layers':[{'type':'enc','repeat':0}]",
     "/layers/0/repeat: accepted is a whole number from 1 to 10000", 1},
    {"'blocks':{'enc':{'layers':['relu']}},'layers':[{'type':'enc','units':2}]",
     "/layers/0/units: is nothing that the use of a block can have", 1},
    {"'blocks':{'enc':{'layers':['relu','enc']}},'layers':['enc']", "does one contain itself?", 1},
    {"'blocks':{'relu':{'layers':['tanh']}},'layers':['relu']", "/blocks/relu: is the name of a type of layer, too", 1},
    {"'blocks':{'enc':{'layers':[]}},'layers':['enc']", "/blocks/enc: expected an object with a list of \"layers\"", 1},
    {"'blocks':[],'layers':['enc']", "/blocks: expected an object: a name for each block", 1},
};

/* `_i` is the case; what is wrong in a block is said once. */
START_TEST(mistakes_are_said) {
    static tern_error err;
    char line[900] = "";
    ck_assert_ptr_null(make(refused[_i].layers, &err));
    bool said = false;
    for (size_t i = 0; i < err.count && !said; i++)
        said = strstr(tern_error_line(&err, i, line, sizeof line), refused[_i].text);
    ck_assert_msg(said, "%s\nfound: %s", refused[_i].text, line);
    ck_assert_uint_eq(err.errors, refused[_i].errors);
}
END_TEST

TCase *blocks_tcase(void);
TCase *blocks_tcase(void) {
    TCase *t = tcase_create("blocks");
    tcase_add_loop_test(t, a_block_is_its_layers, 0, COUNT(pairs));
    tcase_add_test(t, names_are_joined);
    tcase_add_test(t, what_is_rendered_is_the_same);
    tcase_add_test(t, uses_have_options);
    tcase_add_loop_test(t, mistakes_are_said, 0, COUNT(refused));
    return t;
}
