/* test_advice.c - for each thing that seldom trains well a model that has it, and the same model without it. */
#include "fixtures/models.h"

Suite *advice_suite(void);

/* A net of four inputs; NORMAL is one that nothing is to be said about. */
#define MODEL(layers, loss, optimizer, more)                                                      \
    "{'input': {'shape': [4]}, 'layers': [" layers "], 'loss': " loss ", 'optimizer': " optimizer \
    ", 'train': {'epochs': 10, 'batch_size': 8}" more "}"
#define DENSE(n) "{'type': 'dense', 'out_features': " #n "}"
#define SGD      "{'type': 'sgd', 'lr': 0.1}"

typedef struct advised {
    const char *bad, *good, *pointer, *text;
} advised;

static const advised rules[] = {
    {MODEL(DENSE(3) ", 'softmax'", "'cross_entropy'", SGD, ""), MODEL(DENSE(3), "'cross_entropy'", SGD, ""),
     "/layers/1", "softmax before cross_entropy, which takes logits"},
    {MODEL(DENSE(6) ", 'softmax', {'type': 'reshape', 'shape': [2, 3]}", "'cross_entropy'", SGD, ""),
     MODEL(DENSE(6) ", {'type': 'reshape', 'shape': [2, 3]}", "'cross_entropy'", SGD, ""), "/layers/1",
     "softmax before cross_entropy"},
    {MODEL(DENSE(1) ", 'sigmoid'", "'bce_with_logits'", SGD, ""), MODEL(DENSE(1) ", 'sigmoid'", "'bce'", SGD, ""),
     "/layers/1", "sigmoid before bce_with_logits"},
    {MODEL(DENSE(1) ", 'relu'", "'mse'", SGD, ""), MODEL(DENSE(1) ", 'relu', " DENSE(1), "'mse'", SGD, ""), "/layers/1",
     "relu as the last layer of a regression"},
    {MODEL(DENSE(2), "'cross_entropy'", SGD, ", 'metrics': ['accuracy']"), NULL, NULL, NULL},
    {MODEL(DENSE(2), "'bce_with_logits'", SGD, ", 'metrics': ['accuracy', 'mae']"),
     MODEL(DENSE(2), "'mse'", SGD, ", 'metrics': ['mae']"), "/metrics/1", "mae measures the distance of numbers"},
    {"{'input': {'shape': [4]}, 'layers': [" DENSE(3) ", 'batch_norm', " DENSE(
         1) "], 'loss': 'mse', 'optimizer': " SGD ", 'train': {'epochs': 2, 'batch_size': 1}}",
     MODEL(DENSE(3) ", 'batch_norm', " DENSE(1), "'mse'", SGD, ""), "/layers/1", "batch_norm with a batch_size of 1"},
    {MODEL(DENSE(3) ", {'type': 'dropout', 'p': 0.1}, 'relu', 'batch_norm'", "'mse'", SGD, ""),
     MODEL(DENSE(3) ", {'type': 'dropout', 'p': 0.1}, " DENSE(3) ", 'batch_norm'", "'mse'", SGD, ""), "/layers/3",
     "batch_norm after a dropout"},
    {MODEL(DENSE(1), "'mse'", "{'type': 'adam', 'lr': 1}", ""), MODEL(DENSE(1), "'mse'", "'adam'", ""), "/optimizer/lr",
     "is 1; adam usually learns with 1e-05 to 0.1: much more diverges"},
    {MODEL(DENSE(1), "'mse'", "{'type': 'sgd', 'lr': 1e-6}", ""), MODEL(DENSE(1), "'mse'", SGD, ""), "/optimizer/lr",
     "much less takes very long"},
    {MODEL(DENSE(1), "'mse'", SGD, ", 'schedule': {'type': 'cosine', 't_max': 20}"),
     MODEL(DENSE(1), "'mse'", SGD, ", 'schedule': {'type': 'cosine', 't_max': 10}"), "/schedule/t_max",
     "goes to tick 20, but training ends after 10 (epochs)"},
    {MODEL(DENSE(1), "'mse'", SGD, ", 'schedule': {'type': 'multi_step', 'milestones': [5, 30]}"),
     MODEL(DENSE(1), "'mse'", SGD, ", 'schedule': {'type': 'multi_step', 'milestones': [5, 9]}"),
     "/schedule/milestones", "goes to tick 30"},
    {MODEL(DENSE(2) ", 'sigmoid'", "'mse'", SGD, ", 'fitted': {'target': {'columns': ['y'], 'classes': ['a', 'b']}}"),
     MODEL(DENSE(2) ", 'sigmoid'", "'mse'", SGD, ""), "/layers/1", "sigmoid before mse of classes"},
};

static tern_error *advise(const char *text) {
    static tern_error err;
    tern_error_clear(&err);
    tern_model *m = quick_model(text, NULL);
    tern_model_advise(m, &err);
    tern_model_free(m);
    return &err;
}

START_TEST(a_model_for_each_rule) {
    const advised *r = &rules[_i];
    const tern_error *err = advise(r->bad);
    ck_assert_uint_eq(err->errors, 0);
    if (!r->text) {
        ck_assert_uint_eq(err->count, 0);
        return;
    }
    ck_assert_uint_eq(err->count, 1);
    ck_contains(err->item[0].text, r->text);
    ck_assert_str_eq(err->item[0].pointer, r->pointer);
    ck_assert_uint_eq(err->item[0].line, 1);
    err = advise(r->good);
    ck_assert_msg(err->count == 0, "%s: %s", r->good, err->item[0].text);
}
END_TEST

/* ---- with data ---- */

enum { N = 17 };

typedef struct samples {
    float x[N][4];
    int64_t y[N];
    tern_array ax, ay;
    tern_dataset *d;
} samples;

static tern_dataset *make(samples *s, double first, double shift) {
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < 4; j++) s->x[i][j] = (float)((j ? 1 : first) * sin(shift + (double)(i * 4 + j)));
        s->y[i] = (int64_t)(i % 3);
    }
    s->ax = (tern_array){.dtype = TERN_F32, .shape = TERN_SHAPE(4), .data = s->x};
    s->ay = (tern_array){.dtype = TERN_I64, .data = s->y};
    ck_assert_ptr_nonnull(s->d = tern_dataset_borrow(N, &s->ax, &s->ay, NULL));
    return s->d;
}

static const char *said(const char *text, samples *train, samples *valid, samples *test) {
    static tern_error err;
    tern_error_clear(&err);
    tern_model *m = quick_model(text, NULL);
    const tern_splits data = {.train = train->d, .valid = valid ? valid->d : NULL, .test = test ? test->d : NULL};
    ck_assert_int_eq(tern_dataset_advise(m, &data, &err), TERN_OK);
    tern_model_free(m);
    ck_assert_uint_le(err.count, 1);
    return err.count ? err.item[0].text : "";
}

START_TEST(data) {
    samples plain, large, uneven, other;
    make(&plain, 1, 0), make(&large, 200, 0), make(&uneven, 5000, 0), make(&other, 1, 1000);
    const char *model = MODEL(DENSE(3), "'cross_entropy'", SGD, "");
    ck_assert_str_eq(said(model, &plain, &other, NULL), "");
    ck_contains(said(model, &large, NULL, NULL), "numbers reach 1");
    ck_contains(said(model, &uneven, NULL, NULL), "column 0 (counted from 0) reaches");
    ck_assert_str_eq(said("{'input': {'shape': [4], 'normalize': 'zscore'}, 'layers': [" DENSE(
                              3) "],"
                                 "'loss': 'cross_entropy', 'train': {'epochs': 1}}",
                          &uneven, NULL, NULL),
                     "");
    ck_contains(said(MODEL(DENSE(5), "'cross_entropy'", SGD, ""), &plain, NULL, NULL),
                "the model's output has 5 classes, but the training data has 3");
    ck_contains(said(MODEL("'batch_norm', " DENSE(3), "'cross_entropy'", SGD, ""), &plain, NULL, NULL),
                "17 rows in batches of 8 leave a last batch of one row");
    ck_contains(said(model, &plain, &plain, NULL), "17 of 17 validation samples are in the training data too");
    ck_contains(said(model, &plain, &other, &plain), "17 of 17 test samples are in the training data too");
    const char *by_step =
        MODEL(DENSE(3), "'cross_entropy'", SGD, ", 'schedule': {'type': 'cosine', 'interval': 'step', 't_max': %s}");
    char text[1024];
    snprintf(text, sizeof text, by_step, "31");
    ck_contains(said(text, &plain, NULL, NULL), "goes to tick 31, but training ends after 30 (steps)");
    snprintf(text, sizeof text, by_step, "30");
    ck_assert_str_eq(said(text, &plain, NULL, NULL), "");
    tern_dataset_free(plain.d), tern_dataset_free(large.d), tern_dataset_free(uneven.d), tern_dataset_free(other.d);
}
END_TEST

Suite *advice_suite(void) {
    Suite *suite = suite_create("advice");
    TCase *t = tcase_create("advice");
    tcase_add_loop_test(t, a_model_for_each_rule, 0, COUNT(rules));
    tcase_add_test(t, data);
    suite_add_tcase(suite, t);
    return suite;
}
