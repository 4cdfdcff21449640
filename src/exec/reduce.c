/* reduce.c - sums over all workers and ranks, in an order that does not depend on who came first. */
#include "reduce.h"

#include <math.h>
#include <string.h>

double tern__reduce_element(const tern__worker_group *g, double *const *each, size_t i) {
    double sum = 0;
    for (size_t k = 0; k < g->active; k++) sum += each[k][i];
    return sum;
}

/* Adds some statistics of a node to others, of forward as the layer says. */
static void add_statistics(const tern__node *node, bool backward, double *into, const double *from) {
    bool merge = !backward && node->type->merge;
    if (merge) node->type->merge(node->self, into, from);
    for (size_t i = 0; !merge && i < node->accumulators; i++) into[i] += from[i];
}

/* The same over ranks, by order; those that have no rows say nothing. */
static void join_statistics(tern__worker_group *g, size_t worker, const tern__node *node, bool backward,
                            double *total) {
    size_t n = node->accumulators;
    if (!worker) g->comm->gather(g->comm->self, total, n * sizeof *total, g->statistics);
    tern__workers_barrier(g->workers, worker);
    memset(total, 0, n * sizeof *total);
    for (size_t k = 0; k < g->comm->size; k++)
        if (tern__comm_row(g->comm, g->batch, k) < tern__comm_row(g->comm, g->batch, k + 1))
            add_statistics(node, backward, total, g->statistics + k * n);
}

void tern__reduce_statistics(tern__worker_group *g, size_t worker, const tern__node *node, bool backward) {
    size_t first = (backward ? g->m->accumulators : 0) + node->first_accumulator;
    double *total = g->slice[worker].totals + first;
    tern__workers_barrier(g->workers, worker);
    memset(total, 0, node->accumulators * sizeof *total);
    for (size_t k = 0; k < g->active; k++) add_statistics(node, backward, total, g->slice[k].accumulators + first);
    if (g->comm) join_statistics(g, worker, node, backward, total);
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

double tern__reduce_square_sum(const tern__worker_group *g, size_t worker) {
    double sum = 0;
    for (tern__part p = {0}; tern__reduce_part(g, worker, &p); p.weight++)
        sum += square_sum(g->slice->gradients + p.gradient, p.end - p.begin);
    return sum;
}

double tern__reduce_norm(const tern__worker_group *g, size_t worker, double *const *each) {
    tern__workers_barrier(g->workers, worker);
    if (!g->comm) return sqrt(tern__reduce_element(g, each, 0));
    if (!worker) {
        *each[0] = tern__reduce_element(g, each, 0);
        g->comm->broadcast(g->comm->self, each[0], sizeof *each[0], 0);
    }
    tern__workers_barrier(g->workers, worker);
    return sqrt(*each[0]);
}
