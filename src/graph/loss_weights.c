/* loss_weights.c - losses of rows and classes that count for more or less than others. A row's weight multiplies its
 * loss and gradient, and what it adds to the divisor; so any loss can be weighed. */
#include "loss_weights.h"

#include "names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- classes ---- */

/* The option by which a type weighs classes itself, as PyTorch does. */
static const tern_option *own_option(const tern_loss_type *type) {
    const tern_option *row = type->base.options;
    while (row && row->name && (strcmp(row->name, "weight") || row->kind != TERN_OPTION_REALS)) row++;
    return row && row->name ? row : NULL;
}

tern_status tern__loss_weigh_classes(const tern_model *m, tern__loss *loss, const tern_object *object,
                                     tern_error *err) {
    const tern__loss_common *common = object->common;
    const tern_reals *learned = &m->config.fitted.target.class_weight;
    const tern_option *row = own_option(loss->type);
    tern_reals *own = row ? (tern_reals *)((char *)object->self + row->offset) : NULL;
    if (!common->class_weight.n && !common->class_weight.choice) return TERN_OK;
    if (loss->type->targets == TERN_TARGET_NONE)
        return tern_error_add(err, TERN_ERROR_MODEL, "class_weight", "is given, but %s takes no target",
                              loss->type->base.name);
    if (m->losses > 1)
        return tern_error_add(err, TERN_ERROR_MODEL, "class_weight", "is for a model of one loss; here %s",
                              own ? "\"weight\" weighs classes" : "a loss that has a \"weight\" can weigh classes");
    if (own && own->n)
        return tern_error_add(err, TERN_ERROR_MODEL, "class_weight", "and \"weight\" both weigh classes; give one");
    if (!learned->n) return TERN_OK;
    if (own) *own = *learned;
    else loss->class_weight = learned;
    return TERN_OK;
}

/* What the class of a row's target counts for: of an index; of a "yes" or "no", in between for what is between; of
 * several numbers, those of the classes of which they are shares. */
static double weigh_class(const tern__loss *loss, const tern_real *target) {
    const tern_reals *w = loss->class_weight;
    size_t n = loss->target_count;
    double v = (double)*target, sum = 0;
    if (loss->spec.kind == TERN_TARGET_CLASSES)
        return v >= 0 && v < (double)w->n && !(loss->spec.has_ignore && v == (double)loss->spec.ignore)
                   ? w->v[(size_t)v]
                   : 1;
    double yes = tern__yes(&loss->spec, v);
    if (n == 1) return (1 - yes) * w->v[0] + yes * w->v[1];
    for (size_t c = 0; c < n; c++) sum += (double)target[c] * w->v[c];
    return sum;
}

static const tern_named_reals *wanted(const tern_model *m) {
    tern_objects losses = tern__config_losses(&m->config);
    const tern__loss_common *common = losses.n == 1 ? losses.item->common : NULL;
    return common && (common->class_weight.n || common->class_weight.choice) ? &common->class_weight : NULL;
}

bool tern__class_weight_unknown(const tern_model *m) { return wanted(m) && !m->config.fitted.target.class_weight.n; }

tern_status tern__class_weight_check(const tern_model *m, tern_error *err) {
    if (!tern__class_weight_unknown(m)) return TERN_OK;
    size_t depth = tern__config_enter_loss(&m->config, 0, err);
    tern_status status =
        tern_error_add(err, TERN_ERROR_MODEL, "class_weight",
                       "was never fitted to data, which training does first: give the model of a run, or its weights");
    tern_error_leave(err, depth);
    return status;
}

/* n / (classes * n of the class), over the classes that there are; one that the rows lack has 1. */
static void balance(size_t classes, const double *count, double *weight, tern_error *err) {
    double sum = 0, present = 0, lacking = 0;
    for (size_t c = 0; c < classes; c++) sum += count[c], present += count[c] > 0;
    lacking = (double)classes - present;
    for (size_t c = 0; c < classes; c++) weight[c] = count[c] > 0 ? sum / (present * count[c]) : 1;
    if (lacking > 0)
        tern_error_warn(err, "class_weight", "%.0f of %zu classes have no training row; they count for 1", lacking,
                        classes);
}

static tern_status weigh_by_name(const tern_named_reals *named, size_t classes, const char *const *names,
                                 double *weight, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t c = 0; c < classes; c++) weight[c] = 1;
    for (size_t i = 0; i < named->n; i++) {
        char text[24] = "", accepted[400] = "";
        size_t c = 0;
        for (; c < classes; c++) {
            snprintf(text, sizeof text, "%zu", c);
            if (!strcmp(named->name[i], names ? names[c] : text)) break;
        }
        if (c < classes) weight[c] = named->v[i];
        if (c < classes) continue;
        if (names) tern__text_add_accepted(accepted, sizeof accepted, named->name[i], classes, names);
        else snprintf(accepted, sizeof accepted, "; accepted are the indices 0 to %zu", classes - 1);
        status = tern_error_add(err, TERN_ERROR_MODEL, "class_weight", "\"%.64s\" is no class of the training data%s",
                                named->name[i], accepted);
    }
    return status;
}

tern_status tern__class_weight_learn(tern_model *m, size_t classes, const double *count, const char *const *names,
                                     tern_error *err) {
    const tern_named_reals *named = wanted(m);
    double *weight = tern__arena_alloc(&m->arena, classes, sizeof *weight, err), sum = 0;
    tern_status status = TERN_OK;
    if (!weight) return TERN_ERROR_MEMORY;
    size_t depth = tern__config_enter_loss(&m->config, 0, err);
    if (named->choice) balance(classes, count, weight, err);
    else status = weigh_by_name(named, classes, names, weight, err);
    for (size_t c = 0; c < classes; c++) sum += count[c] * weight[c];
    if (!status && !(sum > 0))
        status = tern_error_add(err, TERN_ERROR_MODEL, "class_weight",
                                "gives 0 to every class that the training rows have: nothing would be trained");
    tern_error_leave(err, depth);
    tern__fitted *f = &m->config.fitted;
    if (!status) f->given = f->target.given = true, f->target.class_weight = (tern_reals){classes, weight};
    return status;
}

/* ---- rows ---- */

/* Rows in a row that count alike: a part of some rows, with their weight. */
typedef struct run {
    size_t first, n;
    double weight;
    tern_tensor pred, target, dpred;
} run;

static double row_weight(const tern__loss *loss, const tern_tensor *target, const tern_real *weight, size_t i) {
    double w = weight ? (double)weight[i] : 1;
    return loss->class_weight ? w * weigh_class(loss, target->data + i * loss->target_count) : w;
}

static tern_tensor part(const tern_tensor *t, size_t first, size_t n) {
    tern_tensor p = *t;
    if (t->data) p.data = t->data + first * (tern_tensor_count(t) / t->shape.dim[0]);
    p.shape.dim[0] = n;
    return p;
}

/* The next rows that count alike; false: there are none. Starts from a zero-filled run. */
static bool next_run(const tern__loss *loss, const tern_tensor *pred, const tern_tensor *target, tern_tensor *dpred,
                     const tern_real *weight, run *r) {
    size_t first = r->first + r->n, rows = pred->shape.dim[0], end = first + 1;
    if (first == rows) return false;
    r->weight = row_weight(loss, target, weight, first);
    while (end < rows && row_weight(loss, target, weight, end) == r->weight) end++;
    r->first = first, r->n = end - first;
    r->pred = part(pred, first, r->n);
    r->target = part(target, first, r->n);
    if (dpred) r->dpred = part(dpred, first, r->n);
    return true;
}

static double own_weight(const tern__loss *loss, const tern_tensor *pred, const tern_tensor *target) {
    return loss->type->weight ? loss->type->weight(loss->self, &pred->shape, target) : (double)tern_tensor_count(pred);
}

/* Of rows that each are an answer. */
static double weigh_rows(const tern__loss *loss, const tern_tensor *pred, const tern_tensor *target,
                         const tern_real *weight) {
    double sum = 0;
    if (!weight && !loss->class_weight) return own_weight(loss, pred, target);
    for (run r = {0}; next_run(loss, pred, target, NULL, weight, &r);)
        sum += r.weight * own_weight(loss, &r.pred, &r.target);
    return sum;
}

double tern__loss_weight(const tern__loss *loss, const tern__pairs *all) {
    double sum = 0;
    tern_tensor pred, target;
    if (loss->reduction == TERN__BATCHMEAN) { /* samples, whatever their classes count for */
        for (size_t i = 0; i < all->pred.shape.dim[0]; i++) sum += all->weight ? (double)all->weight[i] : 1;
        return sum;
    }
    if (!all->length) return weigh_rows(loss, &all->pred, &all->target, all->weight);
    for (size_t i = 0; tern__pairs_next(all, &i, &pred, &target);)
        sum += (all->weight ? (double)all->weight[i - 1] : 1) * weigh_rows(loss, &pred, &target, NULL);
    return sum;
}

double tern__loss_plain_weight(const tern__loss *loss, size_t rows) {
    if (loss->reduction == TERN__BATCHMEAN) return (double)rows;
    bool depends = loss->type->weight || loss->class_weight || loss->steps;
    return depends ? (double)NAN : (double)(rows * tern_shape_count(&loss->spec.pred));
}

double tern__loss_norm(const tern__loss *loss, double weight) {
    double norm = loss->reduction == TERN__SUM ? 1 : weight;
    return norm > 0 ? norm : 1; /* a batch of which every target is ignored: loss 0, gradient 0 */
}

static double eval_rows(const tern__loss *loss, const tern_tensor *pred, const tern_tensor *target,
                        const tern_real *weight, double norm, tern_tensor *dpred) {
    double sum = 0;
    if (!weight && !loss->class_weight) return loss->type->eval(loss->self, pred, target, norm, dpred);
    for (run r = {0}; next_run(loss, pred, target, dpred, weight, &r);) {
        if (r.weight > 0)
            sum += loss->type->eval(loss->self, &r.pred, &r.target, norm / r.weight, dpred ? &r.dpred : NULL);
        else if (dpred) tern_tensor_fill(&r.dpred, 0);
    }
    return sum;
}

double tern__loss_eval(const tern__loss *loss, const tern__pairs *all, double norm, tern_tensor *dpred) {
    double sum = 0;
    tern_tensor pred, target;
    if (!all->length) return eval_rows(loss, &all->pred, &all->target, all->weight, norm, dpred);
    if (dpred) tern_tensor_fill(dpred, 0);
    for (size_t i = 0; tern__pairs_next(all, &i, &pred, &target);) {
        double w = all->weight ? (double)all->weight[i - 1] : 1;
        tern_tensor own = {pred.shape, dpred ? dpred->data + (pred.data - all->pred.data) : NULL};
        if (w > 0) sum += eval_rows(loss, &pred, &target, NULL, norm / w, dpred ? &own : NULL);
    }
    return sum;
}
