/* onnx_planes.c - operations over planes [C, H, W] and signals [C, L] as nodes of an ONNX graph; see onnx_graph.h. */
#include "onnx_graph.h"

/* A window as ONNX describes it, a number for each dimension that there is: both of planes, the last of signals. */
typedef struct sides {
    size_t n, kernel[2], stride[2], dilation[2], pad[4]; /* before, then behind */
} sides;

/* Behind the input, as many as the last window needs. Returns what the input has beyond that. */
static size_t set_side(sides *s, size_t k, const ptrdiff_t size[2], ptrdiff_t kernel, ptrdiff_t stride,
                       ptrdiff_t dilation, ptrdiff_t pad) {
    ptrdiff_t behind = (size[1] - 1) * stride + dilation * (kernel - 1) + 1 - size[0] - pad;
    s->kernel[k] = (size_t)kernel, s->stride[k] = (size_t)stride, s->dilation[k] = (size_t)dilation;
    s->pad[k] = (size_t)pad, s->pad[s->n + k] = behind > 0 ? (size_t)behind : 0;
    return behind < 0 ? (size_t)-behind : 0;
}

static void add_sides(tern__onnx *g, const sides *s, bool dilated) {
    tern__onnx_ints(g, "kernel_shape", s->n, s->kernel);
    tern__onnx_ints(g, "strides", s->n, s->stride);
    tern__onnx_ints(g, "pads", 2 * s->n, s->pad);
    if (dilated) tern__onnx_ints(g, "dilations", s->n, s->dilation);
}

char *tern__onnx_conv(tern__onnx *g, const tern_op *op) {
    const tern_conv *c = &op->as.conv.conv;
    const tern_window *w = &c->window;
    sides s = {.n = tern__onnx_shape(g, op->input[0]).rank - 1};
    size_t beyond[2];
    for (size_t k = 0; k < s.n; k++) {
        size_t axis = 2 - s.n + k;
        ptrdiff_t size[2] = {(ptrdiff_t)w->in[axis], (ptrdiff_t)w->out[axis]};
        beyond[k] = set_side(&s, k, size, (ptrdiff_t)w->kernel[axis], (ptrdiff_t)w->stride[axis],
                             (ptrdiff_t)w->dilation[axis], (ptrdiff_t)w->pad[axis]);
    }
    char *input[3] = {tern__onnx_x(g, op), tern__onnx_value(g, op->input[1]), NULL};
    if (op->inputs > 2) input[2] = tern__onnx_value(g, op->input[2]);
    char *y = tern__onnx_node(g, op->as.conv.transposed ? "ConvTranspose" : "Conv", op->inputs, input);
    add_sides(g, &s, true);
    tern__onnx_int(g, "group", c->groups);
    if (op->as.conv.transposed) tern__onnx_ints(g, "output_padding", s.n, beyond);
    return y;
}

/* ---- pools ---- */

static char *global_pool(tern__onnx *g, const tern_op *op) {
    static const size_t axis[] = {2, 3, 4};
    char *y = TERN__ONNX(g, op->as.pool.kind == TERN_POOL_MAX ? "ReduceMax" : "ReduceMean", tern__onnx_x(g, op));
    tern__onnx_ints(g, "axes", tern__onnx_shape(g, op->input[0]).rank - 1, axis);
    tern__onnx_int(g, "keepdims", 0);
    return y;
}

/* What of window o tern divides by: the input and its padding, not what hangs over. */
static double covered(const tern_pool_axis *a, size_t o) {
    ptrdiff_t begin = (ptrdiff_t)o * a->stride - a->padding, end = begin + a->kernel, last = a->in + a->padding;
    return (double)((end < last ? end : last) - begin);
}

/* ONNX divides by the whole window, as tern does but where the last one hangs over. */
static char *correct(tern__onnx *g, const tern_op *op, const sides *s, char *y) {
    const tern_pool_axis *h = &op->as.pool.pool.h, *w = &op->as.pool.pool.w;
    if (op->as.pool.kind != TERN_POOL_MEAN_PADDED) return y;
    if (covered(h, (size_t)h->out - 1) == (double)h->kernel && covered(w, (size_t)w->out - 1) == (double)w->kernel)
        return y;
    tern_shape shape = TERN_SHAPE((size_t)h->out, (size_t)w->out);
    if (s->n == 1) shape = TERN_SHAPE((size_t)w->out);
    char *by;
    float *data = tern__onnx_constant(g, NULL, shape, &by);
    for (size_t i = 0; data && i < tern_shape_count(&shape); i++)
        data[i] = (float)((double)(h->kernel * w->kernel) /
                          (covered(h, i / (size_t)w->out) * covered(w, i % (size_t)w->out)));
    return TERN__ONNX(g, "Mul", y, by);
}

char *tern__onnx_pool(tern__onnx *g, const tern_op *op) {
    const tern_pool_axis *axis[2] = {&op->as.pool.pool.h, &op->as.pool.pool.w};
    bool largest = op->as.pool.kind == TERN_POOL_MAX;
    tern_shape in = tern__onnx_shape(g, op->input[0]);
    if (tern__onnx_shape(g, op->output).rank < in.rank) return global_pool(g, op);
    sides s = {.n = in.rank - 1};
    for (size_t k = 0; k < s.n; k++) {
        const tern_pool_axis *a = axis[2 - s.n + k];
        set_side(&s, k, (const ptrdiff_t[]){a->in, a->out}, a->kernel, a->stride, a->dilation, a->padding);
    }
    char *y = TERN__ONNX(g, largest ? "MaxPool" : "AveragePool", tern__onnx_x(g, op));
    add_sides(g, &s, largest);
    if (!largest) tern__onnx_int(g, "count_include_pad", op->as.pool.kind == TERN_POOL_MEAN_PADDED);
    return correct(g, op, &s, y);
}

/* A constant of the means over parts of a dimension: [out, in], or of the last dimension [in, out]. */
static char *means(tern__onnx *g, size_t in, size_t out, bool last) {
    char *name;
    float *data = tern__onnx_constant(g, NULL, last ? TERN_SHAPE(in, out) : TERN_SHAPE(out, in), &name);
    for (size_t o = 0; data && o < out; o++) {
        size_t begin = o * in / out, end = ((o + 1) * in + out - 1) / out;
        for (size_t i = begin; i < end; i++) data[last ? i * out + o : o * in + i] = 1 / (float)(end - begin);
    }
    return name;
}

/* Windows of different sizes: a product with what each number counts for, along each dimension. */
char *tern__onnx_adaptive_pool(tern__onnx *g, const tern_op *op) {
    tern_shape in = tern__onnx_shape(g, op->input[0]), out = tern__onnx_shape(g, op->output);
    char *y = TERN__ONNX(g, "MatMul", tern__onnx_x(g, op), means(g, in.dim[2], out.dim[2], true));
    return TERN__ONNX(g, "MatMul", means(g, in.dim[1], out.dim[1], false), y);
}

/* ---- sizes ---- */

char *tern__onnx_pad(tern__onnx *g, const tern_op *op) {
    static const char *const mode[] = {"constant", "reflect", "edge"};
    tern_shape in = tern__onnx_shape(g, op->input[0]), out = tern__onnx_shape(g, op->output);
    int64_t pads[8] = {0};
    for (size_t k = 0; k < 2; k++) {
        pads[2 + k] = (int64_t)op->as.pad.before[k];
        pads[6 + k] = (int64_t)out.dim[1 + k] - (int64_t)in.dim[1 + k] - pads[2 + k];
    }
    char *y = TERN__ONNX(g, "Pad", tern__onnx_x(g, op), tern__onnx_int_list(g, 8, pads),
                         tern__onnx_number(g, op->as.pad.value));
    tern__onnx_string(g, "mode", mode[op->as.pad.mode]);
    return y;
}

/* Where number o of a larger dimension lies: part *t of the way from the place returned to the next one. */
static size_t place(const tern_op *op, size_t axis, size_t in, size_t out, size_t o, double *t) {
    double step = op->as.resize.step[axis], at = (double)o * step;
    *t = 0;
    if (op->as.resize.linear) {
        if (in == out) return o;
        if (!op->as.resize.align_corners) at = ((double)o + 0.5) * step - 0.5;
    } else at = (double)((float)o * (float)step);
    if (at < 0) at = 0;
    size_t i = (size_t)at < in - 1 ? (size_t)at : in - 1;
    if (op->as.resize.linear) *t = at - (double)i;
    return i;
}

/* Weights of rows or columns, each for what is picked first or second. */
static char *weigh(tern__onnx *g, char *x, size_t n, const double *t, bool second, bool rows) {
    char *name;
    float *data = tern__onnx_constant(g, NULL, rows ? TERN_SHAPE(n, 1) : TERN_SHAPE(n), &name);
    for (size_t o = 0; data && o < n; o++) data[o] = (float)(second ? t[o] : 1 - t[o]);
    return TERN__ONNX(g, "Mul", x, name);
}

/* Rows (axis 0) or columns are picked by their places, and between two of them in parts: which is the same in every
 * runtime, as rules for Resize are not. */
static char *resize_axis(tern__onnx *g, const tern_op *op, char *x, size_t axis, size_t in, size_t out) {
    size_t dim = tern__onnx_shape(g, op->output).rank - 1 + axis;
    int64_t *from = tern__arena_alloc(&g->memory, 2 * out, sizeof *from, g->err);
    double *t = tern__arena_alloc(&g->memory, out, sizeof *t, g->err);
    if (!from || !t) return g->failed = true, x;
    bool between = false, moved = in != out;
    for (size_t o = 0; o < out; o++) {
        size_t i = place(op, axis, in, out, o, &t[o]);
        from[o] = (int64_t)i, from[out + o] = (int64_t)(i + 1 < in ? i + 1 : i);
        between = between || t[o] > 0, moved = moved || i != o;
    }
    if (!moved) return x;
    char *y = TERN__ONNX(g, "Gather", x, tern__onnx_int_list(g, out, from));
    tern__onnx_int(g, "axis", dim);
    if (!between) return y;
    char *z = TERN__ONNX(g, "Gather", x, tern__onnx_int_list(g, out, from + out));
    tern__onnx_int(g, "axis", dim);
    y = weigh(g, y, out, t, false, !axis);
    z = weigh(g, z, out, t, true, !axis);
    return TERN__ONNX(g, "Add", y, z);
}

char *tern__onnx_resize(tern__onnx *g, const tern_op *op) {
    tern_shape in = tern__onnx_shape(g, op->input[0]), out = tern__onnx_shape(g, op->output);
    char *y = tern__onnx_x(g, op);
    if (in.rank == 3) y = resize_axis(g, op, y, 0, in.dim[1], out.dim[1]);
    return resize_axis(g, op, y, 1, in.dim[in.rank - 1], out.dim[in.rank - 1]);
}
