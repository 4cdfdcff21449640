/* tally.c - what metrics accumulate, and sums over slices, batches and workers. */
#include "targets.h"

#include <string.h>

/* ---- metrics ---- */

/* Some rows at a time, on the stack: as many as there is room for. */
static void add_in_unit(const tern__target *scaled, const tern__metric *metric, const tern_tensor *pred,
                        const tern_tensor *target, double *accumulators) {
    tern_real p[TERN__MOST_SCALED], t[TERN__MOST_SCALED];
    size_t rows = pred->shape.dim[0], columns = tern_tensor_count(pred) / rows, most = TERN__MOST_SCALED / columns;
    bool differences = metric->type->differences;
    for (size_t first = 0; first < rows; first += most) {
        size_t n = rows - first < most ? rows - first : most;
        tern_tensor own = {pred->shape, p}, own_target = {target->shape, t};
        own.shape.dim[0] = own_target.shape.dim[0] = n;
        tern__target_restore(scaled, columns, n, differences, pred->data + first * columns, p);
        tern__target_restore(scaled, columns, n, differences, target->data + first * columns, t);
        metric->type->add(metric->self, &own, &own_target, accumulators + metric->first);
    }
}

static void add_pairs(const tern__targets *targets, size_t loss, const tern_tensor *pred, const tern_tensor *target,
                      double *accumulators) {
    for (size_t i = 0; i < targets->metrics; i++) {
        const tern__metric *metric = &targets->metric[i];
        if (metric->loss != loss || metric->type->of_all) continue;
        if (targets->scaled) add_in_unit(targets->scaled, metric, pred, target, accumulators);
        else metric->type->add(metric->self, pred, target, accumulators + metric->first);
    }
}

void tern__metrics_add(const tern__targets *targets, size_t loss, const tern__pairs *all, double *accumulators) {
    tern_tensor pred, target;
    for (size_t row = 0; tern__pairs_next(all, &row, &pred, &target);)
        add_pairs(targets, loss, &pred, &target, accumulators);
}

/* ---- tallies ---- */

static size_t numbers_of(const tern__targets *targets) { return 2 * targets->losses + targets->accumulators; }

static tern__tally lay(const tern__targets *targets, double *all) {
    return (tern__tally){.n = numbers_of(targets),
                         .all = all,
                         .loss = all,
                         .weight = all + targets->losses,
                         .accumulators = all + 2 * targets->losses};
}

tern_status tern__tally_make(const tern__targets *targets, tern__arena *arena, tern__tally *out, tern_error *err) {
    double *all = tern__arena_alloc(arena, numbers_of(targets), sizeof *all, err);
    if (!all) return TERN_ERROR_MEMORY;
    *out = lay(targets, all);
    return TERN_OK;
}

tern_status tern__tallies_make(const tern__targets *targets, size_t count, tern__arena *arena, tern__tally **out,
                               tern_error *err) {
    size_t n = numbers_of(targets);
    double *all = tern__arena_alloc(arena, count * n, sizeof *all, err);
    *out = tern__arena_alloc(arena, count, sizeof **out, err);
    if (!all || !*out) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < count; k++) (*out)[k] = lay(targets, all + k * n);
    return TERN_OK;
}

void tern__tally_clear(tern__tally *t) {
    t->rows = 0;
    memset(t->all, 0, t->n * sizeof *t->all);
}

void tern__tally_add(const tern__targets *targets, const tern__tally *from, tern__tally *to) {
    to->rows += from->rows;
    for (size_t i = 0; i < targets->losses; i++) to->loss[i] += from->loss[i], to->weight[i] += from->weight[i];
    for (size_t i = 0; i < targets->metrics; i++) {
        const tern__metric *metric = &targets->metric[i];
        size_t end = i + 1 < targets->metrics ? metric[1].first : targets->accumulators;
        if (metric->type->merge)
            metric->type->merge(metric->self, to->accumulators + metric->first, from->accumulators + metric->first);
        for (size_t k = metric->first; !metric->type->merge && k < end; k++)
            to->accumulators[k] += from->accumulators[k];
    }
}

double tern__tally_loss(const tern__targets *targets, const tern__tally *t) {
    double sum = 0;
    for (size_t i = 0; i < targets->losses; i++) {
        const tern__loss *loss = &targets->loss[i];
        sum += t->loss[i] / tern__loss_norm(loss, t->weight[i]) * loss->share;
    }
    return sum;
}
