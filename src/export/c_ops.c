/* c_ops.c - operations as calls of kernels; see c_file.h. */
#include "c_file.h"

#include <stdio.h>
#include <string.h>

/* ---- operands ---- */

void tern__c_add_value(tern__c_file *f, tern_operand v) {
    char name[TERN__C_NAME];
    tern__c_place at = f->plan->value[v];
    if (at.room == TERN__C_ARENA) tern__c_add(f, at.at ? "arena + %zu" : "arena", at.at);
    else tern__c_add(f, "%s", tern__c_port(f->p, at.room == TERN__C_OUTPUT, at.at, name));
}

static const tern_shape *shape_of(const tern__c_file *f, tern_operand v) { return &f->p->value[v].shape; }
static size_t count_of(const tern__c_file *f, tern_operand v) { return tern_shape_count(shape_of(f, v)); }

/* "..., x, w, b, y);" with the constants that there are, up to `weights`. */
static void add_operands(tern__c_file *f, const tern_op *op, size_t weights) {
    tern__c_add_value(f, op->input[0]);
    for (size_t k = 1; k <= weights; k++) {
        tern__c_add(f, ", ");
        tern__c_add_constant(f, op, k);
    }
    tern__c_add(f, ", ");
    tern__c_add_value(f, op->output);
    tern__c_add(f, ");\n");
}

/* ---- operation by operation ---- */

/* The numbers that the second or third operand has for each of its own: 1 where it has as many as the first. */
static void add_formula(tern__c_file *f, const tern_op *op) {
    size_t count = count_of(f, op->output), outer = count;
    for (size_t k = 1; k < op->inputs; k++)
        if (count_of(f, op->input[k]) < outer) outer = count_of(f, op->input[k]);
    size_t inner = count / outer;
    char place[40];
    if (inner == 1) snprintf(place, sizeof place, "i");
    else if (outer == 1) snprintf(place, sizeof place, "j");
    else snprintf(place, sizeof place, "i * %zu + j", inner);
    bool rows = inner == 1 || outer > 1, columns = inner > 1;
    tern__c_add(f, "    {\n        int %s;\n", !columns ? "i" : rows ? "i, j" : "j");
    if (rows) tern__c_add(f, "        for (i = 0; i < %zu; i++)%s", outer, columns ? "\n    " : " {\n");
    if (columns) tern__c_add(f, "        for (j = 0; j < %zu; j++) {\n", inner);
    tern__c_add(f, "            const float ");
    for (size_t k = 0; k < op->inputs; k++) {
        tern__c_add(f, "%s%c = (", k ? ", " : "", "xyz"[k]);
        if (f->p->value[op->input[k]].data) tern__c_add_constant(f, op, k);
        else tern__c_add_value(f, op->input[k]);
        tern__c_add(f, ")[%s]", count_of(f, op->input[k]) == count ? place : outer > 1 ? "i" : "0");
    }
    tern__c_add(f, ";\n            (");
    tern__c_add_value(f, op->output);
    tern__c_add(f, ")[%s] = ", place);
    tern__c_add_formula(f, op->as.formula);
    tern__c_add(f, ";\n        }\n    }\n");
}

static void add_window(tern__c_file *f, const tern_op *op, size_t high, size_t wide) {
    const tern_window *w = &op->as.conv.conv.window;
    tern__c_add(f,
                "    {\n        static const window v = {%zu, %zu, %zu, %zu, {%zu, %zu}, {%zu, %zu}, {%zu, %zu}, "
                "{%zu, %zu}, {%zu, %zu}};\n",
                w->channels, op->as.conv.conv.filters, high, wide, w->kernel[0], w->kernel[1], w->stride[0],
                w->stride[1], w->dilation[0], w->dilation[1], w->pad[0], w->pad[1], w->out[0], w->out[1]);
}

static void add_conv(tern__c_file *f, const tern_op *op, size_t scratch) {
    const tern_conv *c = &op->as.conv.conv;
    const tern_window *w = &c->window;
    size_t high = w->in[0], wide = w->in[1], biases = op->as.conv.transposed ? w->channels : c->filters;
    bool border = !op->as.conv.transposed && tern__c_border(c, &high, &wide);
    size_t image = w->channels * high * wide, map = c->filters * w->out[0] * w->out[1];
    add_window(f, op, high, wide);
    if (border) {
        tern__c_add(f, "        border(%zu, %zu, %zu, %zu, %zu, %zu, %zu, ", c->groups * w->channels, w->in[0],
                    w->in[1], w->pad[0], w->pad[1], high, wide);
        tern__c_add_value(f, op->input[0]);
        tern__c_add(f, ", arena + %zu);\n", scratch);
    }
    for (size_t g = 0; g < c->groups; g++) {
        size_t from = g * (op->as.conv.transposed ? map : image), to = g * (op->as.conv.transposed ? image : map);
        tern__c_add(f, "        %s(&v, ", op->as.conv.transposed ? "adjoint" : "convolve");
        if (border) tern__c_add(f, "arena + %zu", scratch);
        else tern__c_add_value(f, op->input[0]);
        tern__c_add(f, " + %zu, ", from);
        tern__c_add_constant(f, op, 1);
        tern__c_add(f, " + %zu, ", g * count_of(f, op->input[1]) / c->groups);
        tern__c_add_constant(f, op, 2);
        if (op->inputs > 2) tern__c_add(f, " + %zu", g * biases);
        tern__c_add(f, ", ");
        tern__c_add_value(f, op->output);
        tern__c_add(f, " + %zu);\n", to);
    }
    tern__c_add(f, "    }\n");
}

static void add_axis(tern__c_file *f, const char *name, const tern_pool_axis *a) {
    tern__c_add(f, "%s = {%td, %td, %td, %td, %td, %td}", name, a->in, a->out, a->kernel, a->stride, a->padding,
                a->dilation);
}

static void add_pool(tern__c_file *f, const tern_op *op) {
    const tern_pool *p = &op->as.pool.pool;
    tern__c_add(f, "    {\n        static const axis ");
    add_axis(f, "h", &p->h);
    add_axis(f, ", w", &p->w);
    tern__c_add(f, ";\n        pool(%zu, &h, &w, %d, %d, ", count_of(f, op->output) / (size_t)(p->h.out * p->w.out),
                op->as.pool.kind == TERN_POOL_MAX, op->as.pool.kind == TERN_POOL_MEAN_INSIDE);
    add_operands(f, op, 0);
    tern__c_add(f, "    }\n");
}

/* Sizes of the output and steps through the input, of four dimensions: the slice [outer, taken, inner], or a transpose.
 */
static void add_rearrange(tern__c_file *f, const tern_op *op) {
    const tern_shape *in = shape_of(f, op->input[0]), *out = shape_of(f, op->output);
    size_t step[TERN_MAX_RANK], size[4] = {1, 1, 1, 1}, to[4] = {0}, front = 4 - in->rank, first = 0;
    step[in->rank - 1] = 1;
    for (size_t k = in->rank - 1; k > 0; k--) step[k - 1] = step[k] * in->dim[k];
    for (size_t k = 0; k < in->rank; k++) {
        size[front + k] = out->dim[k];
        to[front + k] = op->kind == TERN_OP_TRANSPOSE ? step[op->as.axis[k]] : step[k];
    }
    if (op->kind == TERN_OP_SLICE) {
        to[front + op->as.slice.axis] *= op->as.slice.step;
        first = op->as.slice.start * step[op->as.slice.axis];
    }
    tern__c_add(f, "    {\n        static const int size[4] = {%zu, %zu, %zu, %zu}, step[4] = {%zu, %zu, %zu, %zu};\n",
                size[0], size[1], size[2], size[3], to[0], to[1], to[2], to[3]);
    tern__c_add(f, "        rearrange(size, step, %zu + ", first);
    add_operands(f, op, 0);
    tern__c_add(f, "    }\n");
}

static void add_concat(tern__c_file *f, const tern_op *op) {
    size_t axis = op->as.axis[0], inner = 1, done = 0;
    const tern_shape *out = shape_of(f, op->output);
    for (size_t k = axis + 1; k < out->rank; k++) inner *= out->dim[k];
    size_t whole = out->dim[axis] * inner;
    for (size_t k = 0; k < op->inputs; k++) {
        size_t part = shape_of(f, op->input[k])->dim[axis] * inner;
        tern__c_add(f, "    join(%zu, %zu, %zu, ", count_of(f, op->output) / whole, part, whole);
        tern__c_add_value(f, op->input[k]);
        tern__c_add(f, ", %zu + ", done);
        tern__c_add_value(f, op->output);
        tern__c_add(f, ");\n");
        done += part;
    }
}

static void add_planes(tern__c_file *f, const tern_op *op) {
    const tern_shape *in = shape_of(f, op->input[0]), *out = shape_of(f, op->output);
    size_t last = in->rank - 1, high = in->rank == 3 ? in->dim[1] : 1, higher = in->rank == 3 ? out->dim[1] : 1;
    tern__c_add(f, "    {\n        static const int from[2] = {%zu, %zu}, to[2] = {%zu, %zu}", high, in->dim[last],
                higher, out->dim[last]);
    if (op->kind == TERN_OP_PAD) {
        tern__c_add(f, ", before[2] = {%zu, %zu};\n        pad(%zu, from, to, before, %d, ", op->as.pad.before[0],
                    op->as.pad.before[1], in->dim[0], (int)op->as.pad.mode);
        tern__c_add_float(f, op->as.pad.value);
    } else {
        tern__c_add(f,
                    ";\n        static const double by[2] = {%.17g, %.17g};\n        resize(%zu, from, to, by, %d, %d",
                    op->as.resize.step[0], op->as.resize.step[1], in->dim[0], op->as.resize.linear,
                    op->as.resize.align_corners);
    }
    tern__c_add(f, ", ");
    add_operands(f, op, 0);
    tern__c_add(f, "    }\n");
}

static void add_recurrent(tern__c_file *f, const tern_op *op, size_t scratch) {
    const tern_shape *in = shape_of(f, op->input[0]);
    size_t H = op->as.recurrent.hidden, D = op->as.recurrent.directions, each = op->as.recurrent.bias ? 4 : 2;
    for (size_t d = 0; d < D; d++) {
        tern__c_add(f, "    {\n        static const float *const w[4] = {");
        for (size_t k = 0; k < 4; k++) {
            tern__c_add(f, k ? ", " : "");
            tern__c_add_constant(f, op, k < each ? 1 + d * each + k : op->inputs);
        }
        tern__c_add(f, "};\n        recurrent(%d, %zu, %zu, %zu, %zu, ", (int)op->as.recurrent.cell, in->dim[0],
                    in->dim[1], H, d);
        tern__c_add_value(f, op->input[0]);
        tern__c_add(f, ", w, arena + %zu, %zu, %zu + ", scratch, op->as.recurrent.sequence ? D * H : 0, d * H);
        tern__c_add_value(f, op->output);
        tern__c_add(f, ");\n    }\n");
    }
}

static void add_normalize(tern__c_file *f, const tern_op *op) {
    size_t count = count_of(f, op->output), n = op->as.normalize.n;
    tern__c_add(f, "    normalize(%zu, %zu, %zu, %zu, ", count / n, n, op->as.normalize.inner,
                op->inputs > 1 ? count_of(f, op->input[1]) : 0);
    tern__c_add_float(f, op->as.normalize.eps);
    tern__c_add(f, ", %d, ", op->as.normalize.centered);
    add_operands(f, op, 2);
}

/* The rest, which are one line each. */
static void add_call(tern__c_file *f, const tern_op *op, size_t i) {
    const tern_shape *in = shape_of(f, op->input[0]), *out = shape_of(f, op->output);
    size_t count = count_of(f, op->output), n = op->as.softmax.n, inner = op->as.softmax.inner;
    switch (op->kind) {
    case TERN_OP_SCALE:
        tern__c_add(f, "    scale(%zu, %zu, gain%zu, shift%zu, ", count, count / op->as.scale.n, i, i);
        add_operands(f, op, 0);
        break;
    case TERN_OP_PRODUCT:
        tern__c_add(f, "    product(%zu, %zu, %zu, ", count / out->dim[out->rank - 1], in->dim[in->rank - 1],
                    out->dim[out->rank - 1]);
        add_operands(f, op, 2);
        break;
    case TERN_OP_ADAPTIVE_POOL:
        tern__c_add(f, "    adaptive(%zu, %zu, %zu, %zu, %zu, ", in->dim[0], in->dim[1], in->dim[2], out->dim[1],
                    out->dim[2]);
        add_operands(f, op, 0);
        break;
    case TERN_OP_SOFTMAX:
        tern__c_add(f, "    softmax(%zu, %zu, %zu, %d, ", count / (n * inner), n, inner, op->as.softmax.logarithm);
        add_operands(f, op, 0);
        break;
    case TERN_OP_LOOKUP:
        tern__c_add(f, "    lookup(%zu, %zu, %zu, ", count_of(f, op->input[0]), shape_of(f, op->input[1])->dim[0],
                    shape_of(f, op->input[1])->dim[1]);
        add_operands(f, op, 1);
        break;
    default:
        tern__c_add(f, "    attention(%zu, %zu, %zu, %d, ", out->dim[0], out->dim[1], op->as.attention.heads,
                    op->as.attention.causal);
        tern__c_add_value(f, op->input[0]);
        tern__c_add(f, ", arena + %zu, ", f->plan->scratch[i]);
        tern__c_add_value(f, op->output);
        tern__c_add(f, ");\n");
    }
}

static void add_op(tern__c_file *f, size_t i) {
    const tern_op *op = &f->p->op[i];
    switch (op->kind) {
    case TERN_OP_RESHAPE: break;
    case TERN_OP_FORMULA: add_formula(f, op); break;
    case TERN_OP_CONV: add_conv(f, op, f->plan->scratch[i]); break;
    case TERN_OP_POOL: add_pool(f, op); break;
    case TERN_OP_TRANSPOSE:
    case TERN_OP_SLICE: add_rearrange(f, op); break;
    case TERN_OP_CONCAT: add_concat(f, op); break;
    case TERN_OP_PAD:
    case TERN_OP_RESIZE: add_planes(f, op); break;
    case TERN_OP_RECURRENT: add_recurrent(f, op, f->plan->scratch[i]); break;
    case TERN_OP_NORMALIZE: add_normalize(f, op); break;
    default: add_call(f, op, i);
    }
}

void tern__c_add_ops(tern__c_file *f) {
    const char *layer = NULL;
    char name[TERN__C_NAME];
    for (size_t i = 0; i < f->p->ops; i++) {
        const tern_op *op = &f->p->op[i];
        if (op->layer && op->layer != layer) tern__c_add(f, "    /* layer %s */\n", tern__c_name(op->layer, name));
        layer = op->layer;
        add_op(f, i);
    }
}
