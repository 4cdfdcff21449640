/* learn.c - what the training data says that all other data must agree with; see tern/fit.h. */
#include "alike.h"
#include "arrays.h"
#include "dataset_from_columns.h"
#include "fitted.h"
#include "fitted_names.h"
#include "loss_weights.h"
#include "rows.h"

#include <tern/fit.h>

#include <math.h>

/* Class names that a person would take for one. */
static void warn_alike(const tern_dataset *d, tern_error *err) {
    const tern_array *y = d->y;
    size_t classes = d->targets ? y->labels : 0;
    tern__name_count *counts = classes ? tern__alloc(classes, sizeof *counts, NULL) : NULL;
    if (!counts) return;
    for (size_t c = 0; c < classes; c++) counts[c].name = y->label[c];
    for (size_t i = 0; y->data && !y->one_hot && i < d->n * tern_shape_count(&y->shape); i++) {
        double v = tern_array_get(y, i);
        if (v >= 0 && v < (double)classes) counts[(size_t)v].rows++;
    }
    for (size_t i = 0; y->one_hot && i < d->n * classes; i++) counts[i % classes].rows += tern_array_get(y, i) > 0;
    tern__names_warn_alike("the target's classes", classes, counts, err);
    tern__free(counts);
}

tern_status tern__learn_names(tern_model *m, const tern_dataset *train, tern_error *err) {
    bool known = m->inputs > 1 ? m->config.fitted.given : m->config.fitted.input.dtype != NULL;
    if (tern__described(m) || known) return TERN_OK;
    for (size_t k = 0; m->targets > 1 && k < train->targets; k++)
        if (train->y[k].labels)
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "the target \"%s\" has classes by name, which is for a model of one target; give "
                                  "those of several as whole numbers from 0",
                                  train->y[k].name);
    tern_status status =
        tern__fitted_learn(m, train->n, m->inputs > 1 ? NULL : train->x, m->targets > 1 ? NULL : train->y, err);
    size_t gray;
    bool pictures = m->inputs == 1 && tern__dataset_gray(train, &gray);
    if (!status) m->config.fitted.input.gray = pictures ? (double)gray / (double)train->n : (double)NAN;
    if (!status && m->targets == 1) warn_alike(train, err);
    bool parts = m->config.data.train.type == &tern_reader_arrays.base;
    if (status || (m->inputs == 1 && !parts)) return status;
    return tern__fitted_learn_parts(m, m->inputs > 1 ? train->inputs : 0, train->x, train->targets, train->y, err);
}

static tern_status learn_scales(tern_model *m, const tern_dataset *train, const size_t *rows, size_t n,
                                tern_error *err) {
    const tern_array *x[TERN_MAX_INPUTS];
    tern_status status = tern_dataset_check_input(train, m, err);
    if (!status) status = tern__bind_inputs(m, train, x, err);
    return status ? status : tern__fitted_scale(m, x[0], rows, n, err);
}

/* ---- classes ---- */

/* Targets as classes: how many there are, and how much of each the rows have. */
typedef struct census {
    const tern_array *y;
    tern_loss_spec spec;
    size_t classes;
    double *count;
} census;

static tern_status refuse_classes(tern_error *err) {
    size_t depth = tern_error_enter(err, "loss", 0);
    tern_status status = tern_error_add(err, TERN_ERROR_MODEL, "class_weight",
                                        "weighs classes of which each row has one, but the targets are other numbers; "
                                        "for several yes or no, bce_with_logits has \"pos_weight\"");
    tern_error_leave(err, depth);
    return status;
}

static void count_indices(census *c, size_t row) {
    size_t n = tern_shape_count(&c->y->shape), there = c->y->length ? n / c->y->shape.dim[0] * c->y->length[row] : n;
    for (size_t k = 0; k < there; k++) {
        double v = tern_array_get(c->y, row * n + k);
        if (!(c->spec.has_ignore && v == (double)c->spec.ignore)) c->count[(size_t)v]++;
    }
}

/* A "yes" or "no", or shares of several classes; false: it is neither. */
static bool count_shares(census *c, size_t row) {
    size_t n = tern_shape_count(&c->y->shape);
    double sum = 0;
    if (n == 1) {
        double v = tern_array_get(c->y, row), yes = tern__yes(&c->spec, v);
        c->count[0] += 1 - yes, c->count[1] += yes;
        return v >= c->spec.least && v <= c->spec.most;
    }
    for (size_t k = 0; k < n; k++) {
        double v = tern_array_get(c->y, row * n + k);
        if (!(v >= 0 && v <= 1)) return false;
        c->count[k] += v, sum += v;
    }
    return fabs(sum - 1) < 1e-3;
}

static tern_status count_classes(census *c, tern_target kind, const size_t *rows, size_t n, tern_error *err) {
    size_t width = tern_shape_count(&c->y->shape);
    bool indices = kind == TERN_TARGET_CLASSES;
    if (!indices && c->y->length) return refuse_classes(err);
    c->classes = indices ? c->spec.classes : width == 1 ? 2 : width;
    if (!indices && width == 1 && !tern__says_yes(&c->spec)) return refuse_classes(err);
    if (!(c->count = tern__alloc(c->classes, sizeof *c->count, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        size_t row = rows ? rows[i] : i;
        if (indices) count_indices(c, row);
        else if (!count_shares(c, row)) return refuse_classes(err);
    }
    return TERN_OK;
}

static tern_status learn_class_weight(tern_model *m, const tern_dataset *train, const size_t *rows, size_t n,
                                      tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    const tern_array *y[TERN_MAX_INPUTS];
    tern__arena arena = {0};
    tern__targets targets;
    tern_status status = tern_dataset_target(train, m, kind, err);
    if (!status) status = tern__bind_targets(m, train, y, err);
    if (!status) status = tern__targets_make(m, kind, &arena, &targets, err);
    if (!status) {
        census c = {.y = y[0], .spec = targets.loss[0].spec};
        const tern_strings *known = &m->config.fitted.target.classes;
        const char *const *names = known->n ? known->v : y[0]->label;
        status = count_classes(&c, kind[0], rows, n, err);
        if ((known->n ? known->n : y[0]->labels) != c.classes) names = NULL;
        if (!status) status = tern__class_weight_learn(m, c.classes, c.count, names, err);
        tern__free(c.count);
    }
    tern__arena_free(&arena);
    return status;
}

/* ---- targets ---- */

static tern_status refuse_target(tern_error *err, const char *why) {
    size_t depth = tern_error_enter(err, "target", 0);
    tern_status status = tern_error_add(err, TERN_ERROR_MODEL, "normalize", "%s", why);
    tern_error_leave(err, depth);
    return status;
}

static tern_status learn_target(tern_model *m, const tern_dataset *train, const size_t *rows, size_t n,
                                tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    const tern_array *y[TERN_MAX_INPUTS];
    if (m->targets != 1) return refuse_target(err, "is for a model of one target");
    tern_status status = tern_dataset_target(train, m, kind, err);
    if (!status) status = tern__bind_targets(m, train, y, err);
    if (!status && kind[0] == TERN_TARGET_CLASSES) return refuse_target(err, "scales numbers; the target is classes");
    for (size_t i = 0; !status && m->config.target.normalize == TERN__NORMALIZE_LOG1P && i < train->n; i++)
        for (size_t k = 0; k < tern_shape_count(&y[0]->shape); k++)
            if (!(tern_array_get(y[0], i * tern_shape_count(&y[0]->shape) + k) > -1))
                return refuse_target(err, "log1p takes numbers above -1; \"zscore\" takes any");
    if (!status) status = tern__fitted_scale_target(m, y[0], rows, n, err);
    if (!status)
        tern_error_warn(err, NULL,
                        "the loss is that of the normalized targets (%s); metrics and predictions are in the target's "
                        "unit",
                        tern__normalize_words[m->config.target.normalize]);
    return status;
}

/* ---- all ---- */

static bool knows_numbers(const tern_model *m) {
    return !m->unscaled && !tern__class_weight_unknown(m) && !tern__target_unknown(m);
}

tern_status tern__learn_numbers(tern_model *m, const tern_dataset *train, const size_t *rows, size_t n,
                                tern_error *err) {
    tern_status status = m->unscaled ? learn_scales(m, train, rows, n, err) : TERN_OK;
    if (!status && tern__target_unknown(m)) status = learn_target(m, train, rows, n, err);
    if (!status && tern__class_weight_unknown(m)) status = learn_class_weight(m, train, rows, n, err);
    return status;
}

static void warn_unused_split(const tern_model *m, tern_error *err) {
    if (!m->config.data.valid.type || m->config.train.validation_split <= 0) return;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    size_t depth = tern_error_enter(err, "train", 0);
    tern_error_warn(err, "validation_split",
                    "is not used: \"data.valid\" validates, and all rows of \"data.train\" train");
    tern_error_leave(err, depth);
    tern__error_scope_leave(err, &before);
}

/* Where the model has validation data, all rows train. */
tern_status tern_model_learn(tern_model *m, const tern_dataset *train, tern_error *err) {
    warn_unused_split(m, err);
    tern_status status = tern__learn_names(m, train, err);
    if (status || knows_numbers(m)) return status;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_split split = {.trains = train->n};
    if (!m->config.data.valid.type) status = tern_dataset_split(train, m, &split, err);
    if (!status) status = tern__learn_numbers(m, train, split.train, split.trains, err);
    tern_split_free(&split);
    tern__error_scope_leave(err, &before);
    return status;
}
