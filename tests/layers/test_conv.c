/* test_conv.c - convolutions against PyTorch, with every division into pieces; plans that must be refused. */
#include "rig.h"
#include <tern/layers/conv.h>

/* What PyTorch makes of a layer; dparam: of weight and bias in a row. */
typedef struct golden {
    const char *type;
    setting set[9];
    size_t rows;
    tern_shape in, out, weight;
    const double *y, *dx, *dparam;
} golden;

#include "conv_golden.h"

/* Each number relative to the larger of itself and 1. */
static const double tolerance = TOLERANCE(2e-5, 1e-10);

/* The formulas of tests/golden/conv.py. */
static double x_at(size_t k, size_t i) { return (void)k, 2.5 * sin(1.3 * (double)i + 0.4); }
static double dy_at(size_t k, size_t i) { return (void)k, cos(0.9 * (double)i + 0.2); }
static double param_at(size_t k, size_t i) { return 0.5 * sin(2.1 * (double)i + 0.3 * (double)k + 0.5); }

static rig one; /* too large for the stack */

static void expect(const char *what, const golden *g, const tern_tensor *t, const double *want, double offset) {
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++)
        ck_assert_msg(test_is_near((double)t->data[i] - offset, want[i], tolerance),
                      "golden %d, %s: %s[%zu] is %.17g, not %.17g", (int)(g - goldens), g->type, what, i,
                      (double)t->data[i] - offset, want[i]);
}

/* Runs the layer that is laid out, and compares. */
static void run(const golden *g, bool wanted) {
    for (size_t k = 0; k < one.params; k++) rig_fill(&one.param[k], k, param_at);
    rig_fill(&one.x[0], 0, x_at);
    rig_forward(&one, 0, true);
    expect("y", g, &one.y, g->y, 0);

    rig_fill(&one.dy, 0, dy_at);
    for (size_t k = 0; k < one.params; k++) tern_tensor_fill(&one.dparam[k], 1); /* gradients are added to it */
    tern_tensor_fill(&one.dx[0], (tern_real)NAN);
    rig_backward(&one, wanted);
    if (wanted) expect("dx", g, &one.dx[0], g->dx, 0);
    const double *dparam = g->dparam;
    for (size_t k = 0; k < one.params; dparam += tern_tensor_count(&one.dparam[k]), k++)
        expect("dparam", g, &one.dparam[k], dparam, 1);
}

static void lay_out(const golden *g) {
    rig_configure(&one, rig_find(g->type), g->set);
    rig_lay_out(&one, g->rows, 1, &g->in, false);
    ck_assert(tern_shape_equal(&one.spec.out, &g->out));
    ck_assert(tern_shape_equal(&one.spec.param[0].shape, &g->weight));
}

START_TEST(convolutions_match_pytorch) {
    lay_out(&goldens[_i]);
    run(&goldens[_i], true);
}
END_TEST

START_TEST(convolutions_learn_without_dx) {
    lay_out(&goldens[_i]);
    run(&goldens[_i], false);
}
END_TEST

/* The struct of every convolution. */
typedef struct convolution {
    tern_conv_options options;
    tern_conv conv;
} convolution;

/* Boxes of many sizes, of one sample or several: what is planned for large images and for tiny ones. */
START_TEST(any_pieces_give_the_same) {
    const golden *g = &goldens[_i];
    lay_out(g);
    void *self = one.self;
    tern_conv *c = &((convolution *)self)->conv;
    one.scratch = rig_tensor(&one, TERN_SHAPE(32768)).data; /* more than any piece of a golden needs */
    for (size_t i = 0; i < 32768; i++) one.scratch[i] = (tern_real)NAN;
    for (c->samples = 1; c->samples <= 3; c->samples++)
        for (size_t rows = 1; rows <= 5; rows += 2)
            for (size_t cols = 1; cols <= 6; cols += 2) {
                c->box[0] = c->adjoint_box[0] = rows;
                c->box[1] = c->adjoint_box[1] = cols;
                run(g, true);
            }
}
END_TEST

bool conv_has_golden(const char *type);
bool conv_has_golden(const char *type) {
    for (size_t i = 0; i < COUNT(goldens); i++)
        if (!strcmp(goldens[i].type, type)) return true;
    return false;
}

/* ---- known values ---- */

START_TEST(conv2d_matches_known_values) {
    static const struct {
        setting set[3];
        double bias, y[16];
        size_t n;
    } known[] = {
        {{{0}}, 0.5, {44.5, 54.5, 64.5, 84.5, 94.5, 104.5, 124.5, 134.5, 144.5}, 9},
        {{SIZES("stride", 1, 2), SIZES("padding", 1, 1)}, 0, {4, 18, 12, 46, 94, 44, 26, 44, 16}, 9},
        {{WORD("padding", TERN_PADDING_SAME)},
         0,
         {44, 54, 64, 28, 84, 94, 104, 44, 124, 134, 144, 60, 41, 44, 47, 16},
         16},
    };
    for (size_t k = 0; k < COUNT(known); k++) {
        setting set[5] = {SET("out_channels", 1), SIZES("kernel_size", 1, 2)};
        memcpy(set + 2, known[k].set, sizeof known[k].set);
        rig_configure(&one, rig_find("conv2d"), set);
        rig_lay_out(&one, 1, 1, &TERN_SHAPE(1, 4, 4), false);
        for (size_t i = 0; i < 16; i++) one.x[0].data[i] = (tern_real)(i + 1);
        for (size_t i = 0; i < 4; i++) one.param[0].data[i] = (tern_real)(i + 1);
        one.param[1].data[0] = (tern_real)known[k].bias;
        rig_forward(&one, 0, false);
        ck_assert_uint_eq(tern_tensor_count(&one.y), known[k].n);
        ck_near_all(one.y.data, known[k].y, known[k].n, TOLERANCE(1e-6, 1e-14));
    }
}
END_TEST

/* PyTorch's fan in of a transposed convolution is that of its weight, [in, out / groups, ...]. */
START_TEST(weights_start_within_their_fan_in) {
    static const struct {
        const char *type;
        double fan_in;
    } known[] = {{"conv2d", 8 / 2 * 3 * 3}, {"conv_transpose2d", 6 / 2 * 3 * 3}};
    for (size_t k = 0; k < COUNT(known); k++) {
        rig_configure(&one, rig_find(known[k].type),
                      (const setting[]){SET("out_channels", 6), SIZES("kernel_size", 1, 3), SET("groups", 2), {0}});
        ck_assert_int_eq(rig_plan(&one, 1, &TERN_SHAPE(8, 5, 5), NULL), TERN_OK);
        for (size_t i = 0; i < 2; i++) {
            ck_near(one.spec.param[i].b, 1 / sqrt(known[k].fan_in), 1e-15);
            ck_near(one.spec.param[i].a, -1 / sqrt(known[k].fan_in), 1e-15);
        }
    }
}
END_TEST

/* A patch matrix of a large layer: a piece of a sample, not the sample, and never the batch. */
START_TEST(scratch_stays_small) {
    static const size_t sizes[] = {20, 64, 512};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        rig_configure(&one, rig_find("conv2d"),
                      (const setting[]){SET("out_channels", 64), SIZES("kernel_size", 1, 3), {0}});
        ck_assert_int_eq(rig_plan(&one, 1, &TERN_SHAPE(64, sizes[i], sizes[i]), NULL), TERN_OK);
        ck_assert_uint_eq(one.spec.scratch_row, 0);
        ck_assert_uint_lt(one.spec.scratch, 110000);
    }
}
END_TEST

/* ---- plans that must be refused ---- */

#define THREE SET("out_channels", 4), SIZES("kernel_size", 1, 3)

static const struct {
    const char *type;
    setting set[5];
    tern_shape in;
    const char *pointer, *text;
} refused[] = {
    {"conv2d", {THREE}, {1, {784}}, "", "needs samples of shape [channels, height, width], of 3 dimensions, not 1"},
    {"conv1d", {THREE}, {3, {1, 28, 28}}, "", "needs samples of shape [channels, length], of 2 dimensions, not 3"},
    {"conv2d", {THREE, SET("in_channels", 3)}, {3, {1, 28, 28}}, "/in_channels", "is 3, but the input has 1 channels"},
    {"conv2d",
     {THREE, SET("groups", 2)},
     {3, {3, 28, 28}},
     "/groups",
     "is 2, which does not divide the input's 3 channels"},
    {"conv2d",
     {THREE, SET("groups", 3)},
     {3, {3, 28, 28}},
     "/groups",
     "is 3, which does not divide out_channels, which is 4"},
    {"conv2d",
     {THREE, SIZES("dilation", 2, 1, 2)},
     {3, {1, 3, 4}},
     "/kernel_size",
     "spans 5, but dimension 3 of the input has 4, and 0 of padding"},
    {"conv2d",
     {THREE, WORD("padding", TERN_PADDING_SAME), SIZES("stride", 2, 1, 2)},
     {3, {1, 5, 5}},
     "/padding",
     "is \"same\", which needs a stride of 1, but stride is 2"},
    {"conv2d",
     {SET("out_channels", 1), SIZES("kernel_size", 1, 20000)},
     {3, {100, 20000, 20000}},
     "/kernel_size",
     "sees more than 2^31 numbers of 100 channels"},
    {"conv_transpose2d",
     {THREE, SIZES("stride", 1, 2), SIZES("output_padding", 1, 2)},
     {3, {1, 5, 5}},
     "/output_padding",
     "is 2, but must be less than stride (2) or dilation (1)"},
    {"conv_transpose1d",
     {THREE, SIZES("padding", 1, 2)},
     {2, {1, 2}},
     "/padding",
     "takes 2 from either side, but dimension 2 of the input, which is 2, becomes only 4"},
};

START_TEST(conv_plan_refuses) {
    rig_refuses(&one, refused[_i].type, refused[_i].set, 1, &refused[_i].in, refused[_i].pointer, refused[_i].text);
}
END_TEST

TCase *conv_tcase(void);
TCase *conv_tcase(void) {
    TCase *t = tcase_create("conv");
    tcase_add_loop_test(t, convolutions_match_pytorch, 0, COUNT(goldens));
    tcase_add_loop_test(t, convolutions_learn_without_dx, 0, COUNT(goldens));
    tcase_add_loop_test(t, any_pieces_give_the_same, 0, COUNT(goldens));
    tcase_add_test(t, conv2d_matches_known_values);
    tcase_add_test(t, weights_start_within_their_fan_in);
    tcase_add_test(t, scratch_stays_small);
    tcase_add_loop_test(t, conv_plan_refuses, 0, COUNT(refused));
    return t;
}
