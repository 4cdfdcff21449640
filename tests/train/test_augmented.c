/* test_augmented.c - training on samples changed at random: the same whatever the threads and after a resume, and
 * evaluation on samples as they are. */
#include "fixtures/runs.h"

enum { SIDE = 5, PICTURES = 96 };

static float pixels[PICTURES * SIDE * SIDE];
static int64_t labels[PICTURES];

/* Pictures of a bright column, in one of three places. */
static tern_dataset *make_pictures(void) {
    for (size_t i = 0; i < PICTURES; i++) {
        labels[i] = (int64_t)(i % 3);
        for (size_t k = 0; k < SIDE * SIDE; k++) pixels[i * SIDE * SIDE + k] = k % SIDE == 1 + i % 3 ? 200 : 10;
    }
    const tern_array x = {.dtype = TERN_F32, .shape = {2, {SIDE, SIDE}}, .data = pixels};
    const tern_array y = {.dtype = TERN_I64, .data = labels};
    return tern_dataset_borrow(PICTURES, &x, &y, NULL);
}

static tern_model *open_model(const char *augment) {
    char text[700];
    snprintf(text, sizeof text,
             "{'seed':3,'input':{'shape':[5,5],'scale':0.01,'augment':%s},'layers':[{'type':'flatten'},"
             "{'type':'dense','out_features':600},{'type':'tanh'},{'type':'dense','out_features':3}],"
             "'loss':{'type':'cross_entropy'},'optimizer':{'type':'sgd','lr':0.1},'metrics':['accuracy'],"
             "'train':{'epochs':4,'batch_size':48,'validation_split':0.25}}",
             augment);
    return quick_model(text, NULL);
}

static tern_real *train(const char *augment, tern_fit_options options, tern_fit_result *result, size_t *n) {
    static tern_error err;
    tern_model *m = open_model(augment);
    tern_dataset *d = make_pictures();
    tern_error_clear(&err);
    tern_status status = tern_fit(m, d, NULL, &options, result, &err);
    ck_assert_msg(!status || status == TERN_ERROR_CANCELLED, "%s", err.item[0].text);
    tern_real *weights = keep_weights(m, n);
    tern_dataset_free(d);
    tern_model_free(m);
    return weights;
}

static const char *const changes[] = {"{'shift':0.3,'rotate':20,'noise':3,'cutout':2}",
                                      "{'mixup':0.5,'flip':'vertical'}"};

/* The sums of two slices differ from one slice's in their last bits alone. */
START_TEST(test_threads) {
    size_t n;
    tern_fit_result result;
    tern_real *one = train(changes[_i], (tern_fit_options){.threads = 1}, &result, &n),
              *two = train(changes[_i], (tern_fit_options){.threads = 2}, &result, &n);
    ck_near_all(one, two, n, TOLERANCE(1e-5, 1e-12));
    free(one);
    free(two);
}
END_TEST

static bool stop_at_three(void *user, const tern_progress *p) {
    (void)user;
    return p->step < 3;
}

START_TEST(test_resume) {
    size_t n;
    tern_fit_result result;
    tern_real *whole = train(changes[_i], (tern_fit_options){.threads = 1}, &result, &n);
    tern_fit_options options = {.threads = 1, .out = scratch_path("run"), .on_step = stop_at_three};
    free(train(changes[_i], options, &result, &n));
    ck_assert_uint_eq(result.steps, 3);
    options.on_step = NULL;
    options.resume = true;
    tern_real *resumed = train(changes[_i], options, &result, &n);
    ck_assert_mem_eq(whole, resumed, n * sizeof *whole);
    free(whole);
    free(resumed);
}
END_TEST

/* Samples that are blanked in training teach nothing, and are whole again in validation. */
START_TEST(test_training_alone) {
    size_t n;
    tern_fit_result plain, blank;
    free(train("{'shift':0}", (tern_fit_options){.threads = 1}, &plain, &n));
    free(train("{'cutout':99,'fill':50}", (tern_fit_options){.threads = 1}, &blank, &n));
    ck_assert(plain.train.value[0] > 0.9 && plain.valid.value[0] > 0.9);
    ck_assert(blank.train.value[0] < 0.6 && blank.train.loss > 1);
    ck_assert(fabs(blank.valid.loss - blank.train.loss) > 1e-3); /* of other samples */
}
END_TEST

START_TEST(test_mixed_targets) {
    size_t n;
    tern_fit_result result;
    free(train("{'mixup':1}", (tern_fit_options){.threads = 1}, &result, &n));
    ck_assert(result.valid.value[0] > 0.9 && result.train.loss > result.valid.loss);
    tern_model *ignoring = open_model("{'mixup':1}");
    tern_dataset *some = make_pictures();
    for (size_t i = 0; i < PICTURES; i += 4) labels[i] = -100; /* cross_entropy's label to be ignored */
    ck_assert_int_eq(tern_fit(ignoring, some, NULL, NULL, &result, NULL), TERN_OK);
    ck_assert(isfinite(result.train.loss) && result.valid.value[0] > 0.9);
    tern_dataset_free(some);
    tern_model_free(ignoring);
    static tern_error err;
    tern_model *m = quick_model("{'input':{'shape':[5,5],'augment':{'mixup':1}},'layers':[{'type':'flatten'},"
                                "{'type':'dense','out_features':3},{'type':'log_softmax'}],'loss':'nll',"
                                "'optimizer':{'type':'sgd','lr':1},'train':{'epochs':1}}",
                                NULL);
    tern_dataset *d = make_pictures();
    ck_assert_int_eq(tern_fit(m, d, NULL, NULL, NULL, &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "makes shares of classes of the targets, which nll does not take");
    ck_assert_str_eq(err.item[0].pointer, "/input/augment/mixup");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* What is looked at is what training takes: scaled, and changed where it is asked for. */
START_TEST(test_view) {
    tern_model *m = open_model("{'cutout':99,'fill':50}");
    tern_dataset *d = make_pictures();
    const size_t row[] = {4, 2};
    tern_real x[2 * SIDE * SIDE];
    tern_tensor view = {TERN_SHAPE(2, SIDE, SIDE), x};
    tern_rows rows = tern_dataset_rows(d, m, row, 2);
    ck_assert_int_eq(tern_rows_view(&rows, m, false, &view, NULL), TERN_OK);
    for (size_t i = 0; i < COUNT(x); i++)
        ck_near(x[i], 0.01 * (double)pixels[row[i / (SIDE * SIDE)] * SIDE * SIDE + i % (SIDE * SIDE)], 1e-6);
    ck_assert_int_eq(tern_rows_view(&rows, m, true, &view, NULL), TERN_OK);
    for (size_t i = 0; i < COUNT(x); i++) ck_near(x[i], 0.5, 1e-6);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

TCase *augmented_tcase(void);
TCase *augmented_tcase(void) {
    TCase *c = tcase_create("augmented");
    tcase_add_loop_test(c, test_threads, 0, COUNT(changes));
    tcase_add_loop_test(c, test_resume, 0, COUNT(changes));
    tcase_add_test(c, test_training_alone);
    tcase_add_test(c, test_mixed_targets);
    tcase_add_test(c, test_view);
    return c;
}
