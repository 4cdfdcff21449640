/* test_edges.c - losses where numbers are extreme, certain, missing or not numbers at all. */
#include "lone_loss.h"

TCase *losses_edges_case(void);

START_TEST(all_ignored_is_zero) {
    static const char *const names[] = {"cross_entropy", "nll", "cross_entropy"};
    static lone_loss b;
    for (size_t k = 0; k < COUNT(names); k++) {
        set_up(&b, names[k], k == 2 ? "label_smoothing=0.3" : "", 3, TERN_SHAPE(4, 2), TERN_TARGET_CLASSES);
        ck_assert(b.spec.has_ignore && b.spec.ignore == -100 && b.spec.classes == 4);
        for (size_t i = 0; i < 24; i++) b.x[i] = (tern_real)sin(1.3 * (double)i);
        for (size_t i = 0; i < 6; i++) b.t[i] = -100;
        ck_assert_double_eq(weight(&b), 0);
        ck_assert_double_eq(eval(&b, 0, 3, 1, false), 0);
        ck_assert_double_eq(eval(&b, 0, 3, 1, true), 0);
        for (size_t i = 0; i < 24; i++) ck_assert_double_eq((double)b.dx[i], 0);
    }
}
END_TEST

/* Logits of +-10000, on the right and on the wrong side. */
START_TEST(extreme_logits_are_finite) {
    static const double wrong[] = {1, -1, 0};
    static lone_loss b;
    for (int k = 0; k < 2; k++) {
        set_up(&b, "cross_entropy", "", 2, TERN_SHAPE(3), TERN_TARGET_CLASSES);
        for (size_t i = 0; i < 2; i++)
            b.x[3 * i] = (tern_real)1e4, b.x[3 * i + 1] = (tern_real)-1e4, b.x[3 * i + 2] = 0;
        b.t[0] = 0, b.t[1] = 1;
        ck_assert_double_eq(eval(&b, 0, 1, 1, k), 0);
        ck_assert_double_eq(eval(&b, 1, 1, 1, k), 2e4);
    }
    for (size_t i = 0; i < 3; i++) ck_assert_double_eq((double)b.dx[i], 0);
    for (size_t i = 0; i < 3; i++) ck_assert_double_eq((double)b.dx[3 + i], wrong[i]);

    set_up(&b, "bce_with_logits", "", 4, TERN_SHAPE(1), TERN_TARGET_VALUES);
    for (size_t i = 0; i < 4; i++) b.x[i] = (tern_real)(i < 2 ? 1e4 : -1e4), b.t[i] = (tern_real)(i % 2);
    static const double loss[] = {1e4, 0, 0, 1e4}, grad[] = {1, 0, 0, -1};
    for (size_t i = 0; i < 4; i++) ck_assert_double_eq(eval(&b, i, 1, 1, true), loss[i]);
    for (size_t i = 0; i < 4; i++) ck_assert_double_eq((double)b.dx[i], grad[i]);
}
END_TEST

/* A class ruled out by a logit of minus infinity costs nothing where it is not the target. */
START_TEST(masked_classes) {
    static lone_loss b;
    for (int k = 0; k < 4; k++) {
        set_up(&b, "cross_entropy", "", 1, TERN_SHAPE(3), k < 2 ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES);
        b.x[0] = (tern_real)-INFINITY, b.x[1] = 1, b.x[2] = 1;
        b.t[0] = k < 2 ? 1 : 0, b.t[1] = 1, b.t[2] = 0;
        ck_near(eval(&b, 0, 1, 1, k % 2), log(2), TOLERANCE(1e-7, 1e-15));
    }
    set_up(&b, "nll", "weight=[0,1,1]", 1, TERN_SHAPE(3), TERN_TARGET_CLASSES); /* nor where the target has no weight */
    b.x[0] = (tern_real)-INFINITY, b.t[0] = 0;
    ck_assert_double_eq(eval(&b, 0, 1, 1, true), 0);
}
END_TEST

/* Probabilities of exactly 0 and 1: a right answer costs nothing, a wrong one 100, as in PyTorch. */
START_TEST(certain_answers) {
    static const double x[] = {0, 1, 0, 1}, t[] = {0, 1, 1, 0}, want[] = {0, 0, 100, 100}, grad[] = {0, 0, -1e12, 1e12};
    static lone_loss b;
    set_up(&b, "bce", "", 4, TERN_SHAPE(1), TERN_TARGET_VALUES);
    for (size_t i = 0; i < 4; i++) b.x[i] = (tern_real)x[i], b.t[i] = (tern_real)t[i];
    for (size_t i = 0; i < 4; i++) ck_assert_double_eq(eval(&b, i, 1, 1, true), want[i]);
    ck_near_all(b.dx, grad, 4, 1e-6);

    for (int logs = 0; logs < 2; logs++) { /* nothing is expected where the target is 0, whatever was predicted */
        set_up(&b, "kl_div", logs ? "log_target=true" : "", 1, TERN_SHAPE(2), TERN_TARGET_VALUES);
        b.x[0] = 0, b.x[1] = (tern_real)-INFINITY;
        b.t[0] = logs ? 0 : 1, b.t[1] = logs ? (tern_real)-INFINITY : 0;
        ck_assert_double_eq(eval(&b, 0, 1, 1, true), 0);
        ck_assert(b.dx[0] == -1 && b.dx[1] == 0);
    }
}
END_TEST

/* A prediction that is not a number may not vanish: training has to stop. */
START_TEST(nan_shows) {
    static lone_loss b;
    for (size_t k = 0; k < tern_registry_count(NULL, TERN_LOSS); k++)
        for (size_t at = 0; at < 6; at++) {
            const char *name = tern_registry_at(NULL, TERN_LOSS, k)->name;
            unsigned targets = find(name)->targets;
            bool classes = targets & TERN_TARGET_CLASSES;
            set_up(&b, name, "", 1, TERN_SHAPE(6), classes ? TERN_TARGET_CLASSES : (tern_target)targets);
            for (size_t i = 0; i < 6; i++) b.x[i] = b.t[i] = (tern_real)0.5;
            b.x[at] = (tern_real)NAN;
            if (classes) b.t[0] = (tern_real)at;
            ck_assert_msg(isnan(eval(&b, 0, 1, 1, false)), "%s without gradient, number %zu", name, at);
            ck_assert_msg(isnan(eval(&b, 0, 1, 1, true)), "%s, number %zu", name, at);
        }
}
END_TEST

START_TEST(no_gradient_at_no_error) {
    static const char *const names[] = {"mse", "mae", "huber", "smooth_l1", "smooth_l1"};
    static lone_loss b;
    for (size_t k = 0; k < COUNT(names); k++) {
        set_up(&b, names[k], k == 4 ? "beta=0" : "", 1, TERN_SHAPE(1), TERN_TARGET_VALUES);
        b.x[0] = b.t[0] = (tern_real)1.5;
        ck_assert_double_eq(eval(&b, 0, 1, 1, true), 0);
        ck_assert_double_eq((double)b.dx[0], 0);
    }
}
END_TEST

TCase *losses_edges_case(void) {
    TCase *t = tcase_create("edges");
    tcase_add_test(t, all_ignored_is_zero);
    tcase_add_test(t, extreme_logits_are_finite);
    tcase_add_test(t, masked_classes);
    tcase_add_test(t, certain_answers);
    tcase_add_test(t, nan_shows);
    tcase_add_test(t, no_gradient_at_no_error);
    return t;
}
