/* test_class_weights.c - classes and samples that count for more or less than others, against PyTorch and scikit-learn.
 */
#include "fixtures/runs.h"

typedef struct golden {
    const char *loss, *options;
    size_t outputs;
    bool sample;
    enum { CLASSES, YES, SHARES, NUMBERS } target;
    double value, gradient[9];
} golden;

/* clang-format off: generated. */
#include "weights_golden.h"
/* clang-format on */

enum { ROWS = 7, MOST_OUTPUTS = 3 };

static tern_error err;

static tern_model *golden_model(const golden *g) {
    char text[900];
    snprintf(text, sizeof text,
             "{'input':{'shape':[3]},'layers':[{'type':'dense','units':%zu,'bias':false}],'loss':{'type':'%s',%s},"
             "'optimizer':{'type':'sgd','lr':0.1}%s}",
             g->outputs, g->loss, g->options,
             !strstr(g->options, "class_weight") ? ""
             : g->outputs == 1                   ? ",'fitted':{'target':{'class_weight':[0.5,2]}}"
                                                 : ",'fitted':{'target':{'class_weight':[0.5,2,1.5]}}");
    tern_model *m = quick_model(text, NULL);
    tern_tensor w = tern_model_weight(m, 0).tensor;
    for (size_t i = 0; i < tern_tensor_count(&w); i++) w.data[i] = (tern_real)(0.4 * sin(1.1 * (double)i + 0.4));
    return m;
}

/* A batch of some of the golden rows, in memory of the caller's. */
typedef struct rows {
    tern_real x[ROWS * 3], y[ROWS * MOST_OUTPUTS], w[ROWS];
    tern_tensor x_tensor, y_tensor, w_tensor;
    tern_batch batch;
} rows;

static void make_rows(const golden *g, size_t first, size_t n, rows *r) {
    size_t width = g->target == SHARES || g->target == NUMBERS ? g->outputs : 1;
    for (size_t i = 0; i < n; i++) {
        int64_t label = golden_labels[first + i];
        for (size_t k = 0; k < 3; k++) r->x[i * 3 + k] = (tern_real)sin(1.3 * (double)((first + i) * 3 + k) + 0.2);
        for (size_t k = 0; k < width; k++)
            r->y[i * width + k] = g->target == CLASSES  ? (tern_real)label
                                  : g->target == YES    ? label == 1
                                  : g->target == SHARES ? (size_t)label == k
                                                        : (tern_real)cos(0.7 * (double)((first + i) * width + k));
        r->w[i] = (tern_real)golden_sample[first + i];
    }
    r->x_tensor = (tern_tensor){TERN_SHAPE(n, 3), r->x};
    r->y_tensor = (tern_tensor){TERN_SHAPE(n, width), r->y};
    r->w_tensor = (tern_tensor){TERN_SHAPE(n), r->w};
    r->batch = (tern_batch){.n = n, .x = &r->x_tensor, .y = &r->y_tensor, .weight = g->sample ? &r->w_tensor : NULL};
}

static tern_target kind_of(const golden *g) { return g->target == CLASSES ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES; }

START_TEST(test_golden) {
    const golden *g = &goldens[_i / 2];
    rows r;
    double loss;
    tern_model *m = golden_model(g);
    tern_trainer_options options = {.threads = 1 + (size_t)_i % 2, .batch_size = ROWS, .target = {kind_of(g)}};
    tern_trainer *t = tern_trainer_new(m, &options, &err);
    ck_assert_msg(t, "%s", err.item[0].text);
    make_rows(g, 0, ROWS, &r);
    ck_assert_int_eq(tern_trainer_backward(t, &r.batch, &loss, NULL), TERN_OK);
    ck_near(loss, g->value, TOLERANCE(2e-6, 1e-12));
    ck_near_all(tern_trainer_gradient(t, 0).data, g->gradient, 3 * g->outputs, TOLERANCE(5e-6, 1e-12));
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* Two pieces that are accumulated make the update of one batch. */
START_TEST(test_accumulated) {
    const golden *g = &goldens[_i];
    tern_model *whole = golden_model(g), *pieces = golden_model(g);
    tern_trainer_options options = {.threads = 1, .batch_size = ROWS, .target = {kind_of(g)}, .accumulates = true};
    tern_trainer *a = tern_trainer_new(whole, &options, NULL), *b = tern_trainer_new(pieces, &options, NULL);
    rows r;
    tern_step one, two;
    make_rows(g, 0, ROWS, &r);
    ck_assert_int_eq(tern_trainer_step(a, &r.batch, &one, NULL), TERN_OK);
    make_rows(g, 0, 4, &r);
    ck_assert_int_eq(tern_trainer_accumulate(b, &r.batch, NULL, NULL), TERN_OK);
    make_rows(g, 4, 3, &r);
    ck_assert_int_eq(tern_trainer_accumulate(b, &r.batch, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_trainer_update(b, &two, NULL), TERN_OK);
    ck_near(two.loss, one.loss, TOLERANCE(1e-6, 1e-13));
    ck_near_all(tern_model_weight(pieces, 0).tensor.data, tern_model_weight(whole, 0).tensor.data, 3 * g->outputs,
                TOLERANCE(1e-6, 1e-13));
    tern_trainer_free(a);
    tern_trainer_free(b);
    tern_model_free(whole);
    tern_model_free(pieces);
}
END_TEST

START_TEST(test_weights_refused) {
    const golden g = {"mse", "'reduction':'mean'", 2, true, NUMBERS, 0, {0}};
    tern_model *m = golden_model(&g);
    tern_trainer_options options = {.threads = 1, .batch_size = ROWS};
    tern_trainer *t = tern_trainer_new(m, &options, NULL);
    rows r;
    make_rows(&g, 0, ROWS, &r);
    r.w[3] = _i ? (tern_real)-0.5 : (tern_real)NAN;
    tern_error_clear(&err);
    ck_assert_int_eq(tern_trainer_step(t, &r.batch, NULL, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "in row 3; accepted are finite numbers from 0");
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* ---- by a fit ---- */

#define FIT(loss, units)                                                                                      \
    "{'seed':2,'input':{'shape':[3]},'layers':[{'type':'dense','units':" units "}],'loss':{'type':" loss "}," \
    "'optimizer':{'type':'sgd','lr':0.5},'metrics':['accuracy'],'train':{'epochs':3,'batch_size':4}}"

static double fit_x[ROWS * 3], fit_w[ROWS];

/* The golden rows as a dataset; `named`: its classes have names. */
static tern_dataset *make_dataset(const double *weights, bool named) {
    static const char *const names[] = {"cat", "dog", "fox"};
    for (size_t i = 0; i < COUNT(fit_x); i++) fit_x[i] = sin(1.3 * (double)i + 0.2);
    const tern_array x = {.dtype = TERN_F64, .shape = {1, {3}}, .data = fit_x},
                     y = {.dtype = TERN_I64, .data = (void *)(uintptr_t)golden_labels},
                     w = {.dtype = TERN_F64, .data = fit_w, .name = "sample_weight"};
    tern_dataset *d = tern_dataset_borrow(ROWS, &x, &y, NULL);
    if (named) ck_assert_int_eq(tern_dataset_label(d, d->y, 3, names, NULL), TERN_OK);
    if (!weights) return d;
    memcpy(fit_w, weights, sizeof fit_w);
    ck_assert_int_eq(tern_dataset_add_weight(d, &w, NULL), TERN_OK);
    return d;
}

/* The numbers of "class_weight" in a rendered model's fitted block. */
static void read_weights(const tern_model *m, double out[3]) {
    char *text = tern_model_render(m, NULL), *at = strstr(strstr(text, "\"fitted\""), "\"class_weight\": [");
    ck_assert_ptr_nonnull(at);
    at = strchr(at, '[') + 1;
    for (size_t c = 0; c < 3; c++) out[c] = strtod(at, &at), at += *at == ',';
    tern_free(text);
}

START_TEST(test_learned) {
    double found[3];
    static const double by_name[] = {1, 1, 3};
    tern_model *m = quick_model(_i ? FIT("'cross_entropy','class_weight':{'fox':3}", "3")
                                   : FIT("'cross_entropy','class_weight':'balanced'", "3"),
                                NULL);
    tern_dataset *d = make_dataset(NULL, true);
    tern_trainer_options options = {.threads = 1};
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_trainer_new(m, &options, &err)); /* not without data */
    ck_assert_str_eq(err.item[0].pointer, "/loss/class_weight");
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, NULL), TERN_OK);
    read_weights(m, found);
    ck_near_all(found, _i ? by_name : golden_balanced, 3, 1e-15);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(test_refused) {
    static const double negative[] = {1, 1, -2, 1, 1, 1, 1}, nan_[] = {1, 1, 1, 1, 1, NAN, 1}, zero[ROWS] = {0};
    static const struct {
        const char *model;
        const double *weights;
        const char *text;
    } bad[] = {
        {FIT("'cross_entropy','class_weight':{'cow':3}", "3"), NULL,
         "\"cow\" is no class of the training data; accepted: cat, dog, fox"},
        {FIT("'cross_entropy','class_weight':{'cat':0,'dog':0,'fox':0}", "3"), NULL, "nothing would be trained"},
        {FIT("'cross_entropy'", "3"), negative, "row 2 of sample_weight (counted from 0) holds -2"},
        {FIT("'cross_entropy'", "3"), nan_, "row 5 of sample_weight (counted from 0) holds nan"},
        {FIT("'cross_entropy'", "3"), zero, "the weights of all 7 training rows are 0"},
    };
    tern_model *m = quick_model(bad[_i].model, NULL);
    tern_dataset *d = make_dataset(bad[_i].weights, true);
    tern_error_clear(&err);
    ck_assert_int_ne(tern_fit(m, d, NULL, NULL, NULL, &err), TERN_OK);
    ck_contains(err.item[0].text, bad[_i].text);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(test_refused_by_the_model) {
    static const char *const bad[][2] = {
        {FIT("'cross_entropy','class_weight':{'a':-1}", "3"), "an object of names, each with a number"},
        {FIT("'cross_entropy','class_weight':'equal'", "3"), "found \"equal\""},
        {FIT("'cross_entropy','weight':[1,2,3],'class_weight':'balanced'", "3"), "both weigh classes"},
    };
    tern_error_clear(&err);
    ck_assert_ptr_null(quick_model(bad[_i][0], &err));
    ck_contains(err.item[0].text, bad[_i][1]);
}
END_TEST

/* A sample that counts twice is as if it were there twice; one that counts for nothing as if it were not there. Metrics
 * and validation count each once. */
START_TEST(test_counts) {
    static const double weights[] = {1, 0, 0, 0, 0, 0, 0};
    tern_model *m = quick_model(FIT("'cross_entropy'", "3"), NULL);
    tern_dataset *d = make_dataset(weights, false), *plain = make_dataset(NULL, false);
    tern_fit_result result;
    tern_score score;
    tern_fit_options options = {.threads = 1, .epochs = 60};
    ck_assert_int_eq(tern_fit(m, d, plain, &options, &result, NULL), TERN_OK);
    ck_assert(result.train.loss < 0.1 && result.valid.loss > 1);
    ck_assert_int_eq(tern_evaluate(m, d, NULL, ROWS, 1, &score, NULL, NULL), TERN_OK);
    ck_near(score.loss, result.valid.loss, 1e-6);
    ck_near(score.value[0], result.valid.value[0], 0);
    tern_dataset_free(d);
    tern_dataset_free(plain);
    tern_model_free(m);
}
END_TEST

TCase *class_weights_tcase(void);
TCase *class_weights_tcase(void) {
    TCase *c = tcase_create("weights");
    tcase_add_loop_test(c, test_golden, 0, 2 * COUNT(goldens));
    tcase_add_loop_test(c, test_accumulated, 0, COUNT(goldens));
    tcase_add_loop_test(c, test_weights_refused, 0, 2);
    tcase_add_loop_test(c, test_learned, 0, 2);
    tcase_add_loop_test(c, test_refused, 0, 5);
    tcase_add_loop_test(c, test_refused_by_the_model, 0, 3);
    tcase_add_test(c, test_counts);
    return c;
}
