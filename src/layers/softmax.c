/* softmax - y = e^x / sum e^x along a dimension, the maximum subtracted first; and log_softmax, its logarithm y = x -
 * ln(sum e^x), computed stably. */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct softmax {
    int64_t dim;
    size_t n, inner; /* planned: numbers along the dimension, and inside each of them */
} softmax;

static tern_status plan(softmax *s, const char *always, tern_layer_spec *spec, tern_error *err) {
    size_t axis;
    tern_status status = tern_shape_axis(&spec->in[0], s->dim, "dim", &axis, err);
    if (!status) status = tern_layer_within_steps(spec, axis, "dim", err);
    if (status) return status;

    s->n = spec->in[0].dim[axis];
    if (s->n == 1)
        return tern_error_add(err, TERN_ERROR_MODEL, "dim",
                              "names a dimension of one number, whose %s; for yes or no there is sigmoid, or "
                              "no layer and bce_with_logits",
                              always);
    s->inner = 1;
    for (size_t i = axis + 1; i < spec->in[0].rank; i++) s->inner *= spec->in[0].dim[i];
    spec->out = spec->in[0];
    return TERN_OK;
}

static tern_status softmax_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return plan(self, "softmax is always 1", spec, err);
}

static tern_status log_softmax_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    softmax *s = self;
    tern_status status = plan(s, "log-softmax is always 0", spec, err);
    if (!status) spec->scratch = s->n * s->inner;
    return status;
}

/* ---- softmax ---- */

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

/* ---- log_softmax ---- */

static void log_softmax_forward(const void *self, const tern_forward *f) {
    const softmax *s = self;
    tern_log_softmax(tern_tensor_count(f->y) / (s->n * s->inner), s->n, s->inner, f->x[0]->data, f->y->data);
}

/* dx = dy - p sum dy, p = e^y, for n numbers that lie `step` apart. */
TERN_CLONES static void log_softmax_gradient(size_t n, size_t step, const tern_real *p, const tern_real *dy,
                                             tern_real *dx) {
    tern_real sum = 0;
    for (size_t i = 0; i < n; i++) sum += dy[i * step];
    for (size_t i = 0; i < n; i++) dx[i * step] = dy[i * step] - p[i * step] * sum;
}

static void log_softmax_backward(const void *self, const tern_backward *b) {
    const softmax *s = self;
    if (!b->dx[0]) return;
    size_t group = s->n * s->inner;
    tern_real *p = b->scratch;
    for (size_t at = 0, count = tern_tensor_count(b->dy); at < count; at += group) {
        tern_exp(group, b->y->data + at, p);
        for (size_t k = 0; k < s->inner; k++)
            log_softmax_gradient(s->n, s->inner, p + k, b->dy->data + at + k, b->dx[0]->data + at + k);
    }
}

static tern_operand softmax_lower(const void *self, tern_lowering *l) {
    const softmax *s = self;
    return tern_lower_softmax(l, l->x[0], s->n, s->inner, false);
}

static tern_operand log_softmax_lower(const void *self, tern_lowering *l) {
    const softmax *s = self;
    return tern_lower_softmax(l, l->x[0], s->n, s->inner, true);
}

/* ---- types ---- */

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
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_SEQUENCES,
    .plan = softmax_plan,
    .forward = softmax_forward,
    .backward = softmax_backward,
    .lower = softmax_lower,
};

const tern_layer_type tern_layer_log_softmax = {
    .base = {TERN_LAYER, "log_softmax", NULL, "The logarithm of softmax: y = x - ln(sum e^x).", sizeof(softmax),
             options, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_SEQUENCES,
    .plan = log_softmax_plan,
    .forward = log_softmax_forward,
    .backward = log_softmax_backward,
    .lower = log_softmax_lower,
};
