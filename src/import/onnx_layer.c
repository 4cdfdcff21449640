/* onnx_layer.c - layers of ours as they are found, and the model file that they make; see onnx_import.h. */
#include "onnx_import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- names ---- */

static bool taken(const tern__import *im, const char *name) {
    for (size_t i = 0; i < im->layers; i++)
        if (!strcmp(im->layer[i].name, name)) return true;
    for (size_t i = 0; i < im->graph->n_input; i++)
        if (!strcmp(im->graph->input[i]->name, name)) return true;
    return !strcmp(name, "input");
}

/* What PyTorch calls it, where weights say so ("encoder.0.weight"), else the node's own name, in letters that ours
 * have.
 */
static const char *new_name(tern__import *im) {
    char name[TERN_MAX_NAME - 16], unique[TERN_MAX_NAME];
    const char *from = im->node->name && *im->node->name ? im->node->name : im->node->output[0];
    for (size_t k = 1; k < im->node->n_input; k++) {
        const char *dot = strrchr(im->node->input[k], '.');
        if (dot && !strcmp(dot, ".weight") && tern__import_constant(im, k)) from = im->node->input[k];
    }
    size_t length = 0, most = strlen(from);
    if (most > 7 && !strcmp(from + most - 7, ".weight")) most -= 7;
    for (const char *at = from; at < from + most && length + 1 < sizeof name; at++) {
        bool good = (*at >= '0' && *at <= '9') || ((*at | 32) >= 'a' && (*at | 32) <= 'z') || *at == '.' || *at == '-';
        if (good || length) name[length++] = good ? *at : '_';
    }
    name[length] = 0;
    snprintf(unique, sizeof unique, "%s", length ? name : im->node->op_type);
    for (size_t i = 2; taken(im, unique); i++) snprintf(unique, sizeof unique, "%s_%zu", length ? name : "layer", i);
    return tern__arena_text(&im->memory, unique, strlen(unique), im->err);
}

/* ---- layers ---- */

tern__import_layer *tern__import_layer_of(tern__import *im, const char *type, size_t first, size_t n) {
    tern__import_layer *l = &im->layer[im->layers];
    *l = (tern__import_layer){.type = type, .inputs = n};
    for (size_t k = 0; k < n; k++) {
        const tern__imported *v = tern__import_input(im, first + k);
        if (!v || v->constant)
            return tern__import_refuse(im, "has a constant where a layer reads what is computed"), NULL;
        if (!v->layer) return NULL;
        const tern__import_layer *maker = tern__import_maker(im, v);
        l->input[k] = v->layer, l->maker[k] = maker ? (size_t)(maker - im->layer) : SIZE_MAX;
    }
    l->name = new_name(im);
    if (!l->name) return im->status = TERN_ERROR_MEMORY, NULL;
    im->layers++;
    tern__import_give(im, NULL, l->name);
    return l;
}

void tern__import_option(tern__import *im, tern__import_layer *l, const char *key, const char *format, ...) {
    char value[200];
    va_list arguments;
    (void)im;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    const char *const part[] = {", \"", key, "\": ", value};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) tern__buffer_write(&l->options, part[i], strlen(part[i]));
}

void tern__import_weigh(tern__import *im, tern__import_layer *l, const char *name, const float *number, size_t count) {
    (void)im;
    l->weight[l->weights++] = (tern__import_weight){name, number, count};
}

tern__import_layer *tern__import_maker(const tern__import *im, const tern__imported *v) {
    for (size_t i = 0; v && v->layer && i < im->layers; i++)
        if (!strcmp(im->layer[i].name, v->layer)) return &im->layer[i];
    return NULL;
}

/* ---- the model file ---- */

static void add(tern__buffer *out, const char *format, ...) TERN_PRINTF(2, 3);
static void add(tern__buffer *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tern__buffer_print(out, format, arguments);
    va_end(arguments);
}

static void add_layer(const tern__import_layer *l, const char *before, const char *comma, tern__buffer *out) {
    add(out, "%s\n    {\"type\": \"%s\", \"name\": \"%s\"", comma, l->type, l->name);
    if (l->inputs != 1 || strcmp(l->input[0], before)) {
        add(out, ", \"inputs\": [");
        for (size_t k = 0; k < l->inputs; k++) add(out, "%s\"%s\"", k ? ", " : "", l->input[k]);
        add(out, "]");
    }
    if (l->options.text) tern__buffer_write(out, l->options.text, l->options.length);
    if (!strcmp(l->type, "dense") && l->weights == 1) add(out, ", \"bias\": false");
    add(out, "}");
}

bool tern__import_reads(const tern__import *im, const char *input) {
    for (size_t i = 0; i < im->layers; i++)
        for (size_t k = 0; im->layer[i].shown && k < im->layer[i].inputs; k++)
            if (!strcmp(im->layer[i].input[k], input)) return true;
    return false;
}

/* A layer comes after those that it reads. */
static void choose(tern__import *im, const tern__imported *last) {
    tern__import_layer *from = tern__import_maker(im, last);
    for (size_t i = 0; i < im->layers; i++) im->layer[i].shown = !last;
    if (from) from->shown = true;
    for (size_t i = im->layers; last && i-- > 0;)
        for (size_t k = 0; im->layer[i].shown && k < im->layer[i].inputs; k++)
            if (im->layer[i].maker[k] < i) im->layer[im->layer[i].maker[k]].shown = true;
}

void tern__import_render(tern__import *im, const tern__imported *last, tern__buffer *out) {
    char shape[TERN_SHAPE_TEXT];
    choose(im, last);
    add(out, "{\n  \"format\": 1,\n  \"name\": \"%s\",\n  ", im->name);
    if (im->inputs == 1) {
        add(out, "\"input\": {\"shape\": %s},\n", tern_shape_text(&im->input[0].shape, shape));
    } else {
        const char *comma = "";
        add(out, "\"inputs\": {");
        for (size_t k = 0; k < im->inputs; k++) {
            const char *name = im->input[k].layer;
            if (!tern__import_reads(im, name) && (!last || strcmp(last->layer, name))) continue; /* not yet */
            add(out, "%s\"%s\": {\"shape\": %s}", comma, name, tern_shape_text(&im->input[k].shape, shape));
            comma = ", ";
        }
        add(out, "},\n");
    }
    add(out, "  \"layers\": [");
    const char *before = im->inputs == 1 ? im->input[0].layer : "", *comma = "";
    for (size_t i = 0; i < im->layers; i++) {
        if (!im->layer[i].shown) continue;
        add_layer(&im->layer[i], before, comma, out);
        before = im->layer[i].name, comma = ",";
    }
    if (last) add(out, "%s\n    {\"type\": \"dropout\", \"name\": \"..\", \"inputs\": [\"%s\"]}", comma, last->layer);
    add(out, "\n  ]\n}\n");
}

bool tern__import_shape(tern__import *im, const tern__imported *v, tern_shape *out) {
    tern__buffer text = {0};
    if (!v || !v->layer) return false;
    for (size_t k = 0; k < im->inputs; k++)
        if (!strcmp(im->input[k].layer, v->layer)) return *out = im->input[k].shape, true;
    tern__import_render(im, v, &text);
    tern_model *m = text.failed ? NULL
                                : tern_model_parse(text.text, text.length, im->name,
                                                   &(tern_model_options){.plan_only = true}, im->err);
    tern__free(text.text);
    if (!m) return im->status = TERN_ERROR_MODEL, false;
    for (size_t k = 0; k < tern_model_outputs(m); k++)
        if (!strcmp(tern_model_output_at(m, k).name, "..")) *out = tern_model_output_at(m, k).shape;
    tern_model_free(m);
    return true;
}
