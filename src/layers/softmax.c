/* softmax - y = e^x / sum e^x along a dimension, the maximum subtracted first. */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct softmax {
    int64_t dim;
    size_t n, inner; /* planned: numbers along the dimension, and inside each of them */
} softmax;

static tern_status softmax_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    softmax *s = self;
    size_t axis;
    tern_status status = tern_axis(&spec->in[0], s->dim, "dim", &axis, err);
    if (status) return status;

    s->n = spec->in[0].dim[axis];
    if (s->n == 1)
        return tern_error_add(
            err, TERN_ERROR_MODEL, "dim",
            "names a dimension of one number, whose softmax is always 1; for yes or no there is sigmoid, or "
            "no layer and bce_with_logits");
    s->inner = 1;
    for (size_t i = axis + 1; i < spec->in[0].rank; i++) s->inner *= spec->in[0].dim[i];
    spec->out = spec->in[0];
    return TERN_OK;
}

static void softmax_forward(const void *self, const tern_forward *f) {
    const softmax *s = self;
    tern_softmax(tern_tensor_count(f->y) / (s->n * s->inner), s->n, s->inner, f->x[0]->data, f->y->data);
}

/* dx = y (dy - sum dy y), for n numbers that lie `step` apart. */
TERN_CLONES static void softmax_gradient(size_t n, size_t step, const tern_real *y, const tern_real *dy,
                                         tern_real *dx) {
    tern_real sum = 0;
    for (size_t i = 0; i < n; i++) sum += dy[i * step] * y[i * step];
    for (size_t i = 0; i < n; i++) dx[i * step] = y[i * step] * (dy[i * step] - sum);
}

static void softmax_backward(const void *self, const tern_backward *b) {
    const softmax *s = self;
    if (!b->dx[0]) return;
    size_t group = s->n * s->inner;
    for (size_t at = 0, count = tern_tensor_count(b->dy); at < count; at += group)
        for (size_t k = at; k < at + s->inner; k++)
            softmax_gradient(s->n, s->inner, b->y->data + k, b->dy->data + k, b->dx[0]->data + k);
}

static const tern_option options[] = {
    TERN_INT(softmax, dim, -1, -TERN_MAX_RANK, TERN_MAX_RANK - 1,
             "The dimension; 1 is the first of a sample, -1 the last.", .alias = "axis"),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"dim\": 1}", {{3, {3, 2, 2}}}},
    {"{\"dim\": 2}", {{3, {2, 4, 3}}}},
    {0},
};

const tern_layer_type tern_layer_softmax = {
    .base = {TERN_LAYER, "softmax", NULL, "Makes numbers positive with sum 1: y = e^x / sum e^x.", sizeof(softmax),
             options, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE,
    .plan = softmax_plan,
    .forward = softmax_forward,
    .backward = softmax_backward,
};
