/* test_normalized.c - inputs that are normalized by what the training rows say. */
#include "fixtures/runs.h"

enum { ROWS = 120, COLUMNS = 3 };

static double x[ROWS * COLUMNS];
static int64_t y[ROWS];
static tern_error err;

/* Two classes that lie a deviation apart, at a million deviations from 0; and a column that never changes. */
static tern_dataset *make_far_data(void) {
    tern_real noise[2 * ROWS];
    quick_numbers(2 * ROWS, 3, noise);
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = (int64_t)(i % 2);
        x[i * COLUMNS] = 1e6 + 2 * (double)y[i] + (double)noise[i];
        x[i * COLUMNS + 1] = -3e-5 * (double)y[i] + 1e-5 * (double)noise[ROWS + i];
        x[i * COLUMNS + 2] = 7.3;
    }
    const tern_array cx = {.dtype = TERN_F64, .shape = {1, {COLUMNS}}, .data = x}, cy = {.dtype = TERN_I64, .data = y};
    return tern_dataset_borrow(ROWS, &cx, &cy, NULL);
}

#define MODEL(input)                                                                                   \
    "{'seed':5,'input':{'shape':[3]" input "},'layers':[{'type':'dense','out_features':8},'tanh',"     \
    "{'type':'dense','out_features':2}],'loss':'cross_entropy','optimizer':{'type':'adam','lr':0.02}," \
    "'metrics':['accuracy'],'train':{'epochs':8,'batch_size':16,'validation_split':0.25}}"

static tern_model *fit_model(const char *out) {
    tern_error_clear(&err);
    tern_model *m = quick_model(MODEL(",'normalize':'zscore'"), NULL);
    tern_dataset *d = make_far_data();
    tern_fit_result result;
    tern_fit_options options = {.threads = 1, .out = out};
    tern_status status = tern_fit(m, d, NULL, &options, &result, &err);
    ck_assert_msg(!status, "%s", err.item[0].text);
    ck_assert(result.train.value[0] > 0.95 && result.valid.value[0] > 0.9);
    tern_dataset_free(d);
    return m;
}

/* The numbers are those of the rows that train, and stand in the model as it is rendered. */
START_TEST(test_learned) {
    tern_model *m = fit_model(NULL), *again;
    tern_dataset *d = make_far_data();
    tern_split s;
    ck_assert_int_eq(tern_dataset_split(d, m, &s, NULL), TERN_OK);
    double mean = 0, square = 0, other = 0;
    for (size_t i = 0; i < s.trains; i++) mean += (x[s.train[i] * COLUMNS] - 1e6) / (double)s.trains;
    for (size_t i = 0; i < s.trains; i++) square += pow(x[s.train[i] * COLUMNS] - 1e6 - mean, 2) / (double)s.trains;
    for (size_t i = 0; i < ROWS; i++) other += (x[i * COLUMNS] - 1e6) / ROWS;
    ck_assert(fabs(mean - other) > 1e-3); /* all rows say something else */
    char *text = tern_model_render(m, NULL), *center = strstr(text, "\"center\""),
         *scale = strstr(text, "\"scale\": [");
    ck_assert(center && scale);
    ck_near(strtod(strchr(center, '[') + 1, NULL) - 1e6, mean, 1e-9);
    ck_near(strtod(strchr(scale, '[') + 1, NULL), sqrt(square), 1e-9);
    ck_contains(err.item[0].text, "1 of 3 channels have no spread in the training rows and are not divided (counted "
                                  "from 0: 2)");
    again = tern_model_parse(text, strlen(text), "again.json", NULL, NULL);
    ck_assert_ptr_nonnull(again);
    tern_model_free(again);
    tern_free(text);
    tern_split_free(&s);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

static void predict(const tern_model *m, const tern_dataset *d, tern_real out[ROWS * 2]) {
    tern_tensor t = {TERN_SHAPE(ROWS, 2), out};
    tern_error_clear(&err);
    ck_assert_msg(!tern_dataset_predict(d, m, 1, &t, &err), "%s", err.item[0].text);
}

/* Weights bring the numbers to a model that was never fitted; without them nothing runs. */
START_TEST(test_travels) {
    tern_real before[ROWS * 2], after[ROWS * 2];
    tern_model *m = fit_model(NULL), *fresh = quick_model(MODEL(",'normalize':'zscore'"), NULL);
    tern_dataset *d = make_far_data();
    tern_tensor out = {TERN_SHAPE(ROWS, 2), after};
    predict(m, d, before);
    tern_error_clear(&err);
    ck_assert_int_ne(tern_dataset_predict(d, fresh, 1, &out, &err), TERN_OK);
    ck_assert_str_eq(err.item[0].pointer, "/input/normalize");
    ck_contains(err.item[0].text, "was never fitted to data");
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_trainer_new(fresh, NULL, &err));
    const char *path = scratch_path("far.safetensors");
    ck_assert_int_eq(tern_model_save(m, path, NULL), TERN_OK);
    ck_assert_int_eq(tern_model_load(fresh, path, NULL), TERN_OK);
    predict(fresh, d, after);
    ck_assert_mem_eq(before, after, sizeof before);
    tern_dataset_free(d);
    tern_model_free(m);
    tern_model_free(fresh);
}
END_TEST

/* What does not go together is said. */
START_TEST(test_refused) {
    static const char *const bad[][2] = {
        {MODEL(",'normalize':'zscore','scale':2"), "takes the place of scale, mean and std"},
        {MODEL(",'normalize':'log1p'"), "expected"},
        {"{'input':{'columns':'auto','normalize':'zscore'},'layers':['relu']}", "is an option of each of the columns"},
        {"{'input':{'columns':'auto','scale':2},'layers':['relu']}", "the indices of categories, too"},
        {"{'input':{'columns':'auto','mean':1},'layers':['relu']}", "the indices of categories, too"},
        {"{'input':{'columns':'auto','std':2},'layers':['relu']}", "the indices of categories, too"},
        {"{'input':{'shape':[2]},'layers':['relu'],'fitted':{'input':{'channels':'first','center':[0,0],"
         "'scale':[1,1]}}}",
         "is none, but the model was fitted to inputs that were normalized"},
        {"{'input':{'shape':[2],'normalize':'minmax'},'layers':['relu'],'fitted':{'input':{'channels':'first',"
         "'center':[0,0,1],'scale':[1,1,1]}}}",
         "has scales of 3 channels, but the input, [2], has 2"},
    };
    tern_error_clear(&err);
    ck_assert_ptr_null(quick_model(bad[_i][0], &err));
    ck_contains(err.item[0].text, bad[_i][1]);
}
END_TEST

START_TEST(test_other_weights) {
    tern_model *m = fit_model(NULL);
    const char *path = scratch_path("far.safetensors");
    ck_assert_int_eq(tern_model_save(m, path, NULL), TERN_OK);
    char *text = tern_model_render(m, NULL), *center = strchr(strstr(text, "\"center\""), '[') + 1;
    *center = '2'; /* 2000001 for 1000001 */
    tern_model *other = tern_model_parse(text, strlen(text), "other.json", NULL, NULL);
    tern_error_clear(&err);
    ck_assert_int_eq(tern_model_load(other, path, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "normalized by other numbers");
    tern_free(text);
    tern_model_free(m);
    tern_model_free(other);
}
END_TEST

/* A run that is gone on with is the same, to the bit. */
static bool stop_at_nine(void *user, const tern_progress *p) {
    (void)user;
    return p->step < 9;
}

START_TEST(test_resume) {
    size_t n;
    tern_model *whole = fit_model(NULL), *part = quick_model(MODEL(",'normalize':'zscore'"), NULL);
    tern_model *rest = quick_model(MODEL(",'normalize':'zscore'"), NULL);
    tern_dataset *d = make_far_data();
    tern_fit_options options = {.threads = 1, .out = scratch_path("run"), .on_step = stop_at_nine};
    ck_assert_int_eq(tern_fit(part, d, NULL, &options, NULL, NULL), TERN_ERROR_CANCELLED);
    options.on_step = NULL, options.resume = true;
    ck_assert_int_eq(tern_fit(rest, d, NULL, &options, NULL, NULL), TERN_OK);
    tern_real *a = keep_weights(whole, &n), *b = keep_weights(rest, &n);
    ck_assert_mem_eq(a, b, n * sizeof *a);
    free(a);
    free(b);
    tern_dataset_free(d);
    tern_model_free(whole);
    tern_model_free(part);
    tern_model_free(rest);
}
END_TEST

/* ---- targets ---- */

/* A model whose prediction is its input, for two targets that were normalized. */
static tern_model *passing_model(const char *normalize, const char *numbers) {
    char text[700];
    snprintf(text, sizeof text,
             "{'input':{'shape':[2]},'layers':['relu'],'loss':'mse','metrics':['mae','rmse','r2'],"
             "'target':{'normalize':'%s'},'fitted':{'target':{'columns':['a','b'],'normalize':'%s'%s}}}",
             normalize, normalize, numbers);
    return quick_model(text, NULL);
}

static tern_score score_passing(const tern_model *m, const double *pred, const double *target) {
    const tern_array cx = {.dtype = TERN_F64, .shape = {1, {2}}, .data = (void *)(uintptr_t)pred},
                     cy = {.dtype = TERN_F64, .shape = {1, {2}}, .data = (void *)(uintptr_t)target};
    tern_dataset *d = tern_dataset_borrow(3, &cx, &cy, NULL);
    tern_score score;
    tern_error_clear(&err);
    tern_status status = tern_evaluate(m, d, NULL, 3, 1, &score, NULL, &err);
    ck_assert_msg(!status, "%s", err.item[0].text);
    tern_dataset_free(d);
    return score;
}

/* Metrics are in the target's unit, with all their digits where that lies far from 0; the loss is what is trained. */
START_TEST(test_target_unit) {
    static const double pred[] = {0.5, 1, 2, 0.25, 1, 4}, normal[] = {1, 1.5, 0, 0.75, 2, 2};
    double target[6];
    for (size_t i = 0; i < 6; i++) target[i] = i % 2 ? normal[i] * 10 - 1e7 : normal[i] * 2 + 1e6;
    tern_model *m = passing_model("zscore", ",'center':[1e6,-1e7],'scale':[2,10]");
    tern_score s = score_passing(m, pred, target);
    double mae = (2 * (0.5 + 2 + 1) + 10 * (0.5 + 0.5 + 2)) / 6,
           mse = (4 * (0.25 + 4 + 1) + 100 * (0.25 + 0.25 + 4)) / 6;
    ck_near(s.loss, (0.25 + 4 + 1 + 0.25 + 0.25 + 4) / 6, 1e-6);
    ck_near(s.value[0], mae, 1e-6);
    ck_near(s.value[1], sqrt(mse), 1e-6);
    double spread[2] = {2, 0.79166666666666666}; /* around the means 1 and 17/12 */
    ck_near(s.value[2], ((1 - 5.25 / spread[0]) + (1 - 4.5 / spread[1])) / 2, 1e-6);
    ck_assert_str_eq(tern_model_describe(m).normalized, "zscore");
    ck_near(tern_model_truth(m, 0, 7), 7, 0); /* a dataset's target is in its unit */
    tern_model_free(m);
}
END_TEST

START_TEST(test_logarithms) {
    static const double pred[] = {0, 1, 2, 0, 1, 2};
    const double target[] = {exp(1) - 1, exp(1) - 1, exp(2) - 1, 0, 0, exp(2) - 1};
    tern_model *m = passing_model("log1p", "");
    tern_score s = score_passing(m, pred, target);
    ck_near(s.value[0], 2 * (exp(1) - 1) / 6, 1e-6);
    ck_near(s.loss, 2.0 / 6, 1e-6);
    tern_model_free(m);
}
END_TEST

/* The targets of an array, a million deviations from 0: fitted to the rows that train, learned, and back in their unit.
 */
START_TEST(test_array_target) {
    static double far[ROWS];
    tern_model *m = quick_model("{'seed':5,'input':{'shape':[3],'normalize':'zscore'},'target':{'normalize':'zscore'},"
                                "'layers':[{'type':'dense','out_features':1}],'loss':'mse','metrics':['mae','r2'],"
                                "'optimizer':{'type':'adam','lr':0.05},"
                                "'train':{'epochs':60,'batch_size':16,'validation_split':0.25}}",
                                NULL);
    tern_dataset *d = make_far_data(), *numbers;
    for (size_t i = 0; i < ROWS; i++) far[i] = 5e6 + 5 * (x[i * COLUMNS] - 1e6);
    const tern_array cy = {.dtype = TERN_F64, .data = far};
    numbers = tern_dataset_borrow(ROWS, d->x, &cy, NULL);
    tern_fit_result result;
    tern_fit_options options = {.threads = 1};
    tern_real out[ROWS];
    tern_tensor pred = {TERN_SHAPE(ROWS, 1), out};
    tern_error_clear(&err);
    ck_assert_int_ne(tern_dataset_predict(numbers, m, 1, &pred, &err), TERN_OK);
    ck_assert_str_eq(err.item[0].pointer, "/input/normalize");
    tern_error_clear(&err);
    tern_status status = tern_fit(m, numbers, NULL, &options, &result, &err);
    ck_assert_msg(!status, "%s", err.item[0].text);
    ck_assert(result.valid.loss < 0.01 && result.valid.value[0] < 0.5 && result.valid.value[1] > 0.99);
    ck_assert(result.valid.value[0] > 0.1 * sqrt(result.valid.loss)); /* the deviation is 6 and more */
    ck_assert_int_eq(tern_dataset_predict(numbers, m, 1, &pred, NULL), TERN_OK);
    for (size_t i = 0; i < ROWS; i++) ck_near((double)out[i] - 5e6, far[i] - 5e6, 0.6);
    tern_dataset_free(numbers);
    tern_dataset_free(d);
    tern_model_free(m);
    m = quick_model("{'input':{'shape':[3]},'target':{'normalize':'zscore'},'layers':[{'type':'dense','units':2}],"
                    "'loss':'cross_entropy','optimizer':{'type':'sgd','lr':1},'train':{'epochs':1}}",
                    NULL);
    d = make_far_data();
    tern_error_clear(&err);
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "scales numbers; the target is classes");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

TCase *normalized_tcase(void);
TCase *normalized_tcase(void) {
    TCase *c = tcase_create("normalized");
    tcase_add_test(c, test_learned);
    tcase_add_test(c, test_travels);
    tcase_add_loop_test(c, test_refused, 0, 8);
    tcase_add_test(c, test_other_weights);
    tcase_add_test(c, test_resume);
    tcase_add_test(c, test_target_unit);
    tcase_add_test(c, test_logarithms);
    tcase_add_test(c, test_array_target);
    return c;
}
