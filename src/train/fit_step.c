/* fit_step.c - an update of a fit: by one batch, or by several whose gradients are added up. */
#include "fit_internal.h"

#include "clock.h"

size_t tern__fit_updates(const tern__fit_data *d, size_t batches) {
    return (batches + d->accumulate - 1) / d->accumulate;
}

tern_progress tern__fit_progress(tern__fit *f, const tern_step *step) {
    const tern__epoch *e = &f->epoch;
    tern__score_set(&f->trainer->measure.targets, &e->tally, NULL, &f->train_score);
    double seconds = e->seconds + tern__clock() - e->began;
    size_t steps = f->epochs * f->data.updates;
    return (tern_progress){.step = step->step,
                           .steps = f->o->steps && f->o->steps < steps ? f->o->steps : steps,
                           .epoch = f->epochs_done + 1,
                           .epochs = f->epochs,
                           .batch = tern__fit_updates(&f->data, e->batch),
                           .batches = f->data.updates,
                           .loss = step->loss,
                           .lr = step->lr,
                           .grad_norm = step->grad_norm,
                           .seconds = seconds,
                           .samples_per_second = seconds > 0 ? (double)e->tally.rows / seconds : 0,
                           .train = &f->train_score};
}

/* Batch k of the coming update. */
static tern_batch batch_of(void *user, size_t k) {
    tern__fit *f = user;
    tern__fit_data *d = &f->data;
    tern_batch batch = tern_rows_batch(&d->train, (f->epoch.batch + k) * d->batch_size, d->batch_size);
    if (!d->augmented.rows) return batch;
    return tern__augmented_batch(&d->augmented, batch, f->trainer->step * d->accumulate + k);
}

static tern_status update(tern__fit *f, size_t batches, tern_step *step, tern_error *err) {
    if (f->data.accumulate > 1) return tern__trainer_step_of(f->trainer, batches, batch_of, f, step, err);
    tern_batch batch = batch_of(f, 0);
    return tern_trainer_step(f->trainer, &batch, step, err);
}

tern_status tern__fit_step(tern__fit *f, tern_step *step, tern_error *err) {
    tern__epoch *e = &f->epoch;
    const tern_trainer *t = f->trainer;
    size_t left = f->data.batches - e->batch, batches = left < f->data.accumulate ? left : f->data.accumulate;
    tern_status status = update(f, batches, step, err);
    if (status) return status;
    e->batch += batches;
    tern__tally_add(&t->measure.targets, f->data.accumulate > 1 ? &t->accumulated.total : &t->measure.total, &e->tally);
    bool log = f->o->log_every && step->step % f->o->log_every == 0;
    if (!log && !f->o->on_step) return TERN_OK;
    tern_progress p = tern__fit_progress(f, step);
    if (log) status = tern__log_step(&f->run.log, &p, err);
    if (!status && f->o->on_step && !f->o->on_step(f->o->user, &p))
        status = tern_error_add(err, TERN_ERROR_CANCELLED, NULL, "stopped after step %zu", step->step);
    return status;
}
