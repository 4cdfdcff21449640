/* test_outliers.c - data that no model can learn from: NaN, infinities, targets that the loss is not made for. They are
 * refused by name before training, evaluation and prediction. */
#include "test_numbers.h"

#include "fixtures/models.h"

#include <float.h>
#include <math.h>

enum { ROWS = 3000, COLUMNS = 3, BAD = 2047 };

static const char model[] =
    "{'input':{'shape':[3]},'layers':[%s],'loss':%s,'optimizer':{'type':'sgd','lr':0.1},'train':{'epochs':1}}";

static tern_model *make_model(const char *layers, const char *loss) {
    char text[512];
    snprintf(text, sizeof text, model, layers, loss);
    return quick_model(text, NULL);
}

/* ---- inputs ---- */

static const struct {
    double value;
    const char *text; /* NULL: accepted */
} inputs[] = {
    {NAN, "row 2047, column 1 (\"width\"), of x (counted from 0) holds nan; accepted are finite numbers"},
    {(double)INFINITY, "holds inf;"},
    {-(double)INFINITY, "holds -inf;"},
    {1e39, sizeof(tern_real) == 4 ? "holds 1e+39; accepted are finite numbers, up to 3.4e+38" : NULL},
    {FLT_MAX, NULL},
    {-FLT_MAX, NULL},
    {1e-40, NULL},
};

START_TEST(test_inputs) {
    static double x[ROWS * COLUMNS];
    static int64_t y[ROWS];
    static tern_error err;
    static const char *const names[] = {"height", "width", "depth"};
    tern_array cx = {.dtype = TERN_F64, .shape = {1, {COLUMNS}}, .data = x},
               cy = {.dtype = TERN_I64, .shape = {0}, .data = y};
    tern_dataset *d = tern_dataset_borrow(ROWS, &cx, &cy, NULL);
    tern_model *m = make_model("{'type':'dense','out_features':2}", "'cross_entropy'");
    ck_assert_int_eq(tern_dataset_label(d, d->x, COLUMNS, names, NULL), TERN_OK);
    x[BAD * COLUMNS + 1] = inputs[_i].value;
    tern_error_clear(&err);
    ck_assert_int_eq(tern_dataset_check(d, m, &err), inputs[_i].text ? TERN_ERROR_DATA : TERN_OK);
    if (inputs[_i].text) ck_contains(err.item[0].text, inputs[_i].text);
    tern_score score;
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 1, &score, NULL, NULL), inputs[_i].text ? TERN_ERROR_DATA : TERN_OK);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* Each floating type, at every place: the first, the last, the ends of a block. */
START_TEST(test_places) {
    static float x[ROWS * COLUMNS];
    static tern_error err;
    static const size_t places[] = {0, 1, 1023, 1024, 2047, 2048, ROWS * COLUMNS - 1};
    int64_t y[ROWS] = {0};
    tern_array cx = {.dtype = TERN_F32, .shape = {1, {COLUMNS}}, .data = x},
               cy = {.dtype = TERN_I64, .shape = {0}, .data = y};
    tern_dataset *d = tern_dataset_borrow(ROWS, &cx, &cy, NULL);
    tern_model *m = make_model("{'type':'dense','out_features':2}", "'cross_entropy'");
    for (size_t i = 0; i < COUNT(places); i++) {
        char text[128];
        x[places[i]] = (float)NAN;
        if (places[i] + 1 < ROWS * COLUMNS) x[places[i] + 1] = (float)INFINITY; /* the first is named */
        tern_error_clear(&err);
        ck_assert_int_eq(tern_dataset_check(d, m, &err), TERN_ERROR_DATA);
        snprintf(text, sizeof text, "row %zu, column %zu, of x (counted from 0) holds nan", places[i] / COLUMNS,
                 places[i] % COLUMNS);
        ck_contains(err.item[0].text, text);
        x[places[i]] = 0;
        if (places[i] + 1 < ROWS * COLUMNS) x[places[i] + 1] = 0;
    }
    ck_assert_int_eq(tern_dataset_check(d, m, NULL), TERN_OK);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* ---- targets ---- */

static const struct {
    const char *loss;
    double first, second; /* all targets are the first but row 2047's, which is the second */
    const char *text;     /* NULL: accepted */
} targets[] = {
    {"'mse'", 0, NAN, "row 2047 of y (counted from 0) holds nan; mse accepts finite numbers"},
    {"'mae'", 0, (double)INFINITY, "holds inf; mae accepts finite numbers"},
    {"'huber'", -1e9, 1e9, NULL},
    {"'smooth_l1'", 0, NAN, "holds nan"},
    {"'bce'", 0, 1, NULL},
    {"'bce'", 0.25, 1, NULL},
    {"'bce'", 0, 1.0000001, NULL},
    {"'bce'", 0, 1.001, "row 2047 of y (counted from 0) holds 1.001; bce accepts numbers from 0 to 1"},
    {"'bce'", 0, 3, "for any numbers there is mse"},
    {"'bce'", 0, NAN, "holds nan; bce accepts numbers from 0 to 1"},
    {"'bce_with_logits'", 1, 2, "holds 2; bce_with_logits accepts numbers from 0 to 1; instead of 1 and 2, give"},
    {"'bce_with_logits'", 1, -1, "holds -1; bce_with_logits accepts numbers from 0 to 1; instead of -1 and 1, give"},
    {"'kl_div'", 0, 1, NULL},
    {"'kl_div'", 0, -0.5, "holds -0.5; kl_div accepts numbers from 0 to 1"},
    {"{'type':'kl_div','log_target':true}", 0, -700, NULL},
    {"{'type':'kl_div','log_target':true}", -3, -(double)INFINITY, NULL},
    {"{'type':'kl_div','log_target':true}", -3, 0.5, "holds 0.5; kl_div accepts numbers up to 0"},
    {"{'type':'kl_div','log_target':true}", -3, NAN, "holds nan; kl_div accepts numbers up to 0"},
};

START_TEST(test_targets) {
    static float x[ROWS * COLUMNS];
    static double y[ROWS];
    static tern_error err;
    tern_array cx = {.dtype = TERN_F32, .shape = {1, {COLUMNS}}, .data = x},
               cy = {.dtype = TERN_F64, .shape = {0}, .data = y};
    for (size_t i = 0; i < ROWS; i++) y[i] = i == BAD ? targets[_i].second : targets[_i].first;
    tern_dataset *d = tern_dataset_borrow(ROWS, &cx, &cy, NULL);
    tern_model *m = make_model("{'type':'dense','out_features':1}", targets[_i].loss);
    tern_error_clear(&err);
    tern_status status = tern_dataset_check(d, m, &err);
    ck_assert_msg(status == (targets[_i].text ? TERN_ERROR_DATA : TERN_OK), "%s", err.item[0].text);
    if (targets[_i].text) ck_contains(err.item[0].text, targets[_i].text);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* Probabilities of classes, and integers outside of what the loss takes. */
START_TEST(test_several) {
    static tern_error err;
    float x[2 * COLUMNS] = {0}, p[] = {0.5f, 0.5f, -0.5f, 1.5f};
    uint8_t bytes[] = {0, 1, 1, 255};
    tern_array cx = {.dtype = TERN_F32, .shape = {1, {COLUMNS}}, .data = x},
               cp = {.dtype = TERN_F32, .shape = {1, {2}}, .data = p},
               cb = {.dtype = TERN_U8, .shape = {1, {2}}, .data = bytes};
    tern_model *m = make_model("{'type':'dense','out_features':2}", "'cross_entropy'");
    tern_dataset *d = tern_dataset_borrow(2, &cx, &cp, NULL);
    ck_assert_int_eq(tern_dataset_check(d, m, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "row 1, column 0, of y (counted from 0) holds -0.5; cross_entropy accepts");
    tern_dataset_free(d);
    tern_model_free(m);
    m = make_model("{'type':'dense','out_features':2}", "'bce_with_logits'");
    d = tern_dataset_borrow(2, &cx, &cb, NULL);
    tern_error_clear(&err);
    ck_assert_int_eq(tern_dataset_check(d, m, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "row 1, column 1, of y (counted from 0) holds 255;");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

TCase *outliers_case(void) {
    TCase *c = tcase_create("outliers");
    tcase_add_loop_test(c, test_inputs, 0, (int)COUNT(inputs));
    tcase_add_test(c, test_places);
    tcase_add_loop_test(c, test_targets, 0, (int)COUNT(targets));
    tcase_add_test(c, test_several);
    return c;
}
