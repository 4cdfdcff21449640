/* rig.h - a lone layer in a test: the library's harness, with options by name, inputs by formula and refusals. */
#ifndef TERN_TEST_RIG_H
#define TERN_TEST_RIG_H

#include "fixtures/options.h"
#include "layer_harness.h"

static tern__harness one; /* the layer at hand */
static settings one_options;

/* The formulas that tests/golden/common.py has too, for gradients and parameters. */
static inline double dy_at(size_t k, size_t i) { return (void)k, cos(0.9 * (double)i + 0.2); }
static inline double param_at(size_t k, size_t i) { return 0.5 * sin(2.1 * (double)i + 0.3 * (double)k + 0.5); }

/* Plans a layer, and no more: `one.spec` is what it answers. */
static inline tern_status rig_plan(const char *type, const char *set, size_t inputs, const tern_shape *in,
                                   tern_error *err) {
    tern__harness_close(&one);
    one.type = (const tern_layer_type *)find_type(TERN_LAYER, type);
    configure(&one_options, &one.type->base, set);
    one.spec.inputs = inputs;
    memcpy(one.spec.in, in, inputs * sizeof *in);
    return one.type->plan(one_options.self, &one.spec, err);
}

/* A plan that must be refused, with one error. */
static inline void rig_refuses(const char *type, const char *set, size_t inputs, const tern_shape *in,
                               const char *pointer, const char *text) {
    tern_error err = {0};
    ck_assert_int_eq(rig_plan(type, set, inputs, in, &err), TERN_ERROR_MODEL);
    ck_assert_uint_eq(err.count, 1);
    ck_assert_str_eq(err.item[0].pointer, pointer);
    ck_contains(err.item[0].text, text);
}

/* A plan that must be refused, as a row of a table. */
typedef struct rig_refusal {
    const char *type, *set;
    size_t inputs;
    tern_shape in[3];
    const char *pointer, *text;
} rig_refusal;

static inline void rig_refuses_row(const rig_refusal *r) {
    rig_refuses(r->type, r->set, r->inputs, r->in, r->pointer, r->text);
}

/* Plans a layer and gives it memory for `rows` rows, all NaN but the states. */
static inline void rig_open(const char *type, const char *set, size_t rows, size_t inputs, const tern_shape *in) {
    tern_error err = {0};
    tern__harness_close(&one);
    tern_object layer = {find_type(TERN_LAYER, type), one_options.self, NULL};
    configure(&one_options, layer.type, set);
    if (tern__harness_open(&one, &layer, inputs, in, rows, &err)) ck_abort_msg("%s: %s", type, err.item[0].text);
    ck_assert_uint_eq(err.count, 0);
    one.random = (tern_random){7, TERN_RANDOM_LAYER, 2, 3};
    for (size_t k = 0; k < one.states; k++) tern_tensor_fill(&one.state[k], (tern_real)one.spec.state[k].a);
}

static inline void rig_fill(tern_tensor *t, size_t k, double (*at)(size_t k, size_t i)) {
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++) t->data[i] = (tern_real)at(k, i);
}

static inline void rig_fill_params(double (*at)(size_t k, size_t i)) {
    for (size_t k = 0; k < one.params; k++) rig_fill(&one.param[k], k, at);
}

/* Runs forward as the slice that begins at `row` of the batch. */
static inline void rig_forward(size_t row, bool training) {
    one.row = row;
    tern__harness_forward_accumulate(&one, training);
    tern__harness_forward(&one, training);
}

/* Runs backward; dx is absent where it is not wanted. */
static inline void rig_backward(bool wanted) {
    for (size_t k = 0; k < one.spec.inputs; k++) one.unwanted[k] = !wanted || (!k && one.spec.indices);
    tern__harness_backward_accumulate(&one);
    tern__harness_backward(&one);
}

/* Fails unless a tensor, less `offset`, is what PyTorch has. */
static inline void rig_expect(const char *what, size_t golden, const tern_tensor *t, const double *want, double offset,
                              double tolerance) {
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++)
        if (!test_is_near((double)t->data[i] - offset, want[i], tolerance))
            ck_abort_msg("golden %zu, %s: %s[%zu] is %.17g, not %.17g", golden, one.type->base.name, what, i,
                         (double)t->data[i] - offset, want[i]);
}

/* Fills dy, runs backward over gradients that are 1 before, and compares dx of all inputs in a row and the gradients of
 * all parameters in a row. */
static inline void rig_expect_gradients(size_t golden, const double *dx, const double *dparam, bool wanted,
                                        double tolerance) {
    rig_fill(&one.dy, 0, dy_at);
    for (size_t k = 0; k < one.params; k++) tern_tensor_fill(&one.dparam[k], 1); /* added to, or replaced */
    rig_backward(wanted);
    for (size_t k = 0; wanted && k < one.spec.inputs; dx += tern_tensor_count(&one.dx[k]), k++)
        rig_expect("dx", golden, &one.dx[k], dx, 0, tolerance);
    for (size_t k = 0; k < one.params; dparam += tern_tensor_count(&one.dparam[k]), k++)
        rig_expect(one.spec.param[k].name, golden, &one.dparam[k], dparam, !(one.type->flags & TERN_SETS_GRADIENT),
                   tolerance);
    ck_assert_ptr_null(tern__harness_damage(&one));
}

/* Whether a file of tests has numbers of PyTorch's for a layer: NAME_has_golden(). */
#define HAS_GOLDEN(name)                                     \
    bool name##_has_golden(const char *type);                \
    bool name##_has_golden(const char *type) {               \
        for (size_t i = 0; i < COUNT(goldens); i++)          \
            if (!strcmp(goldens[i].type, type)) return true; \
        return false;                                        \
    }

#endif
