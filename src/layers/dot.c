/* dot - y = sum of x0 x1 along a dimension; normalized, cosine similarity: x0 and x1 each divided by its norm first,
 * but by no less than eps, as PyTorch's:
 *
 *   y = x0 x1 / (n0 n1),  n = max(|x|, eps);  dx0 = dy (x1 / n1 - y x0 / n0) / n0, or dy x1 / (n0 n1) where n0 is eps
 */
#include <tern/layer.h>
#include <math.h>

typedef struct dot {
    int64_t dim;
    bool normalize, keepdim;
    double eps;
    size_t n, inner; /* planned: numbers along the dimension, and inside each of them */
} dot;

/* n numbers of each of two inputs, `step` apart. */
typedef struct pair {
    size_t n, step;
    const tern_real *a, *b;
} pair;

static tern_status dot_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    dot *d = self;
    size_t axis;
    tern_status status = tern_layer_same_shapes(spec, err);
    if (!status) status = tern_shape_axis(&spec->in[0], d->dim, "dim", &axis, err);
    if (!status) status = tern_layer_within_steps(spec, axis, "dim", err);
    if (status) return status;
    d->n = spec->in[0].dim[axis];
    d->inner = 1;
    for (size_t k = axis + 1; k < spec->in[0].rank; k++) d->inner *= spec->in[0].dim[k];
    spec->out = tern_shape_reduced(&spec->in[0], 1U << axis, d->keepdim);
    return TERN_OK;
}

static pair pair_at(const dot *d, const tern_tensor *const *x, size_t y) {
    size_t at = y / d->inner * d->n * d->inner + y % d->inner;
    return (pair){d->n, d->inner, x[0]->data + at, x[1]->data + at};
}

static double product(size_t n, size_t step, const tern_real *a, const tern_real *b) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)a[i * step] * (double)b[i * step];
    return sum;
}

static double length(size_t n, size_t step, const tern_real *a) { return sqrt(product(n, step, a, a)); }

static void dot_forward(const void *self, const tern_forward *f) {
    const dot *d = self;
    for (size_t k = 0, count = tern_tensor_count(f->y); k < count; k++) {
        pair p = pair_at(d, f->x, k);
        double y = product(p.n, p.step, p.a, p.b);
        if (d->normalize) y /= fmax(length(p.n, p.step, p.a), d->eps) * fmax(length(p.n, p.step, p.b), d->eps);
        f->y->data[k] = (tern_real)y;
    }
}

/* da = gain b - loss a. */
static void gradient(const pair *p, const tern_real *a, const tern_real *b, double gain, double loss, tern_real *da) {
    for (size_t i = 0; i < p->n; i++)
        da[i * p->step] = (tern_real)(gain * (double)b[i * p->step] - loss * (double)a[i * p->step]);
}

static void dot_backward(const void *self, const tern_backward *b) {
    const dot *d = self;
    for (size_t k = 0, count = tern_tensor_count(b->dy); k < count; k++) {
        pair p = pair_at(d, b->x, k);
        size_t at = (size_t)(p.a - b->x[0]->data);
        double gain = (double)b->dy->data[k], loss[2] = {0};
        if (d->normalize) {
            double n0 = fmax(length(p.n, p.step, p.a), d->eps), n1 = fmax(length(p.n, p.step, p.b), d->eps);
            gain /= n0 * n1;
            double slope = gain * product(p.n, p.step, p.a, p.b);
            loss[0] = n0 > d->eps ? slope / (n0 * n0) : 0;
            loss[1] = n1 > d->eps ? slope / (n1 * n1) : 0;
        }
        if (b->dx[0]) gradient(&p, p.a, p.b, gain, loss[0], b->dx[0]->data + at);
        if (b->dx[1]) gradient(&p, p.b, p.a, gain, loss[1], b->dx[1]->data + at);
    }
}

static const tern_option options[] = {
    TERN_INT(dot, dim, -1, -TERN_MAX_RANK, TERN_MAX_RANK - 1,
             "The dimension that is summed over; 1 is the first of a sample, -1 the last.", .alias = "axis"),
    TERN_BOOL(dot, normalize, false, "Divide each input by its norm first: cosine similarity."),
    TERN_BOOL(dot, keepdim, false, "Keep the dimension, of size 1."),
    TERN_REAL(dot, eps, 1e-8, 0, 1e30, "With normalize: the least that a norm is taken for.", .above_min = true),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}, {1, {5}}}},
    {"{\"normalize\": true}", {{2, {3, 4}}, {2, {3, 4}}}},
    {"{\"normalize\": true, \"eps\": 3}", {{1, {5}}, {1, {5}}}},
    {"{\"dim\": 1, \"keepdim\": true}", {{3, {4, 2, 3}}, {3, {4, 2, 3}}}},
    {"{\"dim\": 2, \"normalize\": true}", {{3, {2, 4, 3}}, {3, {2, 4, 3}}}},
    {0},
};

/* The sum of x y as a mean, which pooling can do. */
static tern_operand lower_sum(const dot *d, tern_lowering *l, tern_operand x, tern_operand y) {
    tern_shape in = tern_lower_shape(l, x);
    size_t axis = 0;
    tern_shape_axis(&in, d->dim, "dim", &axis, NULL);
    tern_operand all = tern_lower_formula(l, 2, (tern_operand[]){x, y}, "%zu * x * y", d->n);
    return tern_lower_reduce(l, all, 1U << axis, d->keepdim, TERN_POOL_MEAN_INSIDE);
}

static tern_operand lower_length(const dot *d, tern_lowering *l, tern_operand x) {
    tern_operand square = lower_sum(d, l, x, x);
    return tern_lower_formula(l, 1, &square, "sqrt(x) > %.9g ? sqrt(x) : %.9g", d->eps, d->eps);
}

static tern_operand dot_lower(const void *self, tern_lowering *l) {
    const dot *d = self;
    tern_operand y = lower_sum(d, l, l->x[0], l->x[1]);
    if (!d->normalize) return y;
    tern_operand all[] = {y, lower_length(d, l, l->x[0]), lower_length(d, l, l->x[1])};
    return tern_lower_formula(l, 3, all, "x / (y * z)");
}

const tern_layer_type tern_layer_dot = {
    .base = {TERN_LAYER, "dot", NULL,
             "The sum of products of two inputs along a dimension, or their cosine similarity.", sizeof(dot), options,
             examples},
    .flags = TERN_READS_X | TERN_SEQUENCES,
    .least_inputs = 2,
    .most_inputs = 2,
    .plan = dot_plan,
    .forward = dot_forward,
    .backward = dot_backward,
    .lower = dot_lower,
};
