/* rms_norm - y = x / sqrt(mean x^2 + eps) w over the last dimensions of each sample (Zhang and Sennrich 2019). */
#include <tern/layer.h>
#include <tern/layers/norm.h>
#include <math.h>

typedef struct rms_norm {
    tern_shape normalized_shape;
    double eps;
    bool elementwise_affine;
    size_t n; /* planned: how many numbers are normalised together */
} rms_norm;

enum { W };
enum { INVERSE }; /* save, of each group: 1 / sqrt(mean x^2 + eps) */

static tern_status rms_norm_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    rms_norm *l = self;
    tern_shape over = l->normalized_shape;
    tern_status status = tern_norm_shape(&spec->in[0], &over, err);
    if (status) return status;
    if (spec->sequences && over.rank == spec->in[0].rank)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalized_shape",
                              "reaches over the steps of sequences of any length; accepted are dimensions of one step");

    l->n = tern_shape_count(&over);
    size_t groups = tern_shape_count(&spec->in[0]) / l->n;
    spec->out = spec->in[0];
    spec->save[INVERSE] = TERN_SHAPE(groups);
    if (l->elementwise_affine)
        spec->param[W] = (tern_param){.name = "weight", .shape = over, .a = 1, .group = TERN_GROUP_NORM};
    return TERN_OK;
}

/* y = x r w */
TERN_CLONES static void scale(size_t n, const tern_real *x, tern_real r, const tern_real *w, tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] * r * w[i];
}

static void rms_norm_forward(const void *self, const tern_forward *f) {
    const rms_norm *l = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    size_t groups = tern_tensor_count(f->y) / l->n;
    for (size_t i = 0; i < groups; i++, x += l->n, y += l->n) {
        double sum = 0, square = 0;
        tern_norm_sums(l->n, x, 0, &sum, &square);
        tern_real r = (tern_real)(1 / sqrt(square / (double)l->n + l->eps));
        if (l->elementwise_affine) scale(l->n, x, r, f->param[W].data, y);
        else tern_norm_scale(l->n, x, 0, r, 0, y);
        if (f->training) f->save[INVERSE].data[i] = r;
    }
}

/* dw += dy x r */
TERN_CLONES static void add_gradient(size_t n, const tern_real *x, tern_real r, const tern_real *dy,
                                     tern_real *restrict dw) {
    for (size_t i = 0; i < n; i++) dw[i] += dy[i] * (x[i] * r);
}

TERN_CLONES static void multiply(size_t n, const tern_real *w, const tern_real *dy, tern_real *g) {
    for (size_t i = 0; i < n; i++) g[i] = w[i] * dy[i];
}

/* With r = 1 / sqrt(mean x^2 + eps), g = w dy, and means over the group: dx = r g - r^3 x mean (x g). */
static void rms_norm_backward(const void *self, const tern_backward *b) {
    const rms_norm *l = self;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    size_t groups = tern_tensor_count(b->dy) / l->n;
    for (size_t i = 0; i < groups; i++, x += l->n, dy += l->n) {
        tern_real r = b->save[INVERSE].data[i];
        if (l->elementwise_affine) add_gradient(l->n, x, r, dy, b->dparam[W].data);
        if (!b->dx[0]) continue;
        tern_real *dx = b->dx[0]->data + i * l->n;
        const tern_real *g = l->elementwise_affine ? dx : dy; /* g takes the place of dx for a moment */
        if (l->elementwise_affine) multiply(l->n, b->param[W].data, dy, dx);
        double sum = 0, dot = 0, inverse = (double)r;
        tern_norm_dots(l->n, x, 0, g, &sum, &dot);
        tern_norm_gradient(l->n, x, 0, g, r, (tern_real)(-inverse * inverse * inverse * dot / (double)l->n), 0, dx);
    }
}

static const tern_option options[] = {
    {.name = "normalized_shape",
     .kind = TERN_OPTION_SHAPE,
     .offset = TERN_FIELD(rms_norm, normalized_shape, tern_shape),
     .min = 1,
     .max = 2147483647,
     .least = 1,
     .most = TERN_MAX_RANK - 1,
     .doc = "The last dimensions, whose numbers are normalised together; left out: the last one."},
    TERN_REAL(rms_norm, eps, 1.1920928955078125e-07, 0, 1,
              "Added to the mean square; the default is PyTorch's, most published models have 1e-5 or 1e-6.",
              .alias = "epsilon"),
    TERN_BOOL(rms_norm, elementwise_affine, true, "Multiply by a learned weight, element by element."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"eps\": 0.01}", {{2, {3, 37}}}},
    {"{\"normalized_shape\": [2, 3]}", {{3, {4, 2, 3}}}},
    {"{\"elementwise_affine\": false}", {{2, {2, 7}}}},
    {0},
};

static tern_operand rms_norm_lower(const void *self, tern_lowering *l) {
    const rms_norm *n = self;
    const tern_operand w_b[2] = {n->elementwise_affine ? l->param[W] : TERN_NO_OPERAND, TERN_NO_OPERAND};
    return tern_lower_normalize(l, l->x[0], n->n, 1, n->eps, false, w_b);
}

const tern_layer_type tern_layer_rms_norm = {
    .base = {TERN_LAYER, "rms_norm", (const char *const[]){"RMSNormalization", NULL},
             "Divides the last dimensions of each sample by their root mean square: y = x / sqrt(mean x^2 + eps) w.",
             sizeof(rms_norm), options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = rms_norm_plan,
    .forward = rms_norm_forward,
    .backward = rms_norm_backward,
    .lower = rms_norm_lower,
};
