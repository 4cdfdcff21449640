/* glu - y = a s, s = sigmoid(b), of the halves a and b of x (Dauphin et al., "Language modeling with gated
 * convolutional networks", 2017). da = dy s, db = dy a s (1 - s). */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct glu {
    int64_t dim;
    size_t half; /* planned: numbers of a half, where the sizes before `dim` are counted off */
} glu;

enum { BLOCK = 256 }; /* numbers at a time */

static tern_status glu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    glu *g = self;
    size_t axis;
    char text[TERN_SHAPE_TEXT];
    tern_status status = tern_shape_axis(&spec->in[0], g->dim, "dim", &axis, err);
    if (status) return status;
    if (spec->in[0].dim[axis] % 2)
        return tern_error_add(err, TERN_ERROR_MODEL, "dim", "has an odd size in %s: there are no halves",
                              tern_shape_text(&spec->in[0], text));
    spec->out = spec->in[0];
    spec->out.dim[axis] /= 2;
    g->half = 1;
    for (size_t k = axis; k < spec->out.rank; k++) g->half *= spec->out.dim[k];
    return TERN_OK;
}

TERN_CLONES static void forward_block(size_t n, const tern_real *a, const tern_real *b, tern_real *y) {
    tern_real s[BLOCK];
    tern_sigmoid(n, b, s);
    for (size_t i = 0; i < n; i++) y[i] = a[i] * s[i];
}

TERN_CLONES static void backward_block(size_t n, const tern_real *a, const tern_real *b, const tern_real *dy,
                                       tern_real *da, tern_real *db) {
    tern_real s[BLOCK];
    tern_sigmoid(n, b, s);
    for (size_t i = 0; i < n; i++) {
        da[i] = dy[i] * s[i];
        db[i] = dy[i] * a[i] * s[i] * (1 - s[i]);
    }
}

static void glu_forward(const void *self, const tern_forward *f) {
    const glu *g = self;
    const tern_real *x = f->x[0]->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += g->half, x += 2 * g->half)
        for (size_t k = 0; k < g->half; k += BLOCK)
            forward_block(g->half - k < BLOCK ? g->half - k : BLOCK, x + k, x + g->half + k, f->y->data + i + k);
}

static void glu_backward(const void *self, const tern_backward *b) {
    const glu *g = self;
    if (!b->dx[0]) return;
    const tern_real *x = b->x[0]->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i += g->half, x += 2 * g->half, dx += 2 * g->half)
        for (size_t k = 0; k < g->half; k += BLOCK)
            backward_block(g->half - k < BLOCK ? g->half - k : BLOCK, x + k, x + g->half + k, b->dy->data + i + k,
                           dx + k, dx + g->half + k);
}

static const tern_option options[] = {
    TERN_INT(glu, dim, -1, -TERN_MAX_RANK, TERN_MAX_RANK, "The dimension that is halved, the batch counted as 0."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {6}}}}, {"{\"dim\": 1}", {{2, {4, 3}}}}, {"{\"dim\": 2}", {{3, {2, 6, 101}}}}, {0}};

static tern_operand glu_lower(const void *self, tern_lowering *l) {
    const glu *g = self;
    tern_shape in = tern_lower_shape(l, l->x[0]);
    size_t axis = 0;
    tern_shape_axis(&in, g->dim, "dim", &axis, NULL);
    size_t half = in.dim[axis] / 2;
    tern_operand a = tern_lower_slice(l, l->x[0], axis, 0, 1, half),
                 b = tern_lower_slice(l, l->x[0], axis, half, 1, half);
    return tern_lower_formula(l, 2, (tern_operand[]){a, b}, "x * sigmoid(y)");
}

const tern_layer_type tern_layer_glu = {
    .base = {TERN_LAYER, "glu", NULL, "Gated linear unit: y = a sigmoid(b), of the halves a and b of x.", sizeof(glu),
             options, examples},
    .flags = TERN_READS_X,
    .plan = glu_plan,
    .forward = glu_forward,
    .backward = glu_backward,
    .lower = glu_lower,
};
