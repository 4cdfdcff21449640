/* onnx_file.c - a program as an ONNX model, and that as a file. */
#include "file.h"
#include "graph.h"
#include "json_writer.h"
#include "meaning.h"
#include "onnx.h"
#include "onnx_graph.h"

#include <string.h>

enum { OPSET = 17, ML_OPSET = 3, IR = 8, METADATA = 2 };

/* What a protocol buffer, and so a file, can hold. */
static const size_t most_bytes = 0x7fffffff;

/* ---- inputs and outputs ---- */

/* A column of texts becomes the codes that they stand for. */
static void add_codes(tern__onnx *g, size_t k, const tern_column *column) {
    g->value[k] = TERN__ONNX(g, "LabelEncoder", g->value[k]);
    tern__onnx_domain(g, "ai.onnx.ml");
    tern__onnx_strings(g, "keys_strings", column->texts, column->text);
    tern__onnx_ints(g, "values_int64s", column->texts, column->code);
    tern__onnx_int(g, "default_int64", column->other);
    g->whole[k] = true;
}

static void add_inputs(tern__onnx *g, const tern_model *m, Onnx__ValueInfoProto **port) {
    const tern_column *column = g->p->column;
    for (size_t k = 0; k < g->p->inputs && !g->failed; k++) {
        int type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
        if (column && column[k].texts) type = ONNX__TENSOR_PROTO__DATA_TYPE__STRING;
        if (!column && tern__index_reader(m, k)) type = ONNX__TENSOR_PROTO__DATA_TYPE__INT64, g->whole[k] = true;
        g->value[k] = tern__onnx_text(g, g->p->value[k].name);
        port[k] = tern__onnx_port(g, g->value[k], &g->p->value[k].shape, type);
        if (column && column[k].texts) add_codes(g, k, &column[k]);
    }
}

/* Gives a value the name of an output wherever it stands. */
static void rename_value(const tern__onnx *g, const char *from, char *to) {
    for (size_t i = 0; i < g->nodes.n; i++) {
        Onnx__NodeProto *node = g->nodes.item[i];
        for (size_t k = 0; k < node->n_input; k++)
            if (node->input[k] == from) node->input[k] = to;
        for (size_t k = 0; k < node->n_output; k++)
            if (node->output[k] == from) node->output[k] = to;
    }
}

/* An input, a constant or another output has a name already: a node of its own passes it on. */
static void add_outputs(tern__onnx *g, Onnx__ValueInfoProto **port) {
    g->layer = NULL;
    for (size_t k = 0; k < g->p->outputs && !g->failed; k++) {
        tern_operand v = g->p->output[k].value;
        char *value = tern__onnx_value(g, v), *name = tern__onnx_text(g, g->p->output[k].name);
        bool taken = !tern__onnx_maker(g, value);
        for (size_t i = 0; i < k; i++) taken = taken || value == port[i]->name;
        if (taken) value = TERN__ONNX(g, "Identity", value);
        rename_value(g, value, name);
        for (size_t i = 0; i < g->p->values; i++)
            if (g->value[i] == value) g->value[i] = name;
        port[k] = tern__onnx_port(g, name, &g->p->value[v].shape, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
    }
}

/* ---- what the model says of itself ---- */

static void add_metadata(tern__onnx *g, Onnx__ModelProto *model, const char *key, char *value) {
    Onnx__StringStringEntryProto *entry = tern__arena_alloc(&g->memory, 1, sizeof *entry, g->err);
    if (!entry) {
        g->failed = true;
        return;
    }
    onnx__string_string_entry_proto__init(entry);
    entry->key = tern__onnx_text(g, key), entry->value = value;
    model->metadata_props[model->n_metadata_props++] = entry;
}

/* The names of classes, or of numbers, as a list in JSON. */
static void add_names(tern__onnx *g, Onnx__ModelProto *model, const tern_meaning *meaning) {
    tern__buffer text = {0};
    tern__json_writer w = {.write = tern__buffer_write, .to = &text};
    char number[TERN_NUMBER_TEXT];
    size_t n = meaning->classes ? meaning->classes : meaning->names;
    if (!meaning->names) return;
    tern__json_open(&w, NULL, '[');
    for (size_t k = 0; k < n; k++) tern__json_add_text(&w, NULL, tern_meaning_name(meaning, k, number));
    tern__json_close_bracket(&w, ']');
    if (text.failed) g->failed = tern_error_add(g->err, TERN_ERROR_MEMORY, NULL, "not enough memory") != TERN_OK;
    else add_metadata(g, model, meaning->classes ? "classes" : "targets", tern__onnx_text(g, text.text));
    tern__free(text.text);
}

/* ---- the file ---- */

typedef struct out {
    ProtobufCBuffer base;
    tern__replace *file;
} out;

static void append(ProtobufCBuffer *self, size_t n, const uint8_t *data) {
    tern__replace_write(((out *)self)->file, data, n);
}

static tern_status save(const Onnx__ModelProto *model, const char *path, tern_error *err) {
    size_t size = onnx__model_proto__get_packed_size(model);
    if (size > most_bytes)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "comes to %zu bytes as an ONNX file, which holds at most %zu", size, most_bytes);
    tern__replace *file = tern__replace_open(path, err);
    if (!file) return TERN_ERROR_IO;
    out to = {{append}, file};
    onnx__model_proto__pack_to_buffer(model, &to.base);
    return tern__replace_commit(file, err);
}

static tern_status write_model(tern__onnx *g, const tern_model *m, bool raw, const char *path, tern_error *err) {
    const tern_program *p = g->p;
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    Onnx__GraphProto graph = ONNX__GRAPH_PROTO__INIT;
    Onnx__OperatorSetIdProto opset = ONNX__OPERATOR_SET_ID_PROTO__INIT, ml = opset, *opsets[] = {&opset, &ml};
    Onnx__StringStringEntryProto *metadata[METADATA];
    Onnx__ValueInfoProto **input = tern__arena_alloc(&g->memory, p->inputs, sizeof(*input), err),
                         **output = tern__arena_alloc(&g->memory, p->outputs, sizeof(*output), err);
    if (!input || !output) return TERN_ERROR_MEMORY;
    char domain[] = "", ml_domain[] = "ai.onnx.ml", producer[] = "tern", version[] = TERN_VERSION;
    tern_meaning meaning = tern__export_meaning(m, raw);
    add_inputs(g, m, input);
    tern__onnx_add_ops(g);
    if (g->refuse)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "layer \"%s\" can't be exported: it %s", g->layer,
                              g->refuse);
    add_outputs(g, output);
    model.metadata_props = metadata;
    add_names(g, &model, &meaning);
    graph.name = tern__onnx_text(g, tern_model_name(m));
    if (g->failed) return TERN_ERROR_MEMORY;
    graph.n_node = g->nodes.n, graph.node = (Onnx__NodeProto **)g->nodes.item;
    graph.n_initializer = g->constants.n, graph.initializer = (Onnx__TensorProto **)g->constants.item;
    graph.n_input = p->inputs, graph.input = input;
    graph.n_output = p->outputs, graph.output = output;
    opset.domain = domain, opset.has_version = true, opset.version = OPSET;
    ml.domain = ml_domain, ml.has_version = true, ml.version = ML_OPSET;
    model.has_ir_version = true, model.ir_version = IR;
    model.n_opset_import = p->column ? 2 : 1, model.opset_import = opsets;
    model.producer_name = producer, model.producer_version = version;
    model.graph = &graph;
    return save(&model, path, err);
}

tern_status tern__onnx_write(const tern_model *m, const tern_program *p, const char *path,
                             const tern_export_onnx_options *options, tern_error *err) {
    tern__onnx g = {.p = p, .batch = options->batch, .err = err};
    g.value = tern__arena_alloc(&g.memory, p->values, sizeof *g.value, err);
    g.whole = tern__arena_alloc(&g.memory, p->values, sizeof *g.whole, err);
    tern_status status = g.value && g.whole ? write_model(&g, m, options->raw, path, err) : TERN_ERROR_MEMORY;
    tern__arena_free(&g.memory);
    return status;
}
