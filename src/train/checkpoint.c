/* checkpoint.c - all that a run needs to go on as if it had never stopped, in one safetensors file: weights under
 * "model.", the optimizer's arrays under "optimizer.SLOT.", and the counters as one row of doubles, "progress". Random
 * numbers need no state. */
#include "fit_internal.h"
#include "text.h"

#include "file.h"
#include "weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char version[] = "1";

/* The counters, in the order of the row: written and read by the one list. Sizes are exact in a double up to 2^53. */
enum {
    STEP,
    EPOCH,
    BATCH,
    EPOCH_LOSS,
    EPOCH_WEIGHT,
    EPOCH_ROWS,
    EPOCH_SECONDS,
    BEST,
    BEST_EPOCH,
    WAITED,
    LOG_BYTES,
    LAST_NORM,
    BATCH_SIZE,
    SAMPLES,
    SEED,
    STATE,
    SUMS = STATE + TERN_SCHEDULE_STATE
};

static size_t progress_length(const tern__fit *f) { return SUMS + f->trainer->targets.accumulators; }

static void put_progress(const tern__fit *f, double *p) {
    const tern_trainer *t = f->trainer;
    p[STEP] = (double)t->step, p[EPOCH] = (double)f->epoch, p[BATCH] = (double)f->batch;
    p[EPOCH_LOSS] = f->tally.loss[0], p[EPOCH_WEIGHT] = f->tally.weight[0], p[EPOCH_ROWS] = (double)f->tally.rows,
    p[EPOCH_SECONDS] = f->epoch_seconds;
    p[BEST] = f->monitor.best, p[BEST_EPOCH] = (double)f->monitor.best_epoch, p[WAITED] = (double)f->monitor.waited;
    p[LOG_BYTES] = (double)f->log.bytes, p[LAST_NORM] = t->last_norm;
    p[BATCH_SIZE] = (double)f->batch_size, p[SAMPLES] = (double)f->train.n, p[SEED] = (double)f->m->config.seed;
    memcpy(p + STATE, t->schedule_state, sizeof t->schedule_state);
    memcpy(p + SUMS, f->tally.accumulators, t->targets.accumulators * sizeof *p);
}

static void take_progress(tern__fit *f, const double *p, size_t *log_bytes) {
    tern_trainer *t = f->trainer;
    t->step = (size_t)p[STEP], t->epoch = f->epoch = (size_t)p[EPOCH], f->batch = (size_t)p[BATCH];
    f->tally.loss[0] = p[EPOCH_LOSS], f->tally.weight[0] = p[EPOCH_WEIGHT], f->tally.rows = (size_t)p[EPOCH_ROWS],
    f->epoch_seconds = p[EPOCH_SECONDS];
    f->monitor.best = p[BEST], f->monitor.best_epoch = (size_t)p[BEST_EPOCH], f->monitor.waited = (size_t)p[WAITED];
    *log_bytes = (size_t)p[LOG_BYTES], t->last_norm = p[LAST_NORM];
    memcpy(t->schedule_state, p + STATE, sizeof t->schedule_state);
    memcpy(f->tally.accumulators, p + SUMS, t->targets.accumulators * sizeof *p);
}

char *tern__run_path(const tern__fit *f, const char *name, tern_error *err) {
    return tern__path_join(f->o->out, name, false, NULL, err);
}

static char *slot_name(const tern__fit *f, size_t slot, const tern__weight *w, tern__arena *arena, tern_error *err) {
    char name[TERN_MAX_NAME + 96] = "";
    tern__text_add(name, sizeof name, "optimizer.%s.%s", f->trainer->slots.slot_name[slot], w->name);
    return tern__arena_text(arena, name, strlen(name), err);
}

static tern_status list_slots(const tern__fit *f, tern__arena *arena, tern__entry *entries, size_t *n,
                              tern_error *err) {
    for (size_t k = 0; k < f->trainer->slots.slots; k++) {
        for (size_t i = 0; i < f->m->weights; i++) {
            const tern__weight *w = &f->m->weight[i];
            if (!w->trained) continue;
            char *name = slot_name(f, k, w, arena, err);
            if (!name) return TERN_ERROR_MEMORY;
            entries[(*n)++] = (tern__entry){name, tern__real_dtype(), w->param.shape, f->trainer->slot[k] + w->offset};
        }
    }
    return TERN_OK;
}

static tern_status save_checkpoint(tern__fit *f, const char *path, tern_error *err) {
    tern__arena arena = {0};
    size_t n = f->m->weights;
    tern__entry *entries = tern__arena_alloc(&arena, n * (f->trainer->slots.slots + 1) + 1, sizeof *entries, err);
    double *progress = tern__arena_alloc(&arena, progress_length(f), sizeof *progress, err);
    tern_status status =
        entries && progress ? tern__weights_list(f->m, "model.", &arena, entries, err) : TERN_ERROR_MEMORY;
    if (!status) status = list_slots(f, &arena, entries, &n, err);
    if (!status) {
        put_progress(f, progress);
        entries[n++] = (tern__entry){"progress", TERN_F64, {1, {progress_length(f)}}, progress};
        tern__meta meta[] = {{"tern_checkpoint", version}, {"optimizer", f->m->config.optimizer.type->name}};
        status = tern__safetensors_write(path, n, entries, sizeof meta / sizeof *meta, meta, err);
    }
    tern__arena_free(&arena);
    return status;
}

/* The weights of the best epoch go through the model's own place, so that one function writes weights. */
static tern_status save_best(tern__fit *f, const char *path, tern_error *err) {
    tern_real *param = f->m->param, *state = f->m->state;
    f->m->param = f->best;
    f->m->state = f->best + f->m->params;
    tern_status status = tern_model_save(f->m, path, err);
    f->m->param = param;
    f->m->state = state;
    return status;
}

tern_status tern__checkpoint_save(tern__fit *f, tern_error *err) {
    char *best = tern__run_path(f, "best.safetensors", err), *weights = tern__run_path(f, "weights.safetensors", err),
         *checkpoint = tern__run_path(f, "checkpoint.safetensors", err);
    tern_status status = best && weights && checkpoint ? TERN_OK : TERN_ERROR_MEMORY;
    /* The best first: a checkpoint that says there is one must find it. */
    if (!status && f->best_unsaved) status = save_best(f, best, err);
    if (!status) f->best_unsaved = false;
    if (!status) status = tern_model_save(f->m, weights, err);
    if (!status) status = save_checkpoint(f, checkpoint, err);
    tern__free(best);
    tern__free(weights);
    tern__free(checkpoint);
    return status;
}

/* ---- going on ---- */

static tern_status differs(const char *path, const char *what, double found, double expected, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "%s was made with %s %.0f, this run has %.0f; a run can only go on as it began", path, what,
                          found, expected);
}

static tern_status check_progress(const tern__fit *f, const double *p, const char *path, tern_error *err) {
    if (p[BATCH_SIZE] != (double)f->batch_size)
        return differs(path, "batch_size", p[BATCH_SIZE], (double)f->batch_size, err);
    if (p[SAMPLES] != (double)f->train.n)
        return differs(path, "a number of training samples of", p[SAMPLES], (double)f->train.n, err);
    if (p[SEED] != (double)f->m->config.seed) return differs(path, "seed", p[SEED], (double)f->m->config.seed, err);
    for (size_t i = STEP; i < LOG_BYTES; i++)
        if (i != BEST && !(p[i] >= 0 || i == EPOCH_LOSS))
            return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s holds counters that can't be", path);
    if (p[BATCH] >= (double)f->batches + 1)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s holds counters that can't be", path);
    return TERN_OK;
}

static tern_status take_slots(tern__fit *f, const tern__safetensors *file, const char *path, tern_error *err) {
    tern__arena arena = {0};
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < f->trainer->slots.slots; k++) {
        for (size_t i = 0; !status && i < f->m->weights; i++) {
            const tern__weight *w = &f->m->weight[i];
            if (!w->trained) continue;
            char *name = slot_name(f, k, w, &arena, err);
            size_t at = name ? tern__safetensors_find(file, name) : SIZE_MAX;
            tern_shape shape = at == SIZE_MAX ? (tern_shape){0} : tern__safetensors_shape(file, at);
            if (at != SIZE_MAX && tern_shape_equal(&shape, &w->param.shape))
                tern__safetensors_get(file, at, f->trainer->slot[k] + w->offset);
            else
                status = tern_error_add(err, TERN_ERROR_DATA, NULL, "%s lacks \"%s\", or it is of another shape", path,
                                        name ? name : "");
        }
    }
    tern__arena_free(&arena);
    return status;
}

static tern_status take_checkpoint(tern__fit *f, const tern__safetensors *file, const char *path, size_t *log_bytes,
                                   tern_error *err) {
    const char *found = tern__safetensors_meta(file, "tern_checkpoint"),
               *optimizer = tern__safetensors_meta(file, "optimizer");
    if (!found || strcmp(found, version))
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s is no checkpoint of this version of tern", path);
    if (!optimizer || strcmp(optimizer, f->m->config.optimizer.type->name))
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s was made with optimizer %.60s, this run has %s", path,
                              optimizer ? optimizer : "?", f->m->config.optimizer.type->name);
    size_t at = tern__safetensors_find(file, "progress");
    tern_shape shape = at == SIZE_MAX ? (tern_shape){0} : tern__safetensors_shape(file, at);
    if (shape.rank != 1 || shape.dim[0] != progress_length(f))
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "%s lacks \"progress\", or it is of another length: other metrics?", path);
    double *progress = tern__alloc(progress_length(f), sizeof *progress, err);
    if (!progress) return TERN_ERROR_MEMORY;
    tern__safetensors_get_double(file, at, progress);
    tern_status status = check_progress(f, progress, path, err);
    if (!status) status = tern__weights_take(f->m, file, path, "model.", err);
    if (!status) status = take_slots(f, file, path, err);
    if (!status) take_progress(f, progress, log_bytes);
    tern__free(progress);
    return status;
}

/* The best weights pass through the model before its own come from the checkpoint. */
static tern_status take_best(tern__fit *f, tern_error *err) {
    char *path = tern__run_path(f, "best.safetensors", err);
    tern_status status = path ? tern_model_load(f->m, path, err) : TERN_ERROR_MEMORY;
    if (!status) tern__best_keep(f);
    f->best_unsaved = false;
    tern__free(path);
    return status;
}

tern_status tern__checkpoint_load(tern__fit *f, size_t *log_bytes, tern_error *err) {
    char *path = tern__run_path(f, "checkpoint.safetensors", err);
    tern__safetensors *file = NULL;
    tern_status status = path ? tern__safetensors_open(path, &file, err) : TERN_ERROR_MEMORY;
    if (!status) status = take_checkpoint(f, file, path, log_bytes, err);
    if (!status && f->monitor.best_epoch && !(status = take_best(f, err)))
        status = tern__weights_take(f->m, file, path, "model.", err);
    tern__safetensors_free(file);
    tern__free(path);
    return status;
}

void tern__best_keep(tern__fit *f) {
    memcpy(f->best, f->m->param, f->m->params * sizeof *f->best);
    memcpy(f->best + f->m->params, f->m->state, f->m->states * sizeof *f->best);
    f->best_unsaved = true;
}

void tern__best_restore(tern__fit *f) {
    memcpy(f->m->param, f->best, f->m->params * sizeof *f->best);
    memcpy(f->m->state, f->best + f->m->params, f->m->states * sizeof *f->best);
    f->restored_best = true;
}
