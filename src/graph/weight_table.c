/* weight_table.c - places for weights in flat arrays: parameters and states of the model, gradients of whoever trains.
 */
#include "weight_table.h"

#include <stdio.h>

/* The option of a layer that is kept at `field`: "init" or the like. */
static const char *option_at(const tern__node *node, const void *field) {
    for (const tern_option *row = node->type->base.options; row && row->name; row++)
        if ((const char *)node->self + row->offset == (const char *)field) return row->name;
    return "init";
}

static tern_status check_initializer(const tern__node *node, const tern_param *param, tern_error *err) {
    if (!param->init || !param->init->type) return TERN_OK;
    const tern_initializer_type *type = (const tern_initializer_type *)param->init->type;
    size_t depth = tern_error_enter(err, option_at(node, param->init), 0);
    tern_status status = type->plan ? type->plan(param->init->self, &param->shape, err) : TERN_OK;
    tern_error_leave(err, depth);
    return status;
}

/* The next place in a flat array. */
static size_t take_place(size_t *total, size_t count) {
    size_t place = *total;
    *total += (count + TERN__ALIGN - 1) / TERN__ALIGN * TERN__ALIGN;
    return place;
}

/* Room for one more: the table doubles when it is full, which is when its length is a power of two. */
static bool grow(tern_model *m, tern_error *err) {
    size_t n = m->weights;
    if (n & (n - 1)) return true;
    tern__weight *grown = tern__realloc(m->weight, n, n ? 2 * n : 1, sizeof *grown, err);
    if (grown) m->weight = grown;
    return grown;
}

static tern_status add(tern_model *m, size_t i, const tern_param *param, bool trained, size_t *index, tern_error *err) {
    size_t count, *total = trained ? &m->params : &m->states;
    if (!tern_shape_count_checked(&param->shape, (size_t)1 << 40, &count) || *total > (size_t)1 << 40)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "its %s has more than 2^40 elements", param->name);
    char name[TERN_MAX_NAME + 48];
    int n = snprintf(name, sizeof name, "%s.%s", m->node[i].name, param->name);
    char *kept = grow(m, err) ? tern__arena_text(&m->arena, name, (size_t)n, err) : NULL;
    if (!kept) return TERN_ERROR_MEMORY;
    *index = m->weights++;
    m->weight[*index] = (tern__weight){.name = kept,
                                       .param = *param,
                                       .trained = trained,
                                       .offset = take_place(total, count),
                                       .count = count,
                                       .gradient = TERN__NOWHERE,
                                       .last_use = i};
    return TERN_OK;
}

tern_status tern__weights_add(tern_model *m, size_t i, const tern_layer_spec *spec, tern_error *err) {
    tern__node *node = &m->node[i];
    while (node->params < TERN_MAX_PARAMS && spec->param[node->params].shape.rank) node->params++;
    while (node->states < TERN_MAX_STATES && spec->state[node->states].shape.rank) node->states++;
    size_t *use = tern__arena_alloc(&m->arena, node->params + node->states, sizeof *use, err);
    if (!use) return TERN_ERROR_MEMORY;
    node->param = use;
    node->state = use + node->params;
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < node->params; k++) {
        status = check_initializer(node, &spec->param[k], err);
        if (!status) status = add(m, i, &spec->param[k], true, &use[k], err);
    }
    for (size_t k = 0; !status && k < node->states; k++)
        status = add(m, i, &spec->state[k], false, &use[node->params + k], err);
    return status;
}

/* Whether a node has something to train, or reads what a node that has makes. */
static bool trains(const tern_model *m, const tern__node *node) {
    for (size_t k = 0; k < node->params; k++)
        if (m->weight[node->param[k]].gradient != TERN__NOWHERE) return true;
    for (size_t k = 0; k < node->inputs; k++) {
        const tern__node *maker = tern__value_node(m, node->input[k]);
        if (maker && maker->needs_backward) return true;
    }
    return false;
}

/* Marks the weights that some loss depends on. */
static void mark_reached(tern_model *m, const bool *reached) {
    for (size_t i = 0; i < m->nodes; i++)
        for (size_t k = 0; reached[i] && k < m->node[i].params; k++) m->weight[m->node[i].param[k]].reached = true;
}

tern_status tern__weights_place_gradients(tern_model *m, tern_error *err) {
    bool *reached = tern__alloc(m->nodes, sizeof *reached, err);
    if (!reached) return TERN_ERROR_MEMORY;
    tern__losses_reach(m, reached);
    mark_reached(m, reached);
    m->gradients = 0;
    for (size_t i = 0; i < m->weights; i++) {
        tern__weight *w = &m->weight[i];
        bool learns = w->trained && w->reached && !w->frozen;
        w->gradient = learns ? take_place(&m->gradients, w->count) : TERN__NOWHERE;
    }
    for (size_t i = 0; i < m->nodes; i++) {
        tern__node *node = &m->node[i];
        node->needs_backward = reached[i] && trains(m, node);
        node->keeps_states = false;
        for (size_t k = 0; k < node->states; k++)
            node->keeps_states = node->keeps_states || m->weight[node->state[k]].frozen;
    }
    tern__free(reached);
    return TERN_OK;
}
