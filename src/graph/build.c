/* build.c - from the options of the layers to a planned graph: who reads whom, which shapes, which weights. */
#include "graph.h"
#include "fitted.h"
#include "names.h"
#include "text.h"
#include "weight_table.h"

#include <stdio.h>
#include <string.h>

typedef struct builder {
    tern_model *m;
    bool *known; /* [values] whether the shape is known */
    bool *read;  /* [values] whether some layer reads it */
    tern_error *err;
    size_t columns;
    const tern_input_column *column; /* [columns] of a described table */
    tern_layer_spec *spec;           /* of the current layer: too large for the stack of a thread */
} builder;

static const tern__layer_common *common(const builder *b, size_t i) { return b->m->config.layers.item[i].common; }

/* ---- names ---- */

bool tern__name_good(const char *name) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    return *name && strlen(name) < TERN_MAX_NAME && strspn(name, letters) == strlen(name);
}

tern_status tern__name_refuse(const char *name, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_MODEL, NULL, "is \"%.60s\"; a name has 1 to %d letters, digits, and _ . -",
                          name, TERN_MAX_NAME - 1);
}

static bool is_input(const tern_model *m, const char *name) {
    for (size_t k = 0; k < m->inputs; k++)
        if (!strcmp(m->input[k].name, name)) return true;
    return false;
}

/* Gives every layer its name: the file's, else its index, as nn.Sequential does. */
static tern_status name_nodes(builder *b) {
    tern_model *m = b->m;
    for (size_t i = 0; i < m->nodes; i++) {
        char index[24];
        int n = snprintf(index, sizeof index, "%zu", i);
        const tern__layer_common *c = common(b, i);
        m->node[i].name = c && c->name ? c->name : tern__arena_text(&m->arena, index, (size_t)n, b->err);
        if (!m->node[i].name) return TERN_ERROR_MEMORY;
    }
    tern_status status = TERN_OK;
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__layer_common *c = common(b, i);
        if (!c || !c->name) continue;
        size_t depth = tern_error_enter(b->err, NULL, i);
        if (!tern__name_good(c->name))
            status = tern_error_add(b->err, TERN_ERROR_MODEL, "name",
                                    "is \"%.60s\"; a name has 1 to %d letters, digits, and _ . -", c->name,
                                    TERN_MAX_NAME - 1);
        else if (is_input(m, c->name))
            status = tern_error_add(b->err, TERN_ERROR_MODEL, "name", "is \"%s\", which is what %s is called", c->name,
                                    m->config.inputs.n ? "an input of the model" : "the model's own input");
        for (size_t k = 0; k < m->nodes; k++) {
            if (k == i || strcmp(m->node[k].name, c->name) || (k > i && common(b, k) && common(b, k)->name)) continue;
            status =
                tern_error_add(b->err, TERN_ERROR_MODEL, "name", "\"%s\" is the name of layer %zu too", c->name, k);
        }
        tern_error_leave(b->err, depth);
    }
    return status;
}

/* ---- connections ---- */

/* The value that a layer's input names, or SIZE_MAX after saying what is wrong. */
static size_t find_source(const builder *b, size_t i, const char *name) {
    for (size_t k = 0; k < b->m->inputs; k++)
        if (!strcmp(b->m->input[k].name, name)) return k;
    for (size_t k = 0; k < b->m->nodes; k++) {
        const tern__layer_common *c = common(b, k);
        if (!c || !c->name || strcmp(c->name, name)) continue;
        if (k < i) return tern__node_value(b->m, k);
        tern_error_add(b->err, TERN_ERROR_MODEL, NULL, "\"%s\" is layer %zu, %s; a layer reads layers before it", name,
                       k, k == i ? "this one itself" : "which comes later");
        return SIZE_MAX;
    }
    const char *names[64];
    size_t n = 0;
    for (size_t k = 0; k < b->m->inputs; k++) names[n++] = b->m->input[k].name;
    for (size_t k = 0; k < i && n < 64; k++)
        if (common(b, k) && common(b, k)->name) names[n++] = common(b, k)->name;
    char accepted[480] = "";
    tern__text_add_accepted(accepted, sizeof accepted, name, n, names);
    tern_error_add(b->err, TERN_ERROR_MODEL, NULL, "no layer before this one is named \"%.60s\"%s", name, accepted);
    return SIZE_MAX;
}

/* What a layer reads that names nothing: the layer before it; the first reads the input, if there is just one. */
static size_t usual_source(const builder *b, size_t i) {
    const tern_model *m = b->m;
    if (i || m->inputs == 1) return tern__node_value(m, i) - 1;
    char names[240] = "";
    for (size_t k = 0; k < m->inputs; k++) tern__text_add(names, sizeof names, "%s%s", k ? ", " : "", m->input[k].name);
    tern_error_add(b->err, TERN_ERROR_MODEL, "inputs",
                   "is missing: the model has several inputs, of which the first layer "
                   "names those it reads: %s",
                   names);
    return SIZE_MAX;
}

/* Fills in node i's inputs. False where one of them is not there. */
static bool connect(builder *b, size_t i) {
    tern__node *node = &b->m->node[i];
    const tern__layer_common *c = common(b, i);
    size_t named = c ? c->inputs.n : 0;
    node->inputs = named ? named : 1;
    node->input = tern__arena_alloc(&b->m->arena, node->inputs, sizeof *node->input, b->err);
    if (!node->input) return false;
    if (!named) node->input[0] = usual_source(b, i);
    bool good = named || node->input[0] != SIZE_MAX;
    size_t depth = tern_error_enter(b->err, "inputs", 0);
    for (size_t k = 0; k < named; k++) {
        size_t element = tern_error_enter(b->err, NULL, k);
        node->input[k] = find_source(b, i, c->inputs.v[k]);
        good = good && node->input[k] != SIZE_MAX;
        tern_error_leave(b->err, element);
    }
    tern_error_leave(b->err, depth);
    for (size_t k = 0; good && k < node->inputs; k++) b->read[node->input[k]] = true;
    return good;
}

/* ---- planning one layer ---- */

static bool check_input_count(builder *b, size_t i) {
    const tern_layer_type *type = b->m->node[i].type;
    size_t n = b->m->node[i].inputs, least = type->least_inputs ? type->least_inputs : 1,
           most = type->most_inputs ? type->most_inputs : least;
    if (n >= least && n <= most) return true;
    if (least == most)
        tern_error_add(b->err, TERN_ERROR_MODEL, NULL, "%s takes %zu input%s, found %zu", type->base.name, least,
                       least == 1 ? "" : "s", n);
    else
        tern_error_add(b->err, TERN_ERROR_MODEL, NULL, "%s takes %zu to %zu inputs, found %zu; name them in \"inputs\"",
                       type->base.name, least, most, n);
    return false;
}

static bool check_shape(builder *b, const tern_shape *shape, const char *what) {
    size_t count;
    char text[TERN_SHAPE_TEXT];
    if (shape->rank < TERN_MAX_RANK && tern_shape_count_checked(shape, (size_t)1 << 31, &count) && count) return true;
    tern_error_add(b->err, TERN_ERROR_MODEL, NULL,
                   "%s of %s is too large; a sample has at most %d dimensions and 2^31 numbers", what,
                   tern_shape_text(shape, text), TERN_MAX_RANK - 1);
    return false;
}

/* Each weight takes part once for each place of the output that has its first dimension's channels. */
static double layer_work(const tern__node *node, const tern_layer_spec *spec) {
    if (spec->work > 0) return spec->work;
    double out = (double)tern_shape_count(&node->out), work = out;
    for (size_t k = 0; k < node->params; k++)
        work += (double)tern_shape_count(&spec->param[k].shape) * out / (double)spec->param[k].shape.dim[0];
    return work;
}

/* Keeps what a layer's plan answered. */
static tern_status keep_spec(builder *b, tern__node *node, const tern_layer_spec *spec) {
    tern_model *m = b->m;
    node->out = spec->out;
    if (!spec->out_sequences && !(node->type->flags & TERN_STEPWISE)) node->lengths = TERN__NOWHERE;
    node->accumulators = spec->accumulators;
    node->scratch = spec->scratch;
    node->scratch_row = spec->scratch_row;
    node->evaluation_row = spec->evaluation_row;
    node->indices = spec->indices;
    node->out_indices = spec->out_indices;
    tern_status status = tern__weights_add(m, (size_t)(node - m->node), spec, b->err);
    node->first_use = m->uses;
    m->uses += node->params + node->states;
    while (node->saves < TERN_MAX_SAVES && spec->save[node->saves].rank) node->saves++;
    node->first_read = m->reads;
    node->first_save = m->saves;
    node->first_accumulator = m->accumulators;
    m->reads += node->inputs;
    m->saves += node->saves;
    m->accumulators += node->accumulators;
    m->work += layer_work(node, spec);
    node->save = tern__arena_alloc(&m->arena, node->saves, sizeof *node->save, b->err);
    if (!node->save) return TERN_ERROR_MEMORY;
    if (node->saves) memcpy(node->save, spec->save, node->saves * sizeof *node->save);
    return status;
}

/* Adds to a layer's refusal where its inputs come from. */
static void tell_inputs(builder *b, const tern__node *node) {
    for (size_t k = 0; k < node->inputs; k++) {
        char shape[TERN_SHAPE_TEXT];
        size_t from = node->input[k];
        tern_shape in = tern__value_shape(b->m, from);
        const tern__node *maker = tern__value_node(b->m, from);
        tern__error_append(b->err, "%s %s from ", k ? "," : "; input", tern_shape_text(&in, shape));
        if (maker) tern__error_append(b->err, "layer \"%s\" (%s)", maker->name, maker->type->base.name);
        else if (!b->m->config.inputs.n) tern__error_append(b->err, "the model's input");
        else tern__error_append(b->err, "the input \"%s\"", b->m->input[from].name);
    }
}

/* Plans node i where all it reads is known. */
static bool plan_node(builder *b, size_t i) {
    tern__node *node = &b->m->node[i];
    bool known = connect(b, i);
    if (!node->self || !check_input_count(b, i)) return false;
    *b->spec = (tern_layer_spec){.inputs = node->inputs};
    for (size_t k = 0; known && k < node->inputs; k++) {
        known = b->known[node->input[k]];
        if (known) b->spec->in[k] = tern__value_shape(b->m, node->input[k]);
    }
    if (!known || tern__lengths_plan(b->m, node, b->spec, b->err)) return false;
    b->spec->in_indices = tern__fitted_indices(b->m, node->input[0]);
    if (!node->input[0]) b->spec->in_columns = b->columns, b->spec->in_column = b->column;
    if (node->type->plan(node->self, b->spec, b->err)) {
        tell_inputs(b, node);
        return false;
    }
    if (!check_shape(b, &b->spec->out, "an output")) return false;
    return !keep_spec(b, node, b->spec);
}

/* Whether a layer of a block could not be planned in an earlier use: what is wrong was said. */
static bool failed_before(const builder *b, size_t i) {
    const tern__json *j = &b->m->json;
    for (size_t k = 0; i < j->origins && k < i; k++)
        if (!strcmp(j->origin[k].pointer, j->origin[i].pointer) && !b->known[tern__node_value(b->m, k)]) return true;
    return false;
}

static tern_status plan_nodes(builder *b) {
    tern_model *m = b->m;
    tern_status status = name_nodes(b);
    for (size_t i = 0; i < m->nodes && status != TERN_ERROR_MEMORY; i++) {
        size_t depth = tern_error_enter(b->err, NULL, i);
        size_t value = tern__node_value(m, i);
        tern_error *err = b->err;
        if (failed_before(b, i)) b->err = NULL;
        b->known[value] = plan_node(b, i);
        b->err = err;
        if (!b->known[value]) status = TERN_ERROR_MODEL;
        tern_error_leave(b->err, depth);
    }
    return status;
}

/* What of the inputs is known. */
static tern_status take_inputs(builder *b) {
    tern_status status = TERN_OK;
    for (size_t k = 0; k < b->m->inputs; k++) {
        const tern_shape *shape = &b->m->input[k].shape;
        b->known[k] = shape->rank > 0;
        size_t depth = tern__config_enter_input(&b->m->config, k, b->err);
        if (b->known[k] && !check_shape(b, shape, "a sample")) b->known[k] = false, status = TERN_ERROR_MODEL;
        tern_error_leave(b->err, depth);
    }
    return status;
}

tern_status tern__model_build(tern_model *m, tern_error *err) {
    builder b = {.m = m, .err = err};
    m->nodes = m->config.layers.n;
    m->node = tern__arena_alloc(&m->arena, m->nodes, sizeof *m->node, err);
    b.known = tern__arena_alloc(&m->arena, tern__values(m), sizeof *b.known, err);
    b.read = tern__arena_alloc(&m->arena, tern__values(m), sizeof *b.read, err);
    b.spec = tern__alloc(1, sizeof *b.spec, err);
    tern_status status = m->node && b.known && b.read && b.spec ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) {
        for (size_t i = 0; i < m->nodes; i++) {
            m->node[i].type = (const tern_layer_type *)m->config.layers.item[i].type;
            m->node[i].self = m->config.layers.item[i].self;
        }
        status = take_inputs(&b);
        b.column = tern__fitted_columns(m, &b.columns, err);
        if (!b.column) status = TERN_ERROR_MEMORY;
        size_t depth = tern_error_enter(err, "layers", 0);
        tern_status planned = plan_nodes(&b);
        if (planned) status = planned;
        tern_error_leave(err, depth);
    }
    if (!status && m->nodes) status = tern__losses_place(m, err); /* without nodes: said already */
    if (!status && m->nodes) status = tern__results_plan(m, b.read, err);
    tern__free(b.spec);
    return status;
}
