/* check.c - plans the model of each variant, so that a value that is not acceptable is told before anything trains; see
 * trials_internal.h. */
#include "file.h"
#include "graph.h"
#include "trials_internal.h"

#include <tern/summary.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Opens a model with some changes; what is said is said where it fails, and where it doesn't by the training. */
static tern_model *open_model(const tern__trials *t, const char *const *set, const char *by, tern_error *err) {
    tern_model_options options = t->open;
    tern_error ignored = {0};
    options.set = set;
    options.set_by = by;
    options.plan_only = options.unfitted = true;
    tern_model *m = tern_model_open(t->model, &options, &ignored);
    return m ? m : tern_model_open(t->model, &options, err);
}

static tern_status check_model(const tern_model *m, tern_error *err) {
    const char *lacks = !m->losses && !m->config.loss.type && !m->config.losses.n ? "loss"
                        : !m->config.optimizer.type                               ? "optimizer"
                        : !m->config.data.train.type                              ? "data.train"
                                                                                  : NULL;
    if (lacks) return tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model has no %s, which training needs", lacks);
    return m->unfitted ? TERN_OK : tern_model_check(m, err);
}

static tern_status sum_up(tern__trials *t, const tern_model *m, tern_trial *trial, tern_error *err) {
    tern_summary *sum = tern_summary_new(m, t->o.threads, err);
    if (!sum) return TERN_ERROR_MODEL;
    trial->params = sum->params;
    if (sum->train_bytes > t->bytes) t->bytes = sum->train_bytes;
    tern_summary_free(sum);
    return TERN_OK;
}

tern_status tern__trial_fitted(tern__trials *t, size_t i, tern_error *err) {
    tern_trial *trial = &t->shown.trial[i];
    tern_model_options options = t->open;
    char *path = tern__path_join(trial->dir, "model.json", false, NULL, err);
    options.set = NULL;
    options.plan_only = true;
    tern_status status = path ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status && !access(path, F_OK)) {
        tern_model *m = tern_model_open(path, &options, err);
        status = m ? sum_up(t, m, trial, err) : TERN_ERROR_MODEL;
        tern_model_free(m);
    }
    tern__free(path);
    return status;
}

/* Which metrics are better when they are higher: those of any variant. */
static tern_status note_metric(tern__trials *t, const char *name, const tern_metric_type *type, tern_error *err) {
    if (!type->higher_is_better) return TERN_OK;
    const char **grown = tern__realloc(t->better, t->betters, t->betters + 1, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    t->better = grown;
    grown[t->betters] = tern__arena_text(&t->arena, name, strlen(name), err);
    return grown[t->betters++] ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status note_metrics(tern__trials *t, const tern_model *m, tern_error *err) {
    const tern__targets *measured = &m->measured;
    const tern_objects *all = &m->config.metrics;
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < measured->metrics; i++)
        status = note_metric(t, measured->metric[i].name, measured->metric[i].type, err);
    for (size_t i = 0; m->unfitted && !status && i < all->n; i++) {
        const tern__metric_common *common = all->item[i].common;
        const tern_type *type = all->item[i].type;
        status = note_metric(t, common->name ? common->name : type->name, (const void *)type, err);
    }
    if (!status && !t->metric && all->n) /* the first of all, by which variants of different losses are compared */
        t->metric = measured->metrics
                        ? tern__arena_text(&t->arena, measured->metric[0].name, strlen(measured->metric[0].name), err)
                        : all->item[0].type->name;
    return status;
}

static tern_status look(tern__trials *t, const tern_model *m, size_t variant, tern_error *err) {
    tern_trials *s = &t->shown;
    const tern__early_stopping *stop = &m->config.train.early_stopping;
    tern_trial *first = &s->trial[variant * s->seeds];
    tern_status status = check_model(m, err);
    if (!status && !m->unfitted) status = sum_up(t, m, first, err);
    if (!status) status = note_metrics(t, m, err);
    size_t epochs = t->o.epochs ? t->o.epochs : m->config.train.epochs;
    for (size_t i = 0; i < s->seeds; i++) {
        first[i].params = first->params;
        t->trial[first + i - s->trial].wanted = epochs;
    }
    if (epochs > s->epochs) s->epochs = epochs;
    t->memory = m->max_memory;
    if (stop->given) s->restores_best = stop->restore_best;
    if (stop->given && !variant) snprintf(t->monitor, sizeof t->monitor, "%s", stop->monitor);
    return status;
}

/* Whether losses of variants measure different things. */
static bool losses_differ(const tern_trials *s) {
    for (size_t k = 0; k < s->varies; k++)
        if (!strncmp(s->path[k], "loss", 4) || !strncmp(s->path[k], "target", 6)) return true;
    return false;
}

tern_status tern__trials_check(tern__trials *t, tern_error *err) {
    tern_trials *s = &t->shown;
    tern_status status = TERN_OK;
    s->losses_differ = losses_differ(s);
    for (size_t i = 0; !status && i < s->variants; i++) {
        tern_model *m = open_model(t, t->trial[i * s->seeds].set, "--vary", err);
        status = m ? look(t, m, i, err) : TERN_ERROR_MODEL;
        tern_model_free(m);
        if (status && s->variants > 1)
            tern_error_add(err, status, NULL,
                           "so nothing is trained: the trial \"%s\" can't be; the value null leaves an option out",
                           s->variant[i]);
    }
    if (!status && s->losses_differ && !t->metric && !*t->monitor)
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                "losses can't be compared with each other, and the model has no metric to compare by; "
                                "add one: --set metrics=[\"accuracy\"]");
    return status;
}

tern_status tern__trials_look(tern__trials *t, tern_error *err) {
    tern_model *m = open_model(t, t->open.set, t->open.set_by, err);
    if (!m) return TERN_ERROR_MODEL;
    const char *name = tern_model_name(m);
    t->seed = m->config.seed;
    t->shown.name = tern__arena_text(&t->arena, name, strlen(name), err);
    tern_model_free(m);
    return t->shown.name ? TERN_OK : TERN_ERROR_MEMORY;
}
