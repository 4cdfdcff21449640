/* accumulate.c - several batches for one update: their gradients are added up as if the batches had been one.
 *
 * The gradient of batch i is that of its losses' sum over its divisor d(i), and that of all together has the divisor D
 * of all: g = sum d(i) g(i) / D. So it does not matter whether the batches are equally large. Of several losses each
 * has a divisor of its own: where all batches are at hand, those of all are found first; else d is the number of rows,
 * which is as good but where targets are ignored or weighted. */
#include "reduce.h"
#include "trainer_internal.h"

#include <math.h>
#include <string.h>

static double divisor_of(const tern_trainer *t, double weight, size_t rows) {
    if (t->measure.divisor) return 1; /* the losses are divided by those of all batches already */
    return t->measure.targets.losses > 1 ? (double)rows : tern__loss_norm(&t->measure.targets.loss[0], weight);
}

/* The end of a pass: adds this worker's part of the gradients to what is kept. */
static void keep(tern_trainer *t, size_t worker, double norm) {
    (void)norm;
    size_t weight = t->measure.targets.losses; /* the first one, in a tally */
    tern_real divisor =
        (tern_real)divisor_of(t, tern__measure_sum(&t->measure, &t->group, weight), t->measure.batch->n);
    for (tern__part p = {0}; tern__reduce_part(&t->group, worker, &p); p.weight++) {
        const tern_real *g = t->group.slice[0].gradients + p.gradient;
        tern_real *kept = t->accumulated.gradients + p.gradient;
        for (size_t i = 0; i < p.end - p.begin; i++) kept[i] = (t->accumulated.batches ? kept[i] : 0) + divisor * g[i];
    }
}

tern_status tern_trainer_accumulate(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err) {
    if (!t->accumulated.gradients)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "this trainer was made without `accumulates`");
    tern_status status = tern__trainer_pass(t, batch, keep, err);
    if (status) return status;
    if (!t->accumulated.batches++) tern__tally_clear(&t->accumulated.total);
    tern__tally_add(&t->measure.targets, &t->measure.total, &t->accumulated.total);
    if (loss) *loss = t->pass.loss;
    return TERN_OK;
}

static void update_task(void *arg, size_t worker) {
    tern_trainer *t = arg;
    const tern__tally *total = &t->accumulated.total;
    tern_real divisor = (tern_real)divisor_of(t, total->weight[0], total->rows);
    double *norm2 = t->pass.norm2[worker];
    *norm2 = 0;
    for (tern__part p = {0}; tern__reduce_part(&t->group, worker, &p); p.weight++) {
        tern_real *g = t->group.slice[0].gradients + p.gradient, *kept = t->accumulated.gradients + p.gradient;
        for (size_t i = 0; i < p.end - p.begin; i++) g[i] = kept[i] / divisor;
        *norm2 += tern__square_sum(g, p.end - p.begin);
    }
    double norm = tern__reduce_norm(&t->group, worker, t->pass.norm2);
    bool finite = isfinite(norm);
    if (finite) tern__trainer_apply(t, worker, norm);
    if (worker) return;
    t->pass.norm = norm;
    t->pass.finite = finite;
}

tern_status tern_trainer_update(tern_trainer *t, tern_step *out, tern_error *err) {
    size_t batches = t->accumulated.batches;
    if (t->options.gradients_only)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "this trainer was made for gradients only");
    if (!batches)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "nothing was accumulated since the last update: there is no gradient to apply");
    tern__workers_do(t->group.workers, t->group.active, update_task, t);
    t->accumulated.batches = 0;
    if (!t->pass.finite)
        return tern_error_add(err, TERN_ERROR_DIVERGED, NULL,
                              "step %zu: the gradients of %zu batches together are not finite", t->step + 1, batches);
    t->last_norm = t->pass.norm;
    t->step++;
    if (out)
        *out = (tern_step){t->step, tern__tally_loss(&t->measure.targets, &t->accumulated.total), t->schedule.lr,
                           t->pass.norm};
    return TERN_OK;
}

/* ---- all batches of an update ---- */

static void gather_task(void *arg, size_t worker) {
    tern_trainer *t = arg;
    tern__measure_gather(&t->measure, &t->group, worker);
}

static tern_status find_divisors(tern_trainer *t, size_t n, tern__batch_of *batch_of, void *user, tern_error *err) {
    size_t losses = t->measure.targets.losses;
    double *sum = t->accumulated.divisor;
    memset(sum, 0, losses * sizeof *sum);
    for (size_t k = 0; k < n; k++) {
        tern_batch batch = batch_of(user, k);
        tern_status status = tern__measure_check(&t->measure, t->m, &batch, t->options.batch_size, err);
        if (status) return status;
        t->measure.batch = &batch;
        tern__worker_group_cut(&t->group, &batch, 0);
        tern__workers_do(t->group.workers, t->group.active, gather_task, t);
        if (t->group.comm) tern__measure_join(&t->measure, &t->group);
        for (size_t i = 0; i < losses; i++) sum[i] += tern__measure_sum(&t->measure, &t->group, losses + i);
    }
    t->measure.divisor = sum;
    return TERN_OK;
}

tern_status tern__trainer_step_of(tern_trainer *t, size_t n, tern__batch_of *batch_of, void *user, tern_step *out,
                                  tern_error *err) {
    tern_status status = t->measure.targets.losses > 1 ? find_divisors(t, n, batch_of, user, err) : TERN_OK;
    for (size_t k = 0; !status && k < n; k++) {
        tern_batch batch = batch_of(user, k);
        status = tern_trainer_accumulate(t, &batch, NULL, err);
    }
    if (!status) status = tern_trainer_update(t, out, err);
    t->measure.divisor = NULL;
    t->accumulated.batches = 0;
    return status;
}
