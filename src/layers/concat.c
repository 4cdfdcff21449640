/* concat - puts inputs one behind the other along a dimension. */
#include <tern/layer.h>
#include <string.h>

typedef struct concat {
    int64_t dim;
    size_t inputs, whole, part[TERN_MAX_INPUTS]; /* planned: numbers in a row, of the output and of each input */
} concat;

/* Whether two shapes differ in no other dimension than `axis`. */
static bool fits(tern_shape a, const tern_shape *b, size_t axis) {
    if (a.rank == b->rank) a.dim[axis] = b->dim[axis];
    return tern_shape_equal(&a, b);
}

static tern_status concat_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    concat *c = self;
    size_t axis, inner = 1;
    tern_status status = tern_shape_axis(&spec->in[0], c->dim, "dim", &axis, err);
    if (status) return status;

    spec->out = spec->in[0];
    for (size_t k = 1; k < spec->inputs; k++) {
        char first[TERN_SHAPE_TEXT], other[TERN_SHAPE_TEXT];
        if (!fits(spec->in[0], &spec->in[k], axis))
            return tern_error_add(err, TERN_ERROR_MODEL, "inputs",
                                  "may only differ in dimension %zu, but input 0 is %s and input %zu is %s", axis + 1,
                                  tern_shape_text(&spec->in[0], first), k, tern_shape_text(&spec->in[k], other));
        spec->out.dim[axis] += spec->in[k].dim[axis];
    }
    for (size_t i = axis + 1; i < spec->out.rank; i++) inner *= spec->out.dim[i];
    for (size_t k = 0; k < spec->inputs; k++) c->part[k] = spec->in[k].dim[axis] * inner;
    c->whole = spec->out.dim[axis] * inner;
    c->inputs = spec->inputs;
    return TERN_OK;
}

static void concat_forward(const void *self, const tern_forward *f) {
    const concat *c = self;
    size_t n = tern_tensor_count(f->y) / c->whole;
    tern_real *y = f->y->data;
    for (size_t k = 0; k < c->inputs; k++) {
        size_t part = c->part[k];
        for (size_t i = 0; i < n; i++) memcpy(y + i * c->whole, f->x[k]->data + i * part, part * sizeof *y);
        y += part;
    }
}

static void concat_backward(const void *self, const tern_backward *b) {
    const concat *c = self;
    size_t n = tern_tensor_count(b->dy) / c->whole;
    const tern_real *dy = b->dy->data;
    for (size_t k = 0; k < c->inputs; k++) {
        size_t part = c->part[k];
        if (b->dx[k])
            for (size_t i = 0; i < n; i++) memcpy(b->dx[k]->data + i * part, dy + i * c->whole, part * sizeof *dy);
        dy += part;
    }
}

static const tern_option options[] = {
    TERN_INT(concat, dim, 1, -TERN_MAX_RANK, TERN_MAX_RANK - 1,
             "The dimension; 1 is the first of a sample, -1 the last.", .alias = "axis"),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {3}}, {1, {4}}}},
    {"{\"dim\": 2}", {{3, {2, 1, 2}}, {3, {2, 3, 2}}, {3, {2, 2, 2}}}},
    {"{\"dim\": -1}", {{2, {2, 3}}, {2, {2, 1}}}},
    {0},
};

static tern_operand concat_lower(const void *self, tern_lowering *l) {
    const concat *c = self;
    tern_shape in = tern_lower_shape(l, l->x[0]);
    size_t axis = 0;
    tern_shape_axis(&in, c->dim, "dim", &axis, NULL);
    return tern_lower_concat(l, c->inputs, l->x, axis);
}

const tern_layer_type tern_layer_concat = {
    .base = {TERN_LAYER, "concat", (const char *const[]){"Concatenate", "cat", NULL},
             "Puts inputs one behind the other along a dimension.", sizeof(concat), options, examples},
    .least_inputs = 2,
    .most_inputs = TERN_MAX_INPUTS,
    .plan = concat_plan,
    .forward = concat_forward,
    .backward = concat_backward,
    .lower = concat_lower,
};
