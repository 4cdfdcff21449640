/* test_outputs.c - what TERN_BY_OUTPUT promises: some of a layer's outputs are the same layer with some rows of its
 * parameters. */
#include "conform.h"

#include "layer_harness.h"

enum { ROWS = 5 };

#define SAME TOLERANCE(1e-5, 1e-13)

/* Columns `begin` to `end` - 1 of `from`, beside each other. */
static void take_columns(const tern_tensor *from, size_t begin, size_t end, tern_tensor *to) {
    size_t cols = tern_tensor_cols(from), n = end - begin;
    for (size_t i = 0; i < tern_tensor_rows(from); i++)
        memcpy(to->data + i * n, from->data + i * cols + begin, n * sizeof *to->data);
}

/* Without x's gradient, which is a sum over all outputs. */
static void check_part(const conform *c, tern__harness *p, size_t begin, size_t end) {
    const tern_layer_type *type = p->type;
    tern_shape shape = p->y.shape;
    shape.dim[shape.rank - 1] = end - begin;
    size_t n = tern_shape_count(&shape);
    tern_tensor y = {shape, guarded_new(n)}, dy = {shape, guarded_new(n)}, want = {shape, guarded_new(n)};
    tern_tensor param[TERN_MAX_PARAMS], dparam[TERN_MAX_PARAMS], *dx[TERN_MAX_INPUTS] = {0};
    const tern_tensor *x[TERN_MAX_INPUTS] = {&p->x[0]};
    for (size_t k = 0; k < p->params; k++) {
        size_t inner = tern_tensor_count(&p->param[k]) / p->param[k].shape.dim[0];
        param[k] = (tern_tensor){p->param[k].shape, p->param[k].data + begin * inner};
        param[k].shape.dim[0] = end - begin;
        dparam[k] = (tern_tensor){param[k].shape, guarded_new((end - begin) * inner)};
        if (!(type->flags & TERN_SETS_GRADIENT)) tern_tensor_fill(&dparam[k], 0);
    }
    take_columns(&p->dy, begin, end, &dy);
    type->forward(p->self, &(tern_forward){.rows = ROWS, .x = x, .y = &y, .param = param, .training = true});
    take_columns(&p->y, begin, end, &want);
    conform_near(c, "y of some outputs", y.data, want.data, n, SAME);
    type->backward(p->self,
                   &(tern_backward){.rows = ROWS, .x = x, .dy = &dy, .param = param, .dparam = dparam, .dx = dx});
    conform_assert(c, guarded_intact(y.data, n), "forward of some outputs writes beside y");
    for (size_t k = 0; k < p->params; k++) {
        size_t count = tern_tensor_count(&dparam[k]);
        conform_near(c, p->spec.param[k].name, dparam[k].data, p->dparam[k].data + (param[k].data - p->param[k].data),
                     count, SAME);
        conform_assert(c, guarded_intact(dparam[k].data, count), "backward of some outputs writes beside %s",
                       p->spec.param[k].name);
        guarded_free(dparam[k].data);
    }
    guarded_free(y.data);
    guarded_free(dy.data);
    guarded_free(want.data);
}

START_TEST(some_outputs_are_the_same_layer) {
    conform c;
    tern__harness p;
    conform_open(&c, TERN_LAYER, _i);
    const tern_layer_type *type = (const tern_layer_type *)c.type;
    if (type->flags & TERN_BY_OUTPUT) {
        conform_assert(&c, tern__harness_open(&p, &c.object, 1, c.example->in, ROWS, &c.err) == TERN_OK,
                       "its plan refuses it");
        size_t outputs = tern_tensor_cols(&p.y);
        for (size_t k = 0; k < p.params; k++)
            conform_assert(&c, p.param[k].shape.dim[0] == outputs, "%s has other rows", p.spec.param[k].name);
        tern__harness_fill(&p);
        for (size_t k = 0; k < p.params; k++) tern_tensor_fill(&p.dparam[k], 0);
        tern__harness_forward(&p, true);
        tern__harness_backward(&p);
        for (size_t cut = 0; cut <= outputs; cut++) {
            if (cut > 0) check_part(&c, &p, 0, cut);
            if (cut < outputs) check_part(&c, &p, cut, outputs);
        }
        tern__harness_close(&p);
    }
    conform_close(&c);
}
END_TEST

TCase *conform_outputs_case(void) {
    TCase *t = tcase_create("outputs");
    tcase_add_loop_test(t, some_outputs_are_the_same_layer, 0, conform_examples(TERN_LAYER));
    return t;
}
