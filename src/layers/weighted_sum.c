/* weighted_sum - y = w0 x0 + w1 x1 + ..., one weight for each input, given or learned. */
#include <tern/initializer.h>
#include <tern/layer.h>

typedef struct weighted_sum {
    tern_reals weights;
    bool learned;
    size_t inputs;     /* planned */
    tern_object start; /* planned: the initializer that begins a learned weight with `weights` */
} weighted_sum;

enum { W };
enum { LANES = 16 }; /* partial sums, so that a sum runs in vector registers */

/* The given weights, by themselves or where learning begins. */
static void given_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const weighted_sum *s = self;
    (void)random;
    for (size_t k = 0; k < s->inputs; k++) w->data[k] = s->weights.n ? (tern_real)s->weights.v[k] : 1;
}

static const tern_initializer_type given = {.base = {.kind = TERN_INITIALIZER, .name = "weights"}, .fill = given_fill};

static tern_status weighted_sum_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    weighted_sum *s = self;
    tern_status status = tern_layer_same_shapes(spec, err);
    if (status) return status;
    if (s->weights.n && s->weights.n != spec->inputs)
        return tern_error_add(err, TERN_ERROR_MODEL, "weights", "has %zu numbers, but there are %zu inputs",
                              s->weights.n, spec->inputs);
    s->inputs = spec->inputs;
    s->start = (tern_object){.type = &given.base, .self = s};
    spec->out = spec->in[0];
    if (s->learned)
        spec->param[W] = (tern_param){
            .name = "weight", .shape = {1, {s->inputs}}, .fill = TERN_FILL_CONSTANT, .a = 1, .init = &s->start};
    return TERN_OK;
}

/* The weights in use; `own` has room for given ones. */
static const tern_real *weights(const weighted_sum *s, const tern_tensor *param, tern_real own[TERN_MAX_INPUTS]) {
    if (s->learned) return param[W].data;
    given_fill(s, NULL, &(tern_tensor){{1, {s->inputs}}, own});
    return own;
}

/* y = a x, y may be x; y += a x; and the sum of x y. */
TERN_CLONES static void scale(size_t n, tern_real a, const tern_real *x, tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = a * x[i];
}

TERN_CLONES static void add_scaled(size_t n, tern_real a, const tern_real *restrict x, tern_real *restrict y) {
    for (size_t i = 0; i < n; i++) y[i] += a * x[i];
}

TERN_CLONES static tern_real dot(size_t n, const tern_real *x, const tern_real *y) {
    tern_real lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) lane[k] += x[i + k] * y[i + k];
    for (; i < n; i++) sum += x[i] * y[i];
    for (size_t k = 0; k < LANES; k++) sum += lane[k];
    return sum;
}

static void weighted_sum_forward(const void *self, const tern_forward *f) {
    const weighted_sum *s = self;
    tern_real own[TERN_MAX_INPUTS];
    const tern_real *w = weights(s, f->param, own);
    size_t n = tern_tensor_count(f->y);
    scale(n, w[0], f->x[0]->data, f->y->data);
    for (size_t k = 1; k < s->inputs; k++) add_scaled(n, w[k], f->x[k]->data, f->y->data);
}

/* Backwards, because the first dx may lie over dy; dw before all, for the same reason. */
static void weighted_sum_backward(const void *self, const tern_backward *b) {
    const weighted_sum *s = self;
    tern_real own[TERN_MAX_INPUTS];
    const tern_real *w = weights(s, b->param, own);
    size_t n = tern_tensor_count(b->dy);
    if (s->learned)
        for (size_t k = 0; k < s->inputs; k++) b->dparam[W].data[k] += dot(n, b->x[k]->data, b->dy->data);
    for (size_t k = s->inputs; k-- > 0;)
        if (b->dx[k]) scale(n, w[k], b->dy->data, b->dx[k]->data);
}

static const tern_option options[] = {
    TERN_REALS(weighted_sum, weights, NULL, -1e30, 1e30, 1, TERN_MAX_INPUTS, "One for each input; left out: 1."),
    TERN_BOOL(weighted_sum, learned, false, "Learn them, as parameter \"weight\", from those values on."),
    {0},
};

static const tern_example examples[] = {
    {"{\"weights\": [0.7, -0.3]}", {{1, {7}}, {1, {7}}}},
    {"{\"weights\": [0.5, 0.25, 2], \"learned\": true}", {{3, {2, 3, 3}}, {3, {2, 3, 3}}, {3, {2, 3, 3}}}},
    {"{\"learned\": true}", {{1, {37}}, {1, {37}}}},
    {0},
};

static tern_operand weighted_sum_lower(const void *self, tern_lowering *l) {
    const weighted_sum *s = self;
    tern_real own[TERN_MAX_INPUTS] = {0};
    const tern_real *w = s->learned ? tern_lower_data(l, l->param[W]) : weights(s, NULL, own);
    tern_operand y = tern_lower_formula(l, 1, l->x, "%.9g * x", (double)w[0]);
    for (size_t k = 1; k < s->inputs; k++)
        y = tern_lower_formula(l, 2, (tern_operand[]){y, l->x[k]}, "x + %.9g * y", (double)w[k]);
    return y;
}

const tern_layer_type tern_layer_weighted_sum = {
    .base = {TERN_LAYER, "weighted_sum", NULL, "Adds inputs of one shape, each times a weight: y = w0 x0 + w1 x1 + ...",
             sizeof(weighted_sum), options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE,
    .least_inputs = 2,
    .most_inputs = TERN_MAX_INPUTS,
    .plan = weighted_sum_plan,
    .forward = weighted_sum_forward,
    .backward = weighted_sum_backward,
    .lower = weighted_sum_lower,
};
