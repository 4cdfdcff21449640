/* test_indices.c - models that read indices: data that hold others are refused, padding is not trained, sequences are
 * learned. */
#include "fixtures/models.h"

enum { STEPS = 6, ROWS = 120 };

/* Rows of tokens 1 to 4, with a padding of 0s; the target is the first token, less 1. */
static tern_dataset *make_tokens(void) {
    static int16_t x[ROWS * STEPS];
    static int64_t y[ROWS];
    tern_real noise[ROWS * STEPS];
    quick_numbers(ROWS * STEPS, 3, noise);
    for (size_t i = 0; i < ROWS * STEPS; i++)
        x[i] = (int16_t)(i % STEPS > 2 && noise[i] > 0 ? 0 : 1 + (int)floor(1.9999 * ((double)noise[i] + 1)));
    for (size_t i = 0; i < ROWS; i++) y[i] = x[i * STEPS] - 1;
    tern_array cx = {.dtype = TERN_I16, .shape = {1, {STEPS}}, .data = x},
               cy = {.dtype = TERN_I64, .shape = {0}, .data = y};
    tern_dataset *d = tern_dataset_borrow(ROWS, &cx, &cy, NULL);
    ck_assert_ptr_nonnull(d);
    return d;
}

static tern_model *make_model(const char *cell) {
    char text[1024];
    snprintf(text, sizeof text,
             "{'input':{'shape':[2,3]},'layers':[{'type':'reshape','shape':[6]},"
             "{'type':'embedding','num_embeddings':5,'embedding_dim':8,'padding_idx':0},"
             "%s,{'type':'dense','out_features':4}],"
             "'loss':'cross_entropy','metrics':['accuracy'],'optimizer':{'type':'adam','lr':0.01},"
             "'train':{'epochs':30,'batch_size':10}}",
             cell);
    return quick_model(text, NULL);
}

static const char *const cells[] = {
    "{'type':'lstm','hidden_size':12,'return_sequences':false}",
    "{'type':'gru','hidden_size':12,'return_sequences':false,'bidirectional':true}",
    "{'type':'rnn','hidden_size':12,'return_sequences':false,'num_layers':2,'bidirectional':true}",
    "'positional_embedding',{'type':'multi_head_attention','num_heads':2,'causal':true,'dropout':0.1},'flatten'",
};

/* `_i` is what stands between the embedding and the last layer. */
START_TEST(the_first_token_is_learned) {
    tern_model *m = make_model(cells[_i]);
    tern_dataset *d = make_tokens();
    tern_fit_result result;
    tern_weight w;
    ck_assert(tern_model_find_weight(m, "1.weight", &w));
    for (size_t j = 0; j < 8; j++) ck_assert(w.tensor.data[j] == 0 && w.tensor.data[8 + j] != 0);
    ck_assert_int_eq(tern_fit(m, d, NULL, &(tern_fit_options){.threads = 2}, &result, NULL), TERN_OK);
    ck_assert_msg(result.train.value[0] > 0.97, "accuracy %g", result.train.value[0]);
    for (size_t j = 0; j < 8; j++) ck_assert(w.tensor.data[j] == 0);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

static const struct {
    double value;
    const char *text;
} bad[] = {
    {5, "row 1 of x (counted from 0) holds 5; accepted are whole numbers from 0 to 4,"
        " which layer \"1\" (embedding) reads; enlarge the layer to take 5 and more"},
    {-1, "row 1 of x (counted from 0) holds -1;"},
    {2.5, "row 1 of x (counted from 0) holds 2.5;"},
    {NAN, "row 1 of x (counted from 0) holds nan;"},
    {1e300, "row 1 of x (counted from 0) holds 1e+300;"},
    {4, NULL},
};

START_TEST(numbers_that_are_no_index_are_refused) {
    static tern_error err;
    double x[3 * STEPS] = {0};
    int64_t y[3] = {0};
    x[STEPS + 2] = bad[_i].value;
    tern_array cx = {.dtype = TERN_F64, .shape = {1, {STEPS}}, .data = x},
               cy = {.dtype = TERN_I64, .shape = {0}, .data = y};
    tern_dataset *d = tern_dataset_borrow(3, &cx, &cy, NULL);
    tern_model *m = make_model("'flatten'");
    tern_error_clear(&err);
    ck_assert_int_eq(tern_dataset_check(d, m, &err), bad[_i].text ? TERN_ERROR_DATA : TERN_OK);
    if (bad[_i].text) ck_contains(err.item[0].text, bad[_i].text);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

TCase *indices_tcase(void);

TCase *indices_tcase(void) {
    TCase *t = tcase_create("indices");
    tcase_add_loop_test(t, the_first_token_is_learned, 0, COUNT(cells));
    tcase_add_loop_test(t, numbers_that_are_no_index_are_refused, 0, COUNT(bad));
    return t;
}
