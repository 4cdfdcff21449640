/* targets.c - plans losses and metrics, each with options of its own. */
#include "targets.h"

#include "graph.h"
#include "loss_weights.h"
#include "names.h"
#include "object_copy.h"
#include "text.h"

#include <float.h>
#include <string.h>

static const double LARGEST = sizeof(tern_real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;

/* ---- planning ---- */

const tern_loss_type *tern__model_loss(const tern_model *m) {
    tern_objects losses = tern__config_losses(&m->config);
    return losses.n ? (const tern_loss_type *)losses.item[0].type : NULL;
}

/* "a" and "b" as one name, in the arena. */
static const char *join(const char *a, const char *b, tern__arena *arena, tern_error *err) {
    char name[2 * TERN_MAX_NAME] = "";
    tern__text_add(name, sizeof name, "%s_%s", a, b);
    return tern__arena_text(arena, name, strlen(name), err);
}

/* An input that some layer reads as indices holds classes, any other numbers; of targets the data say what they hold.
 */
static tern_target usual_kind(const tern_model *m, const tern_loss_type *type, size_t input) {
    bool classes = type->targets & TERN_TARGET_CLASSES, values = type->targets & TERN_TARGET_VALUES;
    bool numbers = input != TERN__NOWHERE && !tern__index_reader(m, input);
    return classes && !(numbers && values) ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES;
}

static tern_status check_input_target(const tern_model *m, const tern__loss *loss, tern_error *err) {
    char input[TERN_SHAPE_TEXT], target[TERN_SHAPE_TEXT];
    tern_shape shape = m->input[loss->input].shape;
    size_t count = tern_shape_count(&shape) / (loss->steps ? loss->steps : 1);
    bool classes = loss->spec.kind == TERN_TARGET_CLASSES;
    const tern__node *reader = tern__index_reader(m, loss->input);
    if (classes && (!reader || reader->indices > loss->spec.classes))
        return tern_error_add(err, TERN_ERROR_MODEL, "target",
                              "is the input \"%s\", whose numbers are not all below %zu, the loss's number of classes",
                              m->input[loss->input].name, loss->spec.classes);
    if (count == loss->target_count) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "target", "is the input \"%s\", %s, but the loss takes targets of %s",
                          m->input[loss->input].name, tern_shape_text(&shape, input),
                          tern_shape_text(&loss->spec.target, target));
}

/* What a loss is called. A joined name is the model's, made when that was planned: scores outlive who measured them. */
static const char *loss_name(const tern_model *m, size_t k, const tern__loss *out, const tern_type *type,
                             tern__arena *arena, tern_error *err) {
    const tern__loss *first = m->measured.loss;
    if (m->losses == 1) return type->name;
    return first && out != &first[k] ? first[k].name : join(m->loss[k].name, "loss", arena, err);
}

/* A step of sequences of any length, to which the loss is applied. */
static tern_status take_step(const tern_model *m, tern__loss *loss, tern_error *err) {
    tern_shape *pred = &loss->spec.pred;
    char text[TERN_SHAPE_TEXT];
    if (tern__value_lengths(m, loss->value) == TERN__NOWHERE) return TERN_OK;
    if (pred->rank < 2)
        return tern_error_add(err, TERN_ERROR_MODEL, "of",
                              "is layer \"%s\", whose steps have no features: %s; accepted are sequences [T, F]",
                              tern__value_node(m, loss->value)->name, tern_shape_text(pred, text));
    loss->steps = pred->dim[0];
    *pred = tern__shape_step(pred);
    return TERN_OK;
}

/* Plans loss number k of the config. */
static tern_status plan_loss(const tern_model *m, size_t k, tern_target kind, tern__arena *arena, tern__loss *out,
                             tern_error *err) {
    const tern_objects losses = tern__config_losses(&m->config);
    tern_object own, *loss = &losses.item[k];
    tern_status status = tern__object_copy(loss, arena, &own, err);
    if (status) return status;
    const tern_loss_type *type = (const tern_loss_type *)own.type;
    const tern__loss_common *common = own.common;
    const tern__loss_place *place = &m->loss[k];
    bool input = place->input != TERN__NOWHERE;
    if (!kind || input) kind = usual_kind(m, type, place->input);
    *out = (tern__loss){
        .type = type,
        .self = own.self,
        .name = loss_name(m, k, out, &type->base, arena, err),
        .reduction = common->reduction,
        .share = common->loss_weight,
        .spec = {.pred = tern__value_shape(m, place->value), .kind = kind, .least = -LARGEST, .most = LARGEST},
        .value = place->value,
        .target = place->target,
        .input = place->input};
    if (!out->name) return TERN_ERROR_MEMORY;
    status = take_step(m, out, err);
    if (!status) status = tern__loss_weigh_classes(m, out, &own, err);
    if (!status) status = type->plan(own.self, &out->spec, err);
    out->target_count = tern_shape_count(&out->spec.target);
    return status || !input ? status : check_input_target(m, out, err);
}

/* Two losses may have one target, if they read it alike. */
static tern_status check_shared(const tern_model *m, const tern__targets *t, size_t k, tern_error *err) {
    const tern__loss *loss = &t->loss[k];
    for (size_t i = 0; i < k && loss->target != TERN__NOWHERE; i++) {
        const tern__loss *other = &t->loss[i];
        if (other->target != loss->target ||
            (other->target_count == loss->target_count && other->spec.kind == loss->spec.kind))
            continue;
        return tern_error_add(err, TERN_ERROR_MODEL, "target",
                              "is \"%s\", which loss %zu takes for %zu %s, this one for %zu %s: give each a target of "
                              "its own",
                              m->target[loss->target], i, other->target_count,
                              other->spec.kind == TERN_TARGET_CLASSES ? "classes" : "numbers", loss->target_count,
                              loss->spec.kind == TERN_TARGET_CLASSES ? "classes" : "numbers");
    }
    return TERN_OK;
}

static tern_status plan_losses(const tern_model *m, const tern_target *kind, tern__arena *arena, tern__targets *out,
                               tern_error *err) {
    *out = (tern__targets){.losses = m->losses};
    if (!(out->loss = tern__arena_alloc(arena, out->losses, sizeof *out->loss, err))) return TERN_ERROR_MEMORY;
    tern_status status = TERN_OK;
    for (size_t k = 0; k < m->losses; k++) {
        size_t depth = tern__config_enter_loss(&m->config, k, err);
        tern_status planned = plan_loss(m, k, kind ? kind[k] : 0, arena, &out->loss[k], err);
        if (!planned && !status) planned = check_shared(m, out, k, err);
        if (planned) status = planned;
        tern_error_leave(err, depth);
    }
    return status;
}

/* ---- metrics ---- */

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

/* Plans metric `i` of the config into the next place of `out`. */
static tern_status plan_metric(const tern_model *m, size_t i, tern__arena *arena, tern__targets *out, tern_error *err) {
    const tern_object *metric = &m->config.metrics.item[i];
    tern_object own;
    tern_status status = tern__object_copy(metric, arena, &own, err);
    if (status) return status;
    const tern__metric_common *common = own.common;
    size_t loss = find_loss(m, common->of, err);
    if (loss == SIZE_MAX) return TERN_ERROR_MODEL;
    const char *name = common->name;
    /* As of losses. */
    if (!name && m->losses > 1)
        name = m->measured.metrics > out->metrics ? m->measured.metric[out->metrics].name
                                                  : join(m->loss[loss].name, own.type->name, arena, err);
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
    if (out->losses != 1) return TERN_OK; /* a table describes one target */
    if (out->loss->steps && m->config.target.normalize) {
        size_t depth = tern_error_enter(err, "target", 0);
        tern_error_add(err, TERN_ERROR_MODEL, "normalize", "is not learned of the targets of sequences of any length");
        tern_error_leave(err, depth);
        return TERN_ERROR_MODEL;
    }
    size_t columns = tern_shape_count(&out->loss->spec.pred);
    if (out->loss->spec.kind != TERN_TARGET_VALUES || !tern__target_is_scaled(&m->config.fitted.target, columns))
        return TERN_OK;
    out->scaled = &m->config.fitted.target;
    if (columns <= TERN__MOST_SCALED || !m->config.metrics.n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "metrics", "of %zu normalized targets; accepted are up to %d", columns,
                          TERN__MOST_SCALED);
}

tern_status tern__targets_make(const tern_model *m, const tern_target *kind, tern__arena *arena, tern__targets *out,
                               tern_error *err) {
    tern_status status = plan_losses(m, kind, arena, out, err);
    if (!status) status = plan_unit(m, out, err);
    return status ? status : plan_metrics(m, arena, out, err);
}

tern_status tern__targets_allocate(const tern__targets *targets, size_t n, size_t rows, tern__arena *arena,
                                   tern_tensor **out, tern_error *err) {
    tern_tensor *target = *out = tern__arena_alloc(arena, n, sizeof *target, err);
    for (size_t i = 0; target && i < targets->losses; i++) {
        if (targets->loss[i].target == TERN__NOWHERE) continue;
        tern_tensor *t = &target[targets->loss[i].target];
        if (t->data) continue;
        *t = tern__loss_pairs(&targets->loss[i], rows, NULL, NULL, NULL).target;
        if (!(t->data = tern__arena_alloc(arena, tern_tensor_count(t), sizeof *t->data, err))) return TERN_ERROR_MEMORY;
    }
    return target ? TERN_OK : TERN_ERROR_MEMORY;
}
