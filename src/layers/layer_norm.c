/* layer_norm - y = (x - mean) / sqrt(var + eps) w + b over the last dimensions of each sample (Ba, Kiros and Hinton
 * 2016). */
#include <tern/layer.h>
#include <tern/layers/norm.h>
#include <math.h>

typedef struct layer_norm {
    tern_shape normalized_shape;
    double eps;
    bool elementwise_affine;
    size_t n; /* planned: how many numbers are normalised together */
} layer_norm;

enum { W, B };
enum { MEAN, REST, INVERSE }; /* saves, of each group: the mean, what it lost by rounding, 1 / sqrt(var + eps) */

static tern_status layer_norm_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    layer_norm *l = self;
    tern_shape over = l->normalized_shape;
    tern_status status = tern_norm_shape(&spec->in[0], &over, err);
    if (status) return status;
    if (spec->sequences && over.rank == spec->in[0].rank)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalized_shape",
                              "reaches over the steps of sequences of any length; accepted are dimensions of one step");

    l->n = tern_shape_count(&over);
    size_t groups = tern_shape_count(&spec->in[0]) / l->n;
    spec->out = spec->in[0];
    spec->save[MEAN] = spec->save[REST] = spec->save[INVERSE] = TERN_SHAPE(groups);
    if (l->elementwise_affine) {
        spec->param[W] = (tern_param){.name = "weight", .shape = over, .a = 1, .group = TERN_GROUP_NORM};
        spec->param[B] = (tern_param){.name = "bias", .shape = over, .group = TERN_GROUP_NORM};
    }
    return TERN_OK;
}

/* A mean in two parts: rounded, and what rounding took away. */
typedef struct center {
    tern_real mean, rest;
} center;

/* y = (x - mean) r w + b */
TERN_CLONES static void scale(size_t n, const tern_real *x, center c, tern_real r, const tern_real *w,
                              const tern_real *b, tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = ((x[i] - c.mean) - c.rest) * r * w[i] + b[i];
}

static void layer_norm_forward(const void *self, const tern_forward *f) {
    const layer_norm *l = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    size_t groups = tern_tensor_count(f->y) / l->n;
    for (size_t i = 0; i < groups; i++, x += l->n, y += l->n) {
        double mean, var;
        tern_norm_moments(l->n, x, &mean, &var);
        center c = {(tern_real)mean, (tern_real)tern_norm_rest(mean)};
        tern_real r = (tern_real)(1 / sqrt(var + l->eps));
        if (l->elementwise_affine) scale(l->n, x, c, r, f->param[W].data, f->param[B].data, y);
        else tern_norm_scale(l->n, x, c.mean, r, -c.rest * r, y);
        if (!f->training) continue;
        f->save[MEAN].data[i] = c.mean;
        f->save[REST].data[i] = c.rest;
        f->save[INVERSE].data[i] = r;
    }
}

/* dw += dy (x - mean) r, db += dy */
TERN_CLONES static void add_gradients(size_t n, const tern_real *x, center c, tern_real r, const tern_real *dy,
                                      tern_real *restrict dw, tern_real *restrict db) {
    for (size_t i = 0; i < n; i++) {
        dw[i] += dy[i] * (((x[i] - c.mean) - c.rest) * r);
        db[i] += dy[i];
    }
}

TERN_CLONES static void multiply(size_t n, const tern_real *w, const tern_real *dy, tern_real *g) {
    for (size_t i = 0; i < n; i++) g[i] = w[i] * dy[i];
}

/* With r = 1 / sqrt(var + eps), h = (x - mean) r, g = w dy, and means over the group: dx = r (g - mean g - h mean (h
 * g)). */
static void layer_norm_backward(const void *self, const tern_backward *b) {
    const layer_norm *l = self;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    size_t groups = tern_tensor_count(b->dy) / l->n;
    for (size_t i = 0; i < groups; i++, x += l->n, dy += l->n) {
        center c = {b->save[MEAN].data[i], b->save[REST].data[i]};
        tern_real r = b->save[INVERSE].data[i];
        if (l->elementwise_affine) add_gradients(l->n, x, c, r, dy, b->dparam[W].data, b->dparam[B].data);
        if (!b->dx[0]) continue;
        tern_real *dx = b->dx[0]->data + i * l->n;
        const tern_real *g = l->elementwise_affine ? dx : dy; /* g takes the place of dx for a moment */
        if (l->elementwise_affine) multiply(l->n, b->param[W].data, dy, dx);
        double sum = 0, dot = 0, inverse = (double)r, n = (double)l->n;
        tern_norm_dots(l->n, x, c.mean, g, &sum, &dot);
        dot -= (double)c.rest * sum;
        double slope = -inverse * inverse * inverse * dot / n, bias = -inverse * sum / n - (double)c.rest * slope;
        tern_norm_gradient(l->n, x, c.mean, g, r, (tern_real)slope, (tern_real)bias, dx);
    }
}

static const tern_option options[] = {
    {.name = "normalized_shape",
     .kind = TERN_OPTION_SHAPE,
     .offset = TERN_FIELD(layer_norm, normalized_shape, tern_shape),
     .min = 1,
     .max = 2147483647,
     .least = 1,
     .most = TERN_MAX_RANK - 1,
     .doc = "The last dimensions, whose numbers are normalised together; left out: the last one."},
    TERN_REAL(layer_norm, eps, 1e-5, 0, 1, "Added to the variance.", .alias = "epsilon"),
    TERN_BOOL(layer_norm, elementwise_affine, true,
              "Multiply by a learned weight and add a learned bias, element by element."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"eps\": 0.01}", {{2, {3, 37}}}},
    {"{\"normalized_shape\": [2, 3]}", {{3, {4, 2, 3}}}},
    {"{\"elementwise_affine\": false}", {{2, {2, 7}}}},
    {0},
};

static tern_operand layer_norm_lower(const void *self, tern_lowering *l) {
    const layer_norm *n = self;
    const tern_operand none[2] = {TERN_NO_OPERAND, TERN_NO_OPERAND};
    return tern_lower_normalize(l, l->x[0], n->n, 1, n->eps, true, n->elementwise_affine ? l->param : none);
}

const tern_layer_type tern_layer_layer_norm = {
    .base = {TERN_LAYER, "layer_norm", (const char *const[]){"LayerNormalization", NULL},
             "Normalises the last dimensions of each sample: y = (x - mean) / sqrt(var + eps) w + b.",
             sizeof(layer_norm), options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = layer_norm_plan,
    .forward = layer_norm_forward,
    .backward = layer_norm_backward,
    .lower = layer_norm_lower,
};
