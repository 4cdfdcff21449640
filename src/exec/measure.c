/* measure.c - measures a batch slice by slice. */
#include "measure.h"

#include "reduce.h"
#include "rows_check.h"

#include <math.h>
#include <string.h>

/* ---- making ---- */

tern_status tern__measure_plan(tern__measure *t, const tern_model *m, const tern_target *kind, tern__arena *arena,
                               tern_error *err) {
    return tern__targets_make(m, kind, arena, &t->targets, err);
}

tern_status tern__measure_allocate(tern__measure *t, const tern__worker_group *g, size_t rows, tern__arena *arena,
                                   tern_error *err) {
    size_t slices = g->slices, ranks = g->comm ? g->comm->size : 0;
    tern_status status = tern__targets_allocate(&t->targets, g->m->targets, rows, arena, &t->target, err);
    t->weight = tern__arena_alloc(arena, rows, sizeof *t->weight, err);
    t->tally = tern__arena_alloc(arena, slices, sizeof *t->tally, err);
    t->each = tern__arena_alloc(arena, slices, sizeof *t->each, err);
    if (status || !t->weight || !t->tally || !t->each) return TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < slices; k++) {
        status = tern__tally_make(&t->targets, arena, &t->tally[k], err);
        t->each[k] = t->tally[k].all;
    }
    if (!status && ranks) status = tern__tallies_make(&t->targets, ranks, arena, &t->rank, err);
    return status ? status : tern__tally_make(&t->targets, arena, &t->total, err);
}

tern_status tern__measure_check(const tern__measure *t, const tern_model *m, const tern_batch *batch, size_t most,
                                tern_error *err) {
    if (!batch->n || batch->n > most)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a batch of %zu rows; the trainer takes 1 to %zu", batch->n,
                              most);
    if (batch->gather) return TERN_OK;
    tern_status status = tern__check_inputs(m, batch, err);
    for (size_t i = 0; !status && i < t->targets.losses; i++)
        if (t->targets.loss[i].target != TERN__NOWHERE) status = tern__check_target(m, &t->targets.loss[i], batch, err);
    if (!status && batch->weight) status = tern__check_weights(batch->weight, batch->n, err);
    return status;
}

/* ---- a slice ---- */

static bool has_weights(const tern__measure *t) { return t->batch->weight || t->batch->weighted; }

/* Those of the slice's rows; NULL: all count alike. */
static const tern_real *slice_weight(const tern__measure *t, const tern__slice *s) {
    return has_weights(t) ? t->weight + s->row : NULL;
}

/* The slice's pairs of a loss; its target may be an input, as the layers read it. */
static tern__pairs slice_pairs(const tern__measure *t, const tern__slice *s, const tern__loss *loss) {
    bool input = loss->input != TERN__NOWHERE, own = loss->target != TERN__NOWHERE;
    size_t lengths = tern__value_lengths(s->m, loss->value),
           count = loss->target_count * (loss->steps ? loss->steps : 1);
    tern_real *target = input ? s->value[loss->input].data : own ? t->target[loss->target].data + s->row * count : NULL;
    tern__pairs all =
        tern__loss_pairs(loss, s->rows, s->value[loss->value].data, target, loss->steps ? s->length[lengths] : NULL);
    all.weight = slice_weight(t, s);
    if (loss->steps) all.pred.shape.dim[1] = s->steps[lengths];
    if (loss->steps && input) all.target.shape.dim[1] = s->steps[lengths];
    return all;
}

/* A loss's weight of the batch, where it is known without a look at the rows; else NAN. */
static double plain_weight(const tern__measure *t, const tern__loss *loss) {
    return has_weights(t) ? (double)NAN : tern__loss_plain_weight(loss, t->batch->n);
}

void tern__measure_gather(tern__measure *t, tern__worker_group *g, size_t worker) {
    tern__slice *s = &g->slice[worker];
    bool wait = false;
    if (!s->rows) tern__tally_clear(&t->tally[worker]);
    tern__slice_input(s, t->batch, t->target, has_weights(t) ? t->weight : NULL);
    for (size_t i = 0; i < t->targets.losses; i++) {
        const tern__loss *loss = &t->targets.loss[i];
        const tern__pairs all = slice_pairs(t, s, loss);
        if (s->rows) t->tally[worker].weight[i] = tern__loss_weight(loss, &all);
        wait = wait || isnan(plain_weight(t, loss));
    }
    if (!wait) return;
    tern__workers_barrier(g->workers, worker);
    if (!g->comm) return;
    if (!worker) tern__measure_join(t, g);
    tern__workers_barrier(g->workers, worker);
}

void tern__measure_loss(tern__measure *t, tern__worker_group *g, size_t worker) {
    tern__slice *s = &g->slice[worker];
    for (size_t i = 0; s->rows && i < t->targets.losses; i++) {
        const tern__loss *loss = &t->targets.loss[i];
        const tern__pairs pairs = slice_pairs(t, s, loss);
        double weight = t->divisor ? t->divisor[i] : plain_weight(t, loss);
        if (isnan(weight)) weight = tern__measure_sum(t, g, t->targets.losses + i);
        double norm = tern__loss_norm(loss, weight) / loss->share;
        tern_tensor *all = &s->gradient[loss->value], *own = s->loss_gradient[i].data ? &s->loss_gradient[i] : all;
        t->tally[worker].loss[i] = tern__loss_eval(loss, &pairs, norm, own->data ? own : NULL);
        if (own != all) tern_tensor_add(own, all);
    }
}

void tern__measure_metrics(tern__measure *t, tern__worker_group *g, size_t worker) {
    tern__slice *s = &g->slice[worker];
    double *accumulators = t->tally[worker].accumulators;
    memset(accumulators, 0, t->targets.accumulators * sizeof *accumulators);
    for (size_t i = 0; s->rows && i < t->targets.losses; i++) {
        const tern__loss *loss = &t->targets.loss[i];
        const tern__pairs all = slice_pairs(t, s, loss);
        tern__metrics_add(&t->targets, i, &all, accumulators);
    }
}

/* ---- the batch ---- */

static void add_slices(tern__measure *t, const tern__worker_group *g) {
    tern__tally_clear(&t->total);
    for (size_t k = 0; k < g->active; k++) tern__tally_add(&t->targets, &t->tally[k], &t->total);
}

static void add_ranks(tern__measure *t, const tern__worker_group *g) {
    tern__tally_clear(&t->total);
    for (size_t k = 0; k < g->comm->size; k++)
        if (tern__comm_row(g->comm, g->batch, k) < tern__comm_row(g->comm, g->batch, k + 1))
            tern__tally_add(&t->targets, &t->rank[k], &t->total);
}

void tern__measure_join(tern__measure *t, const tern__worker_group *g) {
    add_slices(t, g);
    g->comm->gather(g->comm->self, t->total.all, t->total.n * sizeof *t->total.all, t->rank->all);
}

double tern__measure_sum(const tern__measure *t, const tern__worker_group *g, size_t i) {
    if (!g->comm) return tern__reduce_element(g, t->each, i);
    double sum = 0;
    for (size_t k = 0; k < g->comm->size; k++) sum += t->rank[k].all[i];
    return sum;
}

double tern__measure_total_loss(const tern__measure *t, const tern__worker_group *g) {
    double sum = 0;
    for (size_t i = 0; i < t->targets.losses; i++) sum += tern__measure_sum(t, g, i);
    return sum;
}

void tern__measure_total(tern__measure *t, const tern__worker_group *g) {
    if (g->comm) add_ranks(t, g);
    else add_slices(t, g);
    t->total.rows = t->batch->n;
    const double *weight = t->divisor ? t->divisor : t->total.weight;
    for (size_t i = 0; i < t->targets.losses; i++)
        t->total.loss[i] *= tern__loss_norm(&t->targets.loss[i], weight[i]) / t->targets.loss[i].share;
}
