/* test_pool.c - pooling, resizing, reordering and joining layers against PyTorch; the fast 2 by 2 against its
 * definition. */
#include "rig.h"

#include <tern/initializer.h>

/* What PyTorch makes of a layer. dx: of all inputs in a row. */
typedef struct golden {
    const char *type;
    const char *set;
    double (*x_at)(size_t k, size_t i);
    size_t rows, inputs;
    tern_shape in[3], out;
    const double *y, *dx, *dparam;
} golden;

/* The formulas of tests/golden/pool.py. */
static double plain(size_t k, size_t i) { return 2.5 * sin(1.3 * (double)i + 0.7 * (double)k + 0.4); }
static double ties(size_t k, size_t i) { return (void)k, (double)(i * i % 3); }

static double odd(size_t k, size_t i) {
    if (i % 11 == 3) return NAN;
    return i % 13 == 5 ? INFINITY : i % 5 == 1 ? -INFINITY : plain(k, i);
}

#include "pool_golden.h"

static const double tolerance = TOLERANCE(2e-6, 1e-13);

/* A learned weight starts as its layer says. */
static void start(void) {
    for (size_t k = 0; k < one.params; k++) {
        const tern_object *init = one.spec.param[k].init;
        ((const tern_initializer_type *)init->type)->fill(init->self, NULL, &one.param[k]);
    }
}

static void run_layer(size_t golden_index, bool in_place, bool wanted) {
    const golden *g = &goldens[golden_index];
    rig_open(g->type, g->set, g->rows, g->inputs, g->in);
    if (in_place) tern__harness_in_place(&one);
    ck_assert_msg(tern_shape_equal(&one.spec.out, &g->out), "golden %zu", golden_index);
    start();
    for (int training = 0; training < 2; training++) {
        for (size_t k = 0; k < g->inputs; k++) rig_fill(&one.x[k], k, g->x_at);
        rig_forward(0, training);
        rig_expect(training ? "y" : "y when evaluating", golden_index, &one.y, g->y, 0, tolerance);
    }
    rig_expect_gradients(golden_index, g->dx, g->dparam, wanted, tolerance);
}

START_TEST(pools_match_pytorch) { run_layer((size_t)_i, false, true); }
END_TEST

START_TEST(pools_match_pytorch_in_place) { run_layer((size_t)_i, true, true); }
END_TEST

START_TEST(pools_work_without_dx) { run_layer((size_t)_i, false, false); }
END_TEST

HAS_GOLDEN(pool)

/* ---- 2 by 2 of any size ---- */

/* Numbers from a few, so that ties are frequent, of which some are NaN or infinite in every third plane. */
static double coarse(size_t k, size_t i) {
    size_t n = i * 2654435761U >> 7;
    if (k == 1 && n % 37 == 0) return n % 2 ? NAN : INFINITY;
    return (double)(n % 9) - 4;
}

/* The window at `at` of rows of w: the first of the largest, or the last NaN, as PyTorch has it. */
static size_t largest(const tern_real *x, size_t at, size_t w) {
    size_t place[] = {at, at + 1, at + w, at + w + 1}, best = at;
    for (size_t k = 0; k < 4; k++)
        if (x[place[k]] > x[best] || isnan(x[place[k]])) best = place[k];
    return best;
}

static void check_halves(size_t h, size_t w, size_t kind) {
    static double dx[2 * 6 * 70];
    rig_open("max_pool2d", "kernel_size=[2]", 1, 1, &TERN_SHAPE(2, h, w));
    rig_fill(&one.x[0], kind, coarse);
    rig_fill(&one.dy, 0, dy_at);
    rig_forward(0, true);
    rig_backward(true);
    memset(dx, 0, sizeof dx);
    for (size_t c = 0, o = 0; c < 2; c++)
        for (size_t i = 0; i < h / 2; i++)
            for (size_t j = 0; j < w / 2; j++, o++) {
                size_t at = largest(one.x[0].data, (c * h + 2 * i) * w + 2 * j, w);
                ck_assert_msg(test_is_near((double)one.y.data[o], (double)one.x[0].data[at], tolerance),
                              "y[%zu] of %zu by %zu", o, h, w);
                dx[at] += (double)one.dy.data[o];
            }
    ck_near_all(one.dx[0].data, dx, 2 * h * w, 0);
}

START_TEST(halves_of_any_size) {
    for (size_t w = 2; w < 70; w++)
        for (size_t h = 2; h < 6; h++) {
            check_halves(h, w, 0);
            check_halves(h, w, 1);
        }
}
END_TEST

/* ---- plans that must be refused ---- */

static const rig_refusal refused[] = {
    {"max_pool2d",
     "kernel_size=[2]",
     1,
     {{2, {3, 4}}},
     "",
     "takes samples of shape [C, H, W], but its input is [3, 4]"},
    {"max_pool1d", "kernel_size=[2]", 1, {{1, {4}}}, "", "takes samples of shape [C, L], but its input is [4]"},
    {"max_pool2d",
     "kernel_size=[2]",
     1,
     {{3, {1, 8192, 8192}}},
     "",
     TOLERANCE("can take at most 16777216 elements in a channel, but its input has 67108864", NULL)},
    {"avg_pool1d",
     "kernel_size=[3] padding=[2]",
     1,
     {{2, {1, 9}}},
     "/padding",
     "is 2, but may be at most half of kernel_size, which is 3"},
    {"max_pool2d",
     "kernel_size=[3,4] padding=[1] dilation=[1,3]",
     1,
     {{3, {1, 4, 7}}},
     "/kernel_size",
     "is 4, with dilation 3 a span of 10, but the input has 7 in dimension 3, with padding 9"},
    {"max_pool1d",
     "kernel_size=[2] padding=[1] dilation=[2]",
     1,
     {{2, {1, 1}}},
     "/dilation",
     "is 2: with padding 1 a window holds nothing of the input, which has 1 in dimension 2"},
    {"global_avg_pool",
     "",
     1,
     {{1, {4}}},
     "",
     "takes samples of shape [C, L], [C, H, W] or [C, D, H, W], but its input is [4]"},
    {"global_max_pool",
     "",
     1,
     {{1, {4}}},
     "",
     "takes samples of shape [C, L], [C, H, W] or [C, D, H, W], but its input is [4]"},
    {"adaptive_avg_pool2d",
     "output_size=[1]",
     1,
     {{2, {3, 4}}},
     "",
     "takes samples of shape [C, H, W], but its input is [3, 4]"},
    {"upsample", "", 1, {{2, {3, 4}}}, "", "takes either size or scale_factor, but has neither"},
    {"upsample", "size=[3] scale_factor=[2]", 1, {{2, {3, 4}}}, "", "takes either size or scale_factor, but has both"},
    {"upsample", "size=[3]", 1, {{1, {4}}}, "", "takes samples of shape [C, L] or [C, H, W], but its input is [4]"},
    {"upsample",
     "size=[3,3]",
     1,
     {{2, {3, 4}}},
     "/size",
     "has 2 numbers, but the input [3, 4] has one dimension to scale"},
    {"upsample",
     "size=[3] mode=bilinear",
     1,
     {{2, {3, 4}}},
     "/mode",
     "is \"bilinear\", but for the input [3, 4] it is \"linear\""},
    {"upsample",
     "size=[3] align_corners=true",
     1,
     {{2, {3, 4}}},
     "/align_corners",
     "is true, but mode \"nearest\" has nothing to align"},
    {"upsample",
     "size=[3]",
     1,
     {{2, {1, 20000000}}},
     "",
     "can take at most 16777216 numbers in a dimension, but its input is [1, 20000000]"},
    {"upsample",
     "scale_factor=[0.2]",
     1,
     {{2, {3, 4}}},
     "/scale_factor",
     "is 0.2, which leaves nothing of the input's 4 in dimension 2"},
    {"pad2d", "padding=[1]", 1, {{2, {3, 4}}}, "", "takes samples of shape [C, H, W], but its input is [3, 4]"},
    {"pad2d",
     "padding=[1,1]",
     1,
     {{3, {1, 3, 4}}},
     "/padding",
     "has 2 numbers, but takes 1, or 4: [left, right, top, bottom]"},
    {"pad2d",
     "padding=[1,4,0,0] mode=reflect",
     1,
     {{3, {1, 3, 4}}},
     "/padding",
     "is 4 in dimension 3, but a reflection needs more numbers than that, and the input is [1, 3, 4]"},
    {"permute",
     "dims=[0,1]",
     1,
     {{2, {3, 4}}},
     "/dims",
     "has 2 numbers, but samples of shape [3, 4] have 3 dimensions with the batch"},
    {"permute", "dims=[1,0,2]", 1, {{2, {3, 4}}}, "/dims", "begins with 1, but the batch, 0, stays the first"},
    {"permute", "dims=[0,2,-1]", 1, {{2, {3, 4}}}, "/dims", "has dimension 2 twice"},
    {"permute", "dims=[0,2,3]", 1, {{2, {3, 4}}}, "/dims", "is 3, but samples of shape [3, 4] have dimensions 1 to 2"},
    {"slice", "dim=0", 1, {{2, {3, 4}}}, "/dim", "is 0 (the batch)"},
    {"slice", "start=4", 1, {{2, {3, 4}}}, "/start", "is 4, but the input has 3 in dimension 1"},
    {"slice", "dim=2 end=-5", 1, {{2, {3, 4}}}, "/end", "is -5, but the input has 4 in dimension 2"},
    {"slice", "start=2 end=-1", 1, {{2, {3, 4}}}, "", "takes nothing: dimension 1 from 2 to 2, which is not included"},
    {"last_step", "", 1, {{1, {4}}}, "", "takes sequences of shape [T, F], but its input is [4]"},
    {"multiply",
     "",
     2,
     {{2, {3, 4}}, {2, {4, 3}}},
     "/inputs",
     "must all have one shape, but input 0 is [3, 4] and input 1 is [4, 3]"},
    {"weighted_sum",
     "",
     3,
     {{1, {3}}, {1, {3}}, {1, {4}}},
     "/inputs",
     "must all have one shape, but input 0 is [3] and input 2 is [4]"},
    {"weighted_sum", "weights=[1,2,3]", 2, {{1, {3}}, {1, {3}}}, "/weights", "has 3 numbers, but there are 2 inputs"},
};

START_TEST(pool_plan_refuses) {
    if (!refused[_i].text) return; /* only in single precision */
    rig_refuses_row(&refused[_i]);
}
END_TEST

TCase *pool_tcase(void);

TCase *pool_tcase(void) {
    TCase *t = tcase_create("pool");
    tcase_add_loop_test(t, pools_match_pytorch, 0, COUNT(goldens));
    tcase_add_loop_test(t, pools_match_pytorch_in_place, 0, COUNT(goldens));
    tcase_add_loop_test(t, pools_work_without_dx, 0, COUNT(goldens));
    tcase_add_test(t, halves_of_any_size);
    tcase_add_loop_test(t, pool_plan_refuses, 0, COUNT(refused));
    return t;
}
