/* test_steps.c - losses and metrics of each step of sequences of any length. */
#include "fixtures/batches.h"

enum { FEATURES = 3, MOST = 9, CLASSES = 4, NUMBERS = 4000 };

#define GRU                                                                                                            \
    "'layers':[{'type':'gru','hidden_size':8},{'type':'dense','out_features':4}],'train':{'epochs':1,'batch_size':5}," \
    "'optimizer':{'type':'sgd','lr':0.1}"

static const char *const models[] = {
    "{'seed':3,'input':{'shape':[null,3],'max_length':9}," GRU ",'loss':'cross_entropy','metrics':['accuracy']}",
    "{'seed':3,'input':{'shape':[null,3],'max_length':9}," GRU
    ",'loss':{'type':'cross_entropy','ignore_index':2,'weight':[1,2,3,0.5]},'metrics':['f1']}",
    "{'seed':3,'input':{'shape':[null,3],'max_length':9}," GRU
    ",'loss':{'type':'mse','reduction':'batchmean'},'metrics':['mae','r2']}",
};
enum { OF_VALUES = 2 };

/* Sequences with targets, and how many steps they have in all. */
typedef struct steps {
    size_t length[ROWS], all;
    const size_t *lengths;
    tern_real x[ROWS * MOST * FEATURES], y[ROWS * MOST * CLASSES];
    int64_t label[ROWS * MOST];
    tern_tensor tx, ty;
    tern_batch batch;
} steps;

/* Mixed lengths; in what pads them stands what no loss takes. */
static void make_steps(steps *s, bool values) {
    size_t each = values ? CLASSES : 1;
    s->all = 0;
    for (size_t i = 0; i < ROWS; i++) {
        s->length[i] = 1 + (i * 5 + 3) % MOST;
        s->all += s->length[i];
        for (size_t t = 0; t < MOST; t++) {
            bool there = t < s->length[i];
            for (size_t k = 0; k < FEATURES; k++)
                s->x[(i * MOST + t) * FEATURES + k] =
                    there ? (tern_real)sin((double)(i * 7 + t * 3 + k)) : (tern_real)NAN;
            s->label[i * MOST + t] = (int64_t)((i + t) % CLASSES);
            for (size_t k = 0; k < each; k++) {
                double v = values ? cos((double)(i + t * 5 + k)) : (double)s->label[i * MOST + t];
                s->y[(i * MOST + t) * each + k] = there ? (tern_real)v : (tern_real)NAN;
            }
        }
    }
    s->lengths = s->length;
    s->tx = (tern_tensor){{3, {ROWS, MOST, FEATURES}}, s->x};
    s->ty = (tern_tensor){{values ? 3 : 2, {ROWS, MOST, CLASSES}}, s->y};
    s->batch = (tern_batch){.n = ROWS, .x = &s->tx, .y = &s->ty, .length = &s->lengths};
}

static steps s;

/* The loss of a batch, and what its gradient times a factor adds to a sum. */
static double gradient_of(const tern_model *m, tern_trainer *t, const tern_batch *batch, double factor, double *sum) {
    double loss = loss_of(t, batch);
    ck_assert_uint_lt(add_gradients(m, t, factor, sum), NUMBERS);
    return loss;
}

/* A batch's loss and gradient are those of its sequences one by one, each by what it adds to the divisor. `_i`: the
 * model. */
START_TEST(a_batch_is_the_mean_of_its_steps) {
    static double each[NUMBERS], together[NUMBERS];
    static const double class_weight[] = {1, 2, 0, 0.5};
    bool values = _i >= OF_VALUES;
    tern_model *m = quick_model(models[_i], NULL);
    tern_trainer *one = make_trainer(m, &(tern_trainer_options){.threads = 1, .batch_size = 1});
    make_steps(&s, values);
    double loss = 0, all = 0, part[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        part[i] = values ? 1 : 0;
        for (size_t t = 0; !values && t < s.length[i]; t++) part[i] += _i ? class_weight[s.label[i * MOST + t]] : 1;
        all += part[i];
    }
    memset(each, 0, sizeof each);
    for (size_t i = 0; i < ROWS; i++) {
        size_t width = values ? CLASSES : 1;
        const size_t *length = &s.length[i];
        tern_tensor x = {{3, {1, MOST, FEATURES}}, s.x + i * MOST * FEATURES},
                    y = {{3, {1, MOST, width}}, s.y + i * MOST * width};
        tern_batch row = {.n = 1, .x = &x, .y = &y, .length = &length};
        loss += gradient_of(m, one, &row, part[i] / all, each) * part[i] / all;
    }
    for (size_t threads = 1; threads <= 3; threads++) {
        tern_trainer *t = make_trainer(m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS});
        memset(together, 0, sizeof together);
        ck_near(gradient_of(m, t, &s.batch, 1, together), loss, TOLERANCE(1e-6, 1e-14));
        ck_near_all(together, each, COUNT(each), TOLERANCE(1e-6, 1e-13));
        tern_trainer_free(t);
    }
    tern_trainer_free(one);
    tern_model_free(m);
}
END_TEST

/* ---- datasets ---- */

static tern_dataset *make_dataset(const tern_array *y) {
    for (size_t i = 0; i < COUNT(s.x); i++)
        if (isnan(s.x[i])) s.x[i] = 0;
    tern_array x = {.dtype = sizeof(tern_real) == sizeof(double) ? TERN_F64 : TERN_F32,
                    .shape = {2, {MOST, FEATURES}},
                    .data = s.x,
                    .length = s.length};
    return tern_dataset_borrow(ROWS, &x, y, NULL);
}

/* Accuracy, and a metric that sees all at once, over the steps that there are. */
START_TEST(scores_leave_padding_out) {
    static tern_real out[ROWS * MOST * CLASSES];
    static tern_error err;
    make_steps(&s, false);
    tern_model *m = quick_model(models[0], NULL);
    tern_dataset *d =
        make_dataset(&(tern_array){.dtype = TERN_I64, .shape = {1, {MOST}}, .data = s.label, .length = s.length});
    tern_tensor y = {{3, {ROWS, MOST, CLASSES}}, out};
    size_t confusion[CLASSES * CLASSES], sum = 0, right = 0, hits = 0;
    tern_score score;
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 2, &score, confusion, NULL), TERN_OK);
    for (size_t i = 0; i < CLASSES * CLASSES; i++) sum += confusion[i], right += i % (CLASSES + 1) ? 0 : confusion[i];
    ck_assert_uint_eq(sum, s.all);
    ck_assert_int_eq(tern_dataset_predict(d, m, 1, &y, NULL), TERN_OK);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t t = 0; t < s.length[i]; t++) {
            size_t at = i * MOST + t;
            hits += tern_argmax(out + at * CLASSES, CLASSES, 1) == (size_t)s.label[at];
        }
    ck_assert_uint_eq(right, hits);
    ck_near(score.value[0], (double)hits / (double)s.all, 1e-12);
    ck_assert_int_eq(tern_evaluate_rows(m, d, NULL, 0, 1, &y, NULL, &err), TERN_ERROR_USAGE);
    ck_contains(err.item[0].text, "this one has one for each step");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(targets_have_the_lengths_of_their_sequences) {
    static tern_error err;
    size_t other[ROWS];
    make_steps(&s, false);
    memcpy(other, s.length, sizeof other);
    other[4]--;
    tern_model *m = quick_model(models[0], NULL);
    tern_dataset *d =
        make_dataset(&(tern_array){.dtype = TERN_I64, .shape = {1, {MOST}}, .data = s.label, .length = other});
    ck_assert_int_eq(tern_dataset_check(d, m, &err), TERN_ERROR_DATA);
    ck_contains(err.item[0].text, "row 4 (counted from 0) has 6 steps, but its target has 5");
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* ---- predictors ---- */

START_TEST(a_predictor_takes_lengths) {
    static tern_real out[ROWS * MOST * CLASSES], fixed[ROWS * MOST * CLASSES];
    static tern_error err;
    make_steps(&s, false);
    tern_model *m = quick_model(models[0], NULL);
    tern_predictor *p = tern_predictor_new(m, ROWS, 2, NULL);
    tern_tensor y = {{3, {ROWS, MOST, CLASSES}}, out};
    ck_assert_int_eq(tern_predictor_forward_sequences(p, &s.tx, &s.lengths, &y, NULL), TERN_OK);
    tern_dataset *d = make_dataset(NULL);
    y.data = fixed;
    ck_assert_int_eq(tern_dataset_predict(d, m, 1, &y, NULL), TERN_OK);
    ck_near_all(out, fixed, COUNT(out), TOLERANCE(1e-6, 1e-14));
    s.length[2] = MOST + 1;
    ck_assert_int_eq(tern_predictor_forward_sequences(p, &s.tx, &s.lengths, &y, &err), TERN_ERROR_USAGE);
    ck_contains(err.item[0].text, "x has 10 steps in row 2; accepted are 1 to 9");
    tern_dataset_free(d);
    tern_predictor_free(p);
    tern_model_free(m);
}
END_TEST

Suite *steps_suite(void) {
    Suite *suite = suite_create("steps");
    TCase *c = tcase_create("steps");
    tcase_add_loop_test(c, a_batch_is_the_mean_of_its_steps, 0, (int)COUNT(models));
    tcase_add_test(c, scores_leave_padding_out);
    tcase_add_test(c, targets_have_the_lengths_of_their_sequences);
    tcase_add_test(c, a_predictor_takes_lengths);
    suite_add_tcase(suite, c);
    return suite;
}
