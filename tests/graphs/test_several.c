/* test_several.c - several inputs, outputs and losses: their gradients, predictions and scores, and what is refused. */
#include "fixtures/models.h"

enum { ROWS = 24 };

/* clang-format off */
#define LAYERS \
    "'layers':[{'type':'flatten','inputs':['left']},{'name':'l','type':'dense','out_features':24}," \
    "{'name':'lt','type':'tanh'},{'name':'r','type':'dense','inputs':['right'],'out_features':24}," \
    "{'name':'rt','type':'sigmoid'},{'name':'sum','type':'add','inputs':['lt','rt']}," \
    "{'name':'digit','type':'dense','out_features':4}," \
    "{'name':'box','type':'dense','inputs':['sum'],'out_features':3}]"
#define INPUTS "'inputs':{'left':{'shape':[2,3],'scale':0.5},'right':{'shape':[5],'mean':0.1}}"
/* clang-format on */

/* A loss on each output, two on one of them, one on an inner layer and one that makes an input again. */
static const char net[] = "{'seed':3," INPUTS "," LAYERS ","
                          "'losses':[{'type':'cross_entropy','of':'digit'},"
                          "{'type':'mse','of':'box','loss_weight':0.2},"
                          "{'type':'huber','of':'box','target':'box','name':'robust','loss_weight':3},"
                          "{'type':'mse','of':'sum','target':'sum','loss_weight':0.7}],"
                          "'metrics':[{'type':'accuracy','of':'digit'},{'type':'mae','of':'box'}],"
                          "'optimizer':{'type':'sgd','lr':0.05},'train':{'epochs':4,'batch_size':7}}";

typedef struct arrays {
    tern_real left[ROWS * 6], right[ROWS * 5], digit[ROWS], box[ROWS * 3], sum[ROWS * 24];
    int64_t label[ROWS];
    tern_tensor x[2], y[3];
    tern_batch batch;
} arrays;

static void make_arrays(arrays *a) {
    quick_numbers(ROWS * 6, 0.3, a->left);
    quick_numbers(ROWS * 5, 1.3, a->right);
    quick_numbers(ROWS * 3, 2.3, a->box);
    quick_numbers(ROWS * 24, 3.3, a->sum);
    for (size_t i = 0; i < ROWS; i++) a->label[i] = (int64_t)(i * 7 % 4), a->digit[i] = (tern_real)a->label[i];
    a->x[0] = (tern_tensor){{3, {ROWS, 2, 3}}, a->left}, a->x[1] = (tern_tensor){{2, {ROWS, 5}}, a->right};
    a->y[0] = (tern_tensor){{1, {ROWS}}, a->digit}, a->y[1] = (tern_tensor){{2, {ROWS, 3}}, a->box};
    a->y[2] = (tern_tensor){{2, {ROWS, 24}}, a->sum};
    a->batch = (tern_batch){.n = ROWS, .x = a->x, .y = a->y};
}

#define REAL TOLERANCE(TERN_F32, TERN_F64)

/* The same as a dataset, its arrays in another order. */
static tern_dataset *make_dataset(arrays *a) {
    tern_array left = {.dtype = REAL, .shape = {2, {2, 3}}, .data = a->left, .name = "left"},
               right = {.dtype = REAL, .shape = {1, {5}}, .data = a->right, .name = "right"},
               digit = {.dtype = TERN_I64, .shape = {0}, .data = a->label, .name = "digit"},
               box = {.dtype = REAL, .shape = {1, {3}}, .data = a->box, .name = "box"},
               sum = {.dtype = REAL, .shape = {1, {24}}, .data = a->sum, .name = "sum"};
    tern_dataset *d = tern_dataset_borrow(ROWS, &right, &sum, NULL);
    ck_assert(d && !tern_dataset_add_input(d, &left, NULL) && !tern_dataset_add_target(d, &box, NULL) &&
              !tern_dataset_add_target(d, &digit, NULL));
    return d;
}

START_TEST(ports_have_names) {
    tern_model *m = quick_model(net, NULL);
    ck_assert_uint_eq(tern_model_inputs(m), 2);
    ck_assert_uint_eq(tern_model_outputs(m), 2);
    ck_assert_str_eq(tern_model_input_at(m, 1).name, "right");
    ck_assert_uint_eq(tern_model_input_at(m, 0).shape.dim[1], 3);
    ck_assert_str_eq(tern_model_output_at(m, 0).name, "digit");
    ck_assert_str_eq(tern_model_output_at(m, 1).name, "box");
    ck_assert_ptr_null(tern_model_output_at(m, 2).name);
    tern_model_free(m);
    tern_model *one = quick_model("{'input':{'shape':[4]},'layers':['relu']}", NULL);
    ck_assert_str_eq(tern_model_input_at(one, 0).name, "input");
    ck_assert_uint_eq(tern_model_outputs(one), 1);
    tern_model_free(one);
}
END_TEST

static double loss_of(tern_trainer *t, const tern_batch *batch) {
    double loss = 0;
    ck_assert_int_eq(tern_trainer_backward(t, batch, &loss, NULL), TERN_OK);
    return loss;
}

/* Against differences of the sum of all losses: `_i` + 1 threads. */
START_TEST(gradients_are_those_of_the_sum) {
    tern_model *m = quick_model(net, NULL);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = (size_t)_i + 1, .batch_size = ROWS}, NULL);
    ck_assert_ptr_nonnull(t);
    arrays a;
    make_arrays(&a);
    double h = TOLERANCE(1e-2, 1e-5);
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        size_t n = tern_tensor_count(&w.tensor);
        for (size_t k = 0; k < n; k += n / 5 + 1) {
            loss_of(t, &a.batch);
            double gradient = (double)tern_trainer_gradient(t, i).data[k];
            tern_real kept = w.tensor.data[k];
            w.tensor.data[k] = (tern_real)((double)kept + h);
            double above = loss_of(t, &a.batch);
            w.tensor.data[k] = (tern_real)((double)kept - h);
            double below = loss_of(t, &a.batch);
            w.tensor.data[k] = kept;
            double difference = (above - below) / (2 * h);
            ck_assert_msg(fabs(gradient - difference) < TOLERANCE(5e-3, 1e-7), "%s[%zu]: %g, difference %g", w.name, k,
                          gradient, difference);
        }
    }
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* What training measures, evaluation measures, and a prediction tells. */
START_TEST(all_say_the_same) {
    static tern_score score;
    tern_model *m = quick_model(net, NULL);
    arrays a;
    make_arrays(&a);
    tern_dataset *d = make_dataset(&a);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS}, NULL);
    double loss = loss_of(t, &a.batch);
    for (size_t threads = 1; threads <= 3; threads++) {
        ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, threads, &score, NULL, NULL), TERN_OK);
        ck_near(score.loss, loss, TOLERANCE(1e-6, 1e-14));
    }
    ck_assert_uint_eq(score.losses, 4);
    ck_assert_str_eq(score.loss_name[0], "digit_loss");
    ck_assert_str_eq(score.loss_name[2], "robust_loss");
    ck_near(score.loss_value[0] + 0.2 * score.loss_value[1] + 3 * score.loss_value[2] + 0.7 * score.loss_value[3], loss,
            TOLERANCE(1e-6, 1e-14));
    ck_assert_str_eq(score.name[0], "digit_accuracy");
    ck_assert_str_eq(score.name[1], "box_mae");

    tern_real digit[ROWS * 4], box[ROWS * 3], whole[ROWS * 3];
    tern_tensor y[2] = {{{2, {ROWS, 4}}, digit}, {{2, {ROWS, 3}}, box}};
    ck_assert_int_eq(tern_predict(m, a.x, y, NULL), TERN_OK);
    double sum = 0;
    for (size_t i = 0; i < ROWS * 3; i++) sum += pow((double)box[i] - (double)a.box[i], 2);
    ck_near(sum / (ROWS * 3), score.loss_value[1], TOLERANCE(1e-6, 1e-14));
    y[1].data = whole;
    ck_assert_int_eq(tern_dataset_predict(d, m, 2, y, NULL), TERN_OK);
    ck_near_all(whole, box, ROWS * 3, TOLERANCE(1e-6, 1e-14));
    tern_trainer_free(t);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(they_learn) {
    tern_model *m = quick_model(net, NULL);
    arrays a;
    make_arrays(&a);
    tern_dataset *d = make_dataset(&a);
    tern_fit_result first, last;
    ck_assert_int_eq(tern_fit(m, d, NULL, &(tern_fit_options){.threads = 2, .epochs = 1}, &first, NULL), TERN_OK);
    ck_assert_int_eq(tern_fit(m, d, d, &(tern_fit_options){.threads = 2, .epochs = 20}, &last, NULL), TERN_OK);
    for (size_t k = 0; k < 4; k++)
        ck_assert_msg(last.valid.loss_value[k] < first.train.loss_value[k], "%s", first.train.loss_name[k]);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* Wholly on its own: the data has inputs alone, and what is made is the input as the layers read it. */
START_TEST(an_autoencoder_needs_no_targets) {
    static tern_score score;
    tern_model *m = quick_model("{'seed':1,'input':{'shape':[2,3],'scale':0.5},'layers':['flatten',{'type':'dense',"
                                "'out_features':6}],'loss':{'type':'mse','target':'input'},'optimizer':"
                                "{'type':'adam','lr':0.05},'train':{'epochs':120,'batch_size':8}}",
                                NULL);
    arrays a;
    make_arrays(&a);
    tern_array left = {.dtype = REAL, .shape = {2, {2, 3}}, .data = a.left};
    tern_dataset *d = tern_dataset_borrow(ROWS, &left, NULL, NULL);
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 2, &score, NULL, NULL), TERN_OK);
    ck_assert_msg(score.loss < 1e-3, "%g", score.loss);
    tern_real y[ROWS * 6];
    ck_assert_int_eq(tern_predict(m, a.x, &(tern_tensor){{2, {ROWS, 6}}, y}, NULL), TERN_OK);
    double sum = 0;
    for (size_t i = 0; i < ROWS * 6; i++) sum += pow((double)y[i] - 0.5 * (double)a.left[i], 2);
    ck_near(sum / (ROWS * 6), score.loss, TOLERANCE(1e-6, 1e-14));
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* A loss of predictions alone, beside one that has a target; rows weigh in both. */
START_TEST(triplets_need_no_targets) {
    static tern_score score;
    tern_model *m =
        quick_model("{'seed':1,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':6,'name':'e'},"
                    "{'type':'dense','out_features':3,'name':'box'}],'losses':[{'type':'triplet','of':'e',"
                    "'margin':9},{'type':'mse','of':'box'}],'optimizer':{'type':'sgd','lr':0.01},"
                    "'train':{'epochs':20,'batch_size':8}}",
                    NULL);
    ck_assert_ptr_nonnull(m);
    arrays a;
    make_arrays(&a);
    tern_real weight[ROWS], y[ROWS * 3];
    for (size_t i = 0; i < ROWS; i++) weight[i] = (tern_real)(i < ROWS / 2 ? 2 : 0);
    tern_tensor x = {{2, {ROWS, 6}}, a.left}, w = {{1, {ROWS}}, weight}, half_x = {{2, {ROWS / 2, 6}}, a.left},
                half_y = {{2, {ROWS / 2, 3}}, a.box};
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 2, .batch_size = ROWS}, NULL);
    double weighted = loss_of(t, &(tern_batch){.n = ROWS, .x = &x, .y = &a.y[1], .weight = &w}),
           half = loss_of(t, &(tern_batch){.n = ROWS / 2, .x = &half_x, .y = &half_y});
    ck_near(weighted, half, TOLERANCE(1e-6, 1e-14));
    tern_array left = {.dtype = REAL, .shape = {1, {6}}, .data = a.left},
               box = {.dtype = REAL, .shape = {1, {3}}, .data = a.box, .name = "box"};
    tern_dataset *d = tern_dataset_borrow(ROWS, &left, &box, NULL);
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 2, &score, NULL, NULL), TERN_OK);
    double before = score.loss_value[0], each[ROWS], sum = 0;
    ck_near(score.loss, loss_of(t, &(tern_batch){.n = ROWS, .x = &x, .y = &a.y[1]}), TOLERANCE(1e-6, 1e-14));
    ck_assert_int_eq(tern_evaluate_rows(m, d, NULL, 0, 2, &(tern_tensor){{2, {ROWS, 3}}, y}, each, NULL), TERN_OK);
    for (size_t i = 0; i < ROWS; i++) sum += each[i] / ROWS;
    ck_near(sum, score.loss, TOLERANCE(1e-5, 1e-13));
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 2, &score, NULL, NULL), TERN_OK);
    ck_assert(score.loss_value[0] < before);
    tern_trainer_free(t);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

static const struct {
    const char *model, *text;
} refused[] = {
    {"{'input':{'shape':[2]},'inputs':{'a':{'shape':[2]}},'layers':['relu']}", "/inputs: and \"input\" are both there"},
    {"{'layers':['relu']}", "a model file needs the option \"input\""},
    {"{" INPUTS ",'layers':['relu']}", "the first layer names those it reads: left, right"},
    {"{" INPUTS ",'layers':[{'type':'relu','inputs':['left']}]}", "/inputs/right: no layer reads it"},
    {"{" INPUTS ",'layers':[{'type':'relu','inputs':['input']}]}", "accepted: left, right"},
    {"{" INPUTS ",'layers':[{'name':'left','type':'relu','inputs':['right']}]}", "an input of the model is called"},
    {"{'inputs':{'a b':{'shape':[2]}},'layers':['relu']}", "/inputs/a b: is \"a b\"; a name has"},
    {"{" INPUTS "," LAYERS ",'losses':[{'type':'mse','of':'bx'}]}", "/losses/0/of: no layer is named \"bx\"; did you"},
    {"{" INPUTS "," LAYERS ",'losses':[{'type':'mse','of':'box'}]}", "unused output of layer \"digit\""},
    {"{" INPUTS "," LAYERS
     ",'losses':[{'type':'mse','of':'box'},{'type':'mae','of':'box'},{'type':'mse','of':'digit'}]}",
     "/losses/1/name: \"box\" is what loss 0 is called, too"},
    {"{" INPUTS "," LAYERS ",'losses':[{'type':'mse','of':'box','target':'left'},{'type':'mse','of':'digit'}]}",
     "/losses/0/target: is the input \"left\", [2, 3], but the loss takes targets of [3]"},
    {"{" INPUTS "," LAYERS ",'losses':[{'type':'mse','of':'box'},{'type':'mse','of':'digit','target':'box'}]}",
     "which loss 0 takes for 3 numbers, this one for 4 numbers"},
    {"{" INPUTS "," LAYERS ",'losses':[{'type':'mse','of':'box'},{'type':'mse','of':'digit'}],'metrics':['mae']}",
     "/metrics/0: needs \"of\": which of the losses it is about"},
    {"{" INPUTS "," LAYERS ",'losses':[{'type':'mse','of':'box'},{'type':'mse','of':'digit'}],'metrics':[{'type':'mae',"
     "'of':'dgit'}]}",
     "/metrics/0/of: no loss is about \"dgit\"; did you mean \"digit\""},
    {"{'input':{'shape':[2]},'layers':['relu'],'loss':'mse','losses':['mae']}", "/losses: and \"loss\" are both there"},
    {"{'input':{'shape':[6]},'layers':['relu'],'loss':{'type':'triplet','target':'input'}}",
     "/loss/target: is given, but"},
    {"{'input':{'shape':[6]},'layers':['relu'],'loss':{'type':'triplet','class_weight':'balanced'}}",
     "/loss/class_weight: is given, but triplet takes no target"},
    {"{'input':{'shape':[6]},'layers':['relu'],'loss':'triplet','metrics':['mae']}", "/metrics/0: has no target"},
    {"{'input':{'shape':[6]},'layers':['relu'],'loss':'gaussian_nll','metrics':['mae']}",
     "/metrics/0: compares each prediction with a target, but gaussian_nll takes 3 targets for 6 predictions"},
    {"{'input':{'shape':[6]},'layers':['relu'],'loss':'gaussian_nll','target':{'normalize':'zscore'}}",
     "/loss: gaussian_nll predicts what is not in the targets' unit"},
    {"{'inputs':{'a':{'columns':'auto'}},'layers':['relu']}", "are described in the one \"input\" of a model"},
};

/* `_i` is the case. */
START_TEST(mistakes_are_said) {
    static tern_error err;
    char line[900] = "";
    ck_assert_ptr_null(quick_model(refused[_i].model, &err));
    bool said = false;
    for (size_t i = 0; i < err.count && !said; i++)
        said = strstr(tern_error_line(&err, i, line, sizeof line), refused[_i].text);
    ck_assert_msg(said, "%s\nfound: %s", refused[_i].text, line);
}
END_TEST

/* An array that is missing or of another size is named. */
START_TEST(wrong_arrays_are_named) {
    static tern_error err;
    tern_model *m = quick_model(net, NULL);
    arrays a;
    make_arrays(&a);
    tern_array left = {.dtype = REAL, .shape = {2, {2, 3}}, .data = a.left, .name = "left"};
    tern_dataset *d = tern_dataset_borrow(ROWS, &left, NULL, NULL);
    ck_assert_int_eq(tern_dataset_check_input(d, m, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "the model reads the input \"right\", the data has: left");
    tern_dataset_free(d);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS}, NULL);
    a.x[1].shape.dim[1] = 4;
    ck_assert_int_eq(tern_trainer_step(t, &a.batch, NULL, &err), TERN_ERROR_USAGE);
    ck_contains(err.item[1].text, "right is [24, 4]; expected [24, 5]");
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* Without a loss an output is still there, and its weights stay. */
START_TEST(what_no_loss_needs_stays) {
    static tern_error err;
    tern_model *m =
        quick_model("{'seed':1,'input':{'shape':[6]},'layers':[{'name':'a','type':'dense','out_features':4},"
                    "{'name':'b','type':'dense','inputs':['input'],'out_features':4},{'name':'c','type':"
                    "'dense','out_features':2}],'losses':[{'type':'mse','of':'a','target':'y'},"
                    "{'type':'mae','of':'b','target':'y','loss_weight':0.1}],'optimizer':'adam'}",
                    &err);
    ck_assert_ptr_nonnull(m);
    ck_contains(err.item[0].text, "none is about the last layer, \"c\"");
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 2, .batch_size = ROWS}, NULL);
    arrays a;
    make_arrays(&a);
    tern_tensor x = {{2, {ROWS, 6}}, a.left}, y = {{2, {ROWS, 4}}, a.sum};
    ck_assert_int_eq(tern_trainer_step(t, &(tern_batch){.n = ROWS, .x = &x, .y = &y}, NULL, NULL), TERN_OK);
    ck_assert_ptr_null(tern_trainer_gradient(t, 4).data);
    ck_assert_ptr_nonnull(tern_trainer_gradient(t, 2).data);
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* A loss within does not say what comes out at the end. */
START_TEST(the_output_means_what_its_loss_says) {
    static const char layers[] = "{'input':{'shape':[6]},'layers':[{'name':'a','type':'dense','out_features':4},'relu',"
                                 "{'name':'b','type':'dense','out_features':3}],'optimizer':'adam','losses':[%s]}";
    static const char *const losses[] = {"{'type':'cross_entropy','of':'a','target':'t'},{'type':'mse','of':'b'}",
                                         "{'type':'mse','of':'a','target':'t'},{'type':'cross_entropy','of':'b'}"};
    char text[512];
    snprintf(text, sizeof text, layers, losses[_i]);
    tern_model *m = quick_model(text, NULL);
    tern_meaning meaning = tern_model_meaning(m);
    ck_assert_uint_eq(meaning.classes, _i ? 3 : 0);
    ck_assert_uint_eq(meaning.places, _i ? 1 : 3);
    ck_assert_int_eq(meaning.probabilities, _i);
    double score[3];
    tern_model_scores(m, (tern_real[]){0, 0, 0}, score);
    ck_near(score[1], _i ? 1 / 3.0 : 0, 1e-12);
    tern_model_free(m);
}
END_TEST

TCase *several_tcase(void);
TCase *several_tcase(void) {
    TCase *t = tcase_create("several");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, ports_have_names);
    tcase_add_loop_test(t, gradients_are_those_of_the_sum, 0, 3);
    tcase_add_test(t, all_say_the_same);
    tcase_add_test(t, they_learn);
    tcase_add_test(t, an_autoencoder_needs_no_targets);
    tcase_add_test(t, triplets_need_no_targets);
    tcase_add_loop_test(t, mistakes_are_said, 0, COUNT(refused));
    tcase_add_test(t, wrong_arrays_are_named);
    tcase_add_test(t, what_no_loss_needs_stays);
    tcase_add_loop_test(t, the_output_means_what_its_loss_says, 0, 2);
    return t;
}
