/* onnx_node.c - what a node of an ONNX graph says: its inputs, attributes and output; see onnx_import.h. */
#include "onnx_import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool tern__import_refuse(tern__import *im, const char *format, ...) {
    char why[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    const Onnx__NodeProto *node = im->node;
    const char *name = node->name && *node->name ? node->name : node->n_output ? node->output[0] : "";
    im->status =
        tern_error_add(im->err, TERN_ERROR_MODEL, NULL, "node \"%.128s\" (%.64s) %s", name, node->op_type, why);
    return false;
}

static tern__imported *find(const tern__import *im, const char *name) {
    for (size_t i = 0; *name && i < im->values; i++)
        if (!strcmp(im->value[i].name, name)) return &im->value[i];
    return NULL;
}

tern__imported *tern__import_input(const tern__import *im, size_t k) {
    return k < im->node->n_input ? find(im, im->node->input[k]) : NULL;
}

const tern__constant *tern__import_constant(const tern__import *im, size_t k) {
    const tern__imported *v = tern__import_input(im, k);
    return v ? v->constant : NULL;
}

bool tern__import_give(tern__import *im, const tern__constant *constant, const char *layer) {
    tern__imported *out = im->node->n_output ? find(im, im->node->output[0]) : NULL;
    if (!out) return false;
    out->constant = constant;
    out->layer = layer;
    return true;
}

/* ---- attributes ---- */

static const Onnx__AttributeProto *attribute(const tern__import *im, const char *name) {
    for (size_t i = 0; i < im->node->n_attribute; i++)
        if (im->node->attribute[i]->name && !strcmp(im->node->attribute[i]->name, name)) return im->node->attribute[i];
    return NULL;
}

int64_t tern__import_int(const tern__import *im, const char *name, int64_t usual) {
    const Onnx__AttributeProto *a = attribute(im, name);
    return a && a->has_i ? a->i : usual;
}

double tern__import_real(const tern__import *im, const char *name, double usual) {
    const Onnx__AttributeProto *a = attribute(im, name);
    return a && a->has_f ? (double)a->f : usual;
}

size_t tern__import_ints(const tern__import *im, const char *name, int64_t out[TERN__IMPORT_RANK]) {
    const Onnx__AttributeProto *a = attribute(im, name);
    size_t n = a ? a->n_ints < TERN__IMPORT_RANK ? a->n_ints : TERN__IMPORT_RANK : 0;
    if (n) memcpy(out, a->ints, n * sizeof *out);
    return n;
}

bool tern__import_has(const tern__import *im, const char *name) { return attribute(im, name); }

bool tern__import_says(const tern__import *im, const char *name, const char *text) {
    const Onnx__AttributeProto *a = attribute(im, name);
    return a && a->has_s && a->s.len == strlen(text) && !memcmp(a->s.data, text, a->s.len);
}

const Onnx__TensorProto *tern__import_held(const tern__import *im, const char *name) {
    const Onnx__AttributeProto *a = attribute(im, name);
    return a ? a->t : NULL;
}
