/* test_losses.c - every loss against PyTorch, and against its own slices; plans and refusals. */
#include "lone_loss.h"

Suite *losses_suite(void);
TCase *losses_edges_case(void);

/* What the numbers of a prediction or target are; tests/golden/losses.py has the same formulas. */
typedef enum form { LOGITS, SHARES, VALUES, PARTS, SIGNS, BITS, NONE, LABELS } form;

typedef struct golden {
    const char *type, *set;
    size_t rows;
    tern_shape shape;
    form pred, target;
    int ignore;
    double mean, sum;
    const double *grad; /* of the mean */
} golden;

#include "losses_golden.h"

static double number(form f, size_t k, size_t classes, int ignore) {
    double i = (double)k, logit = 3 * sin(1.3 * i + 0.4);
    switch (f) {
    case LOGITS: return logit;
    case SHARES: return 0.5 + 0.48 * sin(1.3 * i + 0.4);
    case VALUES: return k % 7 == 3 ? logit : 2 * cos(0.9 * i + 0.2);
    case PARTS: return k % 4 == 1 ? (double)(k % 3) / 2 : 0.5 + 0.45 * cos(0.9 * i + 0.2);
    case SIGNS: return 5 * k % 7 < 3 ? 1 : -1;
    case BITS: return 5 * k % 7 < 3;
    case NONE: return 0;
    case LABELS: break;
    }
    return k % 5 == 3 ? ignore : (double)((7 * k + 2) % classes);
}

static void set_up_golden(lone_loss *b, const golden *g) {
    tern_target kind = g->target == LABELS ? TERN_TARGET_CLASSES
                       : g->target == NONE ? TERN_TARGET_NONE
                                           : TERN_TARGET_VALUES;
    set_up(b, g->type, g->set, g->rows, g->shape, kind);
    for (size_t i = 0; i < tern_tensor_count(&b->pred); i++) b->x[i] = (tern_real)number(g->pred, i, 0, 0);
    for (size_t i = 0; i < tern_tensor_count(&b->target); i++)
        b->t[i] = (tern_real)number(g->target, i, g->shape.dim[0], g->ignore);
}

START_TEST(golden_numbers) {
    const golden *g = &goldens[_i];
    static lone_loss b;
    double near = TOLERANCE(3e-6, 1e-14);
    set_up_golden(&b, g);
    size_t n = tern_tensor_count(&b.pred);

    double norm = weight(&b);
    ck_near(norm, g->sum / g->mean, 1e-6);
    ck_near(eval(&b, 0, g->rows, norm, true), g->mean, near);
    ck_near_all(b.dx, g->grad, n, near);
    ck_near(eval(&b, 0, g->rows, norm, false), g->mean, near);

    ck_near(eval(&b, 0, g->rows, 1, true), g->sum, near);
    for (size_t i = 0; i < n; i++) ck_near(b.dx[i], g->grad[i] * norm, near);

    double slices = eval(&b, 0, 1, norm, true);
    slices += eval(&b, 1, g->rows - 1, norm, true);
    ck_near(slices, g->mean, near);
    ck_near_all(b.dx, g->grad, n, near);
}
END_TEST

/* The numbers of PyTorch that the reference gives for cross-entropy, by option. */
START_TEST(cross_entropy_reference) {
    static const double x[] = {1, 2, 3, 1, -1, 0.5, 0.2, 0.1, -0.3, 2, 0, -2}, t[] = {2, 0, 1, -100};
    static const struct {
        const char *set;
        double mean, each[4];
    } cases[] = {
        {"", 0.6611301798798769, {0.4076059644443804, 0.5549569196419907, 1.0208276555532594, 0}},
        {"weight=[1,2,0.5]", 0.8001186322773428, {0.2038029822221902, 0.5549569196419907, 2.0416553111065188, 0}},
        {"label_smoothing=0.1", 0.7255746243243214, {0.5076059644443804, 0.638290252975324, 1.0308276555532594, 0}},
        {"weight=[1,2,0.5] label_smoothing=0.1",
         0.8657435965614058,
         {0.36431004651848226, 0.7058728683026905, 1.9599196731437472, 0}},
    };
    static lone_loss b;
    for (size_t k = 0; k < COUNT(cases); k++) {
        set_up(&b, "cross_entropy", cases[k].set, 4, TERN_SHAPE(3), TERN_TARGET_CLASSES);
        for (size_t i = 0; i < 12; i++) b.x[i] = (tern_real)x[i];
        for (size_t i = 0; i < 4; i++) b.t[i] = (tern_real)t[i];
        ck_near(eval(&b, 0, 4, weight(&b), true), cases[k].mean, TOLERANCE(1e-6, 1e-15));
        for (size_t i = 0; i < 4; i++) ck_near(eval(&b, i, 1, 1, i % 2), cases[k].each[i], TOLERANCE(1e-6, 1e-15));
    }
}
END_TEST

START_TEST(cross_entropy_probabilities_reference) {
    static const double x[] = {1, 2, 3, 1, -1, 0.5, 0.2, 0.1, -0.3, 2, 0, -2},
                        t[] = {.1, .2, .7, .5, .25, .25, 0, 1, 0, .3, .3, .4};
    static const char *const sets[] = {"weight=[1,2,0.5]", "weight=[1,2,0.5] label_smoothing=0.1"};
    static const double want[] = {1.708042926707843, 1.7188396972744615};
    static lone_loss b;
    for (size_t k = 0; k < 2; k++) {
        set_up(&b, "cross_entropy", sets[k], 4, TERN_SHAPE(3), TERN_TARGET_VALUES);
        for (size_t i = 0; i < 12; i++) b.x[i] = (tern_real)x[i], b.t[i] = (tern_real)t[i];
        ck_near(weight(&b), 4, 0);
        ck_near(eval(&b, 0, 4, 4, k), want[k], TOLERANCE(1e-6, 1e-15));
    }
}
END_TEST

START_TEST(cross_entropy_gradient_reference) {
    static const double want[] = {0.0566972398370471, 0.21139513772146432, -0.26809237755851156};
    static lone_loss b;
    set_up(&b, "cross_entropy", "label_smoothing=0.1", 1, TERN_SHAPE(3), TERN_TARGET_CLASSES);
    b.x[0] = 1, b.x[1] = 2, b.x[2] = 3, b.t[0] = 2;
    eval(&b, 0, 1, weight(&b), true);
    ck_near_all(b.dx, want, 3, TOLERANCE(1e-7, 1e-15));
}
END_TEST

/* One loss a number, from the reference; the target of the errors is 0. */
START_TEST(elementwise_reference) {
    static const struct {
        const char *type, *set;
        size_t n;
        double x[4], t[4], want[4];
    } cases[] = {
        {"bce_with_logits",
         "pos_weight=[3]",
         3,
         {0.5, -1, 3},
         {1, 0, 0.3},
         {1.42223095254032, 0.3132616875182228, 2.177739762517987}},
        {"smooth_l1", "", 4, {0.2, -0.7, 1.5, -3}, {0}, {0.02, 0.245, 1, 2.5}},
        {"huber", "", 4, {0.2, -0.7, 1.5, -3}, {0}, {0.02, 0.245, 1, 2.5}},
        {"smooth_l1", "beta=0.5", 4, {0.2, -0.7, 1.5, -3}, {0}, {0.04, 0.45, 1.25, 2.75}},
        {"huber", "delta=0.5", 4, {0.2, -0.7, 1.5, -3}, {0}, {0.02, 0.225, 0.625, 1.375}},
    };
    static lone_loss b;
    for (size_t k = 0; k < COUNT(cases); k++) {
        set_up(&b, cases[k].type, cases[k].set, cases[k].n, TERN_SHAPE(1), TERN_TARGET_VALUES);
        for (size_t i = 0; i < cases[k].n; i++) {
            b.x[i] = (tern_real)cases[k].x[i];
            b.t[i] = (tern_real)cases[k].t[i];
            ck_near(eval(&b, i, 1, 1, false), cases[k].want[i], TOLERANCE(1e-6, 1e-15));
        }
    }
}
END_TEST

START_TEST(kl_div_reference) {
    static const double x[] = {1, 2, 3, 1, -1, 0.5}, t[] = {.1, .2, .7, .5, .25, .25};
    static lone_loss b;
    set_up(&b, "kl_div", "", 2, TERN_SHAPE(3), TERN_TARGET_VALUES);
    for (size_t i = 0; i < 6; i++) {
        const double *row = x + i / 3 * 3;
        b.x[i] = (tern_real)(x[i] - log(exp(row[0]) + exp(row[1]) + exp(row[2])));
        b.t[i] = (tern_real)t[i];
    }
    ck_near(eval(&b, 0, 2, weight(&b), false), 0.02433726011718598, TOLERANCE(1e-6, 1e-15)); /* mean */
    ck_near(eval(&b, 0, 2, 2, false), 0.07301178035155793, TOLERANCE(1e-6, 1e-15));          /* batchmean */
    ck_near(eval(&b, 0, 2, 1, false), 0.14602356070311587, TOLERANCE(1e-6, 1e-15));          /* sum */
}
END_TEST

START_TEST(plans) {
    static lone_loss b;
    static const struct {
        const char *type;
        double threshold;
    } thresholds[] = {
        {"mse", NAN},    {"mae", NAN}, {"huber", NAN},         {"smooth_l1", NAN},
        {"kl_div", NAN}, {"bce", 0.5}, {"bce_with_logits", 0},
    };
    for (size_t k = 0; k < COUNT(thresholds); k++) {
        ck_assert(plan(&b, thresholds[k].type, "", TERN_SHAPE(2, 3), TERN_TARGET_VALUES, NULL) == TERN_OK);
        ck_near(b.spec.threshold, thresholds[k].threshold, 0);
        ck_assert(tern_shape_equal(&b.spec.target, &TERN_SHAPE(2, 3)));
    }
    static const char *const classes[] = {"cross_entropy", "nll"};
    for (size_t k = 0; k < 2; k++) {
        ck_assert(plan(&b, classes[k], "", TERN_SHAPE(4, 2, 3), TERN_TARGET_CLASSES, NULL) == TERN_OK);
        ck_assert(tern_shape_equal(&b.spec.target, &TERN_SHAPE(2, 3)));
        ck_assert(plan(&b, classes[k], "", TERN_SHAPE(4), TERN_TARGET_CLASSES, NULL) == TERN_OK);
        ck_assert_uint_eq(b.spec.target.rank, 0);
        ck_assert(isnan(b.spec.threshold));
    }
}
END_TEST

START_TEST(refusals) {
    static const struct {
        const char *type, *set;
        size_t outputs;
        tern_target kind;
        const char *pointer, *text;
    } cases[] = {
        {"cross_entropy", "", 1, TERN_TARGET_CLASSES, "", "at least 2 classes in the model's output, found 1"},
        {"cross_entropy", "weight=[1,2]", 3, TERN_TARGET_CLASSES, "/weight",
         "has 2 numbers, but the model's output has 3"},
        {"cross_entropy", "ignore_index=1", 3, TERN_TARGET_VALUES, "/ignore_index", "the targets are probabilities"},
        {"nll", "", 1, TERN_TARGET_CLASSES, "", "at least 2 classes"},
        {"nll", "weight=[1,2]", 3, TERN_TARGET_CLASSES, "/weight",
         "has 2 numbers, but the model's output has 3 classes"},
        {"bce_with_logits", "pos_weight=[1,2]", 3, TERN_TARGET_VALUES, "/pos_weight", "has 2 numbers"},
        {"quantile", "quantile=[0.1,0.9]", 3, TERN_TARGET_VALUES, "/quantile", "has 2 numbers, but the output's first"},
        {"gaussian_nll", "", 3, TERN_TARGET_VALUES, "",
         "and then as many variances in the output's first dimension, but"},
        {"multi_margin", "", 1, TERN_TARGET_CLASSES, "", "for yes or no there is hinge"},
        {"multi_margin", "weight=[1,2]", 3, TERN_TARGET_CLASSES, "/weight", "has 2 numbers"},
        {"cosine_embedding", "", 3, TERN_TARGET_VALUES, "", "has 3 numbers, which are no two halves"},
        {"triplet", "", 4, TERN_TARGET_NONE, "", "has 4 numbers, which are no three thirds"},
    };
    static lone_loss b;
    for (size_t k = 0; k < COUNT(cases); k++) {
        tern_error err = {0};
        tern_shape shape = {1, {cases[k].outputs}};
        ck_assert_int_eq(plan(&b, cases[k].type, cases[k].set, shape, cases[k].kind, &err), TERN_ERROR_MODEL);
        ck_assert_uint_eq(err.errors, 1);
        ck_assert_str_eq(err.item[0].pointer, cases[k].pointer);
        ck_contains(err.item[0].text, cases[k].text);
    }
}
END_TEST

Suite *losses_suite(void) {
    Suite *suite = suite_create("losses");
    TCase *t = tcase_create("losses");
    tcase_add_loop_test(t, golden_numbers, 0, COUNT(goldens));
    tcase_add_test(t, cross_entropy_reference);
    tcase_add_test(t, cross_entropy_probabilities_reference);
    tcase_add_test(t, cross_entropy_gradient_reference);
    tcase_add_test(t, elementwise_reference);
    tcase_add_test(t, kl_div_reference);
    tcase_add_test(t, plans);
    tcase_add_test(t, refusals);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, losses_edges_case());
    return suite;
}
