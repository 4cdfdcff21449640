/* subject.c - opens a run; see subject.h. */
#include "subject.h"

#include "file.h"
#include "json_lexer.h"
#include "settings.h"
#include "text.h"

#include <tern/metric.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_there(const char *path) {
    struct stat s;
    return !stat(path, &s);
}

static tern_status no_run(const char *dir, tern_error *err) {
    struct stat s;
    if (stat(dir, &s)) return tern_error_add(err, TERN_ERROR_IO, NULL, "there is no run directory \"%.300s\"", dir);
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "\"%.300s\" is no run directory, as training leaves it in runs/NAME: %s", dir,
                          S_ISDIR(s.st_mode) ? "it has no model.json" : "it is a file");
}

/* What a run is called: the last part of its directory, or what its model is called. */
static void set_name(tern__subject *s) {
    size_t end = strlen(s->dir), begin;
    while (end > 1 && s->dir[end - 1] == '/') end--;
    for (begin = end; begin && s->dir[begin - 1] != '/'; begin--) {}
    char last[TERN__SUBJECT_NAME] = "";
    tern__text_add(last, sizeof last, "%.*s", (int)(end - begin), s->dir + begin);
    bool dots = !strcmp(last, ".") || !strcmp(last, "..") || !*last;
    tern__text_safe(dots ? tern_model_name(s->model) : last, s->name, sizeof s->name);
}

/* ---- the best epoch ---- */

static void find_monitor(void *user, const char *path, const char *value) {
    tern__subject *s = user;
    if (!strcmp(path, "train.early_stopping.monitor")) snprintf(s->monitor, sizeof s->monitor, "%s", value);
}

/* By the number that early stopping watches, else by the loss. */
static void find_best(tern__subject *s, const tern_registry *registry) {
    tern__settings(s->text, find_monitor, s);
    if (!tern__history_find(&s->history, false, s->monitor)) strcpy(s->monitor, "valid_loss");
    if (!tern__history_find(&s->history, false, s->monitor)) strcpy(s->monitor, "train_loss");
    const char *metric = strchr(s->monitor, '_') + 1;
    const tern_type *type = tern_registry_find(registry, TERN_METRIC, metric);
    s->best_epoch = tern__history_best(
        &s->history, s->monitor, type && ((const tern_metric_type *)(const void *)type)->higher_is_better, &s->best);
}

/* ---- opening ---- */

static tern_status open_model(tern__subject *s, const char *path, const tern_report_options *o, tern_error *err) {
    tern_model_options options = {.registry = o->registry, .max_memory = o->max_memory};
    s->model = tern_model_open(path, &options, err);
    if (!s->model) return TERN_ERROR_MODEL;
    s->text = tern_model_render(s->model, err);
    return s->text ? TERN_OK : TERN_ERROR_MEMORY;
}

/* Its weights are the result; as the model was opened they are those that training began with. */
static tern_status load_weights(tern__subject *s, const char *path, tern_error *err) {
    tern_real *before = NULL;
    tern_status status = tern__subject_start_weights(s, &before, err);
    if (!status && tern_model_weight_count(s->model)) status = tern_model_load(s->model, path, err);
    if (!status) status = tern__subject_count_weights(s, before, err);
    tern__free(before);
    return status;
}

static tern_status read_log(tern__subject *s, const char *path, const tern_report_options *o, tern_error *err) {
    s->best_epoch = s->best = (double)NAN;
    s->has_log = is_there(path);
    if (!s->has_log) {
        tern_error_warn(err, NULL, "there is no %s: the report is without the course of training", path);
        return TERN_OK;
    }
    tern_status status = tern__history_read(&s->history, path, err);
    if (!status) find_best(s, o->registry);
    return status;
}

static tern_status read_record(tern__subject *s, tern_error *err) {
    size_t size;
    char *path = tern__path_join(s->dir, "run.json", false, NULL, err);
    if (path && is_there(path)) s->record = (char *)tern__file_read(path, TERN__JSON_SIZE, &size, err);
    bool done = path && (s->record || !is_there(path));
    tern__free(path);
    return done ? TERN_OK : TERN_ERROR_IO;
}

tern_status tern__subject_open(tern__subject *s, const char *dir, const tern_report_options *o, tern_error *err) {
    *s = (tern__subject){.dir = dir};
    char *model = tern__path_join(dir, "model.json", false, NULL, err),
         *weights = tern__path_join(dir, "weights.safetensors", false, NULL, err),
         *log = tern__path_join(dir, "log.jsonl", false, NULL, err);
    tern_status status = model && weights && log ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status && !is_there(model)) status = no_run(dir, err);
    if (!status) status = open_model(s, model, o, err);
    if (!status) set_name(s);
    if (!status) status = load_weights(s, weights, err);
    if (!status) status = read_log(s, log, o, err);
    if (!status) status = read_record(s, err);
    if (!status) status = tern__subject_read_parts(s, o, err);
    tern__free(model);
    tern__free(weights);
    tern__free(log);
    return status;
}

void tern__subject_close(tern__subject *s) {
    for (size_t i = 0; i < TERN__PARTS; i++) {
        tern_split_free(&s->part[i].split);
        tern_dataset_free(s->part[i].data);
    }
    tern__history_free(&s->history);
    tern__arena_free(&s->arena);
    tern_free(s->text);
    tern__free(s->record);
    tern_model_free(s->model);
}
