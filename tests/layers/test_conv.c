/* test_conv.c - convolutions against PyTorch, with every division into blocks; plans that must be refused. */
#include "rig.h"

#include "conv_blocks.h"

#include <tern/layers/conv.h>

/* What PyTorch makes of a layer; dparam: of weight and bias in a row. */
typedef struct golden {
    const char *type;
    const char *set;
    size_t rows;
    tern_shape in, out, weight;
    const double *y, *dx, *dparam;
} golden;

#include "conv_golden.h"

/* Each element relative to the larger of itself and 1. */
static const double tolerance = TOLERANCE(2e-5, 1e-10);

/* The formulas of tests/golden/conv.py. */
static double x_at(size_t k, size_t i) { return (void)k, 2.5 * sin(1.3 * (double)i + 0.4); }

/* Runs the layer that is open, and compares. */
static void run(const golden *g, bool wanted) {
    size_t k = (size_t)(g - goldens);
    rig_fill_params(param_at);
    rig_fill(&one.x[0], 0, x_at);
    rig_forward(0, true);
    rig_expect("y", k, &one.y, g->y, 0, tolerance);
    tern_tensor_fill(&one.dx[0], (tern_real)NAN);
    rig_expect_gradients(k, g->dx, g->dparam, wanted, tolerance);
}

static void open_golden(const golden *g) {
    rig_open(g->type, g->set, g->rows, 1, &g->in);
    ck_assert(tern_shape_equal(&one.spec.out, &g->out));
    ck_assert(tern_shape_equal(&one.spec.param[0].shape, &g->weight));
}

START_TEST(convolutions_match_pytorch) {
    open_golden(&goldens[_i]);
    run(&goldens[_i], true);
}
END_TEST

START_TEST(convolutions_learn_without_dx) {
    open_golden(&goldens[_i]);
    run(&goldens[_i], false);
}
END_TEST

/* The struct of every convolution. */
typedef struct convolution {
    tern_conv_options options;
    tern_conv conv;
} convolution;

/* The layer's products, cut as given: what the layer itself does, cut as is best. */
static void run_blocked(const golden *g, const tern__blocked_conv *c, tern_real *scratch) {
    const size_t k = (size_t)(g - goldens);
    const bool transposed = strstr(g->type, "transpose") != NULL;
    const tern_tensor *b = one.params > 1 ? &one.param[1] : NULL;
    rig_fill_params(param_at);
    rig_fill(&one.x[0], 0, x_at);
    rig_fill(&one.dy, 0, dy_at);
    tern_tensor_fill(&one.y, (tern_real)NAN);
    tern_tensor_fill(&one.dx[0], (tern_real)NAN);
    tern_tensor_fill(&one.dparam[0], 1); /* a gradient is added to it */
    if (transposed) {
        tern__conv_adjoint(c, &one.x[0], &one.param[0], b, &one.y, scratch);
        tern__conv_forward(c, &one.dy, &one.param[0], NULL, &one.dx[0], scratch);
        tern__conv_gradient(c, &one.dy, &one.x[0], &one.dparam[0], scratch);
    } else {
        tern__conv_forward(c, &one.x[0], &one.param[0], b, &one.y, scratch);
        tern__conv_adjoint(c, &one.dy, &one.param[0], NULL, &one.dx[0], scratch);
        tern__conv_gradient(c, &one.x[0], &one.dy, &one.dparam[0], scratch);
    }
    rig_expect("y", k, &one.y, g->y, 0, tolerance);
    rig_expect("dx", k, &one.dx[0], g->dx, 0, tolerance);
    rig_expect("dw", k, &one.dparam[0], g->dparam, 1, tolerance);
}

/* Boxes of many sizes, of one sample or several: as large images and tiny ones are cut. */
START_TEST(any_blocks_give_the_same) {
    static tern_real scratch[1 << 15]; /* more than any block of a golden needs */
    const golden *g = &goldens[_i];
    open_golden(g);
    void *self = one.self;
    tern__blocked_conv c = {.conv = ((convolution *)self)->conv};
    for (c.samples = 1; c.samples <= 3; c.samples++)
        for (size_t rows = 1; rows <= 5; rows += 2)
            for (size_t cols = 1; cols <= 6; cols += 2) {
                c.map_box[0] = c.image_box[0] = rows;
                c.map_box[1] = c.image_box[1] = cols;
                ck_assert_uint_le(tern__conv_scratch(&c), COUNT(scratch));
                for (size_t i = 0; i < COUNT(scratch); i++) scratch[i] = (tern_real)NAN;
                run_blocked(g, &c, scratch);
            }
}
END_TEST

HAS_GOLDEN(conv)

/* ---- known values ---- */

START_TEST(conv2d_matches_known_values) {
    static const struct {
        const char *set;
        double bias, y[16];
        size_t n;
    } known[] = {
        {"", 0.5, {44.5, 54.5, 64.5, 84.5, 94.5, 104.5, 124.5, 134.5, 144.5}, 9},
        {"stride=[2] padding=[1]", 0, {4, 18, 12, 46, 94, 44, 26, 44, 16}, 9},
        {"padding=same", 0, {44, 54, 64, 28, 84, 94, 104, 44, 124, 134, 144, 60, 41, 44, 47, 16}, 16},
    };
    for (size_t k = 0; k < COUNT(known); k++) {
        char set[64];
        snprintf(set, sizeof set, "out_channels=1 kernel_size=[2] %s", known[k].set);
        rig_open("conv2d", set, 1, 1, &TERN_SHAPE(1, 4, 4));
        for (size_t i = 0; i < 16; i++) one.x[0].data[i] = (tern_real)(i + 1);
        for (size_t i = 0; i < 4; i++) one.param[0].data[i] = (tern_real)(i + 1);
        one.param[1].data[0] = (tern_real)known[k].bias;
        rig_forward(0, false);
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
        ck_assert_int_eq(
            rig_plan(known[k].type, "out_channels=6 kernel_size=[3] groups=2", 1, &TERN_SHAPE(8, 5, 5), NULL), TERN_OK);
        for (size_t i = 0; i < 2; i++) {
            ck_near(one.spec.param[i].b, 1 / sqrt(known[k].fan_in), 1e-15);
            ck_near(one.spec.param[i].a, -1 / sqrt(known[k].fan_in), 1e-15);
        }
    }
}
END_TEST

/* A patch matrix of a large layer: a block of a sample, not the sample, and never the batch. */
START_TEST(scratch_stays_small) {
    static const size_t sizes[] = {20, 64, 512};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ck_assert_int_eq(
            rig_plan("conv2d", "out_channels=64 kernel_size=[3]", 1, &TERN_SHAPE(64, sizes[i], sizes[i]), NULL),
            TERN_OK);
        ck_assert_uint_eq(one.spec.scratch_row, 0);
        ck_assert_uint_lt(one.spec.scratch, 110000);
    }
}
END_TEST

/* ---- plans that must be refused ---- */

#define THREE "out_channels=4 kernel_size=[3]"

static const struct {
    const char *type;
    const char *set;
    tern_shape in;
    const char *pointer, *text;
} refused[] = {
    {"conv2d", THREE, {1, {784}}, "", "needs samples of shape [channels, height, width], of 3 dimensions, not 1"},
    {"conv1d", THREE, {3, {1, 28, 28}}, "", "needs samples of shape [channels, length], of 2 dimensions, not 3"},
    {"conv2d", THREE " in_channels=3", {3, {1, 28, 28}}, "/in_channels", "is 3, but the input has 1 channels"},
    {"conv2d", THREE " groups=2", {3, {3, 28, 28}}, "/groups", "is 2, which does not divide the input's 3 channels"},
    {"conv2d", THREE " groups=3", {3, {3, 28, 28}}, "/groups", "is 3, which does not divide out_channels, which is 4"},
    {"conv2d",
     THREE " dilation=[1,2]",
     {3, {1, 3, 4}},
     "/kernel_size",
     "spans 5, but dimension 3 of the input has 4, and 0 of padding"},
    {"conv2d",
     THREE " padding=same stride=[1,2]",
     {3, {1, 5, 5}},
     "/padding",
     "is \"same\", which needs a stride of 1, but stride is 2"},
    {"conv2d",
     "out_channels=1 kernel_size=[20000]",
     {3, {100, 20000, 20000}},
     "/kernel_size",
     "sees more than 2^31 elements of 100 channels"},
    {"conv_transpose2d",
     THREE " stride=[2] output_padding=[2]",
     {3, {1, 5, 5}},
     "/output_padding",
     "is 2, but must be less than stride (2) or dilation (1)"},
    {"conv_transpose1d",
     THREE " padding=[2]",
     {2, {1, 2}},
     "/padding",
     "takes 2 from either side, but dimension 2 of the input, which is 2, becomes only 4"},
};

START_TEST(conv_plan_refuses) {
    rig_refuses(refused[_i].type, refused[_i].set, 1, &refused[_i].in, refused[_i].pointer, refused[_i].text);
}
END_TEST

TCase *conv_tcase(void);
TCase *conv_tcase(void) {
    TCase *t = tcase_create("conv");
    tcase_add_loop_test(t, convolutions_match_pytorch, 0, COUNT(goldens));
    tcase_add_loop_test(t, convolutions_learn_without_dx, 0, COUNT(goldens));
    tcase_add_loop_test(t, any_blocks_give_the_same, 0, COUNT(goldens));
    tcase_add_test(t, conv2d_matches_known_values);
    tcase_add_test(t, weights_start_within_their_fan_in);
    tcase_add_test(t, scratch_stays_small);
    tcase_add_loop_test(t, conv_plan_refuses, 0, COUNT(refused));
    return t;
}
