/* update.c - the second half of a step: all workers together add up the slices' gradients, measure, clip and apply
 * them, each its own part of the parameters. */
#include "trainer_internal.h"

#include <math.h>

double tern__total(const double *part, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += part[i];
    return sum;
}

double tern__trainer_weight(const tern_trainer *t, size_t i) {
    double sum = 0;
    for (size_t k = 0; k < t->group.active; k++) sum += t->tally[k].weight[i];
    return sum;
}

double tern__trainer_loss(const tern_trainer *t) {
    double sum = 0;
    for (size_t i = 0; i < t->targets.losses; i++)
        for (size_t k = 0; k < t->group.active; k++) sum += t->tally[k].loss[i];
    return sum;
}

/* Whole blocks, so that no two workers write to one cache line. */
bool tern__trainer_part(const tern_trainer *t, size_t worker, tern__part *p) {
    const tern_model *m = t->m;
    const tern__worker_group *group = &t->group;
    for (; p->weight < m->weights; p->weight++) {
        const tern__weight *w = &m->weight[p->weight];
        if (!w->trained) continue;
        p->whole = tern__output_parallel_part(group, worker, p->weight, &p->begin, &p->end);
        if (!p->whole) {
            size_t blocks = (w->count + TERN__ALIGN - 1) / TERN__ALIGN,
                   end = blocks * (worker + 1) / group->active * TERN__ALIGN;
            p->begin = blocks * worker / group->active * TERN__ALIGN;
            p->end = end < w->count ? end : w->count;
        }
        p->begin += w->offset;
        p->end += w->offset;
        if (p->begin < p->end) return true;
    }
    return false;
}

/* In lanes: one running sum would wait for itself, number after number. In double, which no square of a float passes.
 */
enum { LANES = 64 };

static inline double lanes_total(const double *lane) {
    double sum = 0;
    for (size_t j = 0; j < LANES; j++) sum += lane[j];
    return sum;
}

/* Clones are static: the loader's choice among others would be exported. */
TERN_CLONES static double square_sum(const tern_real *g, size_t n) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) lane[j] += (double)g[i + j] * (double)g[i + j];
    for (size_t j = 0; i + j < n; j++) lane[j] += (double)g[i + j] * (double)g[i + j];
    return lanes_total(lane);
}

double tern__square_sum(const tern_real *g, size_t n) { return square_sum(g, n); }

/* g += other, and the sum of its squares: one pass for both. */
TERN_CLONES static double add_square_sum(const tern_real *restrict other, tern_real *restrict g, size_t n) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            g[i + j] += other[i + j];
            lane[j] += (double)g[i + j] * (double)g[i + j];
        }
    for (size_t j = 0; i + j < n; j++) {
        g[i + j] += other[i + j];
        lane[j] += (double)g[i + j] * (double)g[i + j];
    }
    return lanes_total(lane);
}

/* Adds the other slices' gradients to the first one's, in order, and measures them. */
void tern__trainer_reduce(tern_trainer *t, size_t worker) {
    const tern__slice *slice = t->group.slice;
    double norm2 = 0;
    for (tern__part p = {0}; tern__trainer_part(t, worker, &p); p.weight++) {
        size_t n = p.end - p.begin, others = p.whole ? 0 : t->group.active - 1;
        tern_tensor sum = {{1, {n}}, slice->dparam + p.begin};
        for (size_t k = 1; k < others; k++) {
            tern_tensor other = {{1, {n}}, slice[k].dparam + p.begin};
            tern_tensor_add(&other, &sum);
        }
        norm2 += others ? add_square_sum(slice[others].dparam + p.begin, sum.data, n) : square_sum(sum.data, n);
    }
    t->norm2[worker] = norm2;
}

TERN_CLONES static void clip(tern_real *g, size_t n, double factor, double most) {
    tern_real scale = (tern_real)factor, limit = (tern_real)most;
    for (size_t i = 0; i < n; i++) g[i] *= scale;
    if (isnan(most)) return;
    for (size_t i = 0; i < n; i++) g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

void tern__trainer_update(tern_trainer *t, size_t worker, double norm) {
    const tern_model *m = t->m;
    const tern__train *train = &m->config.train;
    const tern_optimizer_type *type = (const tern_optimizer_type *)t->optimizer.type;
    tern_real *g = t->group.slice[0].dparam;
    /* PyTorch's clip_grad_norm_: norm first, then value, where both are asked for. A file without a train block clips
     * nothing. */
    double most = train->given ? train->clip_grad_norm : (double)NAN,
           value = train->given ? train->clip_grad_value : (double)NAN;
    double factor = most / (norm + 1e-6);
    for (tern__part p = {0}; tern__trainer_part(t, worker, &p); p.weight++) {
        size_t from = p.begin, n = p.end - p.begin;
        if (factor < 1 || !isnan(value)) clip(g + from, n, factor < 1 ? factor : 1, value);
        tern_update u = {.step = t->step + 1,
                         .n = n,
                         .w = m->param + from,
                         .g = g + from,
                         .decay = t->decay[p.weight],
                         .lr = t->lr,
                         .momentum = t->momentum};
        for (size_t k = 0; k < t->slots.slots; k++) u.slot[k] = t->slot[k] + from;
        type->update(t->optimizer.self, &u);
    }
}
