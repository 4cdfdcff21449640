/* pad2d - puts rows and columns around planes: of a constant, of the mirrored input, or of its edge. */
#include <tern/layer.h>
#include <string.h>

typedef struct pad2d {
    tern_ints padding;
    int mode;
    double value;
    ptrdiff_t in[2], out[2], before[2]; /* planned: height and width */
} pad2d;

enum { CONSTANT, REFLECT, REPLICATE };
enum { LEFT, RIGHT, TOP, BOTTOM };

static const char *const modes[] = {"constant", "reflect", "replicate", NULL};

static ptrdiff_t padding(const pad2d *p, size_t side) { return (ptrdiff_t)p->padding.v[p->padding.n > 1 ? side : 0]; }

static tern_status pad2d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    pad2d *p = self;
    const tern_shape *in = &spec->in[0];
    char text[TERN_SHAPE_TEXT];
    if (in->rank != 3)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes samples of shape [C, H, W], but its input is %s",
                              tern_shape_text(in, text));
    if (p->padding.n != 1 && p->padding.n != 4)
        return tern_error_add(err, TERN_ERROR_MODEL, "padding",
                              "has %zu numbers, but takes 1, or 4: [left, right, top, bottom]", p->padding.n);
    spec->out = *in;
    for (size_t k = 0; k < 2; k++) {
        ptrdiff_t size = (ptrdiff_t)in->dim[k + 1], before = padding(p, k ? LEFT : TOP),
                  after = padding(p, k ? RIGHT : BOTTOM);
        if (p->mode == REFLECT && (before >= size || after >= size))
            return tern_error_add(
                err, TERN_ERROR_MODEL, "padding",
                "is %td in dimension %zu, but a reflection needs more numbers than that, and the input is %s",
                before > after ? before : after, k + 2, tern_shape_text(in, text));
        p->in[k] = size;
        p->before[k] = before;
        p->out[k] = before + size + after;
        spec->out.dim[k + 1] = (size_t)p->out[k];
    }
    return TERN_OK;
}

/* Where number o of an output dimension comes from; -1: from nowhere. */
static ptrdiff_t source(const pad2d *p, size_t axis, ptrdiff_t o) {
    ptrdiff_t i = o - p->before[axis], last = p->in[axis] - 1;
    if (0 <= i && i <= last) return i;
    if (p->mode == CONSTANT) return -1;
    if (p->mode == REFLECT) return i < 0 ? -i : 2 * last - i;
    return i < 0 ? 0 : last;
}

static void fill(tern_real *y, ptrdiff_t begin, ptrdiff_t end, tern_real value) {
    for (ptrdiff_t o = begin; o < end; o++) y[o] = value;
}

/* One row: its padding from and up to the columns that are the input's own. */
static void pad_row(const pad2d *p, const tern_real *x, tern_real *y) {
    ptrdiff_t first = p->before[1], end = first + p->in[1];
    memcpy(y + first, x, (size_t)p->in[1] * sizeof *y);
    if (p->mode == CONSTANT) {
        fill(y, 0, first, (tern_real)p->value);
        fill(y, end, p->out[1], (tern_real)p->value);
        return;
    }
    for (ptrdiff_t o = 0; o < first; o++) y[o] = x[source(p, 1, o)];
    for (ptrdiff_t o = end; o < p->out[1]; o++) y[o] = x[source(p, 1, o)];
}

static void pad2d_forward(const void *self, const tern_forward *f) {
    const pad2d *p = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data, *end = y + tern_tensor_count(f->y);
    for (; y < end; x += p->in[0] * p->in[1])
        for (ptrdiff_t o = 0; o < p->out[0]; o++, y += p->out[1]) {
            ptrdiff_t row = source(p, 0, o);
            if (row < 0) fill(y, 0, p->out[1], (tern_real)p->value);
            else pad_row(p, x + row * p->in[1], y);
        }
}

TERN_CLONES static void pad_row_gradient(const pad2d *p, const tern_real *dy, tern_real *restrict dx) {
    ptrdiff_t first = p->before[1], end = first + p->in[1];
    for (ptrdiff_t i = 0; i < p->in[1]; i++) dx[i] += dy[first + i];
    if (p->mode == CONSTANT) return;
    for (ptrdiff_t o = 0; o < first; o++) dx[source(p, 1, o)] += dy[o];
    for (ptrdiff_t o = end; o < p->out[1]; o++) dx[source(p, 1, o)] += dy[o];
}

static void pad2d_backward(const void *self, const tern_backward *b) {
    const pad2d *p = self;
    if (!b->dx[0]) return;
    const tern_real *dy = b->dy->data, *end = dy + tern_tensor_count(b->dy);
    tern_real *dx = b->dx[0]->data;
    tern_tensor_fill(b->dx[0], 0);
    for (; dy < end; dx += p->in[0] * p->in[1])
        for (ptrdiff_t o = 0; o < p->out[0]; o++, dy += p->out[1]) {
            ptrdiff_t row = source(p, 0, o);
            if (row >= 0) pad_row_gradient(p, dy, dx + row * p->in[1]);
        }
}

static const tern_option options[] = {
    TERN_INTS_REQUIRED(pad2d, padding, 0, 1 << 20, 1, 4,
                       "Rows and columns on every side, or [left, right, top, bottom]."),
    TERN_CHOICE(pad2d, mode, CONSTANT, modes, "What they hold."),
    TERN_REAL(pad2d, value, 0, -1e30, 1e30, "The constant of mode \"constant\"."),
    {0},
};

static const tern_example examples[] = {
    {"{\"padding\": 1}", {{3, {2, 3, 2}}}},
    {"{\"padding\": [0, 2, 1, 0], \"value\": 0.5}", {{3, {2, 2, 3}}}},
    {"{\"padding\": [2, 1, 0, 2], \"mode\": \"reflect\"}", {{3, {2, 3, 4}}}},
    {"{\"padding\": [3, 1, 2, 0], \"mode\": \"replicate\"}", {{3, {1, 3, 2}}}},
    {0},
};

static tern_operand pad2d_lower(const void *self, tern_lowering *l) {
    static const tern_padding mode[] = {TERN_PAD_CONSTANT, TERN_PAD_REFLECT, TERN_PAD_REPLICATE};
    const pad2d *p = self;
    size_t before[2] = {(size_t)p->before[0], (size_t)p->before[1]}, out[2] = {(size_t)p->out[0], (size_t)p->out[1]};
    return tern_lower_pad(l, l->x[0], mode[p->mode], before, out, p->value);
}

const tern_layer_type tern_layer_pad2d = {
    .base = {TERN_LAYER, "pad2d", (const char *const[]){"ZeroPad2d", "ConstantPad2d", "ZeroPadding2D", NULL},
             "Puts rows and columns around planes [C, H, W].", sizeof(pad2d), options, examples},
    .plan = pad2d_plan,
    .forward = pad2d_forward,
    .backward = pad2d_backward,
    .lower = pad2d_lower,
};
