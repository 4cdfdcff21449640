/* targets.c - the loss and the metrics of a model: what targets they take, and the divisor that lets slices add up. */
#include "graph.h"

#include <float.h>
#include <string.h>

static const double LARGEST = sizeof(tern_real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;

const tern_loss_type *tern__model_loss(const tern_model *m) { return (const tern_loss_type *)m->config.loss.type; }

const char *tern__metric_name(const tern_object *metric) {
    const tern__metric_common *common = metric->common;
    return common->name ? common->name : metric->type->name;
}

static tern_status plan_metrics(const tern_model *m, const tern_loss_spec *loss, size_t *sums, tern_error *err) {
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, "metrics", 0);
    for (size_t i = 0; i < m->config.metrics.n; i++) {
        const tern_object *metric = &m->config.metrics.item[i];
        if (!metric->type) continue;
        size_t element = tern_error_enter(err, NULL, i);
        tern_metric_spec spec = {.loss = *loss};
        tern_status planned = ((const tern_metric_type *)metric->type)->plan(metric->self, &spec, err);
        if (sums) sums[i] = spec.sums;
        for (size_t k = 0; !planned && k < i; k++)
            if (m->config.metrics.item[k].type &&
                !strcmp(tern__metric_name(&m->config.metrics.item[k]), tern__metric_name(metric)))
                planned = tern_error_add(err, TERN_ERROR_MODEL, "name", "\"%s\" is the name of metric %zu too",
                                         tern__metric_name(metric), k);
        if (planned) status = planned;
        tern_error_leave(err, element);
    }
    tern_error_leave(err, depth);
    return status;
}

tern_status tern__model_plan_targets(const tern_model *m, tern_target kind, tern_loss_spec *spec, size_t *sums,
                                     tern_error *err) {
    const tern_loss_type *type = tern__model_loss(m);
    if (!kind) kind = type->targets & TERN_TARGET_CLASSES ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES;
    *spec = (tern_loss_spec){.pred = tern_model_output(m), .kind = kind, .least = -LARGEST, .most = LARGEST};
    size_t depth = tern_error_enter(err, "loss", 0);
    tern_status status = type->plan(m->config.loss.self, spec, err);
    tern_error_leave(err, depth);
    return status ? status : plan_metrics(m, spec, sums, err);
}

double tern__loss_weight(const tern_model *m, const tern_tensor *pred, const tern_tensor *target) {
    const tern_loss_type *type = tern__model_loss(m);
    return type->weight ? type->weight(m->config.loss.self, &pred->shape, target) : (double)tern_tensor_count(pred);
}

double tern__loss_norm(const tern_model *m, double weight, size_t rows) {
    const tern__loss_common *common = m->config.loss.common;
    double norm = common->reduction == TERN__MEAN ? weight : common->reduction == TERN__SUM ? 1 : (double)rows;
    return norm > 0 ? norm : 1; /* a batch of which every target is ignored: loss 0, gradient 0 */
}
