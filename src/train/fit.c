/* fit.c - the whole of training: epochs over batches, validation, early stopping, checkpoints, the log. */
#include "fit_internal.h"

#include "clock.h"
#include "file.h"
#include "split.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* A checkpoint is worth writing when it saves more than a moment's work: tiny epochs would only wait for the disk. */
static const double seconds_between_checkpoints = 1;

/* ---- beginning ---- */

static tern_status make_directory(const char *path, tern_error *err) {
    tern__arena arena = {0};
    char *part = tern__arena_text(&arena, path, strlen(path), err);
    tern_status status = part ? TERN_OK : TERN_ERROR_MEMORY;
    for (char *at = part; at && *at && !status; at++) {
        if (at[1] != '/' && at[1]) continue;
        char kept = at[1];
        at[1] = 0;
        if (mkdir(part, 0777) && errno != EEXIST)
            status = tern_error_add(err, TERN_ERROR_IO, NULL, "directory %s can't be made: %s", part, strerror(errno));
        at[1] = kept;
    }
    tern__arena_free(&arena);
    return status;
}

static tern_status write_model(const tern__fit *f, tern_error *err) {
    char *text = tern_model_render(f->m, err), *path = tern__run_path(f, "model.json", err);
    tern__replace *file = text && path ? tern__replace_open(path, err) : NULL;
    tern_status status = file ? TERN_OK : text && path ? TERN_ERROR_IO : TERN_ERROR_MEMORY;
    if (file) {
        tern__replace_write(file, text, strlen(text));
        status = tern__replace_commit(file, err);
    }
    tern__free(text);
    tern__free(path);
    return status;
}

static tern_status open_run(tern__fit *f, tern_error *err) {
    size_t log_bytes = 0;
    if (!f->o->out)
        return f->o->resume ? tern_error_add(err, TERN_ERROR_USAGE, NULL, "resuming needs a run directory") : TERN_OK;
    tern_status status = make_directory(f->o->out, err);
    if (!status && f->o->resume) status = tern__checkpoint_load(f, &log_bytes, err);
    f->resumed = f->o->resume;
    if (!status) status = write_model(f, err);
    char *path = status ? NULL : tern__run_path(f, "log.jsonl", err);
    if (!status) status = path ? tern__log_open(&f->log, path, log_bytes, err) : TERN_ERROR_MEMORY;
    tern__free(path);
    return status;
}

static tern_status plan_rows(tern__fit *f, const tern_dataset *train, const tern_dataset *valid, tern_error *err) {
    const tern__train *t = &f->m->config.train;
    tern_split *s = &f->split;
    tern_status status;
    if (valid) {
        *s = (tern_split){.trains = train->n, .valids = valid->n};
        status = tern__split_whole(s->trains, &s->train, err);
        if (!status) status = tern__split_whole(s->valids, &s->valid, err);
    } else {
        status = tern_dataset_split(train, f->m, s, err);
    }
    if (status) return status;
    f->order = tern__alloc(s->trains, sizeof *f->order, err);
    if (!f->order) return TERN_ERROR_MEMORY;
    f->train = (tern__rows){.m = f->m, .d = train, .row = f->order, .n = s->trains};
    f->valid = (tern__rows){.m = f->m, .d = valid ? valid : train, .row = s->valid, .n = s->valids};
    f->batch_size = t->batch_size < s->trains ? t->batch_size : s->trains;
    f->batches = t->drop_last ? s->trains / f->batch_size : (s->trains + f->batch_size - 1) / f->batch_size;
    return TERN_OK;
}

static tern_status plan_trainer(tern__fit *f, tern_target kind, tern_error *err) {
    tern_trainer_options options = {.threads = f->o->threads,
                                    .batch_size = f->batch_size,
                                    .epochs = f->epochs,
                                    .steps_per_epoch = f->batches,
                                    .target = kind};
    tern_status status = tern__trainer_make(&f->trainer, f->m, &options, err);
    if (!status && f->valid.n) status = tern__evaluator_make(&f->evaluator, f->m, kind, f->valid.n, f->o->threads, err);
    if (status) return status;
    f->best = tern__alloc(f->m->params + f->m->states, sizeof *f->best, err);
    if (!f->best || tern__tally_make(&f->trainer->targets, &f->arena, &f->tally, err)) return TERN_ERROR_MEMORY;
    return tern__monitor_plan(f, err);
}

static tern_status begin(tern__fit *f, const tern_dataset *train, const tern_dataset *valid, tern_error *err) {
    if (!f->m->config.train.given && !f->o->epochs)
        return tern_error_add(err, TERN_ERROR_MODEL, "train", "is missing: nothing says for how many epochs to train");
    tern_target kind, other;
    tern_status status = tern_dataset_target(train, f->m, &kind, err);
    if (!status && valid) status = tern_dataset_target(valid, f->m, &other, err);
    if (!status && valid && other != kind)
        status = tern_error_add(err, TERN_ERROR_DATA, NULL,
                                "training and validation data differ in the kind of their targets");
    f->epochs = f->o->epochs ? f->o->epochs : f->m->config.train.epochs;
    if (!status) status = plan_rows(f, train, valid, err);
    if (!status) status = plan_trainer(f, kind, err);
    return status ? status : open_run(f, err);
}

static void end(tern__fit *f) {
    tern__log_close(&f->log);
    tern__evaluator_free(&f->evaluator);
    tern_trainer_free(f->trainer);
    tern_split_free(&f->split);
    tern__free(f->order);
    tern__free(f->best);
    tern__arena_free(&f->arena);
}

/* ---- an epoch ---- */

static void order_rows(tern__fit *f) {
    bool shuffle = f->m->config.train.shuffle && !f->o->no_shuffle;
    if (shuffle) tern__shuffle(f->m->config.seed, f->epoch, f->train.n, f->order);
    for (size_t i = 0; i < f->train.n; i++) f->order[i] = f->split.train[shuffle ? f->order[i] : i];
}

static tern_progress progress(tern__fit *f, const tern_step *step) {
    tern__score_set(&f->trainer->targets, &f->tally, &f->train_score);
    double seconds = f->epoch_seconds + tern__clock() - f->epoch_began;
    size_t steps = f->epochs * f->batches;
    return (tern_progress){.step = step->step,
                           .steps = f->o->steps && f->o->steps < steps ? f->o->steps : steps,
                           .epoch = f->epoch + 1,
                           .epochs = f->epochs,
                           .batch = f->batch,
                           .batches = f->batches,
                           .loss = step->loss,
                           .lr = step->lr,
                           .grad_norm = step->grad_norm,
                           .seconds = seconds,
                           .samples_per_second = seconds > 0 ? (double)f->tally.rows / seconds : 0,
                           .train = &f->train_score};
}

static bool out_of_steps(const tern__fit *f) { return f->o->steps && f->trainer->step >= f->o->steps; }

/* One update, its sums and its line in the log. */
static tern_status take_step(tern__fit *f, tern_step *step, tern_error *err) {
    tern_batch batch = tern__rows_batch(&f->train, f->batch * f->batch_size, f->batch_size);
    tern_status status = tern_trainer_step(f->trainer, &batch, step, err);
    if (status) return status;
    f->batch++;
    tern__tally_add(&f->trainer->total, &f->tally);
    bool log = f->o->log_every && step->step % f->o->log_every == 0;
    if (!log && !f->o->on_step) return TERN_OK;
    tern_progress p = progress(f, step);
    if (log) status = tern__log_step(&f->log, &p, err);
    if (!status && f->o->on_step && !f->o->on_step(f->o->user, &p))
        status = tern_error_add(err, TERN_ERROR_CANCELLED, NULL, "stopped after step %zu", step->step);
    return status;
}

/* Validation, the monitor, the schedule, the log, the caller. */
static tern_status end_epoch(tern__fit *f, const tern_step *step, tern_error *err) {
    tern_progress p = progress(f, step);
    if (f->evaluator.run) {
        tern__evaluator_score(&f->evaluator, &f->valid, &f->valid_score, NULL);
        p.valid = &f->valid_score;
    }
    f->epoch++;
    p.best = tern__monitor_look(f);
    if (p.best) tern__best_keep(f);
    tern_trainer_end_epoch(f->trainer, p.valid ? p.valid->loss : p.train->loss);
    f->batch = 0;
    f->epoch_seconds = 0;
    tern__tally_clear(&f->tally);
    tern_status status = tern__log_epoch(&f->log, &p, err);
    if (!status && f->o->out && tern__clock() - f->saved_at >= seconds_between_checkpoints) {
        status = tern__checkpoint_save(f, err);
        f->saved_at = tern__clock();
    }
    if (!status && f->o->on_epoch && !f->o->on_epoch(f->o->user, &p))
        status = tern_error_add(err, TERN_ERROR_CANCELLED, NULL, "stopped after epoch %zu", f->epoch);
    return status;
}

static bool should_stop(const tern__fit *f) {
    const tern__early_stopping *e = &f->m->config.train.early_stopping;
    return e->given && f->monitor.waited && f->monitor.waited >= e->patience;
}

static tern_status run_epochs(tern__fit *f, tern_error *err) {
    tern_status status = TERN_OK;
    f->saved_at = -seconds_between_checkpoints;
    while (!status && f->epoch < f->epochs && !out_of_steps(f) && !(f->stopped_early = should_stop(f))) {
        tern_step step = {0};
        order_rows(f);
        f->epoch_began = tern__clock();
        while (!status && f->batch < f->batches && !out_of_steps(f)) status = take_step(f, &step, err);
        if (!status && f->batch == f->batches) status = end_epoch(f, &step, err);
        else f->epoch_seconds += tern__clock() - f->epoch_began;
    }
    f->stopped_early = f->stopped_early || (!status && f->epoch < f->epochs && should_stop(f));
    return status;
}

static void report(const tern__fit *f, tern_fit_result *out) {
    *out = (tern_fit_result){.steps = f->trainer->step,
                             .epochs = f->epoch,
                             .best_epoch = f->monitor.best_epoch,
                             .best = f->monitor.best,
                             .stopped_early = f->stopped_early,
                             .restored_best = f->restored_best,
                             .train = f->train_score,
                             .valid = f->valid_score};
}

tern_status tern_fit(tern_model *m, const tern_dataset *train, const tern_dataset *valid,
                     const tern_fit_options *options, tern_fit_result *out, tern_error *err) {
    static const tern_fit_options usual = {0};
    tern__fit f = {.m = m, .o = options ? options : &usual, .log = {.fd = -1}};
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_status status = begin(&f, train, valid, err);
    tern__error_scope_leave(err, &before);
    if (!status) {
        status = run_epochs(&f, err);
        /* A run that the caller stopped, or that ran out of steps, goes on from just here. */
        if (f.o->out && (!status || status == TERN_ERROR_CANCELLED)) {
            tern_status saved = tern__checkpoint_save(&f, err);
            if (!status) status = saved;
        }
        const tern__early_stopping *e = &m->config.train.early_stopping;
        if (!status && e->given && e->restore_best && f.monitor.best_epoch) tern__best_restore(&f);
        if (out) report(&f, out);
    }
    end(&f);
    return status;
}
