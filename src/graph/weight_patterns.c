/* weight_patterns.c - which weights the file means by name or pattern: those that stay as they are, and those that the
 * optimizer treats in their own way. */
#include "graph.h"
#include "names.h"
#include "weight_table.h"

#include <fnmatch.h>

/* By its own name, or by one that a layer which shares it would give it. */
static bool matches(const tern_model *m, size_t weight, const char *pattern) {
    bool found = !fnmatch(pattern, m->weight[weight].name, 0);
    for (const tern__alias *alias = m->alias; !found && alias; alias = alias->next)
        found = alias->weight == weight && !fnmatch(pattern, alias->name, 0);
    return found;
}

static tern_status no_match(const tern_model *m, const char *pattern, tern_error *err) {
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < m->weights && n < 64; i++) names[n++] = m->weight[i].name;
    char accepted[480] = "";
    tern__text_add_accepted(accepted, sizeof accepted, pattern, n, names);
    return tern_error_add(err, TERN_ERROR_MODEL, NULL, "\"%.60s\" is the name of no weight, nor a pattern of any%s",
                          pattern, accepted);
}

/* Does something to each weight that a list of patterns means. */
static tern_status for_each(tern_model *m, const char *key, const tern_strings *patterns, size_t argument,
                            tern_status (*take)(tern__weight *w, size_t argument, tern_error *err), tern_error *err) {
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, key, 0);
    for (size_t k = 0; k < patterns->n; k++) {
        bool any = false;
        size_t element = tern_error_enter(err, NULL, k);
        for (size_t i = 0; i < m->weights; i++) {
            if (!matches(m, i, patterns->v[k])) continue;
            any = true;
            if (take(&m->weight[i], argument, err)) status = TERN_ERROR_MODEL;
        }
        if (!any) status = no_match(m, patterns->v[k], err);
        tern_error_leave(err, element);
    }
    tern_error_leave(err, depth);
    return status;
}

static tern_status freeze(tern__weight *w, size_t unused, tern_error *err) {
    (void)unused, (void)err;
    w->frozen = true;
    return TERN_OK;
}

static tern_status join_group(tern__weight *w, size_t group, tern_error *err) {
    if (w->group && w->group != group)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "\"%s\" is in group %zu too; a weight is in one", w->name,
                              w->group - 1);
    w->group = group;
    return TERN_OK;
}

static void freeze_layers(tern_model *m) {
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__layer_common *common = m->config.layers.item[i].common;
        const tern__node *node = &m->node[i];
        for (size_t k = 0; !common->trainable && k < node->params + node->states; k++)
            m->weight[node->param[k]].frozen = true; /* states follow in the same list */
    }
}

static tern_status make_groups(tern_model *m, tern_error *err) {
    const tern__optimizer_common *common = m->config.optimizer.common;
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, "optimizer", 0);
    tern_error_enter(err, "groups", 0);
    for (size_t k = 0; common && k < common->groups.n; k++) {
        const tern__weight_group *group = (const tern__weight_group *)common->groups.item + k;
        size_t element = tern_error_enter(err, NULL, k);
        if (for_each(m, "weights", &group->weights, k + 1, join_group, err)) status = TERN_ERROR_MODEL;
        tern_error_leave(err, element);
    }
    tern_error_leave(err, depth);
    return status;
}

tern_status tern__model_apply_patterns(tern_model *m, tern_error *err) {
    freeze_layers(m);
    size_t depth = tern_error_enter(err, "train", 0);
    tern_status status = for_each(m, "freeze", &m->config.train.freeze, 0, freeze, err);
    tern_error_leave(err, depth);
    tern_status grouped = make_groups(m, err), placed = tern__weights_place_gradients(m, err);
    return status ? status : grouped ? grouped : placed;
}
