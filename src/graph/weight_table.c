/* weight_table.c - places for weights in flat arrays: parameters and states of the model, gradients of whoever trains.
 */
#include "weight_table.h"

#include "names.h"

#include <stdio.h>
#include <string.h>

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

/* ---- weights that layers share ---- */

/* The node that a layer takes weights of; NULL: of none, or after saying what is wrong. */
static const tern__node *find_owner(const tern_model *m, size_t i, tern_status *status, tern_error *err) {
    const tern__layer_common *common = m->config.layers.item[i].common;
    const char *names[64];
    size_t n = 0;
    *status = TERN_OK;
    if (!common || !common->weights_of) return NULL;
    for (size_t k = 0; k < i; k++) {
        if (!strcmp(m->node[k].name, common->weights_of)) return &m->node[k];
        if (m->node[k].params && n < 64) names[n++] = m->node[k].name;
    }
    char accepted[480] = "";
    tern__text_add_accepted(accepted, sizeof accepted, common->weights_of, n, names);
    *status = tern_error_add(err, TERN_ERROR_MODEL, "weights_of", "no layer before this one is named \"%.60s\"%s",
                             common->weights_of, accepted);
    return NULL;
}

/* The weight of that node which has a parameter's name; SIZE_MAX: it has none. */
static size_t find_shared(const tern_model *m, const tern__node *owner, const tern_param *param, bool trained) {
    for (size_t k = 0; owner && k < owner->params + owner->states; k++) {
        const tern__weight *w = &m->weight[owner->param[k]]; /* states follow in the same list */
        if (w->trained == trained && !strcmp(w->param.name, param->name)) return owner->param[k];
    }
    return SIZE_MAX;
}

static tern_status share(tern_model *m, size_t i, const tern_param *param, size_t index, tern_error *err) {
    tern__weight *w = &m->weight[index];
    char own[TERN_SHAPE_TEXT], its[TERN_SHAPE_TEXT], name[TERN_MAX_NAME + 48];
    if (!tern_shape_equal(&w->param.shape, &param->shape))
        return tern_error_add(err, TERN_ERROR_MODEL, "weights_of",
                              "its %s is %s, but that of \"%s\" is %s: only weights of one shape can be shared",
                              param->name, tern_shape_text(&param->shape, own), m->node[w->owner].name,
                              tern_shape_text(&w->param.shape, its));
    int n = snprintf(name, sizeof name, "%s.%s", m->node[i].name, param->name);
    tern__alias *alias = tern__arena_alloc(&m->arena, 1, sizeof *alias, err);
    char *kept = alias ? tern__arena_text(&m->arena, name, (size_t)n, err) : NULL;
    if (!kept) return TERN_ERROR_MEMORY;
    *alias = (tern__alias){kept, index, m->alias};
    m->alias = alias;
    w->uses++;
    return TERN_OK;
}

/* ---- all ---- */

/* More than anyone has, and few enough that their bytes can be counted. */
enum { MOST_BITS = sizeof(size_t) > 4 ? 40 : 28 };

static tern_status add(tern_model *m, size_t i, const tern_param *param, bool trained, size_t *index, tern_error *err) {
    size_t count, *total = trained ? &m->params : &m->states;
    const size_t most = (size_t)1 << MOST_BITS;
    if (!tern_shape_count_checked(&param->shape, most, &count) || *total > most)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "its %s has more than 2^%d elements", param->name,
                              MOST_BITS);
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
                                       .owner = i,
                                       .uses = 1};
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
    tern_status status;
    const tern__node *owner = find_owner(m, i, &status, err);
    size_t shared = 0;
    for (size_t k = 0; !status && k < node->params + node->states; k++) {
        bool trained = k < node->params;
        const tern_param *param = trained ? &spec->param[k] : &spec->state[k - node->params];
        use[k] = find_shared(m, owner, param, trained);
        shared += use[k] != SIZE_MAX;
        if (use[k] != SIZE_MAX) status = share(m, i, param, use[k], err);
        else if (!(status = check_initializer(node, param, err))) status = add(m, i, param, trained, &use[k], err);
    }
    bool none = owner && owner->type == node->type && !(owner->params + owner->states);
    if (status || !owner || shared || none) return status;
    return tern_error_add(err, TERN_ERROR_MODEL, "weights_of", "\"%s\" (%s) has no weight that this layer has, too",
                          owner->name, owner->type->base.name);
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
        for (size_t k = 0; node->needs_backward && k < node->params; k++) m->weight[node->param[k]].last_use = i;
        node->keeps_states = false;
        for (size_t k = 0; k < node->states; k++)
            node->keeps_states = node->keeps_states || m->weight[node->state[k]].frozen;
    }
    tern__free(reached);
    return TERN_OK;
}
