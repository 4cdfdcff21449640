/* test_norm.c - normalising layers against PyTorch: two batches in training, then evaluation; and
 * what batch statistics must withstand. */
#include "rig.h"

/* What PyTorch makes of a layer; dparam: of all parameters in a row, state: of all states. */
typedef struct golden {
    const char *type;
    const char *set;
    size_t rows;
    tern_shape in;
    const double *y, *dx, *dparam, *state, *evaluated;
} golden;

#include "norm_golden.h"

/* Each number relative to the larger of itself and 1. */
static const double tolerance = TOLERANCE(2e-5, 1e-10);

/* The formulas of tests/golden/norm.py. */
static double x_at(size_t k, size_t i) { return 2.5 * sin(1.3 * (double)i + 0.7 * (double)k + 0.4) + 0.5 * (double)k; }
static double scale_at(size_t k, size_t i) {
    return 0.5 * sin(2.1 * (double)i + 0.3 * (double)k + 0.5) + (1 - (double)k);
}

static void run_layer(size_t golden_index, bool in_place, bool wanted) {
    const golden *g = &goldens[golden_index];
    rig_open(g->type, g->set, g->rows, 1, &g->in);
    if (in_place) tern__harness_in_place(&one);
    rig_fill_params(scale_at);
    rig_fill(&one.x[0], 1, x_at);
    rig_forward(0, true);
    rig_fill(&one.x[0], 0, x_at);
    rig_forward(0, true);
    rig_expect("y", golden_index, &one.y, g->y, 0, tolerance);
    rig_expect_gradients(golden_index, g->dx, g->dparam, wanted, tolerance);
    const double *state = g->state;
    for (size_t k = 0; k < one.states; state += tern_tensor_count(&one.state[k]), k++)
        rig_expect(one.spec.state[k].name, golden_index, &one.state[k], state, 0, tolerance);

    rig_forward(0, false);
    rig_expect("y when evaluating", golden_index, &one.y, g->evaluated, 0, tolerance);
}

START_TEST(norms_match_pytorch) { run_layer((size_t)_i, false, true); }
END_TEST

START_TEST(norms_match_pytorch_in_place) { run_layer((size_t)_i, true, true); }
END_TEST

START_TEST(norms_learn_without_dx) { run_layer((size_t)_i, false, false); }
END_TEST

HAS_GOLDEN(norm)

/* ---- batch statistics ---- */

static void feed(size_t n, const double *x) {
    for (size_t i = 0; i < n; i++) one.x[0].data[i] = (tern_real)x[i];
    rig_forward(0, true);
}

START_TEST(batch_norm_matches_known_values) {
    static const double x[] = {1, 2, 3, 5, 8, -1},
                        y[] = {-1.0190487428175694, 0, -0.3396829142725232, 1.2247438507721387, 1.3587316570900927,
                               -1.2247438507721387};
    rig_open("batch_norm", "", 3, 1, &TERN_SHAPE(2));
    for (size_t k = 0; k < 2; k++) tern_tensor_fill(&one.param[k], (tern_real)(1 - k));
    feed(6, x);
    ck_near_all(one.y.data, y, 6, TOLERANCE(1e-6, 1e-14));
    ck_near_all(one.state[0].data, ((const double[]){0.4, 0.2}), 2, TOLERANCE(1e-6, 1e-14));
    ck_near_all(one.state[1].data, ((const double[]){2.2, 1.8}), 2, TOLERANCE(1e-6, 1e-14));
}
END_TEST

START_TEST(cumulative_averages_count_all_batches_alike) {
    rig_open("batch_norm", "cumulative=true affine=false", 2, 1, &TERN_SHAPE(1));
    feed(2, (const double[]){1, 3});
    feed(2, (const double[]){5, 9});
    ck_near(one.state[0].data[0], 4.5, TOLERANCE(1e-6, 1e-14));
    ck_near(one.state[1].data[0], 5, TOLERANCE(1e-6, 1e-14));
    ck_assert(one.state[2].data[0] == 2);
}
END_TEST

/* PyTorch refuses to train on it. A single value tells nothing of a variance: it leaves all as it is. */
START_TEST(one_value_teaches_nothing) {
    rig_open("batch_norm", "", 1, 1, &TERN_SHAPE(3));
    for (size_t k = 0; k < 2; k++) rig_fill(&one.param[k], k, scale_at);
    feed(3, (const double[]){7, -2, 0.1});
    ck_near_all(one.y.data, one.param[1].data, 3, TOLERANCE(1e-5, 1e-12));
    for (size_t c = 0; c < 3; c++) ck_assert(one.state[0].data[c] == 0 && one.state[1].data[c] == 1);
    ck_assert(one.state[2].data[0] == 0);
    rig_fill(&one.dy, 0, dy_at);
    for (size_t k = 0; k < 2; k++) tern_tensor_fill(&one.dparam[k], 0);
    rig_backward(true);
    ck_near_all(one.dx[0].data, ((const double[]){0, 0, 0}), 3, TOLERANCE(1e-4, 1e-12));
    ck_near_all(one.dparam[0].data, ((const double[]){0, 0, 0}), 3, TOLERANCE(1e-4, 1e-12));
}
END_TEST

/* Numbers far from zero keep their digits: those of x + 4096 are exact, also in float. */
static double coarse(size_t k, size_t i) { return (void)k, floor(512 * sin(1.7 * (double)i)) / 512; }
static double far(size_t k, size_t i) { return coarse(k, i) + 4096; }

START_TEST(an_offset_changes_nothing) {
    static const char *const names[] = {"batch_norm", "layer_norm", "instance_norm"};
    static tern_real y[2 * 3 * 40];
    for (size_t offset = 0; offset < 2; offset++) {
        rig_open(names[_i], "", 2, 1, &TERN_SHAPE(3, 40));
        for (size_t k = 0; k < one.params; k++) tern_tensor_fill(&one.param[k], (tern_real)(1 - k));
        rig_fill(&one.x[0], 0, offset ? far : coarse);
        for (size_t step = 0; step < 100; step++) rig_forward(0, true);
        if (offset)
            ck_near_all(one.y.data, y, COUNT(y), TOLERANCE(5e-4, 1e-11)); /* in float the mean itself is rounded */
        else memcpy(y, one.y.data, sizeof y);
    }
    if (_i) return;
    rig_forward(0, false);
    for (size_t i = 0; i < COUNT(y); i++) ck_assert(fabs((double)one.y.data[i]) < 3);
}
END_TEST

START_TEST(a_constant_is_normalised_to_zero) {
    static const char *const names[] = {"batch_norm", "layer_norm", "instance_norm"};
    rig_open(names[_i], "", 2, 1, &TERN_SHAPE(3, 5));
    for (size_t k = 0; k < one.params; k++) tern_tensor_fill(&one.param[k], (tern_real)(1 - k));
    tern_tensor_fill(&one.x[0], (tern_real)0.1);
    rig_forward(0, true);
    for (size_t i = 0; i < 30; i++) ck_assert(fabs((double)one.y.data[i]) < TOLERANCE(1e-4, 1e-12));
}
END_TEST

/* A NaN that goes in comes out, so that the guard of the training loop finds it; in evaluation it stays in its place.
 */
START_TEST(nan_goes_through_norms) {
    const golden *g = &goldens[_i];
    for (int training = 0; training < 2; training++) {
        rig_open(g->type, g->set, g->rows, 1, &g->in);
        rig_fill_params(scale_at);
        rig_fill(&one.x[0], 0, x_at);
        one.x[0].data[1] = (tern_real)NAN;
        rig_forward(0, training);
        ck_assert(isnan(one.y.data[1]));
    }
}
END_TEST

/* ---- plans ---- */

static const struct {
    const char *type;
    const char *set;
    tern_shape in;
    const char *pointer, *text;
} refused[] = {
    {"batch_norm",
     "num_features=4",
     {2, {3, 5}},
     "/num_features",
     "is 4, but the input has 3 channels, its first dimension"},
    {"batch_norm",
     "momentum=0.2 cumulative=true",
     {1, {3}},
     "/momentum",
     "is 0.2, but \"cumulative\" gives every batch the same weight"},
    {"layer_norm",
     "normalized_shape=[4]",
     {2, {3, 5}},
     "/normalized_shape",
     "is [4], but must be the last dimensions of the input [3, 5]"},
    {"layer_norm",
     "normalized_shape=[2,3,5]",
     {2, {3, 5}},
     "/normalized_shape",
     "is [2, 3, 5], but must be the last dimensions of the input [3, 5]"},
    {"rms_norm",
     "normalized_shape=[4,5]",
     {2, {3, 5}},
     "/normalized_shape",
     "is [4, 5], but must be the last dimensions of the input [3, 5]"},
    {"group_norm", "num_groups=2", {2, {3, 5}}, "/num_groups", "is 2, which does not divide the input's 3 channels"},
    {"group_norm", "num_groups=3 num_channels=6", {2, {3, 5}}, "/num_channels", "is 6, but the input has 3 channels"},
    {"instance_norm", "num_features=4", {2, {3, 5}}, "/num_features", "is 4, but the input has 3 channels"},
    {"instance_norm",
     "",
     {1, {3}},
     "",
     "more than one number in a channel ([channels, length] or [channels, height, width]), "
     "but a sample is [3]"},
    {"instance_norm", "", {3, {3, 1, 1}}, "", "but a sample is [3, 1, 1]"},
};

START_TEST(norm_plan_refuses) {
    rig_refuses(refused[_i].type, refused[_i].set, 1, &refused[_i].in, refused[_i].pointer, refused[_i].text);
}
END_TEST

START_TEST(keras_momentum_is_warned_of) {
    static const double momentum[] = {0.49, 0.5, 0.99};
    for (size_t i = 0; i < COUNT(momentum); i++) {
        tern_error err = {0};
        char set[32];
        snprintf(set, sizeof set, "momentum=%g", momentum[i]);
        ck_assert_int_eq(rig_plan("batch_norm", set, 1, &TERN_SHAPE(3), &err), TERN_OK);
        ck_assert_uint_eq(err.count, i > 0);
        ck_assert_uint_eq(err.errors, 0);
        if (i < 2) continue;
        ck_assert_str_eq(err.item[0].pointer, "/momentum");
        ck_contains(err.item[0].text, "is 0.99: the weight of the new batch, as in PyTorch");
        ck_contains(err.item[0].text, "Keras' momentum is the weight of the old average: 0.99 there is 0.01 here");
    }
}
END_TEST

TCase *norm_tcase(void);
TCase *norm_tcase(void) {
    TCase *t = tcase_create("norm");
    tcase_add_loop_test(t, norms_match_pytorch, 0, COUNT(goldens));
    tcase_add_loop_test(t, norms_match_pytorch_in_place, 0, COUNT(goldens));
    tcase_add_loop_test(t, norms_learn_without_dx, 0, COUNT(goldens));
    tcase_add_test(t, batch_norm_matches_known_values);
    tcase_add_test(t, cumulative_averages_count_all_batches_alike);
    tcase_add_test(t, one_value_teaches_nothing);
    tcase_add_loop_test(t, an_offset_changes_nothing, 0, 3);
    tcase_add_loop_test(t, a_constant_is_normalised_to_zero, 0, 3);
    tcase_add_loop_test(t, nan_goes_through_norms, 0, COUNT(goldens));
    tcase_add_loop_test(t, norm_plan_refuses, 0, COUNT(refused));
    tcase_add_test(t, keras_momentum_is_warned_of);
    return t;
}
