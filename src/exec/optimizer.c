/* optimizer.c - clips and applies gradients: each worker its own part of the parameters. */
#include "optimizer.h"

#include "object_copy.h"
#include "reduce.h"

#include <math.h>
#include <string.h>

/* ---- planning ---- */

double tern__optimizer_lr(const tern_model *m) {
    const tern_object *o = &m->config.optimizer;
    for (const tern_option *row = o->type->options; row && row->name; row++)
        if (!strcmp(row->name, "lr") && row->kind == TERN_OPTION_REAL)
            return *(const double *)((const char *)o->self + row->offset);
    return 0;
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

tern_status tern__optimizer_plan(tern__optimizer *o, const tern_model *m, bool cycled, tern__arena *arena,
                                 tern_error *err) {
    tern_object own;
    const tern__train *train = &m->config.train; /* a file without a train block clips nothing */
    tern_status status = tern__object_copy(&m->config.optimizer, arena, &own, err);
    *o = (tern__optimizer){.type = (const tern_optimizer_type *)own.type,
                           .self = own.self,
                           .spec = {.cycled = cycled},
                           .clip_norm = train->given ? train->clip_grad_norm : (double)NAN,
                           .clip_value = train->given ? train->clip_grad_value : (double)NAN};
    if (!status) status = o->type->plan(own.self, &o->spec, err);
    for (size_t k = 0; !status && k < o->spec.slots; k++) {
        if (!(o->slot[k] = tern__alloc(m->gradients, sizeof *o->slot[k], err))) return TERN_ERROR_MEMORY;
        for (size_t i = 0; i < m->gradients; i++) o->slot[k][i] = (tern_real)o->spec.slot_value[k];
    }
    if (status) return status;
    if (!(o->decay = tern__arena_alloc(arena, m->weights, sizeof *o->decay, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < m->weights; i++) o->decay[i] = !excluded(own.common, &m->weight[i].param);
    return TERN_OK;
}

void tern__optimizer_free(tern__optimizer *o) {
    for (size_t k = 0; k < TERN_MAX_SLOTS; k++) tern__free(o->slot[k]);
}

/* ---- updating ---- */

TERN_CLONES static void clip(tern_real *g, size_t n, double factor, double most) {
    tern_real scale = (tern_real)factor, limit = (tern_real)most;
    for (size_t i = 0; i < n; i++) g[i] *= scale;
    if (isnan(most)) return;
    for (size_t i = 0; i < n; i++) g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
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
        if (factor < 1 || !isnan(o->clip_value))
            clip(gradients + p.gradient, n, factor < 1 ? factor : 1, o->clip_value);
        tern_update u = {.step = step,
                         .n = n,
                         .w = m->param + p.param,
                         .g = gradients + p.gradient,
                         .decay = o->decay[p.weight],
                         .lr = s->lr,
                         .momentum = s->momentum};
        for (size_t k = 0; k < o->spec.slots; k++) u.slot[k] = o->slot[k] + p.gradient;
        o->type->update(o->self, &u);
    }
}
