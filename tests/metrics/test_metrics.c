/* test_metrics.c - every metric against scikit-learn 1.2 and numbers worked out by hand, whole and in slices. */
#include "lone_metric.h"

Suite *metrics_suite(void);
TCase *random_cases(void);

static void fill_scores(lone *b, size_t ignore_every) {
    for (size_t i = 0; i < 50; i++) b->p[i] = (tern_real)(3 * sin(1.3 * (double)i + 0.4));
    for (size_t i = 0; i < 10; i++) b->t[i] = i % 5 == ignore_every ? -100 : (tern_real)((7 * i + 2) % 5);
}

static void fill_numbers(lone *b) {
    for (size_t i = 0; i < 24; i++) {
        double k = (double)i, p = 2 * sin(1.3 * k + 0.4);
        b->p[i] = (tern_real)p;
        b->t[i] = (tern_real)(0.8 * p + cos(0.9 * k + 0.2) * (double)(i % 3));
    }
}

START_TEST(accuracy_of_classes) {
    lone b;
    set_up(&b, "accuracy", "", classes(TERN_SHAPE(5)));
    ck_assert(isnan(b.type->value(b.options.self, (double[2]){0})));
    fill_scores(&b, 5);
    ck_near(value(&b, 10), 0.2, 0);
    fill_scores(&b, 3);
    ck_near(value(&b, 10), 0.25, 0);
    for (size_t i = 0; i < 10; i++) b.t[i] = -100;
    ck_assert(isnan(value(&b, 10)));
}
END_TEST

/* Classes in the first dimension of a sample, two predictions in each: rows are {p of 0, p of 0, p of 1, p of 1, ...}.
 */
START_TEST(accuracy_of_many_predictions) {
    static const double p[] = {1, 0, 5, 2, 3, 9, /**/ 7, 1, 7, 1, 2, 1}, t[] = {1, 2, 0, 1};
    lone b;
    set_up(&b, "accuracy", "", classes(TERN_SHAPE(3, 2)));
    for (size_t i = 0; i < 12; i++) b.p[i] = (tern_real)p[i];
    for (size_t i = 0; i < 4; i++) b.t[i] = (tern_real)t[i];
    ck_near(value(&b, 2), 0.75, 0); /* of equals the first: class 0 is right in the third, wrong in the fourth */

    set_up(&b, "accuracy", "", values(TERN_SHAPE(3, 2), NAN));
    static const double shares[] = {.1, 0, .8, .5, .1, .5, /**/ .4, .2, .3, .5, .3, .3};
    for (size_t i = 0; i < 12; i++) b.p[i] = (tern_real)p[i], b.t[i] = (tern_real)shares[i];
    ck_near(value(&b, 2), 0.5, 0); /* the targets' classes are 1, 1, 0, 1 */
}
END_TEST

START_TEST(accuracy_of_yes_and_no) {
    static const double p[] = {-1, 0.2, 0.6, 3, 0, 0.5}, t[] = {0, 1, 1, 0, 0, 0};
    lone b;
    for (int logits = 0; logits < 2; logits++) {
        set_up(&b, "accuracy", "", values(TERN_SHAPE(2), logits ? 0 : 0.5));
        for (size_t i = 0; i < 6; i++) b.p[i] = (tern_real)p[i], b.t[i] = (tern_real)t[i];
        ck_near(value(&b, 3), 4.0 / 6, 1e-15);
        b.t[1] = 0; /* 0.2 is a yes among logits only */
        ck_near(value(&b, 3), logits ? 3.0 / 6 : 5.0 / 6, 1e-15);
        b.t[1] = (tern_real)0.5; /* no more than half of a yes is a no */
        ck_near(value(&b, 3), logits ? 3.0 / 6 : 5.0 / 6, 1e-15);
    }
}
END_TEST

/* Shares of two classes are classes, one number is not. */
START_TEST(accuracy_of_two_shares) {
    static const double p[] = {1, 0, 0, 1, 3, 2}, t[] = {0.9, 0.1, 0.6, 0.4, 1, 0};
    lone b;
    set_up(&b, "accuracy", "", values(TERN_SHAPE(2), NAN));
    for (size_t i = 0; i < 6; i++) b.p[i] = (tern_real)p[i], b.t[i] = (tern_real)t[i];
    ck_near(value(&b, 3), 2.0 / 3, 1e-15);
}
END_TEST

START_TEST(top_k) {
    static const char *const sets[] = {"k=1", "k=2", "k=3", "k=4", ""};
    static const double all[] = {0.2, 0.4, 0.7, 0.8, 1}, counted[] = {0.25, 0.5, 0.75, 0.875, 1};
    lone b;
    for (size_t k = 0; k < 5; k++) {
        set_up(&b, "top_k", sets[k], classes(TERN_SHAPE(5)));
        fill_scores(&b, 5);
        ck_near(value(&b, 10), all[k], 1e-15);
        fill_scores(&b, 3);
        ck_near(value(&b, 10), counted[k], 1e-15);
    }
    set_up(&b, "top_k", "k=2", classes(TERN_SHAPE(3)));
    b.p[0] = b.p[1] = b.p[2] = 1; /* all alike: 0 and 1 are the top two */
    for (size_t i = 0; i < 3; i++) {
        b.t[0] = (tern_real)i;
        ck_near(value(&b, 1), i < 2, 0);
    }
    b.p[1] = b.t[0] = 1;
    b.p[1] = (tern_real)NAN; /* no number is no right answer */
    ck_near(value(&b, 1), 0, 0);
}
END_TEST

START_TEST(errors_of_numbers) {
    lone b;
    double near = TOLERANCE(1e-6, 1e-14);
    set_up(&b, "mae", "", values(TERN_SHAPE(3), NAN));
    fill_numbers(&b);
    ck_near(value(&b, 8), 0.7308063642995211, near);
    ck_assert(isnan(b.type->value(b.options.self, (double[2]){0})));
    set_up(&b, "rmse", "", values(TERN_SHAPE(3), NAN));
    fill_numbers(&b);
    ck_near(value(&b, 8), 0.9382110181948838, near);
    ck_assert(isnan(b.type->value(b.options.self, (double[2]){0})));
}
END_TEST

START_TEST(r2) {
    lone b;
    double near = TOLERANCE(2e-6, 1e-13);
    set_up(&b, "r2", "", values(TERN_SHAPE(3), NAN));
    fill_numbers(&b);
    ck_near(value(&b, 8), 0.6081975705240004, near);
    for (size_t i = 1; i < 24; i += 3)
        b.p[i] = b.t[i] = (tern_real)0.1; /* an output whose targets are all the same, met */
    ck_near(value(&b, 8), 0.7905432154356266, near);
    b.p[1] = 1; /* and not met */
    ck_near(value(&b, 8), 0.7905432154356266 - 1.0 / 3, near);

    set_up(&b, "r2", "", values(TERN_SHAPE(1), NAN));
    for (size_t i = 0; i < 8; i++) b.p[i] = (tern_real)i, b.t[i] = (tern_real)(1000 + i);
    ck_near(value(&b, 8), 1 - 8e6 / 42, 1e-12);
    double accumulators[16] = {0};
    add(&b, 0, 1, accumulators);
    ck_assert(isnan(b.type->value(b.options.self, accumulators))); /* one sample has no spread */
}
END_TEST

/* 1e6 from 0, a spread of 1 keeps its digits. */
START_TEST(variance_far_from_zero) {
    lone b;
    set_up(&b, "explained_variance", "", values(TERN_SHAPE(1), NAN));
    for (size_t i = 0; i < 8; i++) b.t[i] = (tern_real)(1e6 + (double)i), b.p[i] = b.t[i] - 3 + (tern_real)(i % 2);
    ck_near(value(&b, 8), 1 - 2.0 / 42, 1e-9);
}
END_TEST

/* A prediction of exactly the threshold is no; logits are compared where the sigmoid is the probability. */
START_TEST(thresholds) {
    static const double p[] = {0.2, 0.3, 0.8, 0.9, 0.5}, t[] = {0, 1, 1, 1, 0};
    lone b;
    static const struct {
        const char *metric, *set;
        double value;
    } expected[] = {{"recall", "", 2.0 / 3},
                    {"recall", "threshold=0.85", 1.0 / 3},
                    {"accuracy", "", 4.0 / 5},
                    {"accuracy", "threshold=0.85", 3.0 / 5},
                    {"accuracy", "threshold=0.25", 4.0 / 5}};
    for (int logits = 0; logits < 2; logits++) {
        for (size_t k = 0; k < COUNT(expected); k++) {
            set_up(&b, expected[k].metric, expected[k].set, values(TERN_SHAPE(1), logits ? 0 : 0.5));
            for (size_t i = 0; i < 5; i++) {
                b.p[i] = (tern_real)(logits ? log(p[i] / (1 - p[i])) : p[i]);
                b.t[i] = (tern_real)t[i];
            }
            ck_near(value(&b, 5), expected[k].value, 1e-15);
        }
    }
    set_up(&b, "balanced_accuracy", "", values(TERN_SHAPE(1), 0.5));
    for (size_t i = 0; i < 5; i++) b.p[i] = (tern_real)p[i], b.t[i] = (tern_real)t[i];
    ck_near(value(&b, 5), (2.0 / 3 + 1) / 2, 1e-15);
    tern_error err = {0};
    ck_assert_int_eq(plan(&b, "f1", "threshold=0.4", classes(TERN_SHAPE(3)), &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "goes with a binary loss that predicts probabilities");
    tern_error_clear(&err);
    ck_assert_int_eq(plan(&b, "accuracy", "threshold=0.4", classes(TERN_SHAPE(3)), &err), TERN_ERROR_MODEL);
    ck_assert_str_eq(err.item[0].pointer, "/threshold");
    tern_error_clear(&err);
    b.spec.link = TERN_LINK_NONE; /* as hinge has it: a margin, which no probability belongs to */
    b.spec.loss = values(TERN_SHAPE(1), 0);
    ck_assert_int_eq(b.type->plan(b.options.self, &b.spec, &err), TERN_ERROR_MODEL);
}
END_TEST

START_TEST(refusals) {
    lone b;
    tern_error err = {0};
    ck_assert_int_eq(plan(&b, "accuracy", "", values(TERN_SHAPE(1), NAN), &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "needs classes or a binary loss, but the model's output is one number");
    ck_assert_int_eq(plan(&b, "accuracy", "", values(TERN_SHAPE(1), 0), NULL), TERN_OK);
    tern_error_clear(&err);
    ck_assert_int_eq(plan(&b, "top_k", "", classes(TERN_SHAPE(4)), &err), TERN_ERROR_MODEL);
    ck_assert_str_eq(err.item[0].pointer, "/k");
    ck_contains(err.item[0].text, "is 5, but there are 4 classes");
    tern_error_clear(&err);
    ck_assert_int_eq(plan(&b, "top_k", "", values(TERN_SHAPE(9), NAN), &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, "needs class indices");
    static const char *const numbers[] = {"mae", "rmse", "r2", "mape", "smape", "explained_variance"};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        tern_error_clear(&err);
        ck_assert_int_eq(plan(&b, numbers[i], "", classes(TERN_SHAPE(4)), &err), TERN_ERROR_MODEL);
        ck_contains(err.item[0].text, "compares numbers, but the targets are class indices");
    }
}
END_TEST

Suite *metrics_suite(void) {
    Suite *suite = suite_create("metrics");
    TCase *t = tcase_create("metrics");
    tcase_add_test(t, accuracy_of_classes);
    tcase_add_test(t, accuracy_of_many_predictions);
    tcase_add_test(t, accuracy_of_yes_and_no);
    tcase_add_test(t, accuracy_of_two_shares);
    tcase_add_test(t, top_k);
    tcase_add_test(t, errors_of_numbers);
    tcase_add_test(t, r2);
    tcase_add_test(t, variance_far_from_zero);
    tcase_add_test(t, thresholds);
    tcase_add_test(t, refusals);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, random_cases());
    return suite;
}
