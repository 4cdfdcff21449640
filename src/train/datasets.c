/* datasets.c - the data that a model file, or a command line, names. */
#include "rows.h"

#include "split.h"

#include <tern/fit.h>
#include <tern/reader.h>

#include <string.h>

/* The directory of the model's file, for free(). */
static char *model_dir(const tern_model *m, tern_error *err) {
    const char *slash = strrchr(m->path, '/');
    size_t n = slash ? (size_t)(slash - m->path) + (slash == m->path) : 1;
    char *dir = tern__alloc(n + 1, 1, err);
    if (dir) memcpy(dir, slash ? m->path : ".", n);
    return dir;
}

static const tern_object *split_reader(const tern_model *m, const char *split) {
    const tern__data *data = &m->config.data;
    if (!strcmp(split, "train")) return &data->train;
    return !strcmp(split, "valid") ? &data->valid : &data->test;
}

tern_dataset *tern_dataset_open(const tern_model *m, const char *split, const char *dir, tern_error *err) {
    size_t depth = tern_error_enter(err, "data", 0);
    const tern_object *reader = split_reader(m, split);
    tern_dataset *d = NULL;
    if (reader->type) {
        size_t inner = tern_error_enter(err, split, 0);
        char *own = dir ? NULL : model_dir(m, err);
        if (dir || own) d = ((const tern_reader_type *)reader->type)->read(reader->self, dir ? dir : own, !dir, err);
        tern__free(own);
        tern_error_leave(err, inner);
    } else {
        tern_error_add(err, TERN_ERROR_MODEL, split, "is missing: nothing says where the %s data is", split);
    }
    tern_error_leave(err, depth);
    if (!d) tern__json_locate(&m->json, err);
    return d;
}

static bool ends_with(const char *path, const char *ending) {
    size_t n = strlen(path), k = strlen(ending);
    return n >= k && !strcmp(path + n - k, ending);
}

static const tern_type *reader_for(const tern_registry *r, const char *path) {
    for (size_t i = 0; i < tern_registry_count(r, TERN_READER); i++) {
        const tern_reader_type *type = (const tern_reader_type *)tern_registry_at(r, TERN_READER, i);
        for (const char *const *ending = type->endings; ending && *ending; ending++)
            if (ends_with(path, *ending)) return &type->base;
    }
    return NULL;
}

tern_dataset *tern_dataset_read(const tern_registry *r, const char *input, const char *target, tern_error *err) {
    const tern_reader_type *type = (const tern_reader_type *)reader_for(r, input);
    if (!type || !type->from_files) {
        tern_error_add(err, TERN_ERROR_DATA, NULL,
                       "%s: unknown kind of file; accepted are .npy, .csv and IDX (-ubyte, .idx, also with .gz)",
                       input);
        return NULL;
    }
    tern__arena arena = {0};
    tern__reading reading = {r, &arena, err};
    void *self = tern__arena_alloc(&arena, 1, type->base.size ? type->base.size : 1, err);
    tern_dataset *d = NULL;
    if (self && tern__options_default(&reading, (tern__fields){type->base.options, self})) {
        type->from_files(self, input, target);
        d = type->read(self, ".", false, err);
    }
    tern__arena_free(&arena);
    return d;
}

size_t *tern_split_rows(const tern_model *m, const tern_dataset *d, size_t *n_valid, size_t **train, size_t *n_train,
                        tern_error *err) {
    double fraction = m->config.train.given ? m->config.train.validation_split : 0;
    size_t *valid = tern__alloc(d->n, sizeof *valid, err);
    *train = valid ? tern__alloc(d->n, sizeof **train, err) : NULL;
    if (*train && fraction <= 0) {
        for (size_t i = 0; i < d->n; i++) (*train)[i] = i;
        *n_train = d->n;
        *n_valid = 0;
        return valid;
    }
    tern_target kind;
    tern_status status = *train ? tern__dataset_target(m, d, &kind, err) : TERN_ERROR_MEMORY;
    if (!status)
        status = tern__split(&d->y, d->n, fraction, m->config.seed, kind == TERN_TARGET_CLASSES, valid, n_valid, *train,
                             n_train, err);
    if (!status) return valid;
    tern__free(valid);
    tern__free(*train);
    *train = NULL;
    return NULL;
}
