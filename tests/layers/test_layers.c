/* test_layers.c - every layer against PyTorch, in place and not; blocks; dropout's masks; plans that must be refused.
 */
#include "rig.h"

/* What PyTorch makes of a layer. dx: of all inputs in a row; dparam: of all parameters. y NULL: only the shape counts.
 */
typedef struct golden {
    const char *type;
    const char *set;
    bool edges; /* the input is edges[], else x_at() */
    size_t rows, inputs;
    tern_shape in[4], out;
    const double *y, *dx, *dparam;
} golden;

#include "layers_golden.h"

static const double tolerance = TOLERANCE(2e-6, 1e-14);

/* The formulas of tests/golden/layers.py. */
static double x_at(size_t k, size_t i) { return 2.5 * sin(1.3 * (double)i + 0.7 * (double)k + 0.4); }

/* ---- PyTorch's numbers ---- */

/* Runs a layer and compares; `wanted`: whether anyone needs dx. */
static void run_layer(size_t golden_index, bool in_place, bool wanted) {
    const golden *g = &goldens[golden_index];
    rig_open(g->type, g->set, g->rows, g->inputs, g->in);
    if (in_place) tern__harness_in_place(&one);
    ck_assert(tern_shape_equal(&one.spec.out, &g->out));
    if (!g->y) return;

    for (size_t k = 0; k < g->inputs; k++) rig_fill(&one.x[k], k, x_at);
    for (size_t i = 0; g->edges && i < COUNT(edges); i++) one.x[0].data[i] = (tern_real)edges[i];
    rig_fill_params(param_at);
    rig_forward(0, true);
    rig_expect("y", golden_index, &one.y, g->y, 0, tolerance);
    rig_expect_gradients(golden_index, g->dx, g->dparam, wanted, tolerance);
}

START_TEST(layers_match_pytorch) { run_layer((size_t)_i, false, true); }
END_TEST

START_TEST(layers_match_pytorch_in_place) { run_layer((size_t)_i, true, true); }
END_TEST

/* The first layer of a network has nobody to give dx to; its parameters get their gradient all the same. */
START_TEST(parameters_learn_without_dx) { run_layer((size_t)_i, false, false); }
END_TEST

/* Those of test_conv.c, test_joins.c, test_norm.c, test_pool.c and test_sequence.c. */
bool conv_has_golden(const char *), norm_has_golden(const char *), pool_has_golden(const char *),
    sequence_has_golden(const char *);
TCase *conv_tcase(void), *joins_tcase(void), *norm_tcase(void), *pool_tcase(void), *sequence_tcase(void);
Suite *layers_suite(void);

START_TEST(every_layer_has_a_golden) {
    for (size_t t = 0; t < tern_registry_count(NULL, TERN_LAYER); t++) {
        const char *type = tern_registry_at(NULL, TERN_LAYER, t)->name;
        bool found =
            conv_has_golden(type) || norm_has_golden(type) || pool_has_golden(type) || sequence_has_golden(type);
        for (size_t i = 0; i < COUNT(goldens); i++) found |= !strcmp(goldens[i].type, type);
        ck_assert_msg(found, "%s", type);
    }
}
END_TEST

/* Numbers of the literature that the formulas were checked with by hand. */
START_TEST(activations_match_known_values) {
    static const double x[] = {-3, -1, -0.5, 0.5, 1, 3};
    static const struct {
        const char *type;
        const char *set;
        double y[6], tolerance;
    } known[] = {
        {"gelu",
         "",
         {-0.00404969409489031, -0.15865525393145702, -0.15426876936299344, 0.34573123063700656, 0.841344746068543,
          2.99595030590511},
         1e-15},
        {"gelu",
         "approximate=tanh",
         {-0.0036373920817729943, -0.15880800939172324, -0.15428599017485606, 0.34571400982514394, 0.8411919906082768,
          2.996362607918227},
         1e-15},
        {"selu", "", {-1.670568729, -1.111330738, -0.691758188, 0.525350494, 1.050700987, 3.152102962}, 1e-9},
        {"mish", "", {-0.145647461, -0.303401461, -0.220743775, 0.375245211, 0.865098388, 2.986535005}, 1e-9},
        {"silu", "", {-0.14227762, -0.268941421, -0.188770334, 0.311229666, 0.731058579, 2.85772238}, 1e-9},
    };
    for (size_t k = 0; k < COUNT(known); k++) {
        rig_open(known[k].type, known[k].set, 1, 1, &TERN_SHAPE(COUNT(x)));
        for (size_t i = 0; i < COUNT(x); i++) one.x[0].data[i] = (tern_real)x[i];
        rig_forward(0, false);
        ck_near_all(one.y.data, known[k].y, COUNT(x), TOLERANCE(3e-7, known[k].tolerance));
    }
}
END_TEST

/* At its threshold softplus is still the curve, above it a straight line. */
START_TEST(softplus_bends_up_to_its_threshold) {
    static const double y[] = {1.3132616875182228, 1.5}, dx[] = {0.7310585786300049, 1};
    rig_open("softplus", "threshold=1", 1, 1, &TERN_SHAPE(2));
    one.x[0].data[0] = 1, one.x[0].data[1] = (tern_real)1.5;
    rig_forward(0, true);
    tern_tensor_fill(&one.dy, 1);
    rig_backward(true);
    for (size_t i = 0; i < 2; i++) {
        ck_near((double)one.y.data[i], y[i], 1e-6);
        ck_near((double)one.dx[0].data[i], dx[i], 1e-6);
    }
}
END_TEST

START_TEST(gelu_has_the_known_gradient) {
    static const double x[] = {-1, 0.5, 2},
                        want[2][3] = {{-0.08331547058768635, 0.8674951246561629, 1.085231801078197},
                                      {-0.08296408384578252, 0.8673699035346424, 1.0860992566236183}};
    for (size_t form = 0; form < 2; form++) {
        rig_open("gelu", form ? "approximate=tanh" : "", 1, 1, &TERN_SHAPE(COUNT(x)));
        for (size_t i = 0; i < COUNT(x); i++) one.x[0].data[i] = (tern_real)x[i];
        rig_forward(0, true);
        tern_tensor_fill(&one.dy, 1);
        rig_backward(true);
        ck_near_all(one.dx[0].data, want[form], COUNT(x), TOLERANCE(3e-7, 1e-14));
    }
}
END_TEST

/* ---- what is said of all layers ---- */

static double period_x(size_t k, size_t i) { return x_at(k, i % 97); }
static double period_dy(size_t k, size_t i) { return dy_at(k, i % 97); }

/* Elementwise layers go through long arrays block by block: number i must come out as number i % 97 did. */
START_TEST(blocks_join) {
    const tern_layer_type *t = (const tern_layer_type *)tern_registry_at(NULL, TERN_LAYER, (size_t)_i);
    if (!(t->flags & TERN_IN_PLACE) || t->most_inputs || t->random || strstr(t->base.name, "softmax") ||
        strstr(t->base.name, "norm") || strstr(t->base.name, "position"))
        return;
    rig_open(t->base.name, "", 1, 1, &TERN_SHAPE(1000));
    tern__harness_in_place(&one);
    rig_fill(&one.x[0], 0, period_x);
    rig_fill_params(param_at);
    for (size_t k = 0; k < one.params; k++) tern_tensor_fill(&one.dparam[k], 0);
    rig_forward(0, true);
    for (size_t i = 97; i < 1000; i++) ck_near(one.y.data[i], one.y.data[i % 97], tolerance);
    rig_fill(&one.dy, 0, period_dy);
    rig_backward(true);
    for (size_t i = 97; i < 1000; i++) ck_near(one.dx[0].data[i], one.dx[0].data[i % 97], tolerance);
}
END_TEST

/* A NaN that goes in comes out, so that the guard of the training loop finds it. */
START_TEST(nan_goes_through) {
    const tern_layer_type *t = (const tern_layer_type *)tern_registry_at(NULL, TERN_LAYER, (size_t)_i);
    if (!(t->flags & TERN_IN_PLACE) || strstr(t->base.name, "norm") || strstr(t->base.name, "position"))
        return; /* not elementwise */
    rig_open(t->base.name, "", 1, t->most_inputs ? 2 : 1, (const tern_shape[]){{1, {5}}, {1, {5}}});
    for (size_t k = 0; k < one.spec.inputs; k++) rig_fill(&one.x[k], k, x_at);
    rig_fill_params(param_at);
    one.x[0].data[2] = (tern_real)NAN;
    rig_forward(0, false);
    ck_assert(isnan(one.y.data[2]));
}
END_TEST

/* One slope's gradient is summed in several lanes, whatever the length. */
START_TEST(prelu_gradient_of_any_length) {
    for (size_t n = 1; n < 100; n++) {
        double want = 0;
        for (size_t i = 0; i < n; i++) want += fmin(x_at(0, i), 0) * dy_at(0, i);
        rig_open("prelu", "", 1, 1, &TERN_SHAPE(n));
        tern__harness_in_place(&one);
        rig_fill(&one.x[0], 0, x_at);
        rig_fill(&one.dy, 0, dy_at);
        tern_tensor_fill(&one.param[0], 0);
        tern_tensor_fill(&one.dparam[0], 0);
        rig_backward(true);
        ck_near(one.dparam[0].data[0], want, TOLERANCE(1e-5, 1e-13));
    }
}
END_TEST

/* ---- dropout ---- */

static double ones(size_t k, size_t i) { return (void)k, (void)i, 1; }

/* Runs dropout on `rows` rows of 7 ones, from `row` on, and leaves the mask in `y`. */
static void drop(double p, size_t row, size_t rows, double y[]) {
    char set[32];
    snprintf(set, sizeof set, "p=%.17g", p);
    rig_open("dropout", set, rows, 1, &TERN_SHAPE(7));
    tern__harness_in_place(&one);
    rig_fill(&one.x[0], 0, ones);
    rig_forward(row, true);
    for (size_t i = 0; i < 7 * rows; i++) y[i] = (double)one.y.data[i];
    rig_fill(&one.dy, 0, ones);
    rig_backward(true);
    ck_near_all(one.dx[0].data, y, 7 * rows, 0);
}

START_TEST(dropout_mask_does_not_depend_on_slices) {
    double whole[7 * 101], part[7 * 101];
    drop(0.4, 0, 101, whole);
    static const size_t cut[] = {0, 1, 6, 7, 40, 101};
    for (size_t k = 1; k < COUNT(cut); k++) drop(0.4, cut[k - 1], cut[k] - cut[k - 1], part + 7 * cut[k - 1]);
    ck_near_all(part, whole, 7 * 101, 0);
}
END_TEST

START_TEST(dropout_keeps_its_share) {
    static double y[7 * 1000];
    static const double p[] = {0.1, 0.5, 0.9};
    for (size_t k = 0; k < COUNT(p); k++) {
        double kept = 0, n = COUNT(y), deviation = sqrt(n * p[k] * (1 - p[k]));
        drop(p[k], 0, 1000, y);
        for (size_t i = 0; i < COUNT(y); i++) {
            if (y[i] != 0) ck_near(y[i], 1 / (1 - p[k]), TOLERANCE(1e-7, 1e-15));
            kept += y[i] != 0;
        }
        ck_assert_msg(fabs(kept - n * (1 - p[k])) < 4 * deviation, "p = %g kept %g of %g", p[k], kept, n);
    }
}
END_TEST

START_TEST(dropout_is_the_identity_in_evaluation) {
    rig_open("dropout", "", 3, 1, &TERN_SHAPE(7));
    rig_fill(&one.x[0], 0, x_at);
    rig_forward(0, false);
    ck_near_all(one.y.data, one.x[0].data, 21, 0);
}
END_TEST

/* ---- plans that must be refused ---- */

static const rig_refusal refused[] = {
    {"dense",
     "out_features=3 in_features=5",
     1,
     {{2, {2, 4}}},
     "/in_features",
     "is 5, but the input has 4 in its last dimension"},
    {"flatten",
     "start_dim=0",
     1,
     {{2, {3, 4}}},
     "/start_dim",
     "is 0 (the batch), but samples of shape [3, 4] have dimensions 1 to 2, or -2 to -1 from the end"},
    {"flatten",
     "end_dim=3",
     1,
     {{2, {3, 4}}},
     "/end_dim",
     "is 3, but samples of shape [3, 4] have dimensions 1 to 2, or -2 to -1 from the end"},
    {"flatten",
     "start_dim=-1 end_dim=1",
     1,
     {{2, {3, 4}}},
     "/end_dim",
     "is 1, but that dimension comes before start_dim, which is -1"},
    {"reshape", "shape=[5,2]", 1, {{2, {3, 4}}}, "/shape", "is [5, 2], but the input [3, 4] has 12 numbers"},
    {"reshape",
     "shape=[5,-1]",
     1,
     {{2, {3, 4}}},
     "/shape",
     "has a -1 that no size fits: the input [3, 4] has 12 numbers, which the other sizes do not divide"},
    {"reshape",
     "shape=[-1,2,-1]",
     1,
     {{2, {3, 4}}},
     "/shape",
     "has -1 at positions 0 and 2, but only one size can be inferred"},
    {"reshape", "shape=[0,12]", 1, {{2, {3, 4}}}, "/shape", "has a size of 0 at position 0"},
    {"reshape",
     "shape=[2147483647,2147483647,2147483647,-1]",
     1,
     {{2, {3, 4}}},
     "/shape",
     "has a -1 that no size fits"},
    {"add",
     "",
     3,
     {{2, {3, 4}}, {2, {3, 4}}, {2, {4, 3}}},
     "/inputs",
     "must all have one shape, but input 0 is [3, 4] and input 2 is [4, 3]"},
    {"concat",
     "dim=-3",
     2,
     {{2, {3, 4}}, {2, {3, 4}}},
     "/dim",
     "is -3 (the batch), but samples of shape [3, 4] have dimensions 1 to 2, or -2 to -1 from the end"},
    {"concat",
     "",
     2,
     {{2, {3, 4}}, {2, {3, 5}}},
     "/inputs",
     "may only differ in dimension 1, but input 0 is [3, 4] and input 1 is [3, 5]"},
    {"concat",
     "",
     2,
     {{2, {3, 4}}, {1, {3}}},
     "/inputs",
     "may only differ in dimension 1, but input 0 is [3, 4] and input 1 is [3]"},
    {"prelu",
     "num_parameters=4",
     1,
     {{2, {3, 4}}},
     "/num_parameters",
     "is 4, but must be 1 or 3, the input's channels"},
    {"softmax", "dim=-4", 1, {{2, {3, 4}}}, "/dim", "is -4, but samples of shape [3, 4] have dimensions 1 to 2"},
    {"log_softmax", "dim=2", 1, {{1, {3}}}, "/dim", "is 2, but samples of shape [3] have dimensions 1 to 1"},
};

START_TEST(plan_refuses) { rig_refuses_row(&refused[_i]); }
END_TEST

Suite *layers_suite(void) {
    Suite *suite = suite_create("layers");
    int types = (int)tern_registry_count(NULL, TERN_LAYER);
    TCase *pytorch = tcase_create("pytorch"), *all = tcase_create("all"), *dropout = tcase_create("dropout");
    TCase *plan = tcase_create("plan"), *conv = conv_tcase(), *norm = norm_tcase(), *pool = pool_tcase();
    TCase *cases[] = {pytorch, all, dropout, plan, conv, norm, pool, joins_tcase(), sequence_tcase()};
    tcase_add_loop_test(pytorch, layers_match_pytorch, 0, COUNT(goldens));
    tcase_add_loop_test(pytorch, layers_match_pytorch_in_place, 0, COUNT(goldens));
    tcase_add_loop_test(pytorch, parameters_learn_without_dx, 0, COUNT(goldens));
    tcase_add_test(pytorch, every_layer_has_a_golden);
    tcase_add_test(pytorch, activations_match_known_values);
    tcase_add_test(pytorch, gelu_has_the_known_gradient);
    tcase_add_test(pytorch, softplus_bends_up_to_its_threshold);
    tcase_add_loop_test(all, blocks_join, 0, types);
    tcase_add_loop_test(all, nan_goes_through, 0, types);
    tcase_add_test(all, prelu_gradient_of_any_length);
    tcase_add_test(dropout, dropout_mask_does_not_depend_on_slices);
    tcase_add_test(dropout, dropout_keeps_its_share);
    tcase_add_test(dropout, dropout_is_the_identity_in_evaluation);
    tcase_add_loop_test(plan, plan_refuses, 0, COUNT(refused));
    for (size_t i = 0; i < COUNT(cases); i++) suite_add_tcase(suite, cases[i]);
    return suite;
}
