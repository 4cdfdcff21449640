/* onnx_sequences.c - normalization, attention and recurrent layers as nodes of an ONNX graph; see onnx_graph.h. */
#include "onnx_graph.h"

#include <math.h>

/* ---- normalization ---- */

static char *mean(tern__onnx *g, char *x, size_t n, const size_t *axis) {
    x = TERN__ONNX(g, "ReduceMean", x);
    tern__onnx_ints(g, "axes", n, axis);
    return x;
}

/* Over the last dimensions where they are a run, else over one that is made for it. */
char *tern__onnx_normalize(tern__onnx *g, const tern_op *op) {
    tern_shape shape = tern__onnx_shape(g, op->output), runs = shape;
    size_t n = op->as.normalize.n, count = tern_shape_count(&shape), run = 1, first = shape.rank;
    size_t axis[TERN_MAX_RANK];
    char *x = tern__onnx_x(g, op);
    while (first > 0 && run < n) run *= shape.dim[--first];
    if (run != n) {
        runs = TERN_SHAPE(count / n, n), first = 1;
        x = tern__onnx_reshape(g, x, runs);
    }
    for (size_t k = first; k < runs.rank; k++) axis[k - first] = k + 1;
    if (op->as.normalize.centered) x = TERN__ONNX(g, "Sub", x, mean(g, x, runs.rank - first, axis));
    char *variance = mean(g, TERN__ONNX(g, "Mul", x, x), runs.rank - first, axis);
    char *deviation = TERN__ONNX(g, "Sqrt", TERN__ONNX(g, "Add", variance, tern__onnx_number(g, op->as.normalize.eps)));
    x = TERN__ONNX(g, "Div", x, deviation);
    if (run != n) x = tern__onnx_reshape(g, x, shape);
    size_t inner = op->as.normalize.inner;
    if (op->inputs > 1) x = TERN__ONNX(g, "Mul", x, tern__onnx_spread(g, op->input[1], shape, inner));
    if (op->inputs > 2) x = TERN__ONNX(g, "Add", x, tern__onnx_spread(g, op->input[2], shape, inner));
    return x;
}

/* ---- attention ---- */

/* Steps see those before them: what is added to their scores, 0 or minus infinity. */
static char *mask(tern__onnx *g, size_t T) {
    char *name;
    float *data = tern__onnx_constant(g, NULL, TERN_SHAPE(T, T), &name);
    for (size_t i = 0; data && i < T * T; i++) data[i] = i % T > i / T ? -INFINITY : 0;
    return name;
}

/* A part of [batch, T, 3 E] as [batch, heads, T, E / heads], or with the last two exchanged. */
static char *heads_of(tern__onnx *g, char *part, tern_shape split, bool exchanged) {
    static const size_t plain[] = {0, 2, 1, 3}, turned[] = {0, 2, 3, 1};
    return tern__onnx_transpose(g, tern__onnx_reshape(g, part, split), 4, exchanged ? turned : plain);
}

char *tern__onnx_attention(tern__onnx *g, const tern_op *op) {
    static const size_t back[] = {0, 2, 1, 3};
    tern_shape out = tern__onnx_shape(g, op->output);
    size_t T = out.dim[0], E = out.dim[1], heads = op->as.attention.heads;
    tern_shape split = TERN_SHAPE(T, heads, E / heads);
    char *q = TERN__ONNX(g, "Split", tern__onnx_x(g, op)), *k = tern__onnx_output(g), *v = tern__onnx_output(g);
    tern__onnx_int(g, "axis", 2);
    q = heads_of(g, q, split, false);
    k = heads_of(g, k, split, true);
    v = heads_of(g, v, split, false);
    char *scores =
        TERN__ONNX(g, "Mul", TERN__ONNX(g, "MatMul", q, k), tern__onnx_number(g, 1 / sqrt((double)(E / heads))));
    if (op->as.attention.causal) scores = TERN__ONNX(g, "Add", scores, mask(g, T));
    char *shares = TERN__ONNX(g, "Softmax", scores);
    tern__onnx_int(g, "axis", 3);
    return tern__onnx_reshape(g, tern__onnx_transpose(g, TERN__ONNX(g, "MatMul", shares, v), 4, back), out);
}

/* ---- recurrent layers ---- */

/* PyTorch's gates in ONNX's order: i f g o as i o f c; r z n as z r h. */
static size_t gate(tern_recurrence cell, size_t k) {
    static const size_t lstm[] = {0, 3, 1, 2}, gru[] = {1, 0, 2};
    return cell == TERN_LSTM ? lstm[k] : cell == TERN_GRU ? gru[k] : k;
}

static size_t gates_of(tern_recurrence cell) { return cell == TERN_LSTM ? 4 : cell == TERN_GRU ? 3 : 1; }

/* Weights `which` of all directions (0: W_ih, 1: W_hh), [directions, gates H, wide]. */
static char *weights(tern__onnx *g, const tern_op *op, size_t which) {
    size_t D = op->as.recurrent.directions, H = op->as.recurrent.hidden, G = gates_of(op->as.recurrent.cell),
           each = op->as.recurrent.bias ? 4 : 2, wide = tern__onnx_shape(g, op->input[1 + which]).dim[1],
           part = H * wide;
    char *name;
    float *data = tern__onnx_constant(g, NULL, TERN_SHAPE(D, G * H, wide), &name);
    for (size_t i = 0; data && i < D * G * part; i++) {
        const tern_real *from = g->p->value[op->input[1 + i / (G * part) * each + which]].data;
        data[i] = (float)from[gate(op->as.recurrent.cell, i / part % G) * part + i % part];
    }
    return name;
}

/* Both biases of all directions, one behind the other: [directions, 2 gates H]. */
static char *biases(tern__onnx *g, const tern_op *op) {
    size_t D = op->as.recurrent.directions, H = op->as.recurrent.hidden, G = gates_of(op->as.recurrent.cell);
    char *name;
    float *data = tern__onnx_constant(g, NULL, TERN_SHAPE(D, 2 * G * H), &name);
    for (size_t i = 0; data && i < D * 2 * G * H; i++) {
        const tern_real *from = g->p->value[op->input[3 + i / (2 * G * H) * 4 + i / (G * H) % 2]].data;
        data[i] = (float)from[gate(op->as.recurrent.cell, i / H % G) * H + i % H];
    }
    return name;
}

/* ONNX has time in front, [T, batch, features], and the directions on their own: [T, directions, batch, H], or of the
 * last states [directions, batch, H]. */
char *tern__onnx_recurrent(tern__onnx *g, const tern_op *op) {
    static const char *const type[] = {"RNN", "RNN", "LSTM", "GRU"}, *const relu[] = {"Relu", "Relu"};
    static const size_t swapped[] = {1, 0, 2}, states[] = {2, 0, 1, 3};
    size_t D = op->as.recurrent.directions;
    tern_recurrence cell = op->as.recurrent.cell;
    char *input[4] = {tern__onnx_transpose(g, tern__onnx_x(g, op), 3, swapped), weights(g, op, 0), weights(g, op, 1),
                      op->as.recurrent.bias ? biases(g, op) : NULL};
    char *y = tern__onnx_node(g, type[cell], op->as.recurrent.bias ? 4 : 3, input), *last = tern__onnx_output(g);
    tern__onnx_int(g, "hidden_size", op->as.recurrent.hidden);
    tern__onnx_string(g, "direction", D > 1 ? "bidirectional" : "forward");
    if (cell == TERN_GRU) tern__onnx_int(g, "linear_before_reset", 1);
    if (cell == TERN_RNN_RELU) tern__onnx_strings(g, "activations", D, relu);
    y = op->as.recurrent.sequence ? tern__onnx_transpose(g, y, 4, states) : tern__onnx_transpose(g, last, 3, swapped);
    return tern__onnx_reshape(g, y, tern__onnx_shape(g, op->output));
}
