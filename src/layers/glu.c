/* glu - y = a s(b), and swiglu - y = a s(a) b, of the halves a and b of x, s = sigmoid (Dauphin et al., "Language
 * modeling with gated convolutional networks", 2017; Shazeer, "GLU variants improve transformer", 2020).
 *
 *   glu:     da = dy s(b),                         db = dy a s(b) (1 - s(b))
 *   swiglu:  da = dy b s(a) (1 + a (1 - s(a))),    db = dy a s(a) */
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
    if (!status) status = tern_layer_within_steps(spec, axis, "dim", err);
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

/* ---- some numbers of both halves ---- */

typedef void block_forward(size_t n, const tern_real *a, const tern_real *b, tern_real *y);
typedef void block_backward(size_t n, const tern_real *a, const tern_real *b, const tern_real *dy, tern_real *da,
                            tern_real *db);

TERN_CLONES static void glu_block(size_t n, const tern_real *a, const tern_real *b, tern_real *y) {
    tern_real s[BLOCK];
    tern_sigmoid(n, b, s);
    for (size_t i = 0; i < n; i++) y[i] = a[i] * s[i];
}

TERN_CLONES static void glu_gradient(size_t n, const tern_real *a, const tern_real *b, const tern_real *dy,
                                     tern_real *da, tern_real *db) {
    tern_real s[BLOCK];
    tern_sigmoid(n, b, s);
    for (size_t i = 0; i < n; i++) {
        da[i] = dy[i] * s[i];
        db[i] = dy[i] * a[i] * s[i] * (1 - s[i]);
    }
}

TERN_CLONES static void swiglu_block(size_t n, const tern_real *a, const tern_real *b, tern_real *y) {
    tern_real s[BLOCK];
    tern_sigmoid(n, a, s);
    for (size_t i = 0; i < n; i++) y[i] = a[i] * s[i] * b[i];
}

TERN_CLONES static void swiglu_gradient(size_t n, const tern_real *a, const tern_real *b, const tern_real *dy,
                                        tern_real *da, tern_real *db) {
    tern_real s[BLOCK];
    tern_sigmoid(n, a, s);
    for (size_t i = 0; i < n; i++) {
        da[i] = dy[i] * b[i] * s[i] * (1 + a[i] * (1 - s[i]));
        db[i] = dy[i] * a[i] * s[i];
    }
}

/* ---- the layers ---- */

static void forward(const glu *g, const tern_forward *f, block_forward *block) {
    const tern_real *x = f->x[0]->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += g->half, x += 2 * g->half)
        for (size_t k = 0; k < g->half; k += BLOCK)
            block(g->half - k < BLOCK ? g->half - k : BLOCK, x + k, x + g->half + k, f->y->data + i + k);
}

static void backward(const glu *g, const tern_backward *b, block_backward *block) {
    if (!b->dx[0]) return;
    const tern_real *x = b->x[0]->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i += g->half, x += 2 * g->half, dx += 2 * g->half)
        for (size_t k = 0; k < g->half; k += BLOCK)
            block(g->half - k < BLOCK ? g->half - k : BLOCK, x + k, x + g->half + k, b->dy->data + i + k, dx + k,
                  dx + g->half + k);
}

static void glu_forward(const void *self, const tern_forward *f) { forward(self, f, glu_block); }

static void glu_backward(const void *self, const tern_backward *b) { backward(self, b, glu_gradient); }

static void swiglu_forward(const void *self, const tern_forward *f) { forward(self, f, swiglu_block); }

static void swiglu_backward(const void *self, const tern_backward *b) { backward(self, b, swiglu_gradient); }

static const tern_option options[] = {
    TERN_INT(glu, dim, -1, -TERN_MAX_RANK, TERN_MAX_RANK, "The dimension that is halved, the batch counted as 0."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {6}}}}, {"{\"dim\": 1}", {{2, {4, 3}}}}, {"{\"dim\": 2}", {{3, {2, 6, 101}}}}, {0}};

static tern_operand lower(const glu *g, tern_lowering *l, const char *formula) {
    tern_shape in = tern_lower_shape(l, l->x[0]);
    size_t axis = 0;
    tern_shape_axis(&in, g->dim, "dim", &axis, NULL);
    size_t half = in.dim[axis] / 2;
    tern_operand a = tern_lower_slice(l, l->x[0], axis, 0, 1, half),
                 b = tern_lower_slice(l, l->x[0], axis, half, 1, half);
    return tern_lower_formula(l, 2, (tern_operand[]){a, b}, "%s", formula);
}

static tern_operand glu_lower(const void *self, tern_lowering *l) { return lower(self, l, "x * sigmoid(y)"); }

static tern_operand swiglu_lower(const void *self, tern_lowering *l) { return lower(self, l, "x * sigmoid(x) * y"); }

const tern_layer_type tern_layer_glu = {
    .base = {TERN_LAYER, "glu", NULL, "Gated linear unit: y = a sigmoid(b), of the halves a and b of x.", sizeof(glu),
             options, examples},
    .flags = TERN_READS_X | TERN_SEQUENCES,
    .plan = glu_plan,
    .forward = glu_forward,
    .backward = glu_backward,
    .lower = glu_lower,
};

const tern_layer_type tern_layer_swiglu = {
    .base = {TERN_LAYER, "swiglu", NULL, "Gated by silu: y = a sigmoid(a) b, of the halves a and b of x.", sizeof(glu),
             options, examples},
    .flags = TERN_READS_X | TERN_SEQUENCES,
    .plan = glu_plan,
    .forward = swiglu_forward,
    .backward = swiglu_backward,
    .lower = swiglu_lower,
};
