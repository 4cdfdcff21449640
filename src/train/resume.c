/* resume.c - takes a run's state back from its checkpoint, and says what was changed since. */
#include "progress.h"

#include "data_directory.h"
#include "file.h"
#include "json_compare.h"
#include "record.h"
#include "split_samples.h"
#include "weights.h"

#include <math.h>
#include <string.h>

/* A checkpoint being read. */
typedef struct reading {
    tern__fit *f;
    const char *path;
    tern__safetensors *file;
    double *progress;
    size_t length; /* of it */
    bool epoch;    /* the current epoch was of other batches: it starts over */
    bool scores;   /* what was best was of another measure */
    bool schedule; /* its state is another's */
    bool split;    /* the rows that validate are drawn from other rows, or otherwise */
    tern_error *err;
} reading;

/* ---- what was changed ---- */

/* One difference: an error, or where it is accepted a warning. */
static void changed(reading *r, const char *what, const char *before, const char *after) {
    r->f->changes++;
    if (r->f->o->changed)
        tern_error_warn(r->err, NULL, "%s: was %s when the run was made, is %s now", what, before, after);
    else
        tern_error_add(r->err, TERN_ERROR_DATA, NULL, "%s: was %s when the run was made, is %s now", what, before,
                       after);
}

static void found(void *user, const char *pointer, const char *before, const char *after) {
    static const char *const harmless[] = {"/train/epochs", "/$schema", NULL};
    static const char *const restarts_epoch[] = {"/seed",
                                                 "/train/batch_size",
                                                 "/train/accumulate",
                                                 "/train/drop_last",
                                                 "/train/shuffle",
                                                 "/train/validation_split",
                                                 "/train/split",
                                                 "/train/folds",
                                                 "/loss",
                                                 "/losses",
                                                 "/metrics",
                                                 NULL};
    static const char *const resets_scores[] = {"/seed",
                                                "/train/validation_split",
                                                "/train/split",
                                                "/train/folds",
                                                "/train/early_stopping",
                                                "/loss",
                                                "/losses",
                                                "/metrics",
                                                "/input",
                                                "/inputs",
                                                NULL};
    static const char *const schedule[] = {"/schedule", NULL};
    reading *r = user;
    if (tern__json_below(pointer, harmless)) return;
    r->split = r->split || tern__json_below(pointer, tern__split_options);
    r->epoch = r->epoch || tern__json_below(pointer, restarts_epoch);
    r->scores = r->scores || tern__json_below(pointer, resets_scores);
    r->schedule = r->schedule || tern__json_below(pointer, schedule);
    changed(r, pointer, before, after);
}

static tern_status compare_models(reading *r) {
    size_t size;
    char *path = tern__run_path(&r->f->run, "model.json", r->err), *now = tern_model_render(r->f->m, r->err);
    unsigned char *before = path && now ? tern__file_read(path, SIZE_MAX, &size, r->err) : NULL;
    tern_status status = before ? TERN_OK : path && now ? TERN_ERROR_IO : TERN_ERROR_MEMORY;
    if (!status) status = tern__json_compare((const char *)before, path, now, found, r, r->err);
    tern__free(before);
    tern__free(now);
    tern__free(path);
    return status;
}

/* The checksum is of the numbers that are read; which file has others is told by the record. */
static void compare_data(reading *r) {
    const tern__fit *f = r->f;
    const char *data = tern__safetensors_meta(r->file, "data");
    if (data && !strcmp(data, f->data.digest)) return;
    r->epoch = r->scores = r->split = true;
    changed(r, "the checksum of the data", data ? data : "none", f->data.digest);
    char *dir = f->o->data ? NULL : tern__data_directory(f->m, "train", NULL);
    for (size_t i = 0; i < TERN__RECORD_SPLITS && (dir || f->o->data); i++)
        if (strcmp(tern__record_splits[i], "test") != 0)
            tern__data_compare(f->m, f->o->out, tern__record_splits[i], dir ? dir : f->o->data, r->err);
    tern__free(dir);
}

static void compare_settings(reading *r) {
    const double *p = r->progress;
    bool shuffles = !r->f->o->no_shuffle;
    compare_data(r);
    if (p[TERN__AT_SHUFFLED] != shuffles) {
        r->epoch = true;
        changed(r, "shuffling", shuffles ? "off" : "left to the model", shuffles ? "left to the model" : "off");
    }
    if (p[TERN__AT_REAL_SIZE] != sizeof(tern_real))
        changed(r, "the numbers", p[TERN__AT_REAL_SIZE] == 8 ? "double" : "float",
                sizeof(tern_real) == 8 ? "double" : "float");
}

/* ---- the parts of a checkpoint ---- */

static tern_status refuse(const reading *r, const char *what) {
    return tern_error_add(r->err, TERN_ERROR_DATA, NULL, "%s %s", r->path, what);
}

/* The row of doubles, of the least length that is a row at all; longer by the sums of the metrics that there were. */
static tern_status read_progress(reading *r) {
    const char *version = tern__safetensors_meta(r->file, "tern_checkpoint");
    if (!version || strcmp(version, tern__checkpoint_version))
        return refuse(r, "is no checkpoint of this version of tern");
    size_t at = tern__safetensors_find(r->file, "progress");
    tern_shape shape = at == SIZE_MAX ? (tern_shape){0} : tern__safetensors_shape(r->file, at);
    if (shape.rank != 1 || shape.dim[0] < TERN__AT_SUMS) return refuse(r, "lacks \"progress\", or it is too short");
    r->length = shape.dim[0];
    r->progress = tern__alloc(r->length, sizeof *r->progress, r->err);
    if (!r->progress) return TERN_ERROR_MEMORY;
    tern__safetensors_get_double(r->file, at, r->progress);
    return tern__progress_check(r->progress, r->length, r->path, r->err);
}

/* An optimizer's array that a change left without one begins as in a new run, an average at the weight. */
static void begin_slot(const tern__fit *f, size_t slot, const tern__weight *w) {
    const tern__optimizer *o = &f->trainer->optimizer;
    if (o->ema && slot + 1 == o->slots)
        memcpy(o->slot[slot] + w->gradient, f->m->param + w->offset, w->count * sizeof *f->m->param);
}

static tern_status take_slots(const reading *r) {
    const tern__fit *f = r->f;
    tern__arena arena = {0};
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < f->trainer->optimizer.slots; k++) {
        for (size_t i = 0; !status && i < f->m->weights; i++) {
            const tern__weight *w = &f->m->weight[i];
            if (w->gradient == TERN__NOWHERE) continue;
            char *name = tern__slot_name(f, k, w, &arena, r->err);
            size_t at = name ? tern__safetensors_find(r->file, name) : SIZE_MAX;
            tern_shape shape = at == SIZE_MAX ? (tern_shape){0} : tern__safetensors_shape(r->file, at);
            if (at != SIZE_MAX && tern_shape_equal(&shape, &w->param.shape))
                tern__safetensors_get(r->file, at, f->trainer->optimizer.slot[k] + w->gradient);
            else if (f->changes) begin_slot(f, k, w);
            else
                status = tern_error_add(r->err, TERN_ERROR_DATA, NULL, "%s lacks \"%s\", or it is of another shape",
                                        r->path, name ? name : "");
        }
    }
    tern__arena_free(&arena);
    return status;
}

static void take_score(const tern__fit *f, const double *row, bool of_batches, tern_score *out) {
    const tern__targets *t = &f->trainer->measure.targets;
    *out = (tern_score){.n = (size_t)row[0], .loss = row[1], .losses = t->losses};
    for (size_t i = 0; i < t->losses; i++) out->loss_name[i] = t->loss[i].name, out->loss_value[i] = row[2 + i];
    for (size_t i = 0; i < t->metrics; i++) {
        if (of_batches && t->metric[i].type->of_all) continue;
        out->name[out->metrics] = t->metric[i].name;
        out->value[out->metrics] = row[2 + t->losses + out->metrics];
        out->metrics++;
    }
}

static tern_status take_scores(const reading *r) {
    tern__fit *f = r->f;
    tern_score *scores[TERN__SCORES] = {&f->train_score, &f->valid_score, &f->best.train, &f->best.valid};
    size_t width = tern__score_width(f), at = tern__safetensors_find(r->file, "scores");
    tern_shape shape = at == SIZE_MAX ? (tern_shape){0} : tern__safetensors_shape(r->file, at);
    if (r->scores) return TERN_OK;
    if (shape.rank != 2 || shape.dim[0] != TERN__SCORES || shape.dim[1] != width)
        return refuse(r, "lacks \"scores\", or they are of other metrics");
    double *rows = tern__alloc(TERN__SCORES * width, sizeof *rows, r->err);
    if (!rows) return TERN_ERROR_MEMORY;
    tern__safetensors_get_double(r->file, at, rows);
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < TERN__SCORES; i++) {
        double n = rows[i * width];
        if (!(n >= 0 && n <= 9007199254740992.0 && n == floor(n))) status = refuse(r, "holds a score of invalid size");
        else if (n > 0) take_score(f, rows + i * width, i % 2 == 0, scores[i]);
    }
    tern__free(rows);
    return status;
}

/* The best weights and those of the model. best.safetensors may be of a later epoch, which the checkpoint of a run that
 * was killed does not know: it is written anew. */
static tern_status take_weights(const reading *r) {
    tern__fit *f = r->f;
    const double *p = r->progress;
    tern_status status = tern__weights_take(f->m, r->file, r->path, "model.", r->err);
    if (status || r->scores || !(p[TERN__AT_BEST_EPOCH] > 0)) return status;
    f->monitor.best = p[TERN__AT_BEST], f->monitor.best_epoch = (size_t)p[TERN__AT_BEST_EPOCH];
    f->monitor.waited = (size_t)p[TERN__AT_WAITED];
    tern_score train = f->best.train, valid = f->best.valid;
    tern__best_keep(f);
    f->best.train = train, f->best.valid = valid;
    if (!tern__safetensors_has(r->file, "best.")) return TERN_OK; /* they are the model's */
    tern__best_swap(f);
    status = tern__weights_take(f->m, r->file, r->path, "best.", r->err);
    tern__best_swap(f);
    return status;
}

/* ---- all of it ---- */

/* A learning rate that depends on how long training takes in all goes on elsewhere when that was changed. */
static void say_place(const reading *r) {
    tern_trainer *t = r->f->trainer;
    double before = r->progress[TERN__AT_NEXT_LR];
    tern__schedule_tick(&t->schedule, t->step);
    if (t->schedule.type && !r->f->changes && fabs(t->schedule.lr - before) > 1e-9 * fabs(before))
        tern_error_warn(r->err, NULL, "the schedule (%s) goes on at another place: lr %.6g, where it was to be %.6g",
                        t->schedule.type->base.name, t->schedule.lr, before);
    t->schedule.lr = r->progress[TERN__AT_LR];
}

static tern_status take(reading *r) {
    tern__fit *f = r->f;
    tern_status status = read_progress(r);
    if (!status) status = compare_models(r);
    if (status) return status;
    compare_settings(r);
    if (f->changes && !f->o->changed) return TERN_ERROR_DATA;
    if (!f->changes && (r->length != tern__progress_length(f) || r->progress[TERN__AT_BATCH] > (double)f->data.batches))
        return refuse(r, "holds counters of another model or of other data");
    r->epoch =
        r->epoch || r->length != tern__progress_length(f) || r->progress[TERN__AT_BATCH] > (double)f->data.batches;
    if (r->split && f->data.valid.n && f->data.valid.d == f->data.train.d)
        tern_error_warn(
            r->err, NULL,
            "the rows that validate are drawn anew: some may have trained already, and look better than they "
            "are");
    status = take_scores(r);
    if (!status) status = take_weights(r);
    if (!status) status = take_slots(r);
    if (status) return status;
    tern__progress_take(f, r->progress);
    if (!r->schedule)
        memcpy(f->trainer->schedule.state, r->progress + TERN__AT_STATE, sizeof f->trainer->schedule.state);
    if (!r->epoch) tern__progress_take_epoch(f, r->progress);
    else if (r->progress[TERN__AT_BATCH] > 0)
        tern_error_warn(r->err, NULL, "epoch %zu was begun with other batches: it starts over", f->epochs_done + 1);
    f->run.saved_step = f->trainer->step;
    say_place(r);
    return TERN_OK;
}

tern_status tern__checkpoint_load(tern__fit *f, size_t *log_bytes, tern_error *err) {
    char *path = tern__run_path(&f->run, "checkpoint.safetensors", err);
    reading r = {.f = f, .path = path, .err = err};
    tern_status status = path ? tern__safetensors_open(path, &r.file, err) : TERN_ERROR_MEMORY;
    if (!status) status = take(&r);
    if (!status) *log_bytes = (size_t)r.progress[TERN__AT_LOG_BYTES];
    tern__free(r.progress);
    tern__safetensors_free(r.file);
    tern__free(path);
    return status;
}
