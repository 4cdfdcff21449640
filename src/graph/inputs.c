/* inputs.c - what goes into a model: its inputs, and who reads one as indices. scaling.c has their preprocessing. */
#include "graph.h"

#include <string.h>

/* ---- planning ---- */

/* What only the one input of a model can have. */
static tern_status check_several(const tern_model *m, const tern__input *in, const char *name, tern_error *err) {
    tern_status status = TERN_OK;
    if (!m->config.inputs.n) return TERN_OK;
    if (!tern__name_good(name)) status = tern__name_refuse(name, err);
    if (in->columns.n || in->columns.choice)
        status = tern_error_add(err, TERN_ERROR_MODEL, "columns",
                                "are described in the one \"input\" of a model; one of several inputs has a \"shape\"");
    if (in->augment.given && in->augment.mixup > 0)
        status = tern_error_add(err, TERN_ERROR_MODEL, "augment",
                                "mixes samples (mixup), which is for the one \"input\" of a model");
    return status;
}

/* The shape of a sample; of sequences of any length, that of the longest. */
static tern_status plan_shape(const tern__input *in, tern__graph_input *out, tern_error *err) {
    out->shape = in->shape;
    out->sequences = in->shape.rank && !in->shape.dim[0];
    if (!out->sequences && in->max_length)
        return tern_error_add(err, TERN_ERROR_MODEL, "max_length",
                              "is of sequences of any length, whose shape begins with null: [null, 16]");
    if (!out->sequences) return TERN_OK;
    out->shape.dim[0] = in->max_length;
    if (!in->max_length)
        return tern_error_add(err, TERN_ERROR_MODEL, "max_length",
                              "is missing: with null in the shape, it says how many steps a sequence has at most");
    return TERN_OK;
}

tern_status tern__inputs_plan(tern_model *m, tern_error *err) {
    m->inputs = tern__config_inputs(&m->config);
    m->input = tern__arena_alloc(&m->arena, m->inputs, sizeof *m->input, err);
    if (!m->input) return TERN_ERROR_MEMORY;
    tern_status status = TERN_OK;
    for (size_t k = 0; k < m->inputs; k++) {
        const tern__input *in = tern__config_input(&m->config, k);
        const char *name = tern__config_input_name(&m->config, k);
        m->input[k] = (tern__graph_input){.name = name};
        size_t depth = tern__config_enter_input(&m->config, k, err);
        tern_status several = check_several(m, in, name, err), shaped = plan_shape(in, &m->input[k], err);
        if (several || shaped) status = several ? several : shaped;
        if (shaped) m->input[k].shape.rank = 0;
        m->sequences = m->sequences || m->input[k].sequences;
        tern_error_leave(err, depth);
    }
    for (size_t k = 0; m->sequences && k < m->inputs; k++) {
        size_t depth = tern__config_enter_input(&m->config, k, err);
        if (tern__config_input(&m->config, k)->augment.given)
            status = tern_error_add(err, TERN_ERROR_MODEL, "augment",
                                    "changes samples of models whose inputs all have a fixed shape");
        tern_error_leave(err, depth);
    }
    if (m->config.train.bucket && !m->sequences) {
        size_t depth = tern_error_enter(err, "train", 0);
        status =
            tern_error_add(err, TERN_ERROR_MODEL, "bucket",
                           "goes by the lengths of sequences, but all inputs have a fixed shape; null as the first "
                           "size of a shape is any length");
        tern_error_leave(err, depth);
    }
    tern_status scaled = tern__scaling_make(m, err);
    return status ? status : scaled;
}

/* ---- indices ---- */

const tern__node *tern__index_reader(const tern_model *m, size_t k) {
    const tern__node *strictest = NULL;
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__node *node = &m->node[i];
        if (node->indices && (!strictest || node->indices < strictest->indices) &&
            tern__value_seen(m, node->input[0]) == k)
            strictest = node;
    }
    return strictest;
}

static tern_status check_node_indices(const tern_model *m, const tern__node *node, tern_error *err) {
    size_t from = tern__value_seen(m, node->input[0]), most = node->indices - 1;
    const tern__node *maker = tern__value_node(m, from);
    if (maker && maker->out_indices) return TERN_OK;
    if (maker)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "reads whole numbers, 0 to %zu, which only the model's input holds; its input is the "
                              "output of layer \"%s\" (%s)",
                              most, maker->name, maker->type->base.name);
    if (tern__scaling_plain(&m->scaling[from]) && !m->unscaled) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_MODEL, NULL,
        "reads whole numbers, 0 to %zu, from the model's input; scale, mean and std change them: take "
        "those out of \"%s\"",
        most, m->input[from].name);
}

tern_status tern__indices_check(const tern_model *m, tern_error *err) {
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, "layers", 0);
    for (size_t i = 0; i < m->nodes; i++) {
        size_t inner = tern_error_enter(err, NULL, i);
        if (m->node[i].indices && check_node_indices(m, &m->node[i], err)) status = TERN_ERROR_MODEL;
        tern_error_leave(err, inner);
    }
    tern_error_leave(err, depth);
    return status;
}
