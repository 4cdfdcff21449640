/* checkpoint.c - all that a run needs to go on as if it had never stopped, in one safetensors file: weights under
 * "model.", the optimizer's arrays under "optimizer.SLOT.", the counters as one row of doubles, "progress", and the
 * scores of the last and the best epoch, "scores". Random numbers need no state. resume.c reads it. */
#include "progress.h"

#include "digest.h"
#include "text.h"
#include "weights.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char tern__checkpoint_version[] = "2";

/* ---- finite? ---- */

static bool all_finite(const tern_real *v, size_t n) {
    bool finite = true;
    for (size_t i = 0; i < n; i++) finite &= isfinite(v[i]) != 0;
    return finite;
}

static tern_status refuse(const tern__fit *f, const char *what, const char *name, tern_error *err) {
    char saved[96] = "";
    if (f->run.saved_step)
        snprintf(saved, sizeof saved, "; the files of the run are those of step %zu", f->run.saved_step);
    return tern_error_add(err, TERN_ERROR_DIVERGED, NULL,
                          "step %zu: its update made %s\"%s\" not finite (NaN or infinite); lr %.6g, gradient norm "
                          "%.6g%s",
                          f->trainer->step, what, name, f->trainer->schedule.lr, f->trainer->last_norm, saved);
}

tern_status tern__fit_check_finite(const tern__fit *f, tern_error *err) {
    const tern_model *m = f->m;
    for (size_t i = 0; i < m->weights; i++) {
        const tern__weight *w = &m->weight[i];
        if (!all_finite(tern__weight_tensor(m, w).data, w->count)) return refuse(f, "the weight ", w->name, err);
        for (size_t k = 0; w->gradient != TERN__NOWHERE && k < f->trainer->optimizer.spec.slots; k++) {
            if (all_finite(f->trainer->optimizer.slot[k] + w->gradient, w->count)) continue;
            char what[64];
            snprintf(what, sizeof what, "the optimizer's \"%.20s\" of ", f->trainer->optimizer.spec.slot_name[k]);
            return refuse(f, what, w->name, err);
        }
    }
    return TERN_OK;
}

/* ---- the checkpoint ---- */

char *tern__slot_name(const tern__fit *f, size_t slot, const tern__weight *w, tern__arena *arena, tern_error *err) {
    char name[TERN_MAX_NAME + 96] = "";
    tern__text_add(name, sizeof name, "optimizer.%s.%s", f->trainer->optimizer.spec.slot_name[slot], w->name);
    return tern__arena_text(arena, name, strlen(name), err);
}

static tern_status list_slots(const tern__fit *f, tern__arena *arena, tern__entry *entries, size_t *n,
                              tern_error *err) {
    for (size_t k = 0; k < f->trainer->optimizer.spec.slots; k++) {
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

size_t tern__score_width(const tern__fit *f) { return 3 + f->m->config.metrics.n; }

static void put_scores(const tern__fit *f, double *out) {
    const tern_score *scores[TERN__SCORES] = {&f->train_score, &f->valid_score, &f->best.train, &f->best.valid};
    for (size_t i = 0; i < TERN__SCORES; i++, out += tern__score_width(f)) {
        out[0] = (double)scores[i]->n, out[1] = scores[i]->loss, out[2] = scores[i]->loss_value[0];
        memcpy(out + 3, scores[i]->value, f->m->config.metrics.n * sizeof *out);
    }
}

void tern__fit_digest(tern__fit *f) {
    uint64_t digest = tern__dataset_digest(f->data.train.d, 0);
    if (f->data.valid.d != f->data.train.d) digest = tern__dataset_digest(f->data.valid.d, digest);
    snprintf(f->data.digest, sizeof f->data.digest, "%016" PRIx64, digest);
}

static tern_status save_checkpoint(const tern__fit *f, const char *path, tern_error *err) {
    tern__arena arena = {0};
    size_t n = f->m->weights, width = tern__score_width(f), length = tern__progress_length(f);
    tern__entry *entries =
        tern__arena_alloc(&arena, n * (f->trainer->optimizer.spec.slots + 1) + 2, sizeof *entries, err);
    double *progress = tern__arena_alloc(&arena, length, sizeof *progress, err),
           *scores = tern__arena_alloc(&arena, TERN__SCORES * width, sizeof *scores, err);
    tern_status status =
        entries && progress && scores ? tern__weights_list(f->m, "model.", &arena, entries, err) : TERN_ERROR_MEMORY;
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

static tern_status save_last(const tern__fit *f, const char *path, tern_error *err) {
    return tern_model_save(f->m, path, err);
}

/* The weights of the best epoch go through the model's own place, so that one function writes weights. */
static tern_status save_best(const tern__fit *f, const char *path, tern_error *err) {
    tern_real *param = f->m->param, *state = f->m->state;
    f->m->param = f->best.weights;
    f->m->state = f->best.weights + f->m->params;
    tern_status status = tern_model_save(f->m, path, err);
    f->m->param = param;
    f->m->state = state;
    return status;
}

static tern_status save(const tern__fit *f, const char *name,
                        tern_status (*write)(const tern__fit *f, const char *path, tern_error *err), tern_error *err) {
    char *path = tern__run_path(&f->run, name, err);
    tern_status status = path ? write(f, path, err) : TERN_ERROR_MEMORY;
    tern__free(path);
    return status;
}

bool tern__result_is_best(const tern__fit *f) {
    const tern__early_stopping *e = &f->m->config.train.early_stopping;
    return e->given && e->restore_best && f->monitor.best_epoch;
}

/* The best first: a checkpoint that says there is one must find it. */
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

void tern__best_keep(tern__fit *f) {
    memcpy(f->best.weights, f->m->param, f->m->params * sizeof *f->best.weights);
    memcpy(f->best.weights + f->m->params, f->m->state, f->m->states * sizeof *f->best.weights);
    f->best.train = f->train_score;
    f->best.valid = f->valid_score;
    f->best.saved = f->best.placed = false;
}

void tern__best_restore(tern__fit *f) {
    memcpy(f->m->param, f->best.weights, f->m->params * sizeof *f->best.weights);
    memcpy(f->m->state, f->best.weights + f->m->params, f->m->states * sizeof *f->best.weights);
    f->restored_best = true;
}
