/* fit.c - the whole of training: epochs over batches, validation, early stopping, checkpoints, the log. */
#include "fit_internal.h"

#include "clock.h"
#include "provenance.h"
#include "rows.h"
#include "split_samples.h"

#include <string.h>

/* A checkpoint is worth writing when it saves more than a moment's work: tiny epochs would only wait for the disk. */
static const double seconds_between_checkpoints = 1;

/* ---- beginning ---- */

/* Takes the directory, which others then don't write to. */
static tern_status take_directory(tern__fit *f, tern_error *err) {
    f->run.dir = f->o->out;
    if (!f->writes) return TERN_OK;
    tern_status status = f->o->resume ? TERN_OK : tern_run_check_output(f->m, f->o->out, f->o->data, err);
    return status ? status : tern__run_open(&f->run, f->o->out, err);
}

/* Writes what a run begins with; the log is gone on with where `log_bytes` end. */
static tern_status begin_files(tern__fit *f, size_t log_bytes, tern_error *err) {
    tern_status status = f->o->resume ? TERN_OK : tern__run_clear(&f->run, f->o->force, err);
    char *model = status ? NULL : tern_model_render(f->m, err),
         *path = model ? tern__run_path(&f->run, "log.jsonl", err) : NULL;
    if (!status && !path) status = TERN_ERROR_MEMORY;
    if (!status) status = tern__fit_record_begin(f, err);
    if (!status) status = tern__run_write(&f->run, "model.json", model, err);
    if (!status) status = tern__log_open(&f->run.log, path, log_bytes, err);
    tern__free(model);
    tern__free(path);
    return status;
}

/* Goes on with the run in the directory, or begins a new one there. */
static tern_status open_run(tern__fit *f, tern_error *err) {
    size_t log_bytes = 0;
    f->m->trained_split = f->m->trained_data = NULL;
    if (!f->o->out)
        return f->o->resume ? tern_error_add(err, TERN_ERROR_USAGE, NULL, "resuming needs a run directory") : TERN_OK;
    tern_status status = tern__fit_agree(f, take_directory(f, err), err);
    if (status) return status;
    tern__fit_digest(f);
    bool in_time = tern__splits_in_time(f->m, f->data.train.d->overlap);
    if ((status = tern__provenance_train(f->m, in_time, f->data.digest, err))) return status;
    if (f->o->resume) status = tern__fit_agree(f, tern__checkpoint_load(f, &log_bytes, err), err);
    if (!status && f->writes) status = begin_files(f, log_bytes, err);
    return tern__fit_agree(f, status, err);
}

static tern_status plan_trainer(tern__fit *f, const tern_target *kind, tern_error *err) {
    tern_trainer_options options = {.threads = f->o->threads,
                                    .batch_size = f->data.batch_size,
                                    .epochs = f->epochs,
                                    .steps_per_epoch = f->data.updates,
                                    .accumulates = f->data.accumulate > 1,
                                    .comm = f->comm};
    memcpy(options.target, kind, sizeof options.target);
    tern_status status = tern__augmented_target(f->m, f->data.train.d, options.target, err);
    if (!status) status = tern__trainer_make(&f->trainer, f->m, &options, err);
    if (!status && f->data.valid.n)
        status = tern__evaluator_make(&f->evaluator, f->m, kind, f->data.valid.n, f->o->threads, f->comm, err);
    if (!status && tern__augments(f->m))
        status =
            tern__augmented_rows_make(&f->data.augmented, f->m, &f->data.train, f->data.batch_size, &f->arena, err);
    if (status) return status;
    f->best.param = tern__alloc(f->m->params + f->m->states, sizeof *f->best.param, err);
    if (!f->best.param || tern__tally_make(&f->trainer->measure.targets, &f->arena, &f->epoch.tally, err))
        return TERN_ERROR_MEMORY;
    f->best.state = f->best.param + f->m->params;
    return tern__monitor_plan(f, err);
}

static tern_status begin(tern__fit *f, const tern_dataset *train, const tern_dataset *valid, tern_error *err) {
    if (!f->m->config.train.given && !f->o->epochs)
        return tern_error_add(err, TERN_ERROR_MODEL, "train", "is missing: nothing says for how many epochs to train");
    tern_target kind[TERN_MAX_LOSSES] = {0}, other[TERN_MAX_LOSSES] = {0};
    tern_status status = tern__learn_names(f->m, train, err);
    if (!status) status = tern_dataset_target(train, f->m, kind, err);
    if (!status && valid) status = tern_dataset_target(valid, f->m, other, err);
    if (!status && valid && f->m->config.train.folds.given)
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                "train.folds sets samples aside to validate: leave out the validation data");
    if (!status && valid && memcmp(other, kind, sizeof kind) != 0)
        status = tern_error_add(err, TERN_ERROR_DATA, NULL,
                                "training and validation data differ in the kind of their targets");
    f->epochs = f->o->epochs ? f->o->epochs : f->m->config.train.epochs;
    if (!status) status = tern__fit_rows_plan(f, train, valid, err);
    if (!status) status = tern__learn_numbers(f->m, train, f->data.split.train, f->data.split.trains, err);
    if (!status) status = tern__fit_rows_check(f, kind, err);
    return status ? status : plan_trainer(f, kind, err);
}

static void end(tern__fit *f) {
    tern__run_record_free(&f->record);
    tern__run_close(&f->run);
    tern__evaluator_free(&f->evaluator);
    tern_trainer_free(f->trainer);
    tern_split_free(&f->data.split);
    tern__free(f->data.order);
    tern__buckets_free(&f->data.buckets);
    tern__free(f->best.param);
    tern__arena_free(&f->arena);
}

/* ---- an epoch ---- */

static bool out_of_steps(const tern__fit *f) { return f->o->steps && f->trainer->step >= f->o->steps; }

/* Once there was an update: a run that is given little time, over and over, comes to its end, too. */
static bool out_of_time(tern__fit *f) {
    if (!(f->o->seconds > 0) || f->trainer->step == f->first_step) return false;
    f->out_of_time = tern__fit_as_first(f, tern__clock() - f->run.began >= f->o->seconds);
    return f->out_of_time;
}

/* Adds what the epoch in hand has taken since this was last asked. */
static void count_time(tern__epoch *e) {
    double now = tern__clock();
    e->seconds += now - e->began;
    e->began = now;
}

static tern_status save(tern__fit *f, tern_error *err) {
    tern_status status = tern__checkpoint_save(f, err);
    f->run.failed = status != TERN_OK;
    f->run.saved_at = tern__clock();
    return status;
}

static void clear_epoch(tern__fit *f) {
    tern__tally_clear(&f->epoch.tally);
    f->epoch = (tern__epoch){.tally = f->epoch.tally};
}

/* Weights that are still finite, validation, the monitor, the schedule, the log, a checkpoint, the caller. */
static tern_status end_epoch(tern__fit *f, const tern_step *step, tern_error *err) {
    tern_progress p = tern__fit_progress(f, step);
    tern_status status = tern__fit_check_ranks(f, err);
    if (!status) status = tern__fit_check_finite(f, err);
    if (status) return status;
    tern__optimizer_swap_ema(&f->trainer->optimizer, f->m);
    if (f->evaluator.run) {
        tern__evaluator_score(&f->evaluator, &f->data.valid, &f->valid_score, NULL);
        p.valid = &f->valid_score;
    }
    f->epochs_done++;
    p.best = tern__monitor_look(f);
    if (p.best) tern__best_keep(f);
    tern__optimizer_swap_ema(&f->trainer->optimizer, f->m);
    tern_trainer_end_epoch(f->trainer, p.valid ? p.valid->loss : p.train->loss);
    clear_epoch(f);
    status = tern__log_epoch(&f->run.log, &p, err);
    if (!status) status = tern__monitor_check(f, err);
    bool due = tern__checkpoint_due(f) || tern__clock() - f->run.saved_at >= seconds_between_checkpoints;
    if (!status && f->writes && due) status = save(f, err);
    if (!status && f->o->on_epoch && !f->o->on_epoch(f->o->user, &p))
        status = tern_error_add(err, TERN_ERROR_CANCELLED, NULL, "stopped after epoch %zu", f->epochs_done);
    return status;
}

/* As Keras and PyTorch Lightning do: the epoch that makes it `patience` in a row is the last, and 0 counts as 1. */
static bool should_stop(const tern__fit *f) {
    const tern__early_stopping *e = &f->m->config.train.early_stopping;
    return e->given && f->monitor.waited && f->monitor.waited >= e->patience;
}

/* Steps up to the epoch's end, or to that of the run. */
static tern_status run_epoch(tern__fit *f, tern_error *err) {
    const tern_trainer *t = f->trainer;
    tern_step step = {.step = t->step, .lr = t->schedule.lr, .grad_norm = t->last_norm};
    tern_status status = TERN_OK;
    while (!status && f->epoch.batch < f->data.batches && !out_of_steps(f) && !out_of_time(f)) {
        status = tern__fit_step(f, &step, err);
        if (!status && f->epoch.batch < f->data.batches && tern__checkpoint_due(f)) {
            count_time(&f->epoch);
            status = save(f, err);
        }
        status = tern__fit_agree(f, status, err);
    }
    if (!status && f->epoch.batch == f->data.batches) return tern__fit_agree(f, end_epoch(f, &step, err), err);
    count_time(&f->epoch);
    return status;
}

static tern_status run_epochs(tern__fit *f, tern_error *err) {
    tern_status status = TERN_OK;
    size_t until = f->o->until && f->o->until < f->epochs ? f->o->until : f->epochs;
    f->run.began = tern__clock();
    f->run.saved_at = -seconds_between_checkpoints;
    f->first_step = f->trainer->step;
    while (!status && f->epochs_done < until && !out_of_steps(f) && !(f->stopped_early = should_stop(f)) &&
           !out_of_time(f)) {
        tern__fit_rows_order(f);
        f->epoch.began = tern__clock();
        status = run_epoch(f, err);
    }
    f->stopped_early = f->stopped_early || (!status && f->epochs_done < f->epochs && should_stop(f));
    return status;
}

/* ---- the end ---- */

/* What there is then is saved, also where the caller stopped or the log could not be written, so that a resumed run
 * continues from this point. Weights that are not finite are no result, whatever else happened. */
static tern_status finish(tern__fit *f, tern_status status, tern_error *err) {
    if (status && status != TERN_ERROR_CANCELLED && status != TERN_ERROR_IO) return status;
    tern_status last = TERN_OK;
    if (!f->writes || f->run.failed) last = tern__fit_check_finite(f, err);
    else last = save(f, err);
    last = tern__fit_agree(f, last, err);
    if (last == TERN_ERROR_DIVERGED || !status) status = last;
    if (status) return status;
    if (tern__result_is_best(f)) tern__best_restore(f);
    else if (f->trainer->step) tern__optimizer_swap_ema(&f->trainer->optimizer, f->m);
    return TERN_OK;
}

static void report(const tern__fit *f, tern_fit_result *out) {
    *out = (tern_fit_result){.steps = f->trainer->step,
                             .epochs = f->epochs_done,
                             .best_epoch = f->monitor.best_epoch,
                             .best = f->monitor.best,
                             .stopped_early = f->stopped_early,
                             .out_of_time = f->out_of_time,
                             .restored_best = f->restored_best,
                             .train = f->restored_best ? f->best.train : f->train_score,
                             .valid = f->restored_best ? f->best.valid : f->valid_score};
}

tern_status tern_fit(tern_model *m, const tern_dataset *train, const tern_dataset *valid,
                     const tern_fit_options *options, tern_fit_result *out, tern_error *err) {
    static const tern_fit_options usual = {0};
    tern__fit f = {.m = m, .o = options ? options : &usual, .run = {.lock = -1, .log = {.fd = -1}}};
    f.comm = f.o->comm && f.o->comm->size > 1 ? f.o->comm : NULL;
    f.writes = f.o->out && !(f.comm && f.comm->rank);
    tern__error_scope before;
    if (out) *out = (tern_fit_result){0};
    tern__json_enter(&m->json, err, &before);
    tern_status status = begin(&f, train, valid, err);
    tern__error_scope_leave(err, &before);
    if (!status && f.o->on_begin) status = f.o->on_begin(f.o->user, err);
    status = tern__fit_agree(&f, status, err);
    if (!status) status = open_run(&f, err);
    if (!status) {
        status = finish(&f, run_epochs(&f, err), err);
        if (out) report(&f, out);
        status = tern__fit_record_end(&f, status, err);
    } else if (out) {
        out->changes = f.changes;
    }
    end(&f);
    return status;
}
