/* reduce.c - sums over all workers, in an order that does not depend on who came first. */
#include "reduce.h"

#include <string.h>

double tern__reduce_element(const tern__worker_group *g, double *const *each, size_t i) {
    double sum = 0;
    for (size_t k = 0; k < g->active; k++) sum += each[k][i];
    return sum;
}

void tern__reduce_statistics(tern__worker_group *g, size_t worker, const tern__node *node, bool backward) {
    void (*merge)(const void *self, double *into, const double *from) = backward ? NULL : node->type->merge;
    size_t first = (backward ? g->m->accumulators : 0) + node->first_accumulator;
    double *total = g->slice[worker].totals + first;
    tern__workers_barrier(g->workers, worker);
    memset(total, 0, node->accumulators * sizeof *total);
    for (size_t k = 0; k < g->active; k++) {
        const double *own = g->slice[k].accumulators + first;
        if (merge) merge(node->self, total, own);
        for (size_t i = 0; !merge && i < node->accumulators; i++) total[i] += own[i];
    }
}

/* ---- gradients ---- */

/* Whole blocks, so that no two workers write to one cache line. */
static void cut_part(const tern__worker_group *g, size_t worker, const tern__weight *w, tern__part *p) {
    size_t blocks = (w->count + TERN__ALIGN - 1) / TERN__ALIGN, end = blocks * (worker + 1) / g->active * TERN__ALIGN;
    p->begin = blocks * worker / g->active * TERN__ALIGN;
    p->end = end < w->count ? end : w->count;
}

bool tern__reduce_part(const tern__worker_group *g, size_t worker, tern__part *p) {
    const tern__strategy *strategy = g->active > 1 ? g->strategy : NULL;
    for (; p->weight < g->m->weights; p->weight++) {
        const tern__weight *w = &g->m->weight[p->weight];
        if (w->gradient == TERN__NOWHERE) continue;
        p->whole = strategy && strategy->part(strategy, worker, p->weight, &p->begin, &p->end);
        if (!p->whole) cut_part(g, worker, w, p);
        p->param = w->offset + p->begin;
        p->gradient = w->gradient + p->begin;
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

double tern__reduce_gradients(const tern__worker_group *g, size_t worker) {
    const tern__slice *slice = g->slice;
    double norm2 = 0;
    for (tern__part p = {0}; tern__reduce_part(g, worker, &p); p.weight++) {
        size_t n = p.end - p.begin, others = p.whole ? 0 : g->active - 1;
        tern_tensor sum = {{1, {n}}, slice->gradients + p.gradient};
        for (size_t k = 1; k < others; k++) {
            tern_tensor other = {{1, {n}}, slice[k].gradients + p.gradient};
            tern_tensor_add(&other, &sum);
        }
        norm2 += others ? add_square_sum(slice[others].gradients + p.gradient, sum.data, n) : square_sum(sum.data, n);
    }
    return norm2;
}
