/* test_targets.c - what a plan derives from the targets belongs to whoever planned it: a model stays as it was opened.
 */
#include "fixtures/models.h"

#include <pthread.h>

enum { SAMPLES = 60, FEATURES = 4, CLASSES = 3 };

static const char net[] =
    "{'seed':1,'input':{'shape':[4]},'layers':[{'type':'dense','out_features':3}],'loss':'cross_entropy',"
    "'metrics':['accuracy'],'optimizer':{'type':'sgd','lr':0.5},'train':{'epochs':40,'batch_size':20}}";

/* Samples of three classes, with classes for targets or with the same as probabilities. */
typedef struct samples {
    float x[SAMPLES * FEATURES], soft[SAMPLES * CLASSES];
    int64_t label[SAMPLES];
    tern_dataset *hard_set, *soft_set;
} samples;

static void make_samples(samples *s) {
    tern_real noise[SAMPLES * FEATURES];
    quick_numbers(SAMPLES * FEATURES, 0.5, noise);
    for (size_t i = 0; i < SAMPLES; i++) {
        s->label[i] = (int64_t)(i * 7 % CLASSES);
        for (size_t k = 0; k < FEATURES; k++)
            s->x[i * FEATURES + k] =
                (float)(0.2 * (double)noise[i * FEATURES + k] + (double)((size_t)s->label[i] == k));
        for (size_t k = 0; k < CLASSES; k++) s->soft[i * CLASSES + k] = (size_t)s->label[i] == k ? 0.8F : 0.1F;
    }
    tern_array x = {.dtype = TERN_F32, .shape = {1, {FEATURES}}, .data = s->x},
               label = {.dtype = TERN_I64, .shape = {0}, .data = s->label},
               soft = {.dtype = TERN_F32, .shape = {1, {CLASSES}}, .data = s->soft};
    s->hard_set = tern_dataset_borrow(SAMPLES, &x, &label, NULL);
    s->soft_set = tern_dataset_borrow(SAMPLES, &x, &soft, NULL);
    ck_assert(s->hard_set && s->soft_set);
}

static void free_samples(samples *s) {
    tern_dataset_free(s->hard_set);
    tern_dataset_free(s->soft_set);
}

/* ---- in the middle of a training ---- */

typedef struct watch {
    const tern_model *m;
    const tern_dataset *other;
    double last;
} watch;

static bool evaluate_soft(void *user, const tern_progress *p) {
    watch *w = user;
    tern_score score;
    ck_assert_int_eq(tern_evaluate(w->m, w->other, NULL, 0, 1, &score, NULL, NULL), TERN_OK);
    w->last = p->train->value[0];
    return true;
}

START_TEST(evaluating_other_targets_leaves_training_alone) {
    samples s;
    make_samples(&s);
    tern_model *m = quick_model(net, NULL);
    watch w = {.m = m, .other = s.soft_set};
    tern_fit_options options = {.threads = 1, .on_epoch = evaluate_soft, .user = &w};
    ck_assert_int_eq(tern_fit(m, s.hard_set, NULL, &options, NULL, NULL), TERN_OK);
    ck_assert_msg(w.last == 1, "the last accuracy was %g", w.last);
    tern_model_free(m);
    free_samples(&s);
}
END_TEST

START_TEST(rows_are_checked) {
    static tern_error err;
    static const size_t rows[] = {0, SAMPLES - 1, SAMPLES};
    samples s;
    tern_score score;
    make_samples(&s);
    tern_model *m = quick_model(net, NULL);
    ck_assert_int_eq(tern_evaluate(m, s.hard_set, rows, 2, 1, &score, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_evaluate(m, s.hard_set, rows, 3, 1, &score, NULL, &err), TERN_ERROR_USAGE);
    ck_contains(err.item[0].text, "row 60 of a dataset of 60 rows");
    ck_assert_int_eq(tern_evaluate(m, s.hard_set, rows, 0, 1, &score, NULL, NULL), TERN_ERROR_USAGE);
    tern_model_free(m);
    free_samples(&s);
}
END_TEST

/* ---- two threads, one model ---- */

enum { TIMES = 200 };

typedef struct judge {
    const tern_model *m;
    const tern_dataset *d;
    tern_score expected;
    size_t wrong;
} judge;

static void *evaluate_often(void *arg) {
    judge *j = arg;
    for (size_t i = 0; i < TIMES; i++) {
        tern_score score;
        if (tern_evaluate(j->m, j->d, NULL, 0, 1, &score, NULL, NULL) || score.loss != j->expected.loss ||
            score.value[0] != j->expected.value[0])
            j->wrong++;
    }
    return NULL;
}

START_TEST(two_threads_score_one_model) {
    samples s;
    make_samples(&s);
    tern_model *m = quick_model(net, NULL);
    judge judges[] = {{.m = m, .d = s.hard_set}, {.m = m, .d = s.soft_set}};
    pthread_t thread[2];
    for (size_t k = 0; k < 2; k++)
        ck_assert_int_eq(tern_evaluate(m, judges[k].d, NULL, 0, 1, &judges[k].expected, NULL, NULL), TERN_OK);
    ck_assert(judges[0].expected.loss != judges[1].expected.loss);
    for (size_t k = 0; k < 2; k++) ck_assert_int_eq(pthread_create(&thread[k], NULL, evaluate_often, &judges[k]), 0);
    for (size_t k = 0; k < 2; k++) {
        pthread_join(thread[k], NULL);
        ck_assert_uint_eq(judges[k].wrong, 0);
    }
    tern_model_free(m);
    free_samples(&s);
}
END_TEST

TCase *targets_tcase(void);
TCase *targets_tcase(void) {
    TCase *t = tcase_create("targets");
    tcase_add_test(t, evaluating_other_targets_leaves_training_alone);
    tcase_add_test(t, rows_are_checked);
    tcase_add_test(t, two_threads_score_one_model);
    return t;
}
