/* accumulate.c - several batches for one update: their gradients are added up as if the batches had been one.
 *
 * The gradient of batch i is that of its losses' sum over its divisor d(i), and that of all together has the divisor D
 * of all: g = sum d(i) g(i) / D. So it does not matter whether the batches are equally large. */
#include "trainer_internal.h"

#include <assert.h>
#include <math.h>

/* The end of a pass: adds this worker's part of the gradients to what is kept. */
static void keep(tern_trainer *t, size_t worker, double norm) {
    (void)norm;
    tern_real divisor = (tern_real)tern__loss_norm(&t->targets.loss[0], tern__trainer_weight(t, 0), t->batch->n);
    const tern_real *g = t->group.slice[0].dparam;
    for (tern__part p = {0}; tern__trainer_part(t, worker, &p); p.weight++)
        for (size_t i = p.begin; i < p.end; i++) t->kept[i] = (t->pieces ? t->kept[i] : 0) + divisor * g[i];
}

tern_status tern_trainer_accumulate(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err) {
    assert(t->kept && "a trainer that accumulates");
    tern_status status = tern__trainer_pass(t, batch, keep, err);
    if (status) return status;
    if (!t->pieces++) tern__tally_clear(&t->kept_total);
    tern__tally_add(&t->targets, &t->total, &t->kept_total);
    if (loss) *loss = t->loss;
    return TERN_OK;
}

static double divisor_of(const tern_trainer *t, const tern__tally *tally) {
    return tern__loss_norm(&t->targets.loss[0], tally->weight[0], tally->rows);
}

static void update_task(void *arg, size_t worker) {
    tern_trainer *t = arg;
    tern_real divisor = (tern_real)divisor_of(t, &t->kept_total), *g = t->group.slice[0].dparam;
    t->norm2[worker] = 0;
    for (tern__part p = {0}; tern__trainer_part(t, worker, &p); p.weight++) {
        for (size_t i = p.begin; i < p.end; i++) g[i] = t->kept[i] / divisor;
        t->norm2[worker] += tern__square_sum(g + p.begin, p.end - p.begin);
    }
    tern__workers_barrier(t->group.workers, worker);
    double norm = sqrt(tern__total(t->norm2, t->group.active));
    bool finite = isfinite(norm);
    if (finite) tern__trainer_update(t, worker, norm);
    if (worker) return;
    t->total_norm = norm;
    t->finite = finite;
}

tern_status tern_trainer_update(tern_trainer *t, tern_step *out, tern_error *err) {
    assert(t->pieces && !t->options.gradients_only && "a trainer with an optimizer, and gradients to apply");
    tern__workers_do(t->group.workers, t->group.active, update_task, t);
    size_t pieces = t->pieces;
    t->pieces = 0;
    if (!t->finite)
        return tern_error_add(err, TERN_ERROR_DIVERGED, NULL,
                              "step %zu: the gradients of %zu batches together are not finite", t->step + 1, pieces);
    t->last_norm = t->total_norm;
    t->step++;
    if (out) *out = (tern_step){t->step, tern__tally_loss(&t->targets, &t->kept_total), t->lr, t->total_norm};
    return TERN_OK;
}
