/* onnx_linear.c - products, normalization by running averages and arithmetic as layers of ours; see onnx_import.h. */
#include "onnx_import.h"

#include <math.h>
#include <string.h>

static float *numbers(tern__import *im, size_t n, float value) {
    float *list = tern__arena_alloc(&im->memory, n, sizeof *list, im->err);
    if (!list) im->status = TERN_ERROR_MEMORY;
    for (size_t i = 0; list && i < n; i++) list[i] = value;
    return list;
}

/* A dense layer of weights [rows, cols], or with `turned` [cols, rows]. */
static tern__import_layer *dense(tern__import *im, const tern__constant *w, bool turned, double factor) {
    size_t out = w->dim[turned], in = w->dim[!turned];
    float *weight = numbers(im, w->count, 0);
    for (size_t i = 0; weight && i < w->count; i++)
        weight[i] = (float)factor * w->number[turned ? i % in * out + i / in : i];
    tern__import_layer *l = weight ? tern__import_layer_of(im, "dense", 0, 1) : NULL;
    if (!l) return NULL;
    tern__import_option(im, l, "out_features", "%zu", out);
    tern__import_weigh(im, l, "weight", weight, w->count);
    return l;
}

/* One number for each output, or one for all. */
static void add_bias(tern__import *im, tern__import_layer *l, const tern__constant *b, size_t out, double factor) {
    float *bias = numbers(im, out, 0);
    for (size_t i = 0; bias && i < out; i++) bias[i] = (float)factor * b->number[b->count == 1 ? 0 : i];
    if (bias) tern__import_weigh(im, l, "bias", bias, out);
}

bool tern__import_gemm(tern__import *im) {
    const tern__constant *w = tern__import_constant(im, 1), *b = tern__import_constant(im, 2);
    bool turned = !tern__import_int(im, "transB", 0);
    tern_shape shape;
    if (!w || w->rank != 2 || tern__import_int(im, "transA", 0) || (!b && tern__import_input(im, 2)))
        return tern__import_refuse(im, "is no product of what is computed with constant weights");
    size_t out = w->dim[turned];
    if (b && b->count != 1 && (b->count != out || b->dim[b->rank - 1] != out))
        return tern__import_refuse(im, "adds %zu numbers to %zu outputs", b->count, out);
    if (!tern__import_shape(im, tern__import_input(im, 0), &shape)) return false;
    if (shape.rank != 1) return tern__import_refuse(im, "reads something else than a matrix");
    tern__import_layer *l = dense(im, w, turned, tern__import_real(im, "alpha", 1));
    if (l && b) add_bias(im, l, b, out, tern__import_real(im, "beta", 1));
    return l;
}

bool tern__import_matmul(tern__import *im) {
    const tern__constant *w = tern__import_constant(im, 1);
    if (!w || w->rank != 2) return tern__import_refuse(im, "is no product of what is computed with a constant matrix");
    return dense(im, w, true, 1);
}

bool tern__import_batch_norm(tern__import *im) {
    static const char *const name[] = {"weight", "bias", "running_mean", "running_var"};
    const tern__constant *c[4];
    if (tern__import_int(im, "training_mode", 0) || !tern__import_int(im, "spatial", 1))
        return tern__import_refuse(im, "goes by the batch, or by each place apart: it was saved while training");
    for (size_t k = 0; k < 4; k++) {
        c[k] = tern__import_constant(im, k + 1);
        if (!c[k] || c[k]->count != c[0]->count)
            return tern__import_refuse(im, "lacks constants, one for each channel");
    }
    tern__import_layer *l = tern__import_layer_of(im, "batch_norm", 0, 1);
    if (!l) return false;
    tern__import_option(im, l, "eps", "%.9g", tern__import_real(im, "epsilon", 1e-5));
    tern__import_option(im, l, "momentum", "%.9g", 1 - tern__import_real(im, "momentum", 0.9));
    for (size_t k = 0; k < 4; k++) tern__import_weigh(im, l, name[k], c[k]->number, c[k]->count);
    return true;
}

/* ---- arithmetic ---- */

/* The bias of the dense layer before, which nothing else reads. */
static bool is_bias(tern__import *im, const tern__imported *x, const tern__constant *c) {
    tern__import_layer *l = tern__import_maker(im, x);
    if (!l || strcmp(l->type, "dense") || l->weights != 1 || x->readers != 1) return false;
    tern_shape shape;
    if (!tern__import_shape(im, x, &shape)) return false;
    size_t out = shape.dim[shape.rank - 1];
    if (c->count != out || !c->rank || c->dim[c->rank - 1] != out) return false;
    add_bias(im, l, c, out, 1);
    return tern__import_give(im, NULL, l->name);
}

/* Whether a constant has one number for each channel, the first dimension of a sample, or one for all. */
static bool by_channel(const tern__constant *c, const tern_shape *shape) {
    if (c->count == 1) return c->rank <= shape->rank + 1;
    size_t front = c->rank - shape->rank; /* a batch of 1 */
    return c->rank >= shape->rank && front <= 1 && c->dim[front] == c->count && c->count == shape->dim[0];
}

/* x - c, x c and so on by channel: a normalization that stays as it is, whose averages and weights they are. */
static bool with_constant(tern__import *im, size_t k, const tern__constant *c) {
    const tern__imported *x = tern__import_input(im, 1 - k);
    char op = *im->node->op_type; /* A S M D */
    tern_shape shape;
    if (op == 'A' && is_bias(im, x, c)) return true;
    if (im->status || !tern__import_shape(im, x, &shape)) return false;
    if (!by_channel(c, &shape) || (!k && (op == 'S' || op == 'D')))
        return tern__import_refuse(im,
                                   "takes constants that are neither one for each channel nor a dense layer's bias");
    size_t n = shape.dim[0];
    float *w = numbers(im, n, 1), *b = numbers(im, n, 0), *mean = numbers(im, n, 0), *var = numbers(im, n, 1);
    if (!w || !b || !mean || !var) return false;
    for (size_t i = 0; i < n; i++) {
        float v = c->number[c->count == 1 ? 0 : i];
        if (op == 'A') b[i] = v;
        else if (op == 'S') mean[i] = v;
        else w[i] = op == 'M' ? v : 1 / v;
    }
    tern__import_layer *l = tern__import_layer_of(im, "batch_norm", 1 - k, 1);
    if (!l) return false;
    tern__import_option(im, l, "eps", "0");
    tern__import_option(im, l, "trainable", "false");
    tern__import_weigh(im, l, "weight", w, n), tern__import_weigh(im, l, "bias", b, n);
    tern__import_weigh(im, l, "running_mean", mean, n), tern__import_weigh(im, l, "running_var", var, n);
    return true;
}

bool tern__import_arithmetic(tern__import *im) {
    const tern__constant *a = tern__import_constant(im, 0), *b = tern__import_constant(im, 1);
    char op = *im->node->op_type;
    tern_shape x, y;
    if (a || b) return with_constant(im, b != NULL, b ? b : a);
    if (op == 'D') return tern__import_refuse(im, "divides by what is computed, which no layer does");
    if (!tern__import_shape(im, tern__import_input(im, 0), &x) ||
        !tern__import_shape(im, tern__import_input(im, 1), &y))
        return false;
    if (!tern_shape_equal(&x, &y)) return tern__import_refuse(im, "takes two inputs of different shapes");
    return tern__import_layer_of(im, op == 'A' ? "add" : op == 'S' ? "subtract" : "multiply", 0, 2);
}

/* ---- shapes ---- */

/* Sizes behind that of the batch, which may be the file's, 0 (as it was) or -1. */
bool tern__import_reshape(tern__import *im) {
    const tern__constant *to = tern__import_constant(im, 1);
    tern_shape from = {0}, shape = {0};
    if (!to || to->count < 2 || to->count > TERN_MAX_RANK || tern__import_int(im, "allowzero", 0))
        return tern__import_refuse(im, "has a shape that is computed, or none of a batch of at most %d dimensions",
                                   TERN_MAX_RANK - 1);
    if (!tern__import_shape(im, tern__import_input(im, 0), &from)) return false;
    size_t count = tern_shape_count(&from), known = 1, open = 0;
    int64_t front = (int64_t)to->number[0];
    shape.rank = to->count - 1;
    for (size_t k = 0; k < shape.rank; k++) {
        float v = to->number[k + 1];
        shape.dim[k] = v > 0 ? (size_t)v : v == 0 && k < from.rank ? from.dim[k] : 0;
        if (shape.dim[k]) known *= shape.dim[k];
        else open++;
        if (known > count) break;
    }
    bool whole = front == 0 || (front > 0 && front == im->batch);
    if (open == 1 && whole && known && count % known == 0)
        for (size_t k = 0; k < shape.rank; k++)
            if (!shape.dim[k]) shape.dim[k] = count / known;
    if (open > 1 || (open && !whole) || tern_shape_count(&shape) != count)
        return tern__import_refuse(im, "mixes the numbers of several samples, or their number is another");
    char text[TERN_SHAPE_TEXT];
    tern__import_layer *l = tern__import_layer_of(im, shape.rank == 1 ? "flatten" : "reshape", 0, 1);
    if (l && shape.rank > 1) tern__import_option(im, l, "shape", "%s", tern_shape_text(&shape, text));
    return l;
}
