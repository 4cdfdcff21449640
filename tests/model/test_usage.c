/* test_usage.c - wrong calls are errors: what does not fit is said, and nothing beyond an array is touched. */
#include "fixtures/batches.h"

static const char net[] =
    "{'seed':1,'input':{'shape':[10]},'layers':[{'type':'dense','out_features':3}],'loss':{'type':'cross_entropy',"
    "'ignore_index':-1},'optimizer':{'type':'sgd','lr':0.1}}";

enum { FEATURES = 10, CLASSES = 3 };

static tern_real numbers[2 * ROWS * FEATURES], labels[ROWS];

static void expect_error(tern_status status, tern_status expected, const tern_error *err, const char *text) {
    ck_assert_int_eq(status, expected);
    ck_assert_uint_eq(err->count, 1);
    ck_contains(err->item[0].text, text);
}

START_TEST(a_predictor_refuses_what_does_not_fit) {
    static tern_error err;
    static const struct {
        tern_shape x, y;
        const char *text;
    } calls[] = {
        {{2, {5, 10}}, {2, {5, 3}}, "5 rows; the predictor takes 1 to 4"},
        {{2, {0, 10}}, {2, {0, 3}}, "0 rows; the predictor takes 1 to 4"},
        {{0}, {2, {4, 3}}, "0 rows; the predictor takes 1 to 4"},
        {{2, {4, 9}}, {2, {4, 3}}, "x is [4, 9]; expected [4, 10]"},
        {{1, {4}}, {2, {4, 3}}, "x is [4]; expected [4, 10]"},
        {{2, {4, 10}}, {2, {3, 3}}, "y is [3, 3]; expected [4, 3]"},
        {{2, {4, 10}}, {2, {4, 2}}, "y is [4, 2]; expected [4, 3]"},
    };
    tern_model *m = quick_model(net, NULL);
    tern_predictor *p = tern_predictor_new(m, 4, 1, NULL);
    tern_real y[4 * CLASSES];
    for (size_t i = 0; i < COUNT(calls); i++) {
        tern_tensor tx = {calls[i].x, numbers}, ty = {calls[i].y, y};
        tern_error_clear(&err);
        expect_error(tern_predictor_forward(p, &tx, &ty, &err), TERN_ERROR_USAGE, &err, calls[i].text);
    }
    tern_tensor tx = {{3, {4, 2, 5}}, numbers}, ty = {{2, {4, 3}}, y}, none = {{2, {4, 3}}, NULL};
    ck_assert_int_eq(tern_predictor_forward(p, &tx, &ty, NULL), TERN_OK); /* as many elements in each row */
    tern_error_clear(&err);
    expect_error(tern_predictor_forward(p, &tx, &none, &err), TERN_ERROR_USAGE, &err, "y is missing");
    tern_predictor_free(p);
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_predictor_new(m, 0, 1, &err));
    ck_contains(err.item[0].text, "a predictor for 0 rows");
    tern_model_free(m);
}
END_TEST

START_TEST(indices_are_checked) {
    static tern_error err;
    tern_model *m = quick_model("{'input':{'shape':[2]},'layers':[{'type':'embedding','num_embeddings':5,"
                                "'embedding_dim':2},{'type':'flatten'}]}",
                                NULL);
    tern_predictor *p = tern_predictor_new(m, 2, 1, NULL);
    tern_real x[] = {0, 4, 5, 1}, y[8];
    tern_tensor tx = {{2, {2, 2}}, x}, ty = {{2, {2, 4}}, y};
    expect_error(tern_predictor_forward(p, &tx, &ty, &err), TERN_ERROR_DATA, &err,
                 "x holds 5 in row 1; accepted are whole numbers from 0 to 4");
    x[2] = 3;
    ck_assert_int_eq(tern_predictor_forward(p, &tx, &ty, NULL), TERN_OK);
    tern_predictor_free(p);
    tern_model_free(m);
}
END_TEST

START_TEST(a_trainer_refuses_what_does_not_fit) {
    static tern_error err;
    static const struct {
        size_t n;
        tern_shape x, y;
        const char *text;
    } calls[] = {
        {0, {2, {4, 10}}, {1, {4}}, "a batch of 0 rows; the trainer takes 1 to 8"},
        {9, {2, {9, 10}}, {1, {9}}, "a batch of 9 rows; the trainer takes 1 to 8"},
        {4, {2, {3, 10}}, {1, {4}}, "x is [3, 10]; expected [4, 10]"},
        {4, {2, {4, 9}}, {1, {4}}, "x is [4, 9]; expected [4, 10]"},
        {4, {2, {4, 10}}, {1, {3}}, "y is [3]; expected [4]"},
        {4, {2, {4, 10}}, {2, {4, 3}}, "y is [4, 3]; expected [4]"},
    };
    tern_model *m = quick_model(net, NULL);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 1, .batch_size = 8}, NULL);
    for (size_t i = 0; i < COUNT(calls); i++) {
        tern_tensor x = {calls[i].x, numbers}, y = {calls[i].y, labels};
        tern_batch batch = {.n = calls[i].n, .x = &x, .y = &y};
        tern_error_clear(&err);
        expect_error(tern_trainer_step(t, &batch, NULL, &err), TERN_ERROR_USAGE, &err, calls[i].text);
        tern_error_clear(&err);
        expect_error(tern_trainer_backward(t, &batch, NULL, &err), TERN_ERROR_USAGE, &err, calls[i].text);
    }
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

START_TEST(labels_are_classes) {
    static tern_error err;
    tern_model *m = quick_model(net, NULL);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 1, .batch_size = 4}, NULL);
    tern_real label[] = {0, 2, -1, 1};
    tern_tensor x = {{2, {4, 10}}, numbers}, y = {{1, {4}}, label};
    tern_batch batch = {.n = 4, .x = &x, .y = &y};
    ck_assert_int_eq(tern_trainer_step(t, &batch, NULL, NULL), TERN_OK);
    static const tern_real bad[] = {3, (tern_real)1.5, -2, 1000000};
    for (size_t i = 0; i < COUNT(bad); i++) {
        label[3] = bad[i];
        tern_error_clear(&err);
        expect_error(tern_trainer_step(t, &batch, NULL, &err), TERN_ERROR_DATA, &err, "in row 3; accepted are whole");
    }
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

START_TEST(a_trainer_does_what_it_was_made_for) {
    static tern_error err;
    tern_model *m = quick_model(net, NULL);
    tern_tensor x = {{2, {4, 10}}, numbers}, y = {{1, {4}}, labels};
    tern_batch batch = {.n = 4, .x = &x, .y = &y};
    tern_trainer *plain = tern_trainer_new(m, &(tern_trainer_options){.threads = 1, .batch_size = 4}, NULL);
    expect_error(tern_trainer_accumulate(plain, &batch, NULL, &err), TERN_ERROR_USAGE, &err, "without `accumulates`");
    tern_error_clear(&err);
    expect_error(tern_trainer_update(plain, NULL, &err), TERN_ERROR_USAGE, &err, "nothing was accumulated");
    tern_trainer *gradients = tern_trainer_new(
        m, &(tern_trainer_options){.threads = 1, .batch_size = 4, .gradients_only = true, .accumulates = true}, NULL);
    tern_error_clear(&err);
    expect_error(tern_trainer_step(gradients, &batch, NULL, &err), TERN_ERROR_USAGE, &err, "for gradients only");
    ck_assert_int_eq(tern_trainer_accumulate(gradients, &batch, NULL, NULL), TERN_OK);
    tern_error_clear(&err);
    expect_error(tern_trainer_update(gradients, NULL, &err), TERN_ERROR_USAGE, &err, "for gradients only");
    ck_assert_ptr_null(tern_trainer_gradient(plain, 99).data);
    ck_assert_ptr_null(tern_model_weight(m, 99).name);
    tern_trainer_free(plain);
    tern_trainer_free(gradients);
    tern_model_free(m);
}
END_TEST

/* ---- targets that are not finite ---- */

static const char regression[] =
    "{'seed':1,'input':{'shape':[64]},'layers':[{'type':'dense','out_features':96},{'type':'relu'},"
    "{'type':'dense','out_features':4}],'loss':'mse','optimizer':{'type':'sgd','lr':0.1}}";

START_TEST(a_target_that_is_not_finite_is_named) {
    static tern_error err;
    for (size_t threads = 1; threads <= 4; threads++) {
        trained x = {.m = quick_model(regression, NULL)};
        x.t = tern_trainer_new(x.m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS}, NULL);
        make_batch(&x.d, x.m, ROWS, 0);
        x.d.y[41 * 4 + 2] = (tern_real)NAN; /* of the last worker */
        tern_error_clear(&err);
        expect_error(tern_trainer_step(x.t, &x.d.batch, NULL, &err), TERN_ERROR_DIVERGED, &err,
                     "the target in row 41, column 2 of the batch is not finite");
        end_training(&x);
    }
}
END_TEST

/* A loss that overflows where prediction and target are finite: in the rows of the last worker. */
START_TEST(a_loss_that_is_not_finite_is_named) {
    static tern_error err;
    for (size_t threads = 1; threads <= 4; threads++) {
        trained x = {.m = quick_model(regression, NULL)};
        x.t = tern_trainer_new(x.m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS}, NULL);
        make_batch(&x.d, x.m, ROWS, 0);
        x.d.y[41 * 4 + 2] = (tern_real)TOLERANCE(3e38, 1e308);
        if (sizeof(tern_real) == sizeof(double)) {
            tern_error_clear(&err);
            expect_error(tern_trainer_step(x.t, &x.d.batch, NULL, &err), TERN_ERROR_DIVERGED, &err, "the loss (mse)");
        }
        end_training(&x);
    }
}
END_TEST

TCase *usage_tcase(void);
TCase *usage_tcase(void) {
    TCase *t = tcase_create("usage");
    tcase_add_test(t, a_predictor_refuses_what_does_not_fit);
    tcase_add_test(t, indices_are_checked);
    tcase_add_test(t, a_trainer_refuses_what_does_not_fit);
    tcase_add_test(t, labels_are_classes);
    tcase_add_test(t, a_trainer_does_what_it_was_made_for);
    tcase_add_test(t, a_target_that_is_not_finite_is_named);
    tcase_add_test(t, a_loss_that_is_not_finite_is_named);
    return t;
}
