/* metrics.c - plans metrics, each with options of its own, after the losses that they are about. */
#include "targets.h"

#include "graph.h"
#include "names.h"
#include "object_copy.h"
#include "text.h"

#include <string.h>

const char *tern__joined_name(const char *a, const char *b, tern__arena *arena, tern_error *err) {
    char name[2 * TERN_MAX_NAME] = "";
    tern__text_add(name, sizeof name, "%s_%s", a, b);
    return tern__arena_text(arena, name, strlen(name), err);
}

/* The loss whose prediction and target a metric is about; SIZE_MAX after saying what is wrong. */
static size_t find_loss(const tern_model *m, const char *of, tern_error *err) {
    const char *names[TERN_MAX_LOSSES];
    if (!of && m->losses == 1) return 0;
    for (size_t k = 0; k < m->losses; k++) names[k] = m->loss[k].name;
    for (size_t k = 0; of && k < m->losses; k++)
        if (!strcmp(names[k], of) || !strcmp(tern__value_node(m, m->loss[k].value)->name, of)) return k;
    char accepted[480] = "";
    tern__text_add_accepted(accepted, sizeof accepted, of ? of : "", m->losses, names);
    if (of) tern_error_add(err, TERN_ERROR_MODEL, "of", "no loss is about \"%.60s\"%s", of, accepted);
    else tern_error_add(err, TERN_ERROR_MODEL, NULL, "needs \"of\": which of the losses it is about%s", accepted);
    return SIZE_MAX;
}

static tern_status check_metric_name(const tern__targets *t, const char *name, tern_error *err) {
    for (size_t k = 0; k < t->metrics; k++)
        if (!strcmp(t->metric[k].name, name))
            return tern_error_add(err, TERN_ERROR_MODEL, "name", "\"%s\" is the name of metric %zu too", name, k);
    return TERN_OK;
}

/* Metrics compare each number of a prediction with one of its target, or classes. */
static tern_status check_measurable(const tern__loss *loss, tern_error *err) {
    const tern_loss_spec *spec = &loss->spec;
    size_t predictions = tern_shape_count(&spec->pred);
    if (spec->kind == TERN_TARGET_NONE)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "has no target to measure by: %s takes none",
                              loss->type->base.name);
    if (spec->kind == TERN_TARGET_VALUES && spec->other_unit && loss->target_count == predictions)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "compares predictions with targets, but %s predicts what is not in the targets' unit",
                              loss->type->base.name);
    if (spec->kind == TERN_TARGET_CLASSES || loss->target_count == predictions) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "compares each prediction with a target, but %s takes %zu target%s for %zu predictions",
                          loss->type->base.name, loss->target_count, loss->target_count > 1 ? "s" : "", predictions);
}

/* Plans metric `i` of the config into the next place of `out`. */
static tern_status plan_metric(const tern_model *m, size_t i, tern__arena *arena, tern__targets *out, tern_error *err) {
    const tern_object *metric = &m->config.metrics.item[i];
    tern_object own;
    tern_status status = tern__object_copy(metric, arena, &own, err);
    if (status) return status;
    const tern__metric_common *common = own.common;
    size_t loss = find_loss(m, common->of, err);
    if (loss == SIZE_MAX || check_measurable(&out->loss[loss], err)) return TERN_ERROR_MODEL;
    const char *name = common->name;
    /* As of losses. */
    if (!name && m->losses > 1)
        name = m->measured.metrics > out->metrics ? m->measured.metric[out->metrics].name
                                                  : tern__joined_name(m->loss[loss].name, own.type->name, arena, err);
    else if (!name) name = own.type->name;
    if (!name) return TERN_ERROR_MEMORY;
    tern__metric *planned = &out->metric[out->metrics];
    *planned = (tern__metric){.type = (const tern_metric_type *)own.type,
                              .self = own.self,
                              .name = name,
                              .loss = loss,
                              .first = out->accumulators};
    tern_metric_spec spec = {.loss = out->loss[planned->loss].spec, .link = out->loss[planned->loss].type->link};
    status = planned->type->plan(own.self, &spec, err);
    if (!status) status = check_metric_name(out, name, err);
    planned->scratch = spec.scratch;
    out->metrics++;
    out->accumulators += spec.accumulators;
    return status;
}

tern_status tern__metrics_plan(const tern_model *m, tern__arena *arena, tern__targets *out, tern_error *err) {
    size_t n = m->config.metrics.n;
    if (!(out->metric = tern__arena_alloc(arena, n, sizeof *out->metric, err))) return TERN_ERROR_MEMORY;
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, "metrics", 0);
    for (size_t i = 0; i < n; i++) {
        if (!m->config.metrics.item[i].self) continue; /* could not be read; said already */
        size_t element = tern_error_enter(err, NULL, i);
        tern_status planned = plan_metric(m, i, arena, out, err);
        if (planned) status = planned;
        tern_error_leave(err, element);
    }
    tern_error_leave(err, depth);
    return status;
}
