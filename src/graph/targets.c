/* targets.c - plans losses and metrics, each with options of its own; and the divisors that let slices add up. */
#include "targets.h"

#include "graph.h"
#include "loss_weights.h"
#include "object_copy.h"

#include <float.h>
#include <string.h>

static const double LARGEST = sizeof(tern_real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;

enum { MOST_SCALED = 2048 }; /* numbers of normalized targets that metrics take at a time */

/* ---- planning ---- */

const tern_loss_type *tern__model_loss(const tern_model *m) { return (const tern_loss_type *)m->config.loss.type; }

const char *tern__metric_name(const tern_object *metric) {
    const tern__metric_common *common = metric->common;
    return common->name ? common->name : metric->type->name;
}

static tern_status plan_loss(const tern_model *m, tern_target kind, tern__arena *arena, tern__loss *out,
                             tern_error *err) {
    tern_object own;
    tern_status status = tern__object_copy(&m->config.loss, arena, &own, err);
    if (status) return status;
    const tern_loss_type *type = (const tern_loss_type *)own.type;
    const tern__loss_common *common = own.common;
    if (!kind) kind = type->targets & TERN_TARGET_CLASSES ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES;
    *out = (tern__loss){.type = type,
                        .self = own.self,
                        .name = type->base.name,
                        .reduction = common->reduction,
                        .spec = {.pred = m->node[m->nodes - 1].out, .kind = kind, .least = -LARGEST, .most = LARGEST},
                        .value = m->nodes};
    size_t depth = tern_error_enter(err, "loss", 0);
    status = tern__loss_weigh_classes(m, out, own.self, err);
    if (!status) status = type->plan(own.self, &out->spec, err);
    tern_error_leave(err, depth);
    out->target_count = tern_shape_count(&out->spec.target);
    return status;
}

/* Plans metric `i` of the config into the next place of `out`. */
static tern_status plan_metric(const tern_model *m, size_t i, tern__arena *arena, tern__targets *out, tern_error *err) {
    const tern_object *metric = &m->config.metrics.item[i];
    tern_object own;
    tern_status status = tern__object_copy(metric, arena, &own, err);
    if (status) return status;
    tern__metric *planned = &out->metric[out->metrics];
    *planned = (tern__metric){.type = (const tern_metric_type *)own.type,
                              .self = own.self,
                              .name = tern__metric_name(metric),
                              .first = out->accumulators};
    tern_metric_spec spec = {.loss = out->loss[planned->loss].spec};
    status = planned->type->plan(own.self, &spec, err);
    for (size_t k = 0; !status && k < out->metrics; k++)
        if (!strcmp(out->metric[k].name, planned->name))
            status =
                tern_error_add(err, TERN_ERROR_MODEL, "name", "\"%s\" is the name of metric %zu too", planned->name, k);
    out->metrics++;
    out->accumulators += spec.accumulators;
    return status;
}

static tern_status plan_metrics(const tern_model *m, tern__arena *arena, tern__targets *out, tern_error *err) {
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

static tern_status plan_unit(const tern_model *m, tern__targets *out, tern_error *err) {
    size_t columns = tern_shape_count(&out->loss->spec.pred);
    if (out->loss->spec.kind != TERN_TARGET_VALUES || !tern__target_is_scaled(&m->config.fitted.target, columns))
        return TERN_OK;
    out->scaled = &m->config.fitted.target;
    if (columns <= MOST_SCALED || !m->config.metrics.n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "metrics", "of %zu normalized targets; accepted are up to %d", columns,
                          MOST_SCALED);
}

tern_status tern__targets_make(const tern_model *m, tern_target kind, tern__arena *arena, tern__targets *out,
                               tern_error *err) {
    *out = (tern__targets){.losses = 1};
    if (!(out->loss = tern__arena_alloc(arena, out->losses, sizeof *out->loss, err))) return TERN_ERROR_MEMORY;
    tern_status status = plan_loss(m, kind, arena, out->loss, err);
    if (!status) status = plan_unit(m, out, err);
    return status ? status : plan_metrics(m, arena, out, err);
}

tern_status tern__targets_allocate(const tern__targets *targets, size_t n, size_t rows, tern__arena *arena,
                                   tern_tensor **out, tern_error *err) {
    tern_tensor *target = *out = tern__arena_alloc(arena, n, sizeof *target, err);
    for (size_t i = 0; target && i < targets->losses; i++) {
        tern_tensor *t = &target[targets->loss[i].target];
        t->shape = tern_shape_batch(&targets->loss[i].spec.target, rows);
        if (!(t->data = tern__arena_alloc(arena, tern_tensor_count(t), sizeof *t->data, err))) return TERN_ERROR_MEMORY;
    }
    return target ? TERN_OK : TERN_ERROR_MEMORY;
}

/* ---- measuring ---- */

/* Some rows at a time, on the stack: as many as there is room for. */
static void add_in_unit(const tern__target *scaled, const tern__metric *metric, const tern_tensor *pred,
                        const tern_tensor *target, double *accumulators) {
    tern_real p[MOST_SCALED], t[MOST_SCALED];
    size_t rows = pred->shape.dim[0], columns = tern_tensor_count(pred) / rows, most = MOST_SCALED / columns;
    bool differences = metric->type->differences;
    for (size_t first = 0; first < rows; first += most) {
        size_t n = rows - first < most ? rows - first : most;
        tern_tensor own = {pred->shape, p}, own_target = {target->shape, t};
        own.shape.dim[0] = own_target.shape.dim[0] = n;
        tern__target_restore(scaled, columns, n, differences, pred->data + first * columns, p);
        tern__target_restore(scaled, columns, n, differences, target->data + first * columns, t);
        metric->type->add(metric->self, &own, &own_target, accumulators + metric->first);
    }
}

void tern__metrics_add(const tern__targets *targets, size_t loss, const tern_tensor *pred, const tern_tensor *target,
                       double *accumulators) {
    for (size_t i = 0; i < targets->metrics; i++) {
        const tern__metric *metric = &targets->metric[i];
        if (metric->loss != loss) continue;
        if (targets->scaled) add_in_unit(targets->scaled, metric, pred, target, accumulators);
        else metric->type->add(metric->self, pred, target, accumulators + metric->first);
    }
}

/* ---- tallies ---- */

tern_status tern__tally_make(const tern__targets *targets, tern__arena *arena, tern__tally *out, tern_error *err) {
    size_t n = 2 * targets->losses + targets->accumulators;
    double *all = tern__arena_alloc(arena, n, sizeof *all, err);
    if (!all) return TERN_ERROR_MEMORY;
    *out = (tern__tally){
        .n = n, .all = all, .loss = all, .weight = all + targets->losses, .accumulators = all + 2 * targets->losses};
    return TERN_OK;
}

void tern__tally_clear(tern__tally *t) {
    t->rows = 0;
    memset(t->all, 0, t->n * sizeof *t->all);
}

void tern__tally_add(const tern__targets *targets, const tern__tally *from, tern__tally *to) {
    to->rows += from->rows;
    for (size_t i = 0; i < targets->losses; i++) to->loss[i] += from->loss[i], to->weight[i] += from->weight[i];
    for (size_t i = 0; i < targets->metrics; i++) {
        const tern__metric *metric = &targets->metric[i];
        size_t end = i + 1 < targets->metrics ? metric[1].first : targets->accumulators;
        if (metric->type->merge)
            metric->type->merge(metric->self, to->accumulators + metric->first, from->accumulators + metric->first);
        for (size_t k = metric->first; !metric->type->merge && k < end; k++)
            to->accumulators[k] += from->accumulators[k];
    }
}

double tern__tally_loss(const tern__targets *targets, const tern__tally *t) {
    double sum = 0;
    for (size_t i = 0; i < targets->losses; i++) sum += t->loss[i] / tern__loss_norm(&targets->loss[i], t->weight[i]);
    return sum;
}
