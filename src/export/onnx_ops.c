/* onnx_ops.c - each operation of a program becomes a few nodes. */
#include "onnx_graph.h"

#include <math.h>

/* x gain + shift as (x - c) gain + rest with c = -shift / gain: what cancels, does so before it is rounded, so that
 * float loses nothing where numbers are far from 0. Entry i of each list. */
typedef struct scale {
    float c, gain, rest;
} scale;

static scale scale_at(const tern_op *op, size_t i) {
    double gain = op->as.scale.gain[i], shift = op->as.scale.shift[i];
    float c = gain != 0 && isfinite(shift / gain) ? (float)(-shift / gain) : 0;
    return (scale){c, (float)gain, (float)(shift + (double)c * gain)};
}

static char *scale_by_channel(tern__onnx *g, const tern_op *op) {
    static const char *const type[3] = {"Sub", "Mul", "Add"};
    char *x = tern__onnx_x(g, op);
    tern_shape shape = tern__onnx_shape(g, op->output), list = shape;
    for (size_t k = 0, n = op->as.scale.n; k < list.rank; k++) { /* one for each channel, or one for all */
        if (n == 1) list.dim[k] = 1;
        else n /= list.dim[k];
    }
    for (size_t part = 0; part < 3; part++) {
        char *name;
        bool needed = false;
        for (size_t i = 0; i < op->as.scale.n; i++) {
            scale s = scale_at(op, i);
            needed = needed || (part == 0 ? s.c != 0 : part == 1 ? s.gain != 1 : s.rest != 0);
        }
        float *data = needed ? tern__onnx_constant(g, NULL, list, &name) : NULL;
        for (size_t i = 0; data && i < op->as.scale.n; i++) {
            scale s = scale_at(op, i);
            data[i] = part == 0 ? s.c : part == 1 ? s.gain : s.rest;
        }
        if (data) x = TERN__ONNX(g, type[part], x, name);
    }
    return x;
}

/* Of a vector it is a Gemm, which takes the weights as they are. */
static char *product(tern__onnx *g, const tern_op *op) {
    char *x = tern__onnx_x(g, op), *w, *y;
    tern_shape to = tern__onnx_shape(g, op->input[1]);
    if (tern__onnx_shape(g, op->input[0]).rank == 1) {
        char *input[3] = {x, tern__onnx_value(g, op->input[1]),
                          op->inputs > 2 ? tern__onnx_value(g, op->input[2]) : NULL};
        y = tern__onnx_node(g, "Gemm", op->inputs, input);
        tern__onnx_int(g, "transB", 1);
        return y;
    }
    const tern_real *from = g->p->value[op->input[1]].data;
    float *data = tern__onnx_constant(g, NULL, TERN_SHAPE(to.dim[1], to.dim[0]), &w);
    for (size_t i = 0; data && i < to.dim[0] * to.dim[1]; i++)
        data[i] = (float)from[i % to.dim[0] * to.dim[1] + i / to.dim[0]];
    y = TERN__ONNX(g, "MatMul", x, w);
    return op->inputs > 2 ? TERN__ONNX(g, "Add", y, tern__onnx_value(g, op->input[2])) : y;
}

/* Along the dimension of n numbers that lie `inner` apart, or one that is made for it. */
static char *softmax(tern__onnx *g, const tern_op *op) {
    size_t n = op->as.softmax.n, inner = op->as.softmax.inner, behind = 1, axis;
    tern_shape shape = tern__onnx_shape(g, op->output);
    char *x = tern__onnx_x(g, op);
    for (axis = shape.rank; axis > 0 && behind < inner; axis--) behind *= shape.dim[axis - 1];
    bool there = behind == inner && axis > 0 && shape.dim[axis - 1] == n;
    if (!there) x = tern__onnx_reshape(g, x, TERN_SHAPE(tern_shape_count(&shape) / (n * inner), n, inner)), axis = 2;
    x = TERN__ONNX(g, op->as.softmax.logarithm ? "LogSoftmax" : "Softmax", x);
    tern__onnx_int(g, "axis", axis);
    return there ? x : tern__onnx_reshape(g, x, shape);
}

static char *transpose(tern__onnx *g, const tern_op *op) {
    size_t axis[TERN_MAX_RANK + 1] = {0}, rank = tern__onnx_shape(g, op->output).rank;
    for (size_t k = 0; k < rank; k++) axis[k + 1] = op->as.axis[k] + 1;
    return tern__onnx_transpose(g, tern__onnx_x(g, op), rank + 1, axis);
}

static char *slice(tern__onnx *g, const tern_op *op) {
    int64_t axis = (int64_t)op->as.slice.axis + 1, first = (int64_t)op->as.slice.start,
            step = (int64_t)op->as.slice.step,
            end = first + step * ((int64_t)tern__onnx_shape(g, op->output).dim[op->as.slice.axis] - 1) + 1;
    return TERN__ONNX(g, "Slice", tern__onnx_x(g, op), tern__onnx_int_list(g, 1, &first),
                      tern__onnx_int_list(g, 1, &end), tern__onnx_int_list(g, 1, &axis),
                      tern__onnx_int_list(g, 1, &step));
}

static char *concat(tern__onnx *g, const tern_op *op) {
    char *input[TERN_MAX_INPUTS];
    for (size_t k = 0; k < op->inputs; k++) input[k] = tern__onnx_value(g, op->input[k]);
    char *y = tern__onnx_node(g, "Concat", op->inputs, input);
    tern__onnx_int(g, "axis", op->as.axis[0] + 1);
    return y;
}

/* Indices stay indices. */
static char *reshape(tern__onnx *g, const tern_op *op) {
    tern_operand x = op->input[0];
    tern_shape from = tern__onnx_shape(g, x), to = tern__onnx_shape(g, op->output);
    char *name = g->whole[x] ? g->value[x] : tern__onnx_value(g, x);
    g->whole[op->output] = g->whole[x];
    return tern_shape_equal(&from, &to) ? name : tern__onnx_reshape(g, name, to);
}

static char *lookup(tern__onnx *g, const tern_op *op) {
    return TERN__ONNX(g, "Gather", tern__onnx_value(g, op->input[1]), tern__onnx_indices(g, op->input[0]));
}

void tern__onnx_add_ops(tern__onnx *g) {
    static tern__onnx_writer *const write[TERN_OPS] = {[TERN_OP_RESHAPE] = reshape,
                                                       [TERN_OP_FORMULA] = tern__onnx_formula,
                                                       [TERN_OP_SCALE] = scale_by_channel,
                                                       [TERN_OP_PRODUCT] = product,
                                                       [TERN_OP_CONV] = tern__onnx_conv,
                                                       [TERN_OP_POOL] = tern__onnx_pool,
                                                       [TERN_OP_ADAPTIVE_POOL] = tern__onnx_adaptive_pool,
                                                       [TERN_OP_SOFTMAX] = softmax,
                                                       [TERN_OP_NORMALIZE] = tern__onnx_normalize,
                                                       [TERN_OP_TRANSPOSE] = transpose,
                                                       [TERN_OP_SLICE] = slice,
                                                       [TERN_OP_CONCAT] = concat,
                                                       [TERN_OP_PAD] = tern__onnx_pad,
                                                       [TERN_OP_RESIZE] = tern__onnx_resize,
                                                       [TERN_OP_LOOKUP] = lookup,
                                                       [TERN_OP_ATTENTION] = tern__onnx_attention,
                                                       [TERN_OP_RECURRENT] = tern__onnx_recurrent};
    for (size_t i = 0; i < g->p->ops && !g->failed && !g->refuse; i++) {
        const tern_op *op = &g->p->op[i];
        g->layer = op->layer;
        g->value[op->output] = write[op->kind](g, op);
    }
}
