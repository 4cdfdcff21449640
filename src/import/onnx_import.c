/* onnx_import.c - an ONNX file as a model file and its weights: node by node, in the file's order; see tern/import.h.
 */
#include "onnx_import.h"

#include "error_scope.h"
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { OLDEST = 6, INPUTS = 64 };

/* ---- the graph's own values ---- */

static tern__imported *add_value(tern__import *im, const char *name) {
    tern__imported *v = &im->value[im->values++];
    *v = (tern__imported){.name = name};
    return v;
}

static bool is_initializer(const tern__import *im, const char *name) {
    for (size_t i = 0; i < im->graph->n_initializer; i++)
        if (!strcmp(im->graph->initializer[i]->name, name)) return true;
    return false;
}

static tern_status refuse(tern__import *im, const char *name, const char *why) {
    return im->status = tern_error_add(im->err, TERN_ERROR_MODEL, NULL, "\"%.128s\" %s", name, why);
}

/* The sizes behind that of the batch, which have to be known. */
static tern_status read_shape(tern__import *im, const Onnx__ValueInfoProto *port, tern_shape *out) {
    const Onnx__TypeProto *type = port->type;
    bool tensor = type && type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE && type->tensor_type->shape;
    const Onnx__TensorShapeProto *s = tensor ? type->tensor_type->shape : NULL;
    if (!s || s->n_dim < 2 || s->n_dim > TERN_MAX_RANK)
        return refuse(im, port->name,
                      "is an input that is no tensor of a batch of samples: its shape needs 2 to 5 sizes");
    for (size_t k = 0; k < s->n_dim; k++) {
        const Onnx__TensorShapeProto__Dimension *d = s->dim[k];
        bool known = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE && d->dim_value > 0;
        if (!k) im->batch = known ? d->dim_value : 0;
        else if (!known || d->dim_value > INT32_MAX)
            return refuse(im, port->name,
                          "is an input whose size is not known but for the batch: save it with fixed sizes");
        else out->dim[out->rank++] = (size_t)d->dim_value;
    }
    return TERN_OK;
}

static void add_inputs(tern__import *im) {
    for (size_t i = 0; i < im->graph->n_input; i++) {
        const Onnx__ValueInfoProto *port = im->graph->input[i];
        if (is_initializer(im, port->name)) continue; /* as files before IR 4 list them */
        if (im->inputs == TERN_MAX_INPUTS) {
            refuse(im, port->name, "is one input more than a model of ours can have");
            return;
        }
        tern__import_port *in = &im->input[im->inputs++];
        in->layer = port->name;
        if (read_shape(im, port, &in->shape)) return;
    }
    for (size_t k = 0; k < im->inputs; k++) {
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
        tern__imported *v = add_value(im, im->input[k].layer);
        char *name = tern__arena_text(&im->memory, v->name, strlen(v->name), im->err);
        if (!name) {
            im->status = TERN_ERROR_MEMORY;
            return;
        }
        for (char *at = name; *at; at++)
            if (!strchr(letters, *at)) *at = '_';
        if (strlen(name) >= TERN_MAX_NAME) name[TERN_MAX_NAME - 1] = 0;
        v->layer = im->input[k].layer = im->inputs == 1 ? "input" : name;
    }
}

static void add_constants(tern__import *im) {
    for (size_t i = 0; i < im->graph->n_initializer && !im->status; i++) {
        const Onnx__TensorProto *t = im->graph->initializer[i];
        tern__imported *v = add_value(im, t->name);
        v->constant = tern__import_tensor(im, t, t->name);
    }
}

/* ---- nodes ---- */

/* Those that an output depends on; the others are left out. Nodes come before their readers, so one way back is enough.
 */
static void mark_needed(const tern__import *im, bool *needed) {
    const Onnx__GraphProto *g = im->graph;
    for (size_t i = g->n_node; i-- > 0;) {
        for (size_t o = 0; o < g->node[i]->n_output && !needed[i]; o++) {
            const char *name = g->node[i]->output[o];
            for (size_t k = 0; k < g->n_output; k++) needed[i] = needed[i] || !strcmp(g->output[k]->name, name);
            for (size_t j = i + 1; j < g->n_node && !needed[i]; j++)
                for (size_t k = 0; needed[j] && k < g->node[j]->n_input; k++)
                    needed[i] = needed[i] || !strcmp(g->node[j]->input[k], name);
        }
    }
}

static void count_readers(tern__import *im, const bool *needed) {
    for (size_t i = 0; i < im->graph->n_node; i++) {
        im->node = im->graph->node[i];
        for (size_t k = 0; needed[i] && k < im->node->n_input; k++) {
            tern__imported *v = tern__import_input(im, k);
            if (v) v->readers++;
        }
    }
}

static tern_status add_nodes(tern__import *im) {
    const Onnx__GraphProto *g = im->graph;
    bool *needed = tern__arena_alloc(&im->memory, g->n_node, sizeof *needed, im->err);
    if (!needed) return TERN_ERROR_MEMORY;
    mark_needed(im, needed);
    for (size_t i = 0; i < g->n_node; i++)
        for (size_t o = 0; needed[i] && o < g->node[i]->n_output; o++) add_value(im, g->node[i]->output[o]);
    count_readers(im, needed);
    for (size_t i = 0; i < g->n_node && im->status != TERN_ERROR_MEMORY; i++) {
        im->node = g->node[i];
        if (needed[i]) tern__import_node(im);
    }
    return im->status;
}

/* An output that layers read, too, would be none of ours. */
static tern_status check_outputs(tern__import *im) {
    for (size_t i = 0; i < im->layers; i++) im->layer[i].shown = true;
    for (size_t k = 0; k < im->inputs; k++)
        if (!tern__import_reads(im, im->input[k].layer))
            refuse(im, im->input[k].layer, "is an input that no output depends on");
    for (size_t k = 0; k < im->graph->n_output; k++)
        for (size_t i = 0; i < im->values; i++) {
            const tern__imported *v = &im->value[i];
            if (strcmp(v->name, im->graph->output[k]->name)) continue;
            if (v->readers) refuse(im, v->name, "is an output that other nodes read, too, which none of ours can be");
            else if (!tern__import_maker(im, v)) refuse(im, v->name, "is an output that no node computes of an input");
        }
    return im->status;
}

/* ---- all of it ---- */

static tern_status check_graph(const Onnx__ModelProto *model, tern__import *im) {
    const Onnx__GraphProto *g = model->graph;
    size_t values = g->n_input + g->n_initializer;
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const char *domain = model->opset_import[i]->domain;
        if (!domain || !*domain || !strcmp(domain, "ai.onnx")) im->opset = model->opset_import[i]->version;
    }
    if (im->opset < OLDEST)
        return tern_error_add(im->err, TERN_ERROR_MODEL, NULL, "is of operator set %lld; %d and later are read",
                              (long long)im->opset, OLDEST);
    for (size_t i = 0; i < g->n_node; i++) {
        if (!g->node[i]->op_type) return tern_error_add(im->err, TERN_ERROR_SYNTAX, NULL, "has a node without a type");
        if (g->node[i]->n_input > INPUTS || g->node[i]->n_output > INPUTS)
            return tern_error_add(im->err, TERN_ERROR_MODEL, NULL, "has a node of more than %d inputs or outputs",
                                  INPUTS);
        values += g->node[i]->n_output;
    }
    for (size_t i = 0; i < g->n_input; i++)
        if (!g->input[i]->name) return tern_error_add(im->err, TERN_ERROR_SYNTAX, NULL, "has an input without a name");
    for (size_t i = 0; i < g->n_output; i++)
        if (!g->output[i]->name)
            return tern_error_add(im->err, TERN_ERROR_SYNTAX, NULL, "has an output without a name");
    for (size_t i = 0; i < g->n_initializer; i++)
        if (!g->initializer[i]->name)
            return tern_error_add(im->err, TERN_ERROR_SYNTAX, NULL, "has a constant without a name");
    if (g->n_node > TERN__IMPORT_NODES || values > TERN__IMPORT_VALUES || !g->n_node)
        return tern_error_add(im->err, TERN_ERROR_MODEL, NULL, "has %zu nodes; 1 to %d are read", g->n_node,
                              TERN__IMPORT_NODES);
    im->value = tern__arena_alloc(&im->memory, values, sizeof *im->value, im->err);
    im->layer = tern__arena_alloc(&im->memory, 2 * g->n_node, sizeof *im->layer, im->err);
    return im->value && im->layer ? TERN_OK : TERN_ERROR_MEMORY;
}

/* Numbers go into the weights of the model that was made of the text. */
static tern_status set_weights(const tern__import *im, tern_model *m) {
    for (size_t i = 0; i < im->layers; i++)
        for (size_t k = 0; k < im->layer[i].weights; k++) {
            const tern__import_weight *from = &im->layer[i].weight[k];
            char name[TERN_MAX_NAME + 32];
            tern_weight w;
            snprintf(name, sizeof name, "%s.%s", im->layer[i].name, from->name);
            if (!tern_model_find_weight(m, name, &w) || tern_tensor_count(&w.tensor) != from->count)
                return tern_error_add(im->err, TERN_ERROR_MODEL, NULL,
                                      "layer \"%s\" has %zu numbers for its %s, which has another shape",
                                      im->layer[i].name, from->count, from->name);
            for (size_t n = 0; n < from->count; n++) w.tensor.data[n] = (tern_real)from->number[n];
        }
    return TERN_OK;
}

static tern_status write_text(const char *dir, const tern__buffer *text, tern_error *err) {
    char *path = tern__path_join(dir, "model.json", false, NULL, err);
    tern__replace *file = path ? tern__replace_open(path, err) : NULL;
    tern__free(path);
    if (!file) return TERN_ERROR_IO;
    tern__replace_write(file, text->text, text->length);
    return tern__replace_commit(file, err);
}

static tern_status write_files(tern__import *im, const char *dir) {
    tern__buffer text = {0};
    tern__import_render(im, NULL, &text);
    tern_model *m = text.failed ? NULL : tern_model_parse(text.text, text.length, "model.json", NULL, im->err);
    tern_status status = m ? set_weights(im, m) : TERN_ERROR_MODEL;
    if (!status && mkdir(dir, 0777) && errno != EEXIST)
        status =
            tern_error_add(im->err, TERN_ERROR_IO, NULL, "cannot make the directory \"%s\": %s", dir, strerror(errno));
    char *weights = status ? NULL : tern__path_join(dir, "weights.safetensors", false, NULL, im->err);
    if (!status) status = weights ? tern_model_save(m, weights, im->err) : TERN_ERROR_MEMORY;
    if (!status) status = write_text(dir, &text, im->err);
    tern__free(weights);
    tern_model_free(m);
    tern__free(text.text);
    return status;
}

static const char *name_of(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/'), *from = slash ? slash + 1 : path, *dot = strrchr(from, '.');
    size_t length = dot && dot > from ? (size_t)(dot - from) : strlen(from);
    snprintf(out, size, "%.*s", (int)length, from);
    for (char *at = out; *at; at++)
        if ((unsigned char)*at < 32 || *at == '"' || *at == '\\' || (unsigned char)*at > 126) *at = '_';
    return out;
}

static tern_status import_graph(tern__import *im, const Onnx__ModelProto *model) {
    tern_status status = check_graph(model, im);
    if (!status) add_inputs(im), status = im->status;
    if (!status) add_constants(im), status = im->status;
    if (!status) status = add_nodes(im);
    return status ? status : check_outputs(im);
}

tern_status tern__import_onnx(const char *path, const char *dir, tern_error *err) {
    char name[TERN_MAX_NAME];
    tern__error_scope before;
    tern__error_scope_enter(err, path, NULL, &before);
    Onnx__ModelProto *model = tern__onnx_read(path, err);
    tern__import im = {.graph = model ? model->graph : NULL, .name = name_of(path, name, sizeof name), .err = err};
    tern_status status = model ? import_graph(&im, model) : TERN_ERROR_SYNTAX;
    tern__error_scope_leave(err, &before);
    if (!status) status = write_files(&im, dir);
    for (size_t i = 0; i < im.layers; i++) tern__free(im.layer[i].options.text);
    tern__arena_free(&im.memory);
    tern__onnx_free(model);
    return status;
}
