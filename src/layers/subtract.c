/* subtract - y = x0 - x1, the difference of two inputs. */
#include <tern/layer.h>

static tern_status subtract_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self;
    spec->out = spec->in[0];
    return tern_layer_same_shapes(spec, err);
}

TERN_CLONES static void subtract_forward(const void *self, const tern_forward *f) {
    const tern_real *x0 = f->x[0]->data, *x1 = f->x[1]->data;
    (void)self;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) f->y->data[i] = x0[i] - x1[i];
}

TERN_CLONES static void subtract_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (b->dx[1])
        for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) b->dx[1]->data[i] = -b->dy->data[i];
    if (b->dx[0]) tern_tensor_copy(b->dy, b->dx[0]);
}

static const tern_example examples[] = {{"{}", {{1, {7}}, {1, {7}}}}, {"{}", {{3, {2, 3, 2}}, {3, {2, 3, 2}}}}, {0}};

static tern_operand subtract_lower(const void *self, tern_lowering *l) {
    (void)self;
    return tern_lower_formula(l, 2, l->x, "x - y");
}

const tern_layer_type tern_layer_subtract = {
    .base = {TERN_LAYER, "subtract", NULL, "Subtracts the second input from the first: y = x0 - x1.", 0, NULL,
             examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .plan = subtract_plan,
    .forward = subtract_forward,
    .backward = subtract_backward,
    .lower = subtract_lower,
};
