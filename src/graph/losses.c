/* losses.c - what the losses of a file are about: whose output, which target, under which name; and what a pass gives.
 */
#include "graph.h"

#include "names.h"

#include <assert.h>
#include <string.h>

/* ---- whose output ---- */

static tern_status find_layer(const tern_model *m, const char *name, size_t *value, tern_error *err) {
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__layer_common *common = m->config.layers.item[i].common;
        if (!common || !common->name) continue;
        if (!strcmp(common->name, name)) return *value = tern__node_value(m, i), TERN_OK;
        if (n < 64) names[n++] = common->name;
    }
    char accepted[480] = "";
    tern__text_add_accepted(accepted, sizeof accepted, name, n, names);
    return tern_error_add(err, TERN_ERROR_MODEL, "of", "no layer is named \"%.60s\"%s", name, accepted);
}

/* ---- which target ---- */

static size_t find_input(const tern_model *m, const char *name) {
    size_t k = 0;
    while (k < m->inputs && strcmp(m->input[k].name, name)) k++;
    return k;
}

/* The place of a target's name among those of the model, to which it may be added. */
static size_t place_target(tern_model *m, const char **names, const char *name) {
    size_t k = 0;
    while (k < m->targets && strcmp(names[k], name)) k++;
    if (k == m->targets) names[m->targets++] = name;
    return k;
}

static tern_status place_loss(tern_model *m, const tern_object *loss, bool several, const char **targets,
                              tern__loss_place *out, tern_error *err) {
    const tern__loss_common *common = loss->common;
    *out =
        (tern__loss_place){.value = tern__node_value(m, m->nodes - 1), .target = TERN__NOWHERE, .input = TERN__NOWHERE};
    tern_status status = common->of ? find_layer(m, common->of, &out->value, err) : TERN_OK;
    if (status) return status;
    size_t lengths = tern__value_lengths(m, out->value);
    const char *layer = tern__value_node(m, out->value)->name;
    out->name = common->name ? common->name : layer;
    if (((const tern_loss_type *)loss->type)->targets == TERN_TARGET_NONE) {
        if (!common->target) return TERN_OK;
        return tern_error_add(err, TERN_ERROR_MODEL, "target", "is given, but %s takes none: leave it out",
                              loss->type->name);
    }
    const char *target = common->target ? common->target : several ? layer : "target";
    size_t input = common->target ? find_input(m, target) : m->inputs;
    if (input < m->inputs && tern__value_lengths(m, input) != lengths)
        return tern_error_add(err, TERN_ERROR_MODEL, "target",
                              "is the input \"%s\", which holds sequences of other lengths than layer \"%s\" makes",
                              target, layer);
    if (input < m->inputs) return out->input = input, TERN_OK;
    size_t before = m->targets, k = out->target = place_target(m, targets, target);
    if (k == before) m->target_lengths[k] = lengths;
    if (k == before && lengths != TERN__NOWHERE) m->target_steps[k] = m->input[lengths].shape.dim[0];
    if (m->target_lengths[k] == lengths) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "target",
                          "is \"%s\", which another loss takes for sequences of other lengths: give each a target of "
                          "its own",
                          target);
}

static tern_status check_names(const tern_model *m, tern_error *err) {
    for (size_t i = 1; i < m->losses; i++)
        for (size_t k = 0; k < i; k++) {
            assert(m->loss[i].name && m->loss[k].name); /* place_loss() gave each one */
            if (strcmp(m->loss[i].name, m->loss[k].name)) continue;
            size_t depth = tern__config_enter_loss(&m->config, i, err);
            tern_status status = tern_error_add(err, TERN_ERROR_MODEL, "name",
                                                "\"%s\" is what loss %zu is called, too: give one of them a \"name\"",
                                                m->loss[i].name, k);
            tern_error_leave(err, depth);
            return status;
        }
    return TERN_OK;
}

tern_status tern__losses_place(tern_model *m, tern_error *err) {
    tern_objects losses = tern__config_losses(&m->config);
    const char **targets = tern__arena_alloc(&m->arena, losses.n + 1, sizeof *targets, err);
    m->loss = tern__arena_alloc(&m->arena, losses.n, sizeof *m->loss, err);
    m->target_lengths = tern__arena_alloc(&m->arena, losses.n + 1, sizeof *m->target_lengths, err);
    m->target_steps = tern__arena_alloc(&m->arena, losses.n + 1, sizeof *m->target_steps, err);
    if (!targets || !m->loss || !m->target_lengths || !m->target_steps) return TERN_ERROR_MEMORY;
    m->target = targets;
    tern_status status = TERN_OK;
    for (size_t k = 0; k < losses.n; k++)
        if (!losses.item[k].self) losses.n = 0; /* could not be read; said already */
    for (size_t k = 0; k < losses.n; k++) {
        size_t depth = tern__config_enter_loss(&m->config, k, err);
        tern_status placed = place_loss(m, &losses.item[k], losses.n > 1, targets, &m->loss[k], err);
        if (placed) status = placed;
        tern_error_leave(err, depth);
    }
    m->losses = losses.n;
    if (!m->losses) m->target_lengths[m->targets] = TERN__NOWHERE, targets[m->targets++] = "target";
    return status ? status : check_names(m, err);
}

/* ---- what a pass gives ---- */

static size_t add_result(tern_model *m, const char *name, size_t value) {
    size_t k = 0;
    while (k < m->results && m->result[k].value != value) k++;
    if (k == m->results) m->result[m->results++] = (tern__result){name, value};
    return k;
}

static bool has_loss(const tern_model *m, size_t value) {
    for (size_t k = 0; k < m->losses; k++)
        if (m->loss[k].value == value) return true;
    return false;
}

static tern_status check_unused(const tern_model *m, const bool *read, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t v = 0; v + 1 < tern__values(m); v++) {
        const tern__node *node = tern__value_node(m, v);
        if (read[v] || has_loss(m, v) || m->config.losses.n > m->losses) continue;
        size_t depth = node ? tern_error_enter(err, "layers", 0) : tern__config_enter_input(&m->config, v, err);
        if (node) tern_error_enter(err, NULL, (size_t)(node - m->node));
        if (node)
            status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                    "unused output of layer \"%s\": take the layer out, or name it in some layer's "
                                    "\"inputs\" or in one of the \"losses\"",
                                    node->name);
        else
            status =
                tern_error_add(err, TERN_ERROR_MODEL, NULL, "no layer reads it: name it in some layer's \"inputs\"");
        tern_error_leave(err, depth);
    }
    return status;
}

/* The outputs are what no layer reads. */
tern_status tern__results_plan(tern_model *m, const bool *read, tern_error *err) {
    m->result = tern__arena_alloc(&m->arena, m->nodes + 2 * m->losses, sizeof *m->result, err);
    if (!m->result) return TERN_ERROR_MEMORY;
    tern_status status = check_unused(m, read, err);
    size_t last = tern__node_value(m, m->nodes - 1);
    for (size_t v = m->inputs; v <= last; v++)
        if (v == last || !read[v]) add_result(m, tern__value_node(m, v)->name, v);
    m->outputs = m->results;
    for (size_t k = 0; k < m->losses; k++) {
        tern__loss_place *loss = &m->loss[k];
        loss->result = add_result(m, loss->name, loss->value);
        if (loss->input != TERN__NOWHERE) loss->input_result = add_result(m, m->input[loss->input].name, loss->input);
    }
    if (m->losses > 1 && !has_loss(m, last))
        tern_error_warn(err, "losses", "none is about the last layer, \"%s\": what leads there alone is not trained",
                        m->node[m->nodes - 1].name);
    return status;
}

/* ---- what is trained by them ---- */

void tern__losses_reach(const tern_model *m, bool *reached) {
    for (size_t i = 0; i < m->nodes; i++) reached[i] = !m->losses || has_loss(m, tern__node_value(m, i));
    for (size_t i = m->nodes; i-- > 0;)
        for (size_t k = 0; reached[i] && k < m->node[i].inputs; k++)
            if (m->node[i].input[k] >= m->inputs) reached[m->node[i].input[k] - m->inputs] = true;
}
