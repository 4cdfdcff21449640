/* lower.c - the functions by which layers write themselves down as operations; see tern/lower.h. */
#include "program.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- the growing program ---- */

static bool grow(tern__program *p, void **list, size_t n, size_t *room, size_t size) {
    if (n < *room) return true;
    void *grown = tern__realloc(*list, *room, 2 * *room + 16, size, p->err);
    if (!grown) return p->failed = true, false;
    *list = grown;
    *room = 2 * *room + 16;
    return true;
}

tern_operand tern__program_value(tern__program *p, tern__operand value) {
    void *list = p->value;
    if (!grow(p, &list, p->values, &p->value_room, sizeof *p->value)) return 0;
    p->value = list;
    p->value[p->values] = value;
    return p->values++;
}

tern_op *tern__program_op(tern__program *p, tern_op_kind kind, size_t n, const tern_operand *input, tern_shape out) {
    void *list = p->op;
    tern_operand result = tern__program_value(p, (tern__operand){.shape = out});
    if (p->failed || !grow(p, &list, p->ops, &p->op_room, sizeof *p->op)) return NULL;
    p->op = list;
    tern_op *op = &p->op[p->ops++];
    *op = (tern_op){.kind = kind, .layer = p->layer, .output = result};
    for (size_t i = 0; i < n; i++)
        if (input[i] != TERN_NO_OPERAND) op->input[op->inputs++] = input[i];
    return op;
}

tern_operand tern__program_scale(tern__program *p, tern_operand x, size_t n, const double *gain, const double *shift) {
    tern_op *op = tern__program_op(p, TERN_OP_SCALE, 1, &x, p->value[x].shape);
    if (!op) return 0;
    op->as.scale.n = n;
    op->as.scale.gain = gain;
    op->as.scale.shift = shift;
    return op->output;
}

void tern__program_free(tern__program *p) {
    tern__free(p->value);
    tern__free(p->op);
    tern__arena_free(&p->arena);
}

/* ---- operands ---- */

tern_shape tern_lower_shape(const tern_lowering *l, tern_operand x) {
    const tern__program *p = l->program;
    return x < p->values ? p->value[x].shape : TERN_SHAPE(1);
}

const tern_real *tern_lower_data(const tern_lowering *l, tern_operand x) {
    const tern__program *p = l->program;
    return x < p->values ? p->value[x].data : NULL;
}

tern_real *tern_lower_constant(tern_lowering *l, tern_shape shape, tern_operand *out) {
    tern__program *p = l->program;
    tern_real *data = tern__arena_alloc(&p->arena, tern_shape_count(&shape), sizeof *data, p->err);
    if (!data) p->failed = true;
    *out = tern__program_value(p, (tern__operand){.shape = shape, .data = data});
    return p->failed ? NULL : data;
}

tern_operand tern_lower_refuse(tern_lowering *l, const char *why) {
    tern__program *p = l->program;
    p->refused = why;
    return TERN_NO_OPERAND;
}

/* ---- operations ---- */

static tern_op *add(tern_lowering *l, tern_op_kind kind, size_t n, const tern_operand *input, tern_shape out) {
    tern__program *p = l->program;
    tern_op *op = tern__program_op(p, kind, n, input, out);
    return op ? op : &p->nowhere;
}

tern_operand tern_lower_reshape(tern_lowering *l, tern_operand x, tern_shape shape) {
    return add(l, TERN_OP_RESHAPE, 1, &x, shape)->output;
}

tern_operand tern_lower_formula(tern_lowering *l, size_t n, const tern_operand *operand, const char *formula, ...) {
    tern__program *p = l->program;
    char text[512];
    va_list rest;
    va_start(rest, formula);
    vsnprintf(text, sizeof text, formula, rest);
    va_end(rest);
    tern_op *op = add(l, TERN_OP_FORMULA, n, operand, tern_lower_shape(l, operand[0]));
    op->as.formula = tern__arena_text(&p->arena, text, strlen(text), p->err);
    if (!op->as.formula) p->failed = true;
    return op->output;
}

tern_operand tern_lower_product(tern_lowering *l, tern_operand x, tern_operand w, tern_operand b) {
    tern_shape out = tern_lower_shape(l, x);
    out.dim[out.rank - 1] = tern_lower_shape(l, w).dim[0];
    return add(l, TERN_OP_PRODUCT, 3, (const tern_operand[]){x, w, b}, out)->output;
}

tern_operand tern_lower_conv(tern_lowering *l, tern_operand x, tern_operand w, tern_operand b, const tern_conv *conv,
                             bool transposed) {
    const tern_window *v = &conv->window;
    tern_shape out = tern_lower_shape(l, x);
    out.dim[0] = conv->groups * (transposed ? v->channels : conv->filters);
    out.dim[out.rank - 1] = transposed ? v->in[1] : v->out[1];
    if (out.rank == 3) out.dim[1] = transposed ? v->in[0] : v->out[0];
    tern_op *op = add(l, TERN_OP_CONV, 3, (const tern_operand[]){x, w, b}, out);
    op->as.conv.conv = *conv;
    op->as.conv.transposed = transposed;
    return op->output;
}

tern_operand tern_lower_pool(tern_lowering *l, tern_operand x, const tern_pool *pool, tern_pooling kind) {
    tern_shape out = tern_lower_shape(l, x);
    out.dim[out.rank - 1] = (size_t)pool->w.out;
    if (out.rank == 3) out.dim[1] = (size_t)pool->h.out;
    tern_op *op = add(l, TERN_OP_POOL, 1, &x, out);
    op->as.pool.pool = *pool;
    op->as.pool.kind = kind;
    return op->output;
}

tern_operand tern_lower_global_pool(tern_lowering *l, tern_operand x, const tern_pool *pool, tern_pooling kind) {
    tern_op *op = add(l, TERN_OP_POOL, 1, &x, TERN_SHAPE(tern_lower_shape(l, x).dim[0]));
    op->as.pool.pool = *pool;
    op->as.pool.kind = kind;
    return op->output;
}

tern_operand tern_lower_adaptive_pool(tern_lowering *l, tern_operand x, const size_t out[2]) {
    return add(l, TERN_OP_ADAPTIVE_POOL, 1, &x, TERN_SHAPE(tern_lower_shape(l, x).dim[0], out[0], out[1]))->output;
}

tern_operand tern_lower_softmax(tern_lowering *l, tern_operand x, size_t n, size_t inner, bool logarithm) {
    tern_op *op = add(l, TERN_OP_SOFTMAX, 1, &x, tern_lower_shape(l, x));
    op->as.softmax.n = n;
    op->as.softmax.inner = inner;
    op->as.softmax.logarithm = logarithm;
    return op->output;
}

tern_operand tern_lower_normalize(tern_lowering *l, tern_operand x, size_t n, size_t inner, double eps, bool centered,
                                  const tern_operand w_b[2]) {
    tern_op *op = add(l, TERN_OP_NORMALIZE, 3, (const tern_operand[]){x, w_b[0], w_b[1]}, tern_lower_shape(l, x));
    op->as.normalize.n = n;
    op->as.normalize.inner = inner;
    op->as.normalize.eps = eps;
    op->as.normalize.centered = centered;
    return op->output;
}

tern_operand tern_lower_transpose(tern_lowering *l, tern_operand x, const size_t *axis) {
    tern_shape in = tern_lower_shape(l, x), out = in;
    for (size_t k = 0; k < in.rank; k++) out.dim[k] = in.dim[axis[k]];
    tern_op *op = add(l, TERN_OP_TRANSPOSE, 1, &x, out);
    memcpy(op->as.axis, axis, in.rank * sizeof *axis);
    return op->output;
}

tern_operand tern_lower_slice(tern_lowering *l, tern_operand x, size_t axis, size_t start, size_t step, size_t count) {
    tern_shape out = tern_lower_shape(l, x);
    out.dim[axis] = count;
    tern_op *op = add(l, TERN_OP_SLICE, 1, &x, out);
    op->as.slice.axis = axis;
    op->as.slice.start = start;
    op->as.slice.step = step;
    return op->output;
}

tern_operand tern_lower_concat(tern_lowering *l, size_t n, const tern_operand *x, size_t axis) {
    tern_shape out = tern_lower_shape(l, x[0]);
    for (size_t k = 1; k < n; k++) out.dim[axis] += tern_lower_shape(l, x[k]).dim[axis];
    tern_op *op = add(l, TERN_OP_CONCAT, n, x, out);
    op->as.axis[0] = axis;
    return op->output;
}

tern_operand tern_lower_pad(tern_lowering *l, tern_operand x, tern_padding mode, const size_t before[2],
                            const size_t out[2], double value) {
    tern_op *op = add(l, TERN_OP_PAD, 1, &x, TERN_SHAPE(tern_lower_shape(l, x).dim[0], out[0], out[1]));
    op->as.pad.mode = mode;
    op->as.pad.before[0] = before[0], op->as.pad.before[1] = before[1];
    op->as.pad.value = value;
    return op->output;
}

tern_operand tern_lower_resize(tern_lowering *l, tern_operand x, bool linear, bool align_corners, const double step[2],
                               tern_shape out) {
    tern_op *op = add(l, TERN_OP_RESIZE, 1, &x, out);
    op->as.resize.linear = linear;
    op->as.resize.align_corners = align_corners;
    op->as.resize.step[0] = step[0], op->as.resize.step[1] = step[1];
    return op->output;
}

tern_operand tern_lower_lookup(tern_lowering *l, tern_operand x, tern_operand w) {
    tern_shape out = tern_lower_shape(l, x);
    out.dim[out.rank++] = tern_lower_shape(l, w).dim[1];
    return add(l, TERN_OP_LOOKUP, 2, (const tern_operand[]){x, w}, out)->output;
}

tern_operand tern_lower_attention(tern_lowering *l, tern_operand qkv, size_t heads, bool causal) {
    tern_shape in = tern_lower_shape(l, qkv);
    tern_op *op = add(l, TERN_OP_ATTENTION, 1, &qkv, TERN_SHAPE(in.dim[0], in.dim[1] / 3));
    op->as.attention.heads = heads;
    op->as.attention.causal = causal;
    return op->output;
}

tern_operand tern_lower_recurrent(tern_lowering *l, tern_operand x, tern_recurrence cell, size_t directions, bool bias,
                                  bool sequence, const tern_operand *param) {
    tern_operand input[9] = {x};
    size_t each = bias ? 4 : 2, T = tern_lower_shape(l, x).dim[0], H = tern_lower_shape(l, param[1]).dim[1];
    memcpy(input + 1, param, directions * each * sizeof *param);
    tern_shape out = sequence ? TERN_SHAPE(T, directions * H) : TERN_SHAPE(directions * H);
    tern_op *op = add(l, TERN_OP_RECURRENT, 1 + directions * each, input, out);
    op->as.recurrent.cell = cell;
    op->as.recurrent.hidden = H;
    op->as.recurrent.directions = directions;
    op->as.recurrent.bias = bias;
    op->as.recurrent.sequence = sequence;
    return op->output;
}
