/* test_examples.c - whatever layer says that it can go on by steps makes what forward does: by all examples of all
 * types. */
#include "fixtures/models.h"

#include "stepper.h"

#include <tern/predictor.h>

/* An example of a layer as a model of sequences of any length: one input for all it reads, or of a layer that looks
 * at others one for each. NULL: it takes no such sequences. */
static tern_model *example_model(const tern_layer_type *type, const tern_example *e) {
    char text[2000], from[200] = "", inputs[400] = "", size[32];
    bool crosses = type->flags & TERN_CROSS;
    for (size_t k = 0; k < TERN_EXAMPLE_INPUTS && e->in[k].rank; k++) {
        snprintf(from + strlen(from), sizeof from - strlen(from), "%s'%c'", k ? "," : "", (int)('a' + crosses * k));
        if (k && !crosses) continue;
        snprintf(size, sizeof size, "%zu", e->in[k].dim[0]);
        snprintf(inputs + strlen(inputs), sizeof inputs - strlen(inputs), "%s'%c':{'shape':[%s", k ? "," : "",
                 (int)('a' + k), k ? size : "null");
        for (size_t i = 1; i < e->in[k].rank; i++)
            snprintf(inputs + strlen(inputs), sizeof inputs - strlen(inputs), ",%zu", e->in[k].dim[i]);
        snprintf(inputs + strlen(inputs), sizeof inputs - strlen(inputs), k ? "]}" : "],'max_length':%s}", size);
    }
    snprintf(text, sizeof text, "{'inputs':{%s},'layers':[{'type':'%s','inputs':[%s]%s%.*s}]}", inputs, type->base.name,
             from, e->options[1] == '}' ? "" : ",", (int)strlen(e->options) - 2, e->options + 1);
    static tern_error err;
    return quick_model(text, &err);
}

/* The steps of one row are those of forward, as far as it says that they can be made. */
static bool compare_steps(const tern_model *m) {
    tern_real x[TERN_EXAMPLE_INPUTS][400], y[2000];
    tern_tensor in[TERN_EXAMPLE_INPUTS], out = {.data = y};
    tern_shape sample = tern_model_output(m);
    tern__stepper *s = tern__stepper_new(m, 0, 1, NULL);
    if (!s) return false;
    for (size_t k = 0; k < tern_model_inputs(m); k++) {
        tern_shape shape = tern_model_input_at(m, k).shape;
        in[k] = (tern_tensor){tern_shape_batch(&shape, 1), x[k]};
        quick_numbers(tern_tensor_count(&in[k]), 0.7, x[k]);
        for (size_t i = 0; tern_model_describe(m).indices && i < tern_tensor_count(&in[k]); i++)
            x[k][i] = (tern_real)(i % tern_model_describe(m).indices);
    }
    out.shape = tern_shape_batch(&sample, 1);
    tern_predictor *p = tern_predictor_new(m, 1, 1, NULL);
    ck_assert_int_eq(tern_predictor_forward(p, in, &out, NULL), TERN_OK);
    size_t steps = in[0].shape.dim[1], each = tern_tensor_count(&in[0]) / steps;
    tern__stepper_begin(s, in, NULL);
    for (size_t t = 0, n; t < steps; t++) {
        const tern_tensor *step = tern__stepper_next(s, x[0] + t * each);
        n = tern_tensor_count(step);
        bool last = n == tern_tensor_count(&out); /* it is no sequence: what it is in the end */
        if (!last || t + 1 == steps) ck_near_all(step->data, y + (last ? 0 : t * n), n, TOLERANCE(1e-5, 1e-12));
    }
    tern_predictor_free(p);
    tern__stepper_free(s);
    return true;
}

START_TEST(every_layer_that_can_goes_by_steps) {
    tern_registry *r = tern_registry_new(NULL);
    size_t compared = 0;
    for (size_t i = 0; i < tern_registry_count(r, TERN_LAYER); i++) {
        const tern_layer_type *type = (const tern_layer_type *)tern_registry_at(r, TERN_LAYER, i);
        for (const tern_example *e = type->base.examples; e->options; e++) {
            tern_model *m = example_model(type, e);
            compared += m && compare_steps(m);
            tern_model_free(m);
        }
    }
    ck_assert_uint_gt(compared, 40);
    tern_registry_free(r);
}
END_TEST

TCase *examples_case(void);

TCase *examples_case(void) {
    TCase *c = tcase_create("examples");
    tcase_add_test(c, every_layer_that_can_goes_by_steps);
    return c;
}
