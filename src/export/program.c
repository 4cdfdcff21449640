/* program.c - a model as a program: its layers lowered one by one, what comes before and after around them. */
#include "graph.h"
#include "meaning.h"
#include "program.h"
#include "program_columns.h"

#include <tern/export.h>

#include <math.h>
#include <string.h>

/* What a caller holds begins with the program. */
typedef struct lowered {
    tern_program program;
    tern__program list;
    tern_lowering lowering;
    const tern_model *m;
    tern_operand *weight; /* [weights] */
    tern_operand *value;  /* [values of the graph] */
} lowered;

/* ---- before ---- */

static bool add_weights(lowered *w, tern_error *err) {
    const tern_model *m = w->m;
    for (size_t i = 0; i < m->weights; i++) {
        tern_tensor t = tern__weight_tensor(m, &m->weight[i]);
        const tern_real *zeros =
            t.data ? NULL : tern__arena_alloc(&w->list.arena, m->weight[i].count, sizeof *zeros, err);
        if (!t.data && !zeros) return false;
        const tern_real *data = t.data ? t.data : zeros;
        w->weight[i] =
            tern__program_value(&w->list, (tern__operand){m->weight[i].param.shape, data, m->weight[i].name});
    }
    return true;
}

static tern_status add_inputs(lowered *w, tern_error *err) {
    const tern_model *m = w->m;
    const tern_blocks *columns = &m->config.fitted.input.columns;
    tern__features described = {columns->n, columns->item};
    w->program.inputs = columns->n ? tern__columns_inputs(&described) : m->inputs;
    if (columns->n) return tern__columns_lower(&w->lowering, &described, &w->program.column, &w->value[0], err);
    for (size_t k = 0; k < m->inputs; k++)
        w->value[k] = tern__program_value(&w->list, (tern__operand){m->input[k].shape, NULL, m->input[k].name});
    for (size_t k = 0; k < m->inputs && !w->list.failed; k++)
        if (!tern__scaling_plain(&m->scaling[k]))
            w->value[k] = tern__program_scale(&w->list, w->value[k], m->scaling[k].channels, m->scaling[k].gain,
                                              m->scaling[k].shift);
    return w->list.failed ? TERN_ERROR_MEMORY : TERN_OK;
}

/* ---- layers ---- */

static tern_status refuse(const lowered *w, const tern__node *node, const char *why, tern_error *err) {
    tern_error_add(err, TERN_ERROR_MODEL, NULL, "layer \"%s\" (%s) can't be exported: it %s", node->name,
                   node->type->base.name, why);
    (void)w;
    return TERN_ERROR_MODEL;
}

static tern_status lower_node(lowered *w, const tern__node *node, tern_operand *out, tern_error *err) {
    tern_operand x[TERN_MAX_INPUTS] = {0}, param[TERN_MAX_PARAMS], state[TERN_MAX_STATES];
    for (size_t k = 0; k < node->inputs; k++) x[k] = w->value[node->input[k]];
    for (size_t k = 0; k < node->params; k++) param[k] = w->weight[node->param[k]];
    for (size_t k = 0; k < node->states; k++) state[k] = w->weight[node->state[k]];
    w->lowering.x = x, w->lowering.param = param, w->lowering.state = state;
    w->list.layer = node->name;
    w->list.refused = NULL;
    if (node->type->flags & TERN_VIEW) *out = tern_lower_reshape(&w->lowering, x[0], node->out);
    else if (node->type->lower) *out = node->type->lower(node->self, &w->lowering);
    else return refuse(w, node, "doesn't say how (a plugin's type does so by `lower`)", err);
    if (w->list.refused) return refuse(w, node, w->list.refused, err);
    return w->list.failed ? TERN_ERROR_MEMORY : TERN_OK;
}

/* All of them, so that one message names every layer that stays behind; a refused one's output has the right shape. */
static tern_status add_layers(lowered *w, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; i < w->m->nodes && status != TERN_ERROR_MEMORY; i++) {
        const tern__node *node = &w->m->node[i];
        tern_operand out = TERN_NO_OPERAND;
        tern_status one = lower_node(w, node, &out, err);
        if (one) status = one, out = tern__program_value(&w->list, (tern__operand){.shape = node->out});
        w->value[tern__node_value(w->m, i)] = out;
    }
    w->list.layer = NULL;
    return status;
}

/* ---- after ---- */

static tern_operand add_unit(lowered *w, tern_operand y, tern_error *err) {
    size_t n = tern_shape_count(&w->list.value[y].shape);
    if (w->m->config.fitted.target.normalize == TERN__NORMALIZE_LOG1P)
        return tern_lower_formula(&w->lowering, 1, &y, "expm1(x)");
    double *gain = tern__arena_alloc(&w->list.arena, n, sizeof *gain, err),
           *shift = tern__arena_alloc(&w->list.arena, n, sizeof *shift, err);
    bool plain = true;
    for (size_t k = 0; gain && shift && k < n; k++) {
        shift[k] = tern_model_unit(w->m, k, 0);
        gain[k] = tern_model_unit(w->m, k, 1) - shift[k];
        plain = plain && gain[k] == 1 && shift[k] == 0;
    }
    if (!gain || !shift) w->list.failed = true;
    return plain || w->list.failed ? y : tern__program_scale(&w->list, y, n, gain, shift);
}

/* What tern_model_scores() does. */
static tern_operand add_scores(lowered *w, tern_operand y, const tern_meaning *meaning) {
    tern_lowering *l = &w->lowering;
    tern_link link = tern__model_link(w->m);
    if (link == TERN_LINK_SOFTMAX || link == TERN_LINK_EXP)
        return tern_lower_softmax(l, y, meaning->classes, meaning->places, false);
    if (link == TERN_LINK_SIGMOID) y = tern_lower_formula(l, 1, &y, "sigmoid(x)");
    if (tern_shape_count(&w->list.value[y].shape) > 1 || meaning->classes != 2) return y;
    y = tern_lower_reshape(l, y, TERN_SHAPE(1));
    const char *no = meaning->probabilities ? "1 - x" : "-x";
    return tern_lower_concat(l, 2, (tern_operand[]){tern_lower_formula(l, 1, &y, no), y}, 0);
}

tern_meaning tern__export_meaning(const tern_model *m, bool raw) {
    return raw || m->outputs > 1 ? (tern_meaning){0} : tern_model_meaning(m);
}

static tern_status add_outputs(lowered *w, bool raw, tern_error *err) {
    const tern_model *m = w->m;
    tern_result *output = tern__arena_alloc(&w->list.arena, m->outputs, sizeof *output, err);
    if (!output) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < m->outputs; k++) output[k] = (tern_result){m->result[k].name, w->value[m->result[k].value]};
    w->program.outputs = m->outputs;
    w->program.output = output;
    if (raw || m->outputs > 1) return TERN_OK;
    tern_meaning meaning = tern__export_meaning(m, raw);
    output->value = meaning.classes ? add_scores(w, output->value, &meaning) : add_unit(w, output->value, err);
    return w->list.failed ? TERN_ERROR_MEMORY : TERN_OK;
}

/* ---- all of it ---- */

static tern_status make(lowered *w, bool raw, tern_error *err) {
    const tern_model *m = w->m;
    w->weight = tern__arena_alloc(&w->list.arena, m->weights, sizeof *w->weight, err);
    w->value = tern__arena_alloc(&w->list.arena, tern__values(m), sizeof *w->value, err);
    if (!w->weight || !w->value) return TERN_ERROR_MEMORY;
    w->list.err = err;
    w->lowering.program = &w->list;
    tern_status status = add_inputs(w, err);
    if (!status) status = add_weights(w, err) ? add_layers(w, err) : TERN_ERROR_MEMORY;
    if (!status) status = add_outputs(w, raw, err);
    tern_value *value = status ? NULL : tern__arena_alloc(&w->list.arena, w->list.values, sizeof *value, err);
    if (!value) return status ? status : TERN_ERROR_MEMORY;
    for (size_t v = 0; v < w->list.values; v++)
        value[v] = (tern_value){w->list.value[v].shape, w->list.value[v].data, w->list.value[v].name};
    w->list.err = NULL;
    w->program.values = w->list.values, w->program.value = value;
    w->program.ops = w->list.ops, w->program.op = w->list.op;
    w->program.work = m->work;
    return TERN_OK;
}

/* What would go wrong in silence. */
static tern_status check_inputs(const tern_model *m, tern_error *err) {
    for (size_t k = 0; k < m->inputs; k++)
        if (m->input[k].sequences)
            return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                  "input \"%s\" holds sequences of any length, which can't be exported: only those of "
                                  "one length",
                                  m->input[k].name);
    return TERN_OK;
}

/* A weight that is not finite has no use. */
static tern_status check_finite(const tern_program *p, tern_error *err) {
    for (size_t v = 0; v < p->values; v++)
        for (size_t i = 0, n = p->value[v].data ? tern_shape_count(&p->value[v].shape) : 0; i < n; i++)
            if (!isfinite(p->value[v].data[i]) && p->value[v].name)
                return tern_error_add(err, TERN_ERROR_MODEL, NULL, "%s has numbers that are not finite",
                                      p->value[v].name);
    return TERN_OK;
}

tern_program *tern_program_new(const tern_model *m, bool raw, tern_error *err) {
    if (m->unfitted) {
        tern_error_add(
            err, TERN_ERROR_MODEL, NULL,
            "was never fitted to data, from which its sizes follow: give the model of a run, or its weights");
        return NULL;
    }
    if (tern__scaling_check(m, err) || check_inputs(m, err)) return NULL;
    lowered *w = tern__alloc(1, sizeof *w, err);
    if (!w) return NULL;
    w->m = m;
    if (!make(w, raw, err) && !check_finite(&w->program, err)) return &w->program;
    tern_program_free(&w->program);
    return NULL;
}

void tern_program_free(tern_program *p) {
    if (!p) return;
    lowered *w = (lowered *)p;
    tern__program_free(&w->list);
    tern__free(w);
}
