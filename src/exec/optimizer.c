/* optimizer.c - clips and applies gradients: each worker its own part of the parameters. */
#include "optimizer.h"

#include "object_copy.h"
#include "reduce.h"

#include <math.h>
#include <string.h>

/* ---- planning ---- */

/* Where an optimizer keeps a number that all know by this name; NULL: it has none. */
static double *option_of(const tern_type *type, void *self, const char *name) {
    for (const tern_option *row = type->options; row && row->name; row++)
        if (!strcmp(row->name, name) && row->kind == TERN_OPTION_REAL) return (double *)((char *)self + row->offset);
    return NULL;
}

double tern__optimizer_lr(const tern_model *m) {
    const double *lr = option_of(m->config.optimizer.type, m->config.optimizer.self, "lr");
    return lr ? *lr : 0;
}

/* "norm" are all parameters of a normalisation, "bias" every bias, a normalisation's too. */
static bool excluded(const tern__optimizer_common *common, const tern_param *p) {
    bool bias = p->group == TERN_GROUP_BIAS || !strcmp(p->name, "bias"), norm = p->group == TERN_GROUP_NORM;
    for (size_t i = 0; i < common->decay_exclude.n; i++) {
        const char *name = common->decay_exclude.v[i];
        if ((bias && !strcmp(name, "bias")) || (norm && !strcmp(name, "norm"))) return true;
    }
    return false;
}

static tern_status no_option(const tern__optimizer *o, const char *key, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_MODEL, key, "is no option of %s", o->type->base.name);
}

/* A group's options are a copy of the optimizer's, in which its own take their places. */
static tern_status plan_group(const tern__optimizer *o, const tern_model *m, const tern__weight_group *g,
                              tern__arena *arena, tern__update_group *out, tern_error *err) {
    tern_object own;
    tern_status status = tern__object_copy(&m->config.optimizer, arena, &own, err);
    if (status) return status;
    double *lr = option_of(own.type, own.self, "lr"), *decay = option_of(own.type, own.self, "weight_decay");
    if (!isnan(g->lr) && !lr) return no_option(o, "lr", err);
    if (!isnan(g->weight_decay) && !decay) return no_option(o, "weight_decay", err);
    if (!isnan(g->lr) && !(*lr > 0))
        return tern_error_add(err, TERN_ERROR_MODEL, "lr", "needs a learning rate of the optimizer above 0");
    tern_optimizer_spec spec = {.cycled = o->spec.cycled};
    *out = (tern__update_group){own.self, isnan(g->lr) ? 1 : g->lr / *lr};
    if (!isnan(g->weight_decay)) *decay = g->weight_decay;
    return o->type->plan(own.self, &spec, err);
}

/* The groups of the file, numbered from 1. */
static tern_status plan_groups(tern__optimizer *o, const tern_model *m, const tern_object *own, tern__arena *arena,
                               tern_error *err) {
    const tern__optimizer_common *common = own->common;
    const tern__weight_group *groups = common->groups.item;
    o->group = tern__arena_alloc(arena, common->groups.n + 1, sizeof *o->group, err);
    o->decay = tern__arena_alloc(arena, m->weights, sizeof *o->decay, err);
    if (!o->group || !o->decay) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < m->weights; i++) o->decay[i] = !excluded(common, &m->weight[i].param);
    o->group[0] = (tern__update_group){own->self, 1};
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, "groups", 0);
    for (size_t k = 0; k < common->groups.n && status != TERN_ERROR_MEMORY; k++) {
        size_t element = tern_error_enter(err, NULL, k);
        tern_status planned = plan_group(o, m, &groups[k], arena, &o->group[k + 1], err);
        if (planned) status = planned;
        tern_error_leave(err, element);
    }
    tern_error_leave(err, depth);
    return status;
}

static tern_status make_slots(tern__optimizer *o, const tern_model *m, tern_error *err) {
    const tern__ema *ema = &m->config.train.ema;
    o->slots = o->spec.slots;
    memcpy(o->slot_name, o->spec.slot_name, sizeof o->spec.slot_name);
    if (m->config.train.given && ema->given) o->ema = ema, o->slot_name[o->slots++] = "ema";
    for (size_t k = 0; k < o->slots; k++) {
        if (!(o->slot[k] = tern__alloc(m->gradients, sizeof *o->slot[k], err))) return TERN_ERROR_MEMORY;
        for (size_t i = 0; k < o->spec.slots && i < m->gradients; i++) o->slot[k][i] = (tern_real)o->spec.slot_value[k];
    }
    return TERN_OK;
}

tern_status tern__optimizer_plan(tern__optimizer *o, const tern_model *m, bool cycled, tern__arena *arena,
                                 tern_error *err) {
    tern_object own;
    const tern__train *train = &m->config.train; /* a file without a train block clips nothing */
    tern_status status = tern__object_copy(&m->config.optimizer, arena, &own, err);
    *o = (tern__optimizer){.type = (const tern_optimizer_type *)own.type,
                           .spec = {.cycled = cycled},
                           .clip_norm = train->given ? train->clip_grad_norm : (double)NAN,
                           .clip_value = train->given ? train->clip_grad_value : (double)NAN};
    if (!status) status = o->type->plan(own.self, &o->spec, err);
    if (!status) status = plan_groups(o, m, &own, arena, err);
    return status ? status : make_slots(o, m, err);
}

void tern__optimizer_free(tern__optimizer *o) {
    for (size_t k = 0; k < o->slots; k++) tern__free(o->slot[k]);
}

/* ---- updating ---- */

TERN_CLONES static void clip(tern_real *g, size_t n, double factor, double most) {
    tern_real scale = (tern_real)factor, limit = (tern_real)most;
    for (size_t i = 0; i < n; i++) g[i] *= scale;
    if (isnan(most)) return;
    for (size_t i = 0; i < n; i++) g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

/* What the average keeps in update number `step`: the first one takes the weights themselves, as PyTorch's
 * AveragedModel. */
static double kept(const tern__ema *ema, size_t step) {
    double t = (double)step - 1, most = ema->warmup ? (1 + t) / (10 + t) : 1;
    return step == 1 ? 0 : ema->decay < most ? ema->decay : most;
}

TERN_CLONES static void average(tern_real *a, const tern_real *w, size_t n, double keep) {
    tern_real old = (tern_real)keep, fresh = (tern_real)(1 - keep);
    for (size_t i = 0; i < n; i++) a[i] = old * a[i] + fresh * w[i];
}

/* Seven parameters: who (worker of a group), what (model, optimizer) and how far (rate, norm, step) each have an owner
 * of their own. */
void tern__optimizer_update(const tern__optimizer *o, tern_model *m, const tern__worker_group *g, size_t worker,
                            const tern__schedule *s, double norm, size_t step) {
    tern_real *gradients = g->slice[0].gradients;
    /* PyTorch's clip_grad_norm_: norm first, then value, where both are asked for. */
    double factor = o->clip_norm / (norm + 1e-6);
    for (tern__part p = {0}; tern__reduce_part(g, worker, &p); p.weight++) {
        size_t n = p.end - p.begin;
        const tern__update_group *group = &o->group[m->weight[p.weight].group];
        if (factor < 1 || !isnan(o->clip_value))
            clip(gradients + p.gradient, n, factor < 1 ? factor : 1, o->clip_value);
        tern_update u = {.step = step,
                         .n = n,
                         .w = m->param + p.param,
                         .g = gradients + p.gradient,
                         .decay = o->decay[p.weight],
                         .lr = s->lr * group->rate,
                         .momentum = s->momentum};
        for (size_t k = 0; k < o->spec.slots; k++) u.slot[k] = o->slot[k] + p.gradient;
        o->type->update(group->self, &u);
        if (o->ema) average(o->slot[o->slots - 1] + p.gradient, u.w, n, kept(o->ema, step));
    }
}

void tern__optimizer_swap_ema(const tern__optimizer *o, tern_model *m) {
    for (size_t i = 0; o->ema && i < m->weights; i++) {
        const tern__weight *w = &m->weight[i];
        if (w->gradient == TERN__NOWHERE) continue;
        tern_real *a = o->slot[o->slots - 1] + w->gradient, *b = m->param + w->offset;
        for (size_t k = 0; k < w->count; k++) {
            tern_real x = a[k];
            a[k] = b[k], b[k] = x;
        }
    }
}
