/* onnx_fold.c - what an ONNX graph computes of constants alone, as exporters write shapes and turned weights; see
 * onnx_import.h. */
#include "onnx_import.h"

#include <string.h>

static tern__constant *new_constant(tern__import *im, size_t count) {
    tern__constant *c = tern__arena_alloc(&im->memory, 1, sizeof *c, im->err);
    float *number = tern__arena_alloc(&im->memory, count, sizeof *number, im->err);
    if (!c || !number) return im->status = TERN_ERROR_MEMORY, NULL;
    c->number = number, c->count = count;
    return c;
}

static tern__constant *list(tern__import *im, size_t n) {
    tern__constant *c = new_constant(im, n);
    if (c) c->rank = 1, c->dim[0] = n;
    return c;
}

/* ---- operators; NULL: it can't be known beforehand ---- */

static const tern__constant *held(tern__import *im) {
    const Onnx__TensorProto *t = tern__import_held(im, "value");
    return t ? tern__import_tensor(im, t, im->node->output[0]) : NULL;
}

/* Of what is computed, too. The batch is 0: as it was, to whoever reshapes by it. */
static const tern__constant *shape(tern__import *im) {
    const tern__constant *x = tern__import_constant(im, 0);
    tern_shape s = {0};
    if (x || !tern__import_shape(im, tern__import_input(im, 0), &s)) return NULL;
    tern__constant *c = list(im, s.rank + 1);
    for (size_t k = 0; c && k < s.rank; k++) c->number[k + 1] = (float)s.dim[k];
    return c;
}

/* The same numbers under another shape: that of the second input, or with dimensions of 1 more or less. */
static const tern__constant *reshaped(tern__import *im) {
    const tern__constant *x = tern__import_constant(im, 0), *to = tern__import_constant(im, 1);
    tern__constant *c = tern__arena_alloc(&im->memory, 1, sizeof *c, im->err);
    if (!x || !to || !c || to->count > TERN__IMPORT_RANK) return NULL;
    size_t known = 1, open = TERN__IMPORT_RANK;
    *c = (tern__constant){.rank = to->count, .count = x->count, .number = x->number};
    for (size_t k = 0; k < c->rank; k++) {
        float v = to->number[k];
        c->dim[k] = v > 0 ? (size_t)v : v == 0 && k < x->rank ? x->dim[k] : 1;
        if (v < 0) open = k;
        if (c->dim[k] && known > x->count / c->dim[k]) return NULL;
        known *= c->dim[k];
    }
    if (open < c->rank && known) c->dim[open] = x->count / known, known *= c->dim[open];
    return known == x->count ? c : NULL;
}

/* A number of a list, or a list with a single number more deeply in it. */
static const tern__constant *unsqueezed(tern__import *im) {
    const tern__constant *x = tern__import_constant(im, 0);
    tern__constant *c = x && x->rank <= 1 && x->count == 1 ? list(im, 1) : NULL;
    if (c) c->number[0] = x->number[0];
    return c;
}

static const tern__constant *transposed(tern__import *im) {
    const tern__constant *x = tern__import_constant(im, 0);
    int64_t perm[TERN__IMPORT_RANK] = {1, 0};
    size_t n = tern__import_ints(im, "perm", perm);
    if (!x || x->rank != 2 || (n && (n != 2 || perm[0] != 1 || perm[1]))) return NULL;
    tern__constant *c = new_constant(im, x->count);
    if (!c) return NULL;
    c->rank = 2, c->dim[0] = x->dim[1], c->dim[1] = x->dim[0];
    for (size_t i = 0; i < x->count; i++) c->number[i] = x->number[i % x->dim[0] * x->dim[1] + i / x->dim[0]];
    return c;
}

/* One number of a list. */
static const tern__constant *gathered(tern__import *im) {
    const tern__constant *x = tern__import_constant(im, 0), *at = tern__import_constant(im, 1);
    if (!x || !at || x->rank != 1 || at->count != 1) return NULL;
    float v = at->number[0] < 0 ? at->number[0] + (float)x->count : at->number[0];
    if (!(v >= 0 && v < (float)x->count)) return NULL;
    tern__constant *c = new_constant(im, 1);
    if (!c) return NULL;
    c->rank = at->rank, c->dim[0] = 1;
    c->number[0] = x->number[(size_t)v];
    return c;
}

static const tern__constant *joined(tern__import *im) {
    size_t n = 0;
    for (size_t k = 0; k < im->node->n_input; k++) {
        const tern__constant *x = tern__import_constant(im, k);
        if (!x || x->rank != 1) return NULL;
        n += x->count;
    }
    tern__constant *c = list(im, n);
    n = 0;
    for (size_t k = 0; c && k < im->node->n_input; k++) {
        const tern__constant *x = tern__import_constant(im, k);
        memcpy(c->number + n, x->number, x->count * sizeof *x->number);
        n += x->count;
    }
    return c;
}

bool tern__import_fold(tern__import *im) {
    static const struct {
        const char *type;
        const tern__constant *(*fold)(tern__import *im);
    } known[] = {{"Constant", held},        {"Shape", shape},     {"Reshape", reshaped}, {"Unsqueeze", unsqueezed},
                 {"Transpose", transposed}, {"Gather", gathered}, {"Concat", joined}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].type, im->node->op_type)) continue;
        const tern__constant *c = known[i].fold(im);
        return c && tern__import_give(im, c, NULL);
    }
    return false;
}
