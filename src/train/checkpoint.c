/* checkpoint.c - all that a run needs to go on as if it had never stopped, in one safetensors file: weights under
 * "model.", those of the best epoch under "best." unless they are the same, the optimizer's arrays under
 * "optimizer.SLOT.", the counters as one row of doubles, "progress", and the scores of the last and the best epoch,
 * "scores". Random numbers need no state. resume.c reads it. */
#include "progress.h"

#include "clock.h"
#include "text.h"
#include "weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char tern__checkpoint_version[] = "3";

/* ---- finite? ---- */

tern_status tern__fit_check_finite(const tern__fit *f, tern_error *err) {
    char saved[96] = "";
    if (f->run.saved_step)
        snprintf(saved, sizeof saved, "; the files of the run are those of step %zu", f->run.saved_step);
    return tern__trainer_check(f->trainer, saved, err);
}

/* ---- when? ---- */

/* An epoch may be long: within it, unless the model file says otherwise, so much work is lost at most. */
static const double seconds_within_epoch = 600;

bool tern__checkpoint_due(const tern__fit *f) {
    const tern__checkpoint_every *every = &f->m->config.train.checkpoint_every;
    double seconds = every->given ? every->seconds : seconds_within_epoch;
    if (!f->writes) return false;
    return (every->steps && f->trainer->step % every->steps == 0) ||
           tern__clock() - fmax(f->run.saved_at, f->run.began) >= seconds;
}

/* ---- the checkpoint ---- */

char *tern__slot_name(const tern__fit *f, size_t slot, const tern__weight *w, tern__arena *arena, tern_error *err) {
    char name[TERN_MAX_NAME + 96] = "";
    tern__text_add(name, sizeof name, "optimizer.%s.%s", f->trainer->optimizer.slot_name[slot], w->name);
    return tern__arena_text(arena, name, strlen(name), err);
}

static tern_status list_slots(const tern__fit *f, tern__arena *arena, tern__entry *entries, size_t *n,
                              tern_error *err) {
    for (size_t k = 0; k < f->trainer->optimizer.slots; k++) {
        for (size_t i = 0; i < f->m->weights; i++) {
            const tern__weight *w = &f->m->weight[i];
            if (w->gradient == TERN__NOWHERE) continue;
            char *name = tern__slot_name(f, k, w, arena, err);
            if (!name) return TERN_ERROR_MEMORY;
            entries[(*n)++] =
                (tern__entry){name, tern__real_dtype(), w->param.shape, f->trainer->optimizer.slot[k] + w->gradient};
        }
    }
    return TERN_OK;
}

/* How many samples, the loss, then each of the losses and metrics. */
size_t tern__score_width(const tern__fit *f) { return 2 + f->m->losses + f->m->config.metrics.n; }

static void put_scores(const tern__fit *f, double *out) {
    const tern_score *scores[TERN__SCORES] = {&f->train_score, &f->valid_score, &f->best.train, &f->best.valid};
    for (size_t i = 0; i < TERN__SCORES; i++, out += tern__score_width(f)) {
        out[0] = (double)scores[i]->n, out[1] = scores[i]->loss;
        memcpy(out + 2, scores[i]->loss_value, f->m->losses * sizeof *out);
        memcpy(out + 2 + f->m->losses, scores[i]->value, f->m->config.metrics.n * sizeof *out);
    }
}

void tern__fit_digest(tern__fit *f) {
    uint64_t digest = tern__dataset_digest(f->data.train.d, 0);
    if (f->data.valid.d != f->data.train.d) digest = tern__dataset_digest(f->data.valid.d, digest);
    tern__digest_text(digest, f->data.digest);
}

/* The weights of the model, and those of the best epoch where they are others. */
static tern_status list_weights(tern__fit *f, tern__arena *arena, tern__entry *entries, size_t *n, tern_error *err) {
    tern_status status = tern__weights_list(f->m, "model.", arena, entries, err);
    *n = f->m->weights;
    if (status || !f->monitor.best_epoch || tern__best_is_now(f)) return status;
    tern__best_swap(f);
    status = tern__weights_list(f->m, "best.", arena, entries + *n, err);
    tern__best_swap(f);
    *n += f->m->weights;
    return status;
}

static tern_status save_checkpoint(tern__fit *f, const char *path, tern_error *err) {
    tern__arena arena = {0};
    size_t n, width = tern__score_width(f), length = tern__progress_length(f);
    tern__entry *entries =
        tern__arena_alloc(&arena, f->m->weights * (f->trainer->optimizer.slots + 2) + 2, sizeof *entries, err);
    double *progress = tern__arena_alloc(&arena, length, sizeof *progress, err),
           *scores = tern__arena_alloc(&arena, TERN__SCORES * width, sizeof *scores, err);
    tern_status status = entries && progress && scores ? list_weights(f, &arena, entries, &n, err) : TERN_ERROR_MEMORY;
    if (!status) status = list_slots(f, &arena, entries, &n, err);
    if (!status) {
        tern__progress_put(f, progress);
        put_scores(f, scores);
        entries[n++] = (tern__entry){"progress", TERN_F64, {1, {length}}, progress};
        entries[n++] = (tern__entry){"scores", TERN_F64, {2, {TERN__SCORES, width}}, scores};
        tern__meta meta[] = {{"tern_checkpoint", tern__checkpoint_version},
                             {"optimizer", f->m->config.optimizer.type->name},
                             {"data", f->data.digest}};
        status = tern__safetensors_write(path, n, entries, sizeof meta / sizeof *meta, meta, err);
    }
    tern__arena_free(&arena);
    return status;
}

/* ---- the weights ---- */

static tern_status save_last(tern__fit *f, const char *path, tern_error *err) {
    const tern__optimizer *o = &f->trainer->optimizer;
    if (!f->trainer->step) return tern_model_save(f->m, path, err); /* of which there is no average */
    tern__optimizer_swap_ema(o, f->m);
    tern_status status = tern_model_save(f->m, path, err);
    tern__optimizer_swap_ema(o, f->m);
    return status;
}

static tern_status save_best(tern__fit *f, const char *path, tern_error *err) {
    tern__best_swap(f);
    tern_status status = tern_model_save(f->m, path, err);
    tern__best_swap(f);
    return status;
}

static tern_status save(tern__fit *f, const char *name,
                        tern_status (*write)(tern__fit *f, const char *path, tern_error *err), tern_error *err) {
    char *path = tern__run_path(&f->run, name, err);
    tern_status status = path ? write(f, path, err) : TERN_ERROR_MEMORY;
    tern__free(path);
    return status;
}

bool tern__result_is_best(const tern__fit *f) {
    const tern__early_stopping *e = &f->m->config.train.early_stopping;
    return e->given && e->restore_best && f->monitor.best_epoch;
}

tern_status tern__checkpoint_save(tern__fit *f, tern_error *err) {
    tern_status status = tern__fit_check_finite(f, err);
    bool best = tern__result_is_best(f);
    if (!status && !f->best.saved && f->monitor.best_epoch) {
        status = save(f, "best.safetensors", save_best, err);
        f->best.saved = !status;
    }
    if (!status && !(best && f->best.placed)) {
        status = save(f, "weights.safetensors", best ? save_best : save_last, err);
        f->best.placed = best && !status;
    }
    if (!status) status = save(f, "last.safetensors", save_last, err);
    if (!status) status = save(f, "checkpoint.safetensors", save_checkpoint, err);
    if (!status) f->run.saved_step = f->trainer->step;
    return status;
}

bool tern__best_is_now(const tern__fit *f) {
    const tern_model *m = f->m;
    return !memcmp(f->best.param, m->param, m->params * sizeof *m->param) &&
           !memcmp(f->best.state, m->state, m->states * sizeof *m->state);
}

void tern__best_swap(tern__fit *f) {
    tern_real *param = f->m->param, *state = f->m->state;
    f->m->param = f->best.param, f->m->state = f->best.state;
    f->best.param = param, f->best.state = state;
}

void tern__best_keep(tern__fit *f) {
    memcpy(f->best.param, f->m->param, f->m->params * sizeof *f->best.param);
    memcpy(f->best.state, f->m->state, f->m->states * sizeof *f->best.state);
    f->best.train = f->train_score;
    f->best.valid = f->valid_score;
    f->best.saved = f->best.placed = false;
}

void tern__best_restore(tern__fit *f) {
    memcpy(f->m->param, f->best.param, f->m->params * sizeof *f->best.param);
    memcpy(f->m->state, f->best.state, f->m->states * sizeof *f->best.state);
    f->restored_best = true;
}
