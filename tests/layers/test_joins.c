/* test_joins.c - layers that join inputs or reduce dimensions, beyond PyTorch's numbers: ties, NaN, what is refused. */
#include "rig.h"

TCase *joins_tcase(void);

static void set(tern_tensor *t, const double *v) {
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++) t->data[i] = (tern_real)v[i];
}

/* Inputs that are equal share the gradient evenly. */
START_TEST(equal_inputs_share) {
    static const char *const types[] = {"maximum", "minimum"};
    static const double x[3][4] = {{1, 2, 5, 0}, {1, 2, 3, 0}, {1, 0, 5, 9}}, dy[] = {6, 6, 6, 6},
                        want[2][3][4] = {{{2, 3, 3, 0}, {2, 3, 0, 0}, {2, 0, 3, 6}},
                                         {{2, 0, 0, 3}, {2, 0, 6, 3}, {2, 6, 0, 0}}};
    for (size_t t = 0; t < COUNT(types); t++) {
        rig_open(types[t], "", 1, 3, (const tern_shape[]){{1, {4}}, {1, {4}}, {1, {4}}});
        for (size_t k = 0; k < 3; k++) set(&one.x[k], x[k]);
        set(&one.dy, dy);
        rig_forward(0, true);
        rig_backward(true);
        for (size_t k = 0; k < 3; k++) ck_near_all(one.dx[k].data, want[t][k], 4, TOLERANCE(1e-6, 1e-15));
    }
}
END_TEST

START_TEST(equal_numbers_share) {
    static const double x[] = {3, 1, 3, 1, 2, 1}, dy[] = {6}, max[] = {3, 0, 3, 0, 0, 0}, min[] = {0, 2, 0, 2, 0, 2};
    for (size_t k = 0; k < 2; k++) {
        rig_open("reduce", k ? "op=min" : "op=max", 1, 1, &TERN_SHAPE(2, 3));
        set(&one.x[0], x);
        set(&one.dy, dy);
        rig_forward(0, true);
        rig_backward(true);
        ck_near_all(one.dx[0].data, k ? min : max, 6, TOLERANCE(1e-6, 1e-15));
    }
}
END_TEST

/* A NaN comes out, whichever input or place it stands in. */
START_TEST(nan_is_never_lost) {
    static const char *const types[] = {"maximum", "minimum"}, *const ops[] = {"op=max", "op=min", "op=mean"};
    for (size_t t = 0; t < COUNT(types); t++)
        for (size_t k = 0; k < 3; k++) {
            rig_open(types[t], "", 1, 3, (const tern_shape[]){{1, {2}}, {1, {2}}, {1, {2}}});
            for (size_t i = 0; i < 3; i++) tern_tensor_fill(&one.x[i], i == k ? (tern_real)NAN : (tern_real)i);
            rig_forward(0, false);
            ck_assert(isnan(one.y.data[0]) && isnan(one.y.data[1]));
        }
    for (size_t t = 0; t < COUNT(ops); t++)
        for (size_t k = 0; k < 6; k++) {
            rig_open("reduce", ops[t], 1, 1, &TERN_SHAPE(2, 3));
            for (size_t i = 0; i < 6; i++) one.x[0].data[i] = i == k ? (tern_real)NAN : (tern_real)i;
            rig_forward(0, false);
            ck_assert(isnan(one.y.data[0]));
        }
}
END_TEST

/* Inputs at one place have no direction from each other, and an input of zeros none at all. */
START_TEST(places_without_a_direction) {
    static const double zeros[] = {0, 0, 0}, x[] = {1, 2, 2}, dy[] = {1}, none[] = {0, 0, 0};
    rig_open("pairwise_distance", "eps=0", 1, 2, (const tern_shape[]){{1, {3}}, {1, {3}}});
    set(&one.x[0], x), set(&one.x[1], x), set(&one.dy, dy);
    rig_forward(0, true);
    rig_backward(true);
    ck_near(one.y.data[0], 0, 0);
    ck_near_all(one.dx[0].data, none, 3, 0);
    rig_open("dot", "normalize=true eps=0.5", 1, 2, (const tern_shape[]){{1, {3}}, {1, {3}}});
    set(&one.x[0], zeros), set(&one.x[1], x), set(&one.dy, dy);
    rig_forward(0, true);
    rig_backward(true);
    ck_near(one.y.data[0], 0, 0);
    for (size_t i = 0; i < 3; i++) ck_near(one.dx[0].data[i], x[i] / 1.5, TOLERANCE(1e-6, 1e-15));
    ck_near_all(one.dx[1].data, none, 3, 0);
}
END_TEST

static const rig_refusal refused[] = {
    {"maximum", "", 2, {{1, {3}}, {1, {4}}}, "/inputs", "must all have one shape"},
    {"dot", "", 2, {{1, {3}}, {1, {4}}}, "/inputs", "must all have one shape"},
    {"dot", "dim=2", 2, {{1, {3}}, {1, {3}}}, "/dim", "is 2, but samples of shape [3] have dimensions 1 to 1"},
    {"pairwise_distance", "", 2, {{1, {3}}, {1, {4}}}, "/inputs", "must all have one shape"},
    {"multi_head_attention",
     "num_heads=2 mask=additive",
     2,
     {{2, {3, 4}}, {2, {3, 4}}},
     "/mask",
     "of 3 steps for 3 is [3], [3, 3] or [2, 3, 3] (heads), but the last input is [3, 4]"},
    {"multi_head_attention",
     "num_heads=2 window=2",
     2,
     {{2, {3, 4}}, {2, {3, 4}}},
     "/window",
     "is for a sequence that looks at itself"},
    {"reduce", "dims=[1,0]", 1, {{2, {3, 4}}}, "/dims", "is 0 (the batch)"},
    {"reduce", "dims=[2,-1]", 1, {{2, {3, 4}}}, "/dims", "has dimension 2 twice"},
    {"swiglu", "dim=1", 1, {{2, {3, 4}}}, "/dim", "has an odd size in [3, 4]"},
    {"pixel_shuffle", "upscale_factor=2", 1, {{2, {4, 3}}}, "", "takes samples of shape [C, H, W]"},
    {"pixel_shuffle",
     "upscale_factor=2",
     1,
     {{3, {6, 3, 3}}},
     "/upscale_factor",
     "is 2, whose square does not divide the 6 channels of the input"},
    {"pixel_unshuffle",
     "downscale_factor=2",
     1,
     {{3, {1, 4, 3}}},
     "/downscale_factor",
     "is 2, which does not divide height and width of the input [1, 4, 3]"},
};

START_TEST(plan_refuses) { rig_refuses_row(&refused[_i]); }
END_TEST

/* The steps of sequences of any length stay apart for layers that work inside a step. */
START_TEST(steps_are_refused) {
    static const struct {
        const char *type, *set, *pointer;
    } cases[] = {{"glu", "dim=1", "/dim"}, {"dot", "dim=1", "/dim"}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        tern_error err = {0};
        rig_plan(cases[k].type, cases[k].set, 2, (const tern_shape[]){{2, {4, 6}}, {2, {4, 6}}}, NULL);
        one.spec.sequences = true;
        ck_assert_int_eq(one.type->plan(one_options.self, &one.spec, &err), TERN_ERROR_MODEL);
        ck_assert_str_eq(err.item[0].pointer, cases[k].pointer);
        ck_contains(err.item[0].text, "is that of the steps of sequences of any length");
    }
}
END_TEST

TCase *joins_tcase(void) {
    TCase *c = tcase_create("joins");
    tcase_add_test(c, equal_inputs_share);
    tcase_add_test(c, equal_numbers_share);
    tcase_add_test(c, nan_is_never_lost);
    tcase_add_test(c, places_without_a_direction);
    tcase_add_loop_test(c, plan_refuses, 0, COUNT(refused));
    tcase_add_test(c, steps_are_refused);
    return c;
}
