/* targets.c - plans losses, each with options of its own. */
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

/* An input that some layer reads as indices holds classes, any other numbers; of targets the data say what they hold.
 */
static tern_target usual_kind(const tern_model *m, const tern_loss_type *type, size_t input) {
    if (type->targets == TERN_TARGET_NONE) return TERN_TARGET_NONE;
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
    return first && out != &first[k] ? first[k].name : tern__joined_name(m->loss[k].name, "loss", arena, err);
}

static tern_status check_unit(const tern_model *m, const tern__loss *loss, tern_error *err) {
    if (!loss->spec.other_unit || !(m->config.target.normalize || m->config.fitted.target.normalize)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "%s predicts what is not in the targets' unit, but these are normalized: leave \"normalize\" "
                          "out of \"target\"",
                          loss->type->base.name);
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
    if (!status) status = check_unit(m, out, err);
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
    return status ? status : tern__metrics_plan(m, arena, out, err);
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
