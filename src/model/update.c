/* update.c - the second half of a step: all workers together add up the slices' gradients, measure, clip and apply them, each its own part of
 * the parameters. */
#include "trainer_internal.h"

#include <math.h>

double tern__total(const double *part, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += part[i];
    return sum;
}

/* The part of the flat parameters that a worker reduces and updates: whole blocks, so that no two workers write to one cache line. */
void tern__trainer_part(const tern_trainer *t, size_t worker, size_t *begin, size_t *end) {
    size_t blocks = t->m->params / TERN__ALIGN;
    *begin = blocks * worker / t->team.active * TERN__ALIGN;
    *end = blocks * (worker + 1) / t->team.active * TERN__ALIGN;
}

/* Clones are static: the loader's choice among others would be exported. */
TERN_CLONES static double square_sum(const tern_real *g, size_t n) {
    double sum = 0;
    #pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += (double)g[i] * (double)g[i];
    return sum;
}

double tern__square_sum(const tern_real *g, size_t n) {
    return square_sum(g, n);
}

/* Adds the other slices' gradients to the first one's, in order, and measures them. */
void tern__trainer_reduce(tern_trainer *t, size_t worker) {
    size_t begin, end;
    tern__trainer_part(t, worker, &begin, &end);
    tern_tensor sum = {{1, {end - begin}}, t->team.slice[0].dparam + begin};
    for (size_t k = 1; k < t->team.active; k++) {
        tern_tensor other = {{1, {end - begin}}, t->team.slice[k].dparam + begin};
        tern_tensor_add(&other, &sum);
    }
    t->norm2[worker] = tern__square_sum(sum.data, end - begin);
}

TERN_CLONES static void clip(tern_real *g, size_t n, double factor, double most) {
    tern_real scale = (tern_real)factor, limit = (tern_real)most;
    for (size_t i = 0; i < n; i++) g[i] *= scale;
    if (isnan(most)) return;
    for (size_t i = 0; i < n; i++) g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

/* Updates the parameters that lie in this worker's part. */
void tern__trainer_update(tern_trainer *t, size_t worker, double norm) {
    const tern_model *m = t->m;
    const tern__train *train = &m->config.train;
    const tern_optimizer_type *type = (const tern_optimizer_type *)m->config.optimizer.type;
    size_t begin, end;
    tern__trainer_part(t, worker, &begin, &end);
    tern_real *g = t->team.slice[0].dparam;
    /* PyTorch's clip_grad_norm_: norm first, then value, where both are asked for. A file without a train block clips nothing. */
    double most = train->given ? train->clip_grad_norm : (double)NAN, value = train->given ? train->clip_grad_value : (double)NAN;
    double factor = most / (norm + 1e-6);
    if (factor < 1 || !isnan(value)) clip(g + begin, end - begin, factor < 1 ? factor : 1, value);
    for (size_t i = 0; i < m->weights; i++) {
        const tern__weight *w = &m->weight[i];
        size_t from = w->offset > begin ? w->offset : begin, to = w->offset + w->count < end ? w->offset + w->count : end;
        if (!w->trained || from >= to) continue;
        tern_update u = {.step = t->step + 1, .n = to - from, .w = m->param + from, .g = g + from, .decay = t->decay[i], .lr = t->lr, .momentum = t->momentum};
        for (size_t k = 0; k < t->slots.slots; k++) u.slot[k] = t->slot[k] + from;
        type->update(m->config.optimizer.self, &u);
    }
}
