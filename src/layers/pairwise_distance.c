/* pairwise_distance - how far apart two inputs are along their last dimension, as PyTorch's PairwiseDistance:
 *
 *   e = x0 - x1 + eps;  y = (sum |e|^p)^(1/p);  de = dy sign(e) (|e| / y)^(p-1), 0 where y is */
#include <tern/distance.h>
#include <tern/layer.h>

typedef struct distance {
    double p, eps;
    bool keepdim;
    size_t n; /* planned: numbers along the last dimension */
} distance;

static tern_status distance_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    distance *d = self;
    size_t axis = spec->in[0].rank - 1;
    tern_status status = tern_layer_same_shapes(spec, err);
    if (!status) status = tern_layer_within_steps(spec, axis, NULL, err);
    if (status) return status;
    d->n = spec->in[0].dim[axis];
    spec->out = tern_shape_reduced(&spec->in[0], 1U << axis, d->keepdim);
    return TERN_OK;
}

static void distance_forward(const void *self, const tern_forward *f) {
    const distance *d = self;
    const tern_real *a = f->x[0]->data, *b = f->x[1]->data;
    for (size_t k = 0, count = tern_tensor_count(f->y); k < count; k++, a += d->n, b += d->n)
        f->y->data[k] = (tern_real)tern_distance(d->n, a, b, d->p, d->eps);
}

static void distance_backward(const void *self, const tern_backward *b) {
    const distance *d = self;
    size_t at = 0;
    for (size_t k = 0, count = tern_tensor_count(b->dy); k < count; k++)
        for (size_t end = at + d->n; at < end; at++) {
            double e = (double)b->x[0]->data[at] - (double)b->x[1]->data[at] + d->eps,
                   g = (double)b->dy->data[k] * tern_distance_slope(e, (double)b->y->data[k], d->p);
            if (b->dx[0]) b->dx[0]->data[at] = (tern_real)g;
            if (b->dx[1]) b->dx[1]->data[at] = (tern_real)-g;
        }
}

static const tern_option options[] = {
    TERN_REAL(distance, p, 2, 1, 100, "The norm: 2 is the straight line, 1 the sum of absolute differences."),
    TERN_REAL(distance, eps, 1e-6, 0, 1e30, "Added to each difference, so that the distance has a gradient at 0."),
    TERN_BOOL(distance, keepdim, false, "Keep the last dimension, of size 1."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}, {1, {5}}}},
    {"{\"p\": 1, \"keepdim\": true}", {{2, {2, 3}}, {2, {2, 3}}}},
    {"{\"p\": 3}", {{3, {2, 2, 3}}, {3, {2, 2, 3}}}},
    {0},
};

static tern_operand distance_lower(const void *self, tern_lowering *l) {
    const distance *d = self;
    size_t axis = tern_lower_shape(l, l->x[0]).rank - 1;
    bool straight = d->p == 2;
    tern_operand e = tern_lower_formula(l, 2, l->x, "x - y + %.9g", d->eps);
    if (straight) e = tern_lower_formula(l, 1, &e, "%zu * x * x", d->n);
    else
        e = tern_lower_formula(l, 1, &e, "x < 0 ? %zu * exp(%.9g * log(-x)) : x > 0 ? %zu * exp(%.9g * log(x)) : 0",
                               d->n, d->p, d->n, d->p);
    e = tern_lower_reduce(l, e, 1U << axis, d->keepdim, TERN_POOL_MEAN_INSIDE);
    if (straight) return tern_lower_formula(l, 1, &e, "sqrt(x)");
    return tern_lower_formula(l, 1, &e, "x > 0 ? exp(log(x) / %.9g) : 0", d->p);
}

const tern_layer_type tern_layer_pairwise_distance = {
    .base = {TERN_LAYER, "pairwise_distance", NULL, "How far apart two inputs are: the norm of x0 - x1 + eps.",
             sizeof(distance), options, examples},
    .flags = TERN_READS_X | TERN_READS_Y | TERN_SEQUENCES,
    .least_inputs = 2,
    .most_inputs = 2,
    .plan = distance_plan,
    .forward = distance_forward,
    .backward = distance_backward,
    .lower = distance_lower,
};
