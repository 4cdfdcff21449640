/* test_sequence.c - the layers for sequences against PyTorch; dropout inside them; indices; how weights start;
 * refusals. */
#include "rig.h"

#include <tern/initializer.h>
#include <tern/layers/recurrent.h>

/* What PyTorch makes of a layer. dparam: of all parameters in a row; NULL where there are none, as dx for indices. */
typedef struct golden {
    const char *type;
    const char *set;
    size_t rows;
    tern_shape in, mask, out; /* mask: a second input; rank 0: there is none */
    const double *y, *dx, *dparam;
} golden;

#include "sequence_golden.h"

static const double tolerance = TOLERANCE(5e-6, 1e-13);

/* The formulas of tests/golden/sequence.py. */
static double x_at(size_t k, size_t i) { return (void)k, 1.5 * sin(1.3 * (double)i + 0.4); }

static double additive_at(size_t k, size_t i) { return (void)k, 1.2 * cos(1.1 * (double)i + 0.3); }
static double boolean_at(size_t k, size_t i) { return (void)k, i % 3 == 1; }

static void prepare_inputs(const char *type, const char *set, size_t rows, size_t inputs, const tern_shape *in) {
    rig_open(type, set, rows, inputs, in);
    rig_fill(&one.x[0], 0, x_at);
    if (inputs > 1) rig_fill(&one.x[1], 1, strstr(set, "additive") ? additive_at : boolean_at);
    size_t most = one.spec.indices;
    for (size_t i = 0, n = tern_tensor_count(&one.x[0]); most && i < n; i++)
        one.x[0].data[i] = (tern_real)((5 * i + i * i / 3) % most);
    rig_fill_params(param_at);
    rig_fill(&one.dy, 0, dy_at);
}

static void prepare(const char *type, const char *set, size_t rows, const tern_shape *in) {
    prepare_inputs(type, set, rows, 1, in);
}

static void prepare_golden(const golden *g) {
    prepare_inputs(g->type, g->set, g->rows, g->mask.rank ? 2 : 1, (const tern_shape[]){g->in, g->mask});
}

/* ---- PyTorch's numbers ---- */

static void run_layer(size_t golden_index, bool wanted) {
    const golden *g = &goldens[golden_index];
    prepare_golden(g);
    ck_assert(tern_shape_equal(&one.spec.out, &g->out));
    rig_forward(0, true);
    rig_expect("y", golden_index, &one.y, g->y, 0, tolerance);
    rig_expect_gradients(golden_index, g->dx, g->dparam, wanted && g->dx, tolerance);
}

START_TEST(layers_match_pytorch) {
    run_layer((size_t)_i, true);
    run_layer((size_t)_i, false); /* the first layer of a network has nobody to give dx to */
}
END_TEST

/* Evaluation keeps nothing, so that it goes through other memory. */
START_TEST(evaluation_is_the_same) {
    const golden *g = &goldens[_i];
    if (strstr(g->set, "dropout")) return;
    prepare_golden(g);
    rig_forward(0, false);
    rig_expect("y", (size_t)_i, &one.y, g->y, 0, tolerance);
}
END_TEST

/* A step that may look at none gathers nothing, and nothing has a gradient of it. */
START_TEST(hidden_steps_gather_nothing) {
    prepare_inputs("multi_head_attention", "num_heads=2 mask=boolean", 2, 2,
                   (const tern_shape[]){{2, {3, 4}}, {1, {3}}});
    tern_tensor_fill(&one.x[1], 1);
    rig_forward(0, _i);
    const tern_real *bias = one.param[3].data;
    for (size_t i = 0; i < 2 * 3 * 4; i++) ck_assert(one.y.data[i] == bias[i % 4]);
    if (!_i) return;
    rig_backward(true);
    for (size_t i = 0; i < 2 * 3 * 4; i++) ck_assert(one.dx[0].data[i] == 0);
}
END_TEST

HAS_GOLDEN(sequence)

/* ---- PyTorch's names ---- */

START_TEST(parameters_have_pytorchs_names) {
    static const char *const lstm[] = {
        "weight_ih_l0",         "weight_hh_l0",         "bias_ih_l0",         "bias_hh_l0",
        "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse",
        "weight_ih_l1",         "weight_hh_l1",         "bias_ih_l1",         "bias_hh_l1",
        "weight_ih_l1_reverse", "weight_hh_l1_reverse", "bias_ih_l1_reverse", "bias_hh_l1_reverse"};
    static const char *const attention[] = {"in_proj_weight", "out_proj.weight", "in_proj_bias", "out_proj.bias"};
    static const char both[] = "hidden_size=3 num_layers=2 bidirectional=true";
    prepare("lstm", both, 1, &TERN_SHAPE(2, 5));
    ck_assert_uint_eq(one.params, COUNT(lstm));
    for (size_t k = 0; k < COUNT(lstm); k++) ck_assert_str_eq(one.spec.param[k].name, lstm[k]);
    prepare("multi_head_attention", "num_heads=2", 1, &TERN_SHAPE(2, 4));
    ck_assert_uint_eq(one.params, COUNT(attention));
    for (size_t k = 0; k < COUNT(attention); k++) ck_assert_str_eq(one.spec.param[k].name, attention[k]);
}
END_TEST

/* ---- dropout ---- */

/* The layer dropout and the function of random.h drop the same numbers, wherever one begins. */
START_TEST(dropout_is_that_of_the_layer) {
    const tern_random random = {7, TERN_RANDOM_LAYER, 2, 3}; /* that of the rig */
    tern_real y[3000];
    prepare("dropout", "p=0.3", 1, &TERN_SHAPE(3000));
    rig_forward(0, true);
    tern_random_dropout(&random, 0, 1001, 0.3, one.x[0].data, y);
    tern_random_dropout(&random, 1001, 1999, 0.3, one.x[0].data + 1001, y + 1001);
    ck_near_all(y, one.y.data, 3000, 0);
}
END_TEST

/* What dropout leaves of some sequence layer does not depend on how the batch is cut. */
START_TEST(dropout_does_not_depend_on_slices) {
    static const struct {
        const char *type;
        const char *set;
    } layers[] = {{"lstm", "hidden_size=6 num_layers=3 dropout=0.4"},
                  {"multi_head_attention", "num_heads=2 dropout=0.4"}};
    const tern_shape in = TERN_SHAPE(5, 4);
    static tern_real whole[7 * 5 * 6], x[7 * 5 * 4];
    prepare(layers[_i].type, layers[_i].set, 7, &in);
    rig_forward(0, true);
    size_t sample = tern_shape_count(&one.spec.out);
    memcpy(whole, one.y.data, 7 * sample * sizeof *whole);
    memcpy(x, one.x[0].data, sizeof x);
    prepare(layers[_i].type, layers[_i].set, 2, &in);
    memcpy(one.x[0].data, x + 4 * 20, 2 * 20 * sizeof *x);
    rig_forward(4, true);
    ck_near_all(one.y.data, whole + 4 * sample, 2 * sample, TOLERANCE(1e-6, 1e-14));
    rig_forward(0, true); /* and other rows have other numbers */
    double apart = 0;
    for (size_t i = 0; i < 2 * sample; i++)
        apart = fmax(apart, fabs((double)one.y.data[i] - (double)whole[4 * sample + i]));
    ck_assert(apart > 1e-2);
}
END_TEST

/* ---- indices ---- */

/* A number that is no index makes a vector that is none, and touches nothing else. */
START_TEST(no_index_makes_nan) {
    static const double bad[] = {-1, 4, 5, 1e30, -1e30, 0.5, NAN, INFINITY, 3};
    prepare("embedding", "num_embeddings=4 embedding_dim=3", 1, &TERN_SHAPE(COUNT(bad)));
    for (size_t i = 0; i < COUNT(bad); i++) one.x[0].data[i] = (tern_real)bad[i];
    rig_forward(0, true);
    for (size_t i = 0; i < 3 * COUNT(bad); i++) ck_assert(!isnan(one.y.data[i]) == (i / 3 == COUNT(bad) - 1));
    tern_tensor_fill(&one.dparam[0], 0);
    rig_backward(false);
    for (size_t i = 0; i < 12; i++) ck_near(one.dparam[0].data[i], i < 9 ? 0 : one.dy.data[15 + i], 0);
    ck_assert_ptr_null(tern__harness_damage(&one));
}
END_TEST

/* ---- how weights start ---- */

START_TEST(forget_bias_is_added) {
    const tern_random random = {.seed = 3, .purpose = TERN_RANDOM_INIT};
    prepare("lstm", "hidden_size=9 forget_bias=1.5", 1, &TERN_SHAPE(2, 5));
    for (size_t k = 0; k < one.params; k++) {
        const tern_param *p = &one.spec.param[k];
        bool bias_ih = !strcmp(p->name, "bias_ih_l0");
        ck_assert_int_eq(bias_ih, p->init->type != NULL);
        ck_near(p->b, 1.0 / 3, 1e-15);
        if (!bias_ih) continue;
        tern_tensor b = one.param[k];
        ((const tern_initializer_type *)p->init->type)->fill(p->init->self, &random, &b);
        for (size_t j = 0; j < 36; j++) {
            double start = (double)b.data[j] - (j >= 9 && j < 18 ? 1.5 : 0);
            ck_assert_msg(start >= -1.0 / 3 - 1e-6 && start < 1.0 / 3 + 1e-6, "bias %zu starts at %g", j,
                          (double)b.data[j]);
        }
    }
}
END_TEST

START_TEST(padding_is_fixed) {
    prepare("embedding", "num_embeddings=4 embedding_dim=3 padding_idx=-3", 1, &TERN_SHAPE(2));
    ck_assert_uint_eq(one.spec.param[0].fixed, 3);
    ck_assert_uint_eq(one.spec.param[0].fixed_count, 3);
    ck_assert_uint_eq(one.spec.indices, 4);
}
END_TEST

/* ---- plans that must be refused ---- */

static const struct {
    const char *type;
    const char *set;
    tern_shape in;
    const char *pointer, *text;
} refused[] = {
    {"rnn", "hidden_size=3", {1, {7}}, "", "takes sequences, [steps, features], but the input is [7]"},
    {"gru",
     "hidden_size=3 input_size=5",
     {2, {7, 4}},
     "/input_size",
     "is 5, but the input [7, 4] has 4 in its last dimension"},
    {"lstm",
     "hidden_size=1048576",
     {2, {1 << 20, 4}},
     "/hidden_size",
     "is 1048576, which in 1048576 steps makes more than 2^31 elements"},
    {"lstm",
     "hidden_size=3 forget_bias=1 bias=false",
     {2, {7, 4}},
     "/forget_bias",
     "is 1, but without biases there is none to add it to"},
    {"multi_head_attention",
     "num_heads=3",
     {2, {7, 4}},
     "/num_heads",
     "is 3, which does not divide the input's last dimension: [7, 4]"},
    {"multi_head_attention",
     "num_heads=2 embed_dim=8",
     {2, {7, 4}},
     "/embed_dim",
     "is 8, but the input [7, 4] has 4 in its last dimension"},
    {"multi_head_attention",
     "num_heads=2",
     {3, {7, 4, 2}},
     "",
     "takes sequences, [steps, features], but the input is [7, 4, 2]"},
    {"multi_head_attention", "num_heads=2 mask=boolean", {2, {7, 4}}, "/mask", "is the last of several inputs"},
    {"multi_head_attention", "num_heads=1", {2, {1 << 20, 1}}, "", "has more than 2^31 weights for the 1048576 steps"},
    {"embedding",
     "num_embeddings=3 embedding_dim=2 padding_idx=3",
     {1, {7}},
     "/padding_idx",
     "is 3, but rows go from 0 to 2, or from -3 to -1 from the end"},
    {"embedding",
     "num_embeddings=3 embedding_dim=2",
     {4, {7, 1, 1, 1}},
     "",
     "adds a dimension, but the input has 4 already, the most of a sample"},
    {"positional_embedding", "max_len=6", {2, {7, 4}}, "/max_len", "is 6, but the input [7, 4] has 7 steps"},
    {"positional_embedding", "", {1, {7}}, "", "takes sequences, [steps, features], but the input is [7]"},
};

START_TEST(plan_refuses) {
    rig_refuses(refused[_i].type, refused[_i].set, 1, &refused[_i].in, refused[_i].pointer, refused[_i].text);
}
END_TEST

START_TEST(dropout_of_one_layer_draws_a_warning) {
    tern_error err = {0};
    ck_assert_int_eq(rig_plan("gru", "hidden_size=3 dropout=0.5", 1, &TERN_SHAPE(7, 4), &err), TERN_OK);
    ck_assert_uint_eq(err.count, 1);
    ck_assert_int_eq(err.item[0].status, TERN_OK);
    ck_assert_str_eq(err.item[0].pointer, "/dropout");
}
END_TEST

TCase *sequence_tcase(void);

TCase *sequence_tcase(void) {
    TCase *t = tcase_create("sequence");
    tcase_add_loop_test(t, layers_match_pytorch, 0, COUNT(goldens));
    tcase_add_loop_test(t, evaluation_is_the_same, 0, COUNT(goldens));
    tcase_add_loop_test(t, hidden_steps_gather_nothing, 0, 2);
    tcase_add_test(t, parameters_have_pytorchs_names);
    tcase_add_test(t, dropout_is_that_of_the_layer);
    tcase_add_loop_test(t, dropout_does_not_depend_on_slices, 0, 2);
    tcase_add_test(t, no_index_makes_nan);
    tcase_add_test(t, forget_bias_is_added);
    tcase_add_test(t, padding_is_fixed);
    tcase_add_loop_test(t, plan_refuses, 0, COUNT(refused));
    tcase_add_test(t, dropout_of_one_layer_draws_a_warning);
    return t;
}
