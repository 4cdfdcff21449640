/* monitor.c - which number says that an epoch was better, and for how long none was. */
#include "fit_internal.h"

#include "text.h"

#include <math.h>
#include <string.h>

static tern_status refuse(const tern__fit *f, const char *name, bool valid, tern_error *err) {
    char accepted[400] = "";
    for (int side = valid; side >= 0; side--) {
        const tern__targets *t = &f->trainer->measure.targets;
        const char *prefix = side ? "valid" : "train";
        tern__text_add(accepted, sizeof accepted, "%s%s_loss", side == (int)valid ? "" : ", ", prefix);
        for (size_t i = 0; t->losses > 1 && i < t->losses; i++)
            tern__text_add(accepted, sizeof accepted, ", %s_%s", prefix, t->loss[i].name);
        for (size_t i = 0; i < t->metrics; i++)
            if (side || !t->metric[i].type->of_all)
                tern__text_add(accepted, sizeof accepted, ", %s_%s", prefix, t->metric[i].name);
    }
    size_t depth = tern_error_enter(err, "train", 0), inner = tern_error_enter(err, "early_stopping", 0);
    tern_status status =
        tern_error_add(err, TERN_ERROR_MODEL, "monitor", "is \"%.60s\"%s; accepted: %s", name,
                       !valid && !strncmp(name, "valid_", 6) ? ", but there is no validation data" : "", accepted);
    tern_error_leave(err, inner);
    tern_error_leave(err, depth);
    return status;
}

tern_status tern__monitor_plan(tern__fit *f, tern_error *err) {
    const tern__early_stopping *e = &f->m->config.train.early_stopping;
    bool valid = f->evaluator.run;
    f->monitor = (tern__monitor){.valid = valid, .loss = SIZE_MAX, .metric = SIZE_MAX, .best = (double)NAN};
    if (!e->given) return TERN_OK;
    f->monitor.min_delta = e->min_delta;
    const char *name = e->monitor;
    f->monitor.valid = !strncmp(name, "valid_", 6);
    if ((f->monitor.valid && !valid) || (!f->monitor.valid && strncmp(name, "train_", 6)))
        return refuse(f, name, valid, err);
    if (!strcmp(name + 6, "loss")) return TERN_OK;
    const tern__targets *t = &f->trainer->measure.targets;
    for (size_t i = 0; t->losses > 1 && i < t->losses; i++)
        if (!strcmp(name + 6, t->loss[i].name)) return f->monitor.loss = i, TERN_OK;
    for (size_t i = 0, at = 0; i < t->metrics; i++) {
        if (!f->monitor.valid && t->metric[i].type->of_all) continue; /* batches have none */
        size_t place = at++;
        if (strcmp(name + 6, t->metric[i].name)) continue;
        f->monitor.metric = place;
        f->monitor.higher = t->metric[i].type->higher_is_better;
        return TERN_OK;
    }
    return refuse(f, name, valid, err);
}

static double value_of(const tern__fit *f) {
    const tern__monitor *w = &f->monitor;
    const tern_score *score = w->valid ? &f->valid_score : &f->train_score;
    return w->loss != SIZE_MAX     ? score->loss_value[w->loss]
           : w->metric != SIZE_MAX ? score->value[w->metric]
                                   : score->loss;
}

tern_status tern__monitor_check(const tern__fit *f, tern_error *err) {
    const tern__early_stopping *e = &f->m->config.train.early_stopping;
    if (!e->given || f->epochs_done > 1 || !isnan(value_of(f))) return TERN_OK;
    size_t depth = tern_error_enter(err, "train", 0);
    tern_error_enter(err, "early_stopping", 0);
    tern_error_add(err, TERN_ERROR_DATA, "monitor",
                   "is %s, which has no value (NaN) after the first epoch, so that no epoch would be the best: the "
                   "%s rows lack what it measures, as two classes for auc; %s_loss always has a value",
                   e->monitor, f->monitor.valid ? "validation" : "training", f->monitor.valid ? "valid" : "train");
    tern_error_leave(err, depth);
    return TERN_ERROR_DATA;
}

bool tern__monitor_look(tern__fit *f) {
    tern__monitor *w = &f->monitor;
    double value = value_of(f);
    bool better = isnan(w->best) ? !isnan(value)
                  : w->higher    ? value > w->best + w->min_delta
                                 : value < w->best - w->min_delta;
    w->waited = better ? 0 : w->waited + 1;
    if (!better) return false;
    w->best = value;
    w->best_epoch = f->epochs_done;
    return true;
}
