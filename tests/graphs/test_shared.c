/* test_shared.c - weights that layers share: their gradients added up, saved once, known by all their names. */
#include "fixtures/batches.h"
#include "fixtures/scratch.h"

/* An encoder for both halves, a dense layer that is used three times, and an embedding's weights at the output. */
static const struct {
    const char *name, *layers;
    size_t weights;
} nets[] = {
    {"siamese",
     "{'name':'a','type':'dense','out_features':24},{'name':'an','type':'layer_norm'},{'name':'at','type':'tanh'},"
     "{'name':'b','type':'dense','inputs':['input'],'out_features':24,'weights_of':'a'},{'name':'bn','type':"
     "'layer_norm','weights_of':'an'},{'name':'bt','type':'sigmoid'},{'type':'concat','inputs':['at','bt'],'dim':1},"
     "{'type':'dense','out_features':5}",
     6},
    {"thrice",
     "{'name':'a','type':'dense','out_features':32},{'type':'tanh'},{'name':'b','type':'dense','out_features':32,"
     "'weights_of':'a'},{'type':'tanh','name':'bt'},{'name':'c','type':'dense','out_features':32,'weights_of':'b'},"
     "{'type':'add','inputs':['bt','c']},{'type':'dense','out_features':5}",
     4},
    {"recurrent",
     "{'type':'reshape','shape':[8,4]},{'name':'a','type':'gru','hidden_size':4},{'name':'b','type':'gru',"
     "'hidden_size':4,'weights_of':'a'},{'type':'flatten'},{'type':'dense','out_features':5}",
     6},
};

static tern_model *make(const char *layers, const char *train, tern_error *err) {
    char text[2048];
    snprintf(text, sizeof text,
             "{'seed':3,'input':{'shape':[32]},'layers':[%s],'loss':'cross_entropy','optimizer':{'type':'adam','lr':"
             "0.01},'train':{'epochs':1%s}}",
             layers, train);
    return quick_model(text, err);
}

/* `_i` is the net; on one thread and on three. */
START_TEST(gradients_add_up) {
    double h = TOLERANCE(1e-2, 1e-5);
    for (size_t threads = 1; threads <= 3; threads += 2) {
        trained x = {.m = make(nets[_i].layers, "", NULL)};
        x.t = make_trainer(x.m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS});
        make_batch(&x.d, x.m, ROWS, 5);
        ck_assert_uint_eq(tern_model_weight_count(x.m), nets[_i].weights);
        for (size_t i = 0; i < tern_model_weight_count(x.m); i++) {
            tern_weight w = tern_model_weight(x.m, i);
            size_t n = tern_tensor_count(&w.tensor);
            for (size_t k = 0; k < n; k += n / 6 + 1) {
                loss_of(x.t, &x.d.batch);
                double gradient = (double)tern_trainer_gradient(x.t, i).data[k];
                tern_real kept = w.tensor.data[k];
                w.tensor.data[k] = (tern_real)((double)kept + h);
                double above = loss_of(x.t, &x.d.batch);
                w.tensor.data[k] = (tern_real)((double)kept - h);
                double below = loss_of(x.t, &x.d.batch);
                w.tensor.data[k] = kept;
                double difference = (above - below) / (2 * h);
                ck_assert_msg(fabs(gradient - difference) < TOLERANCE(3e-3, 1e-7), "%s, %zu threads: %s[%zu]: %g, %g",
                              nets[_i].name, threads, w.name, k, gradient, difference);
            }
        }
        end_training(&x);
    }
}
END_TEST

START_TEST(all_names_are_known) {
    static tern_error err;
    const char *path = scratch_path("w.safetensors"), *both = scratch_path("both.safetensors"),
               *other = scratch_path("other.safetensors"), *alias = scratch_path("alias.safetensors");
    tern_model *m = make(nets[0].layers, "", NULL), *again = make(nets[0].layers, "", NULL);
    tern_weight a, b, w[6];
    ck_assert(tern_model_find_weight(m, "a.weight", &a) && tern_model_find_weight(m, "b.weight", &b));
    ck_assert_ptr_eq(a.tensor.data, b.tensor.data);
    ck_assert_str_eq(b.name, "a.weight");
    ck_assert(!tern_model_find_weight(m, "c.weight", &b));
    ck_assert_int_eq(tern_model_save(m, path, NULL), TERN_OK);
    tern_file_tensors *saved = tern_file_tensors_open(path, NULL);
    ck_assert_uint_eq(saved->n, 6);
    tern_file_tensors_free(saved);

    const char *name[7];
    tern_tensor tensor[7];
    for (size_t i = 0; i < 6; i++) w[i] = tern_model_weight(m, i), name[i] = w[i].name, tensor[i] = w[i].tensor;
    name[6] = "b.weight", tensor[6] = a.tensor;
    tern_real kept = a.tensor.data[5];
    a.tensor.data[5] = 2; /* what is loaded shows */
    ck_assert_int_eq(tern_tensors_save(7, name, tensor, both, NULL), TERN_OK);
    ck_assert_int_eq(tern_model_load(again, both, NULL), TERN_OK);
    ck_assert(tern_model_find_weight(again, "b.weight", &b) && b.tensor.data[5] == 2);
    name[0] = "b.weight";
    ck_assert_int_eq(tern_tensors_save(6, name, tensor, alias, NULL), TERN_OK);
    b.tensor.data[5] = 0;
    ck_assert_int_eq(tern_model_load(again, alias, NULL), TERN_OK);
    ck_assert(b.tensor.data[5] == 2);

    tern_real wrong[24 * 32];
    memcpy(wrong, a.tensor.data, sizeof wrong);
    wrong[5] = kept;
    name[0] = "a.weight", tensor[6].data = wrong;
    ck_assert_int_eq(tern_tensors_save(7, name, tensor, other, NULL), TERN_OK);
    ck_assert_int_eq(tern_model_load(again, other, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "\"b.weight\" and \"a.weight\" differ, but the model's layers share them");
    tern_model_free(m), tern_model_free(again);
}
END_TEST

/* By either name; and the parameters count once. */
START_TEST(shared_weights_freeze_together) {
    tern_model *m = make(nets[0].layers, ",'freeze':'b.*'", NULL);
    tern_weight w;
    ck_assert(tern_model_find_weight(m, "a.weight", &w) && w.frozen);
    tern_summary *s = tern_summary_new(m, 1, NULL);
    ck_assert_uint_eq(s->params, 32 * 24 + 24 + 2 * 24 + 48 * 5 + 5);
    ck_assert_uint_eq(s->frozen, 32 * 24 + 24);
    ck_assert_str_eq(s->layer[3].weights_of, "a");
    ck_assert_uint_eq(s->layer[3].params, 0);
    tern_summary_free(s);
    tern_model_free(m);
}
END_TEST

static const struct {
    const char *layers, *text;
} refused[] = {
    {"{'type':'dense','out_features':5,'weights_of':'x'}", "/layers/0/weights_of: no layer before this one is named"},
    {"{'name':'enc','type':'dense','out_features':32},{'type':'dense','out_features':5,'weights_of':'end'}",
     "named \"end\"; did you mean \"enc\""},
    {"{'name':'a','type':'dense','out_features':8},{'type':'dense','out_features':5,'weights_of':'a'}",
     "its weight is [5, 8], but that of \"a\" is [8, 32]: only weights of one shape can be shared"},
    {"{'name':'a','type':'relu'},{'type':'dense','out_features':5,'weights_of':'a'}",
     "\"a\" (relu) has no weight that this layer has, too"},
};

START_TEST(mistakes_are_said) {
    static tern_error err;
    char line[900] = "";
    ck_assert_ptr_null(make(refused[_i].layers, "", &err));
    ck_contains(tern_error_line(&err, 0, line, sizeof line), refused[_i].text);
}
END_TEST

TCase *shared_tcase(void);
TCase *shared_tcase(void) {
    TCase *t = tcase_create("shared");
    tcase_add_loop_test(t, gradients_add_up, 0, COUNT(nets));
    tcase_add_test(t, all_names_are_known);
    tcase_add_test(t, shared_weights_freeze_together);
    tcase_add_loop_test(t, mistakes_are_said, 0, COUNT(refused));
    return t;
}
