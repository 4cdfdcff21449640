/* test_sequences.c - sequences of any length: a batch of them gives the numbers of each alone, whatever pads it. */
#include "fixtures/batches.h"

#include "buckets.h"

enum { FEATURES = 5, MOST = 12, CLASSES = 4, WORDS = 7 };

#define TAIL                                                                                           \
    "{'type':'dense','out_features':4}],'loss':'cross_entropy','optimizer':{'type':'adam','lr':0.01}," \
    "'metrics':['accuracy']}"

/* What reads sequences of numbers, and then of words. */
static const char *const nets[] = {
    "[{'type':'lstm','hidden_size':24,'return_sequences':false},",
    "[{'type':'gru','hidden_size':16,'num_layers':2,'bidirectional':true,'return_sequences':false},",
    "[{'type':'rnn','hidden_size':20,'num_layers':2,'bidirectional':true},{'type':'last_step'},",
    "[{'type':'dense','out_features':24},{'type':'layer_norm'},{'type':'gelu','name':'g'},{'type':'lstm',"
    "'hidden_size':12,'bidirectional':true,'name':'l'},{'type':'add','inputs':['g','l']},"
    "{'type':'gru','hidden_size':9,'bias':false},{'type':'rms_norm'},{'type':'last_step'},",
    "[{'type':'dense','out_features':24},{'type':'positional_embedding','max_len':12,'name':'p'},"
    "{'type':'multi_head_attention','num_heads':3,'name':'a'},{'type':'add','inputs':['p','a']},{'type':'layer_norm'},"
    "{'type':'positional_embedding','kind':'sinusoidal'},{'type':'multi_head_attention','num_heads':2,'causal':true},"
    "{'type':'last_step'},",
    "[{'type':'dense','out_features':12},{'type':'swiglu','name':'s'},{'type':'reduce','dims':1,'name':'mean'},"
    "{'type':'reduce','dims':1,'op':'max','inputs':['s'],'name':'max'},{'type':'reduce','op':'sum','inputs':['s'],"
    "'name':'sum'},{'type':'dot','inputs':['s','s'],'name':'d'},{'type':'reduce','op':'min','name':'min'},"
    "{'type':'pairwise_distance','inputs':['s','s'],'eps':1,'name':'p'},"
    "{'type':'add','inputs':['p','d']},{'type':'reduce','name':'both'},"
    "{'type':'concat','inputs':['mean','max','sum','min','both']},",
    "[{'type':'dense','out_features':24},{'type':'tanh','name':'t'},{'type':'global_max_pool','data_format':"
    "'channels_last','name':'m'},{'type':'global_avg_pool','data_format':'channels_last','inputs':['t'],'name':'a'},"
    "{'type':'concat','inputs':['m','a']},",
    "[{'type':'embedding','num_embeddings':7,'embedding_dim':20},{'type':'lstm','hidden_size':24,'bidirectional':true},"
    "{'type':'last_step'},",
};
enum { OF_NUMBERS = 7 };

/* The net, for sequences of up to MOST steps, or of exactly `steps`. */
static tern_model *make(size_t net, size_t steps) {
    char text[2000], size[32] = "null", most[48] = "";
    if (steps) snprintf(size, sizeof size, "%zu", steps);
    else snprintf(most, sizeof most, ",'max_length':%d", MOST);
    snprintf(text, sizeof text, "{'seed':3,'input':{'shape':[%s%s]%s},'layers':%s" TAIL, size,
             net < OF_NUMBERS ? ",5" : "", most, nets[net]);
    return quick_model(text, NULL);
}

typedef struct sequences {
    size_t length[ROWS], width;
    const size_t *lengths;
    batch_data d;
} sequences;

/* Mixed lengths; what pads them is no number, which nothing may read. */
static void make_sequences(sequences *s, const tern_model *m, size_t net) {
    make_batch(&s->d, m, ROWS, CLASSES);
    s->width = net < OF_NUMBERS ? FEATURES : 1;
    for (size_t i = 0; i < ROWS; i++) {
        s->length[i] = 1 + (i * 5 + 3) % MOST;
        tern_real *x = s->d.x + i * MOST * s->width;
        for (size_t k = 0; net >= OF_NUMBERS && k < MOST; k++) x[k] = (tern_real)((i * 3 + k * k) % WORDS);
        for (size_t k = s->length[i] * s->width; net < OF_NUMBERS && k < MOST * s->width; k++) x[k] = (tern_real)NAN;
    }
    s->lengths = s->length;
    s->d.batch.length = &s->lengths;
}

/* The loss and gradient of row i by a net whose sequences all have its length. */
static double alone(size_t net, const sequences *s, size_t i, double *sum) {
    tern_model *m = make(net, s->length[i]);
    tern_trainer *t = make_trainer(m, &(tern_trainer_options){.threads = 1, .batch_size = 1});
    tern_tensor x = {{3, {1, s->length[i], s->width}}, s->d.x + i * MOST * s->width}, y = {{1, {1}}, s->d.y + i};
    double loss = loss_of(t, &(tern_batch){.n = 1, .x = &x, .y = &y});
    add_gradients(m, t, 1.0 / ROWS, sum);
    tern_trainer_free(t);
    tern_model_free(m);
    return loss;
}

/* `_i` is the net. */
START_TEST(a_batch_is_the_mean_of_its_sequences) {
    static double each[20000], together[20000];
    size_t net = (size_t)_i;
    tern_model *m = make(net, 0);
    sequences s;
    make_sequences(&s, m, net);
    double loss = 0;
    memset(each, 0, sizeof each);
    for (size_t i = 0; i < ROWS; i++) loss += alone(net, &s, i, each) / ROWS;
    for (size_t threads = 1; threads <= 3; threads++) {
        tern_trainer *t = make_trainer(m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS});
        ck_near(loss_of(t, &s.d.batch), loss, TOLERANCE(1e-6, 1e-14));
        memset(together, 0, sizeof together);
        size_t n = add_gradients(m, t, 1, together);
        ck_assert_uint_lt(n, COUNT(each));
        ck_near_all(together, each, n, TOLERANCE(1e-6, 1e-13));
        tern_trainer_free(t);
    }
    free_batch(&s.d);
    tern_model_free(m);
}
END_TEST

/* ---- training ---- */

static sequences trained_on;

static void begin_training(trained *x, size_t threads) {
    x->m = make(3, 0);
    x->t = make_trainer(x->m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS});
    make_sequences(&trained_on, x->m, 3);
    x->d = trained_on.d; /* all have the same lengths */
}

static double take_steps(trained *x, size_t n) {
    tern_step step = {0};
    for (size_t i = 0; i < n; i++) ck_assert_int_eq(tern_trainer_step(x->t, &x->d.batch, &step, NULL), TERN_OK);
    return step.loss;
}

START_TEST(workers_share_a_batch) {
    trained one;
    begin_training(&one, 1);
    expect_same_training(&one, begin_training, take_steps, 30);
    end_training(&one);
}
END_TEST

/* ---- datasets ---- */

static tern_array array_of(const sequences *s) {
    return (tern_array){.dtype = sizeof(tern_real) == sizeof(double) ? TERN_F64 : TERN_F32,
                        .shape = {2, {MOST, FEATURES}},
                        .data = s->d.x,
                        .length = s->length};
}

/* Predictions for a dataset whose arrays are as long as its longest sequence, and by nets of fixed length. */
START_TEST(predictions_do_not_depend_on_the_batch) {
    static tern_real y[ROWS * CLASSES];
    tern_model *m = make(1, 0);
    sequences s;
    make_sequences(&s, m, 1);
    tern_array x = array_of(&s);
    for (size_t i = 0; i < ROWS * MOST * FEATURES; i++)
        if (isnan(s.d.x[i])) s.d.x[i] = 1e6; /* as data, padding is finite */
    tern_dataset *d = tern_dataset_borrow(ROWS, &x, NULL, NULL);
    tern_tensor out = {{2, {ROWS, CLASSES}}, y};
    ck_assert_int_eq(tern_dataset_predict(d, m, 2, &out, NULL), TERN_OK);
    for (size_t i = 0; i < ROWS; i++) {
        tern_real own[CLASSES];
        tern_model *fixed = make(1, s.length[i]);
        tern_tensor one = {{3, {1, s.length[i], FEATURES}}, s.d.x + i * MOST * FEATURES}, to = {{2, {1, CLASSES}}, own};
        ck_assert_int_eq(tern_predict(fixed, &one, &to, NULL), TERN_OK);
        ck_near_all(y + i * CLASSES, own, CLASSES, TOLERANCE(1e-6, 1e-14));
        tern_model_free(fixed);
    }
    tern_dataset_free(d);
    free_batch(&s.d);
    tern_model_free(m);
}
END_TEST

/* What a layer makes of each step comes with zeros behind a sequence's own. */
START_TEST(outputs_end_with_their_sequence) {
    static tern_error err;
    tern_model *m =
        quick_model("{'input':{'shape':[null,5],'max_length':12},'layers':[{'type':'dense','units':3}]}", NULL);
    static tern_real y[ROWS * MOST * 3];
    sequences s;
    make_batch(&s.d, m, ROWS, CLASSES);
    for (size_t i = 0; i < ROWS; i++) s.length[i] = 1 + i % 9;
    tern_array x = array_of(&s);
    tern_dataset *d = tern_dataset_borrow(ROWS, &x, NULL, NULL);
    tern_tensor out = {{3, {ROWS, MOST, 3}}, y};
    ck_assert_int_eq(tern_dataset_predict(d, m, 1, &out, NULL), TERN_OK);
    for (size_t i = 0; i < ROWS * MOST * 3; i++) ck_assert((y[i] != 0) == (i / 3 % MOST < s.length[i / 3 / MOST]));
    s.length[7] = 0;
    ck_assert_int_eq(tern_dataset_predict(d, m, 1, &out, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "row 7 of x (counted from 0) is an empty sequence");
    tern_dataset_free(d);
    free_batch(&s.d);
    tern_model_free(m);
}
END_TEST

/* ---- buckets ---- */

/* Steps that batches of the rows take up when each is padded to its longest, and those of the rows themselves. */
static size_t padded_steps(const size_t *length, const size_t *row, size_t n, size_t batch, size_t *own) {
    size_t sum = *own = 0;
    for (size_t first = 0; first < n; first += batch) {
        size_t longest = 0, end = first + batch < n ? first + batch : n;
        for (size_t i = first; i < end; i++) {
            *own += length[row[i]];
            if (length[row[i]] > longest) longest = length[row[i]];
        }
        sum += longest * (end - first);
    }
    return sum;
}

/* Each row once, another order in each epoch, the same in the same, and little padding. */
START_TEST(buckets_hold_similar_lengths) {
    enum { N = 1030, BATCH = 32 };
    static size_t length[N], row[2][N], again[N], own;
    static bool seen[N];
    tern_model *m = quick_model("{'input':{'shape':[null],'max_length':100},'layers':['relu']}", NULL);
    for (size_t i = 0; i < N; i++) length[i] = 1 + i * 37 % 100;
    static unsigned char data[N * 100];
    tern_array x = {.dtype = TERN_U8, .shape = {1, {100}}, .data = data, .length = length};
    tern_dataset *d = tern_dataset_borrow(N, &x, NULL, NULL);
    tern__buckets b;
    for (size_t epoch = 0; epoch < 3; epoch++) {
        size_t *to = epoch < 2 ? row[epoch] : again;
        tern_shuffle(7, epoch % 2, N, to);
        size_t before = padded_steps(length, to, N, BATCH, &own);
        tern_rows rows = tern_dataset_rows(d, m, to, N);
        ck_assert_int_eq(tern__buckets_make(&b, &rows, m, BATCH, NULL), TERN_OK);
        tern__buckets_sort(&b, 7, epoch % 2, true, to);
        ck_assert_uint_gt(before, own * 3 / 2);
        ck_assert_uint_lt(padded_steps(length, to, N, BATCH, &own), own * 11 / 10);
        tern__buckets_free(&b);
    }
    for (size_t i = 0; i < N; i++) seen[row[0][i]] = true;
    for (size_t i = 0; i < N; i++) ck_assert(seen[i]);
    ck_assert(!memcmp(row[0], again, sizeof again));
    ck_assert(memcmp(row[0], row[1], sizeof again));
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(lengths_are_checked) {
    static tern_error err;
    tern_model *m = make(0, 0);
    tern_trainer *t = make_trainer(m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS});
    sequences s;
    make_sequences(&s, m, 0);
    for (size_t wrong = 0; wrong <= MOST + 1; wrong += MOST + 1) {
        tern_error_clear(&err);
        s.length[5] = wrong;
        ck_assert_int_eq(tern_trainer_step(t, &s.d.batch, NULL, &err), TERN_ERROR_USAGE);
        ck_contains(err.item[0].text, "steps in row 5; accepted are 1 to 12");
    }
    free_batch(&s.d);
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

Suite *sequences_suite(void) {
    Suite *s = suite_create("sequences");
    TCase *c = tcase_create("sequences");
    tcase_add_loop_test(c, a_batch_is_the_mean_of_its_sequences, 0, (int)COUNT(nets));
    tcase_add_test(c, workers_share_a_batch);
    tcase_add_test(c, predictions_do_not_depend_on_the_batch);
    tcase_add_test(c, outputs_end_with_their_sequence);
    tcase_add_test(c, buckets_hold_similar_lengths);
    tcase_add_test(c, lengths_are_checked);
    suite_add_tcase(s, c);
    return s;
}
