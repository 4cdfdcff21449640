/* datasets.c - the data that a model file, or a command line, names. */
#include "datasets.h"

#include "columns_data.h"
#include "rows.h"

#include "arrays.h"
#include "fitted.h"
#include "labels.h"
#include "table_source.h"
#include "text.h"

#include <tern/fit.h>
#include <tern/reader.h>

#include <string.h>

char *tern__model_directory(const tern_model *m, tern_error *err) {
    const char *slash = strrchr(m->path, '/');
    size_t n = slash ? (size_t)(slash - m->path) + (slash == m->path) : 1;
    char *dir = tern__alloc(n + 1, 1, err);
    if (dir) memcpy(dir, slash ? m->path : ".", n);
    return dir;
}

/* Tables are read by the names that the model was trained on: columns in their order, classes by their indices. */
static void take_names(const tern_model *m, tern__table_source *s) {
    const tern__fitted *f = &m->config.fitted;
    if (s->named && f->input.names.n) {
        s->roles.x = f->input.names;
        s->roles.fitted = true;
    }
    if (f->target.classes.n && (s->roles.y.n || s->targets)) s->roles.classes = f->target.classes;
}

/* Says which columns of a file are not read. */
static void say_ignored(const tern__table_source *s, tern_error *err) {
    char names[200] = "";
    size_t ignored = 0;
    for (size_t i = 0; i < s->columns && s->roles.fitted; i++) {
        bool read = false;
        for (size_t k = 0; k < s->roles.x.n; k++) read = read || !strcmp(s->roles.x.v[k], s->names[i]);
        if (!read) tern__text_add(names, sizeof names, "%s\"%s\"", ignored++ ? ", " : "", s->names[i]);
    }
    if (ignored)
        tern_error_warn(err, NULL, "\"%.256s\": ignored %zu column%s that the model does not read: %s", s->path,
                        ignored, ignored == 1 ? "" : "s", names);
}

static tern_dataset *read_data(const tern_model *m, const tern_reader_type *type, const void *self, const char *dir,
                               bool safe, bool inputs, const char *input, tern_error *err);

/* Where the arrays of a model with several are. */
typedef struct arrays_place {
    const tern_model *m;
    const char *dir;
    bool safe;
} arrays_place;

static tern_dataset *read_array(void *user, const tern_object *reader, const char *input, tern_error *err) {
    const arrays_place *at = user;
    const tern_reader_type *type = (const tern_reader_type *)reader->type;
    return read_data(at->m, type, reader->self, at->dir, at->safe, false, input, err);
}

/* Classes that have names get the indices of these names in training, whichever of them a file has. */
static tern_status take_classes(const tern_model *m, tern_dataset *d, tern_error *err) {
    const tern_strings *classes = &m->config.fitted.target.classes;
    if (d->targets != 1 || !d->y->labels || !classes->n) return TERN_OK;
    return tern__labels_rename(d, d->y, classes->n, classes->v, err);
}

static const char *first_input(const tern_model *m) { return m->inputs ? m->input[0].name : "input"; }

/* The shape of an input, by its name; of a target that of no input. */
static tern_shape shape_of(const tern_model *m, const char *input) {
    for (size_t k = 0; input && k < m->inputs; k++)
        if (!strcmp(m->input[k].name, input)) return m->input[k].shape;
    return (tern_shape){0};
}

static tern_dataset *read_other(const tern_model *m, const tern_reader_type *type, const void *self, const char *dir,
                                bool safe, const char *input, tern_error *err) {
    arrays_place at = {m, dir, safe};
    if (!m) return type->read(self, dir, safe, err);
    tern_shape sample = shape_of(m, input);
    tern_dataset *d;
    if (type == &tern_reader_arrays) d = tern__arrays_read(self, &(tern__arrays_source){read_array, &at}, err);
    else
        d = type->read_for && sample.rank ? type->read_for(self, dir, safe, &sample, err)
                                          : type->read(self, dir, safe, err);
    if (!d || !take_classes(m, d, err)) return d;
    tern_dataset_free(d);
    return NULL;
}

/* `m` may be NULL: a file as it is. `inputs`: the inputs alone; `input`: which one, NULL: a target. */
static tern_dataset *read_data(const tern_model *m, const tern_reader_type *type, const void *self, const char *dir,
                               bool safe, bool inputs, const char *input, tern_error *err) {
    bool described = m && tern__described(m);
    if (!m || !m->config.fitted.given || !type->table || !input || m->inputs > 1)
        return read_other(m, type, self, dir, safe, input, err);
    tern__table_source s = {0};
    if (type->table(self, dir, safe, &s, err)) return NULL;
    if (!described) take_names(m, &s);
    tern_dataset *d = described ? tern__described_read(m, &s, inputs, err) : tern__table_source_read(&s, err);
    if (d && inputs && !described) say_ignored(&s, err);
    tern__table_source_close(&s);
    return d;
}

/* NULL after an error. */
static const tern_object *split_reader(const tern_model *m, const char *split, tern_error *err) {
    const tern__data *data = &m->config.data;
    if (!strcmp(split, "train")) return &data->train;
    if (!strcmp(split, "valid")) return &data->valid;
    if (!strcmp(split, "test")) return &data->test;
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "\"%.60s\" is no split of a model's data; accepted: train, valid, test",
                   split);
    return NULL;
}

/* Reads once more the column by which the training data's rows belong together. */
static tern_status read_groups(const tern_model *m, const tern_object *reader, const char *dir, bool safe,
                               tern_dataset *d, tern_error *err) {
    const tern_reader_type *type = (const tern_reader_type *)reader->type;
    const char *name = m->config.train.folds.group;
    tern__table_source s = {0};
    if (!name) return TERN_OK;
    if (!type->table)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "%s holds no table with a column \"%.128s\" to group by",
                              type->base.name, name);
    if (type->table(reader->self, dir, safe, &s, err)) return TERN_ERROR_DATA;
    tern_status status = tern__group_rows(&s, name, d, err);
    tern__table_source_close(&s);
    return status;
}

tern_dataset *tern_dataset_open(const tern_model *m, const char *split, const char *dir, tern_error *err) {
    const tern_object *reader = split_reader(m, split, err);
    if (!reader) return NULL;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_error_enter(err, "data", 0);
    tern_dataset *d = NULL;
    if (reader->type) {
        tern_error_enter(err, split, 0);
        char *own = dir ? NULL : tern__model_directory(m, err);
        if (dir || own)
            d = read_data(m, (const tern_reader_type *)reader->type, reader->self, dir ? dir : own, !dir, false,
                          first_input(m), err);
        if (d && reader == &m->config.data.train && read_groups(m, reader, dir ? dir : own, !dir, d, err))
            tern_dataset_free(d), d = NULL;
        tern__free(own);
    } else {
        tern_error_add(err, TERN_ERROR_MODEL, split, "is missing: nothing says where the %s data is", split);
    }
    tern__error_scope_leave(err, &before);
    return d;
}

static bool ends_with(const char *path, const char *ending) {
    size_t n = strlen(path), k = strlen(ending);
    return n >= k && !strcmp(path + n - k, ending);
}

/* A model of images that a table names reads such tables. */
static bool lists_images(const tern_model *m, const char *path) {
    const tern_object *trained = m ? &m->config.data.train : NULL;
    return trained && trained->type && !strcmp(trained->type->name, "images") && ends_with(path, ".csv");
}

static const tern_type *reader_for(const tern_registry *r, const tern_model *m, const char *path) {
    if (lists_images(m, path)) return m->config.data.train.type;
    for (size_t i = 0; i < tern_registry_count(r, TERN_READER); i++) {
        const tern_reader_type *type = (const tern_reader_type *)tern_registry_at(r, TERN_READER, i);
        for (const char *const *ending = type->endings; ending && *ending; ending++)
            if (ends_with(path, *ending)) return &type->base;
    }
    return NULL;
}

/* Of files that a caller names: a path says nothing then, as there is no model file to look it up in. */
static void forget_pointer(const tern_locator *self, tern_diagnostic *d, bool at_key) {
    (void)self, (void)at_key;
    d->pointer[0] = 0;
}

/* What read an input when the model was trained. */
static const tern_object *trained_reader(const tern_model *m, const char *name) {
    const tern_object *train = &m->config.data.train;
    if (!train->type || train->type != &tern_reader_arrays.base) return train;
    const tern_named *inputs = &((const tern__arrays *)train->self)->inputs;
    for (size_t k = 0; k < inputs->n; k++)
        if (!strcmp(inputs->name[k], name)) return (const tern_object *)inputs->item + k;
    return train;
}

/* Of a model's input, by its name, and of its targets; `m` NULL: of no model. */
static tern_dataset *read_files(const tern_registry *r, const tern_model *m, const char *name, const char *input,
                                const char *target, tern_error *err) {
    const tern_reader_type *type = (const tern_reader_type *)reader_for(r, m, input);
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
    static const tern_locator nowhere = {forget_pointer};
    tern__error_scope before;
    tern__error_scope_enter(err, "", &nowhere, &before);
    if (self && !tern__options_default(&reading, (tern__fields){type->base.options, self})) {
        const tern_object *trained = m ? trained_reader(m, name) : NULL;
        if (trained && trained->type == &type->base) memcpy(self, trained->self, type->base.size);
        type->from_files(self, input, target);
        d = read_data(m, type, self, ".", false, true, name, err);
    }
    tern__error_scope_leave(err, &before);
    tern__arena_free(&arena);
    return d;
}

tern_dataset *tern_dataset_read(const tern_registry *r, const char *input, const char *target, tern_error *err) {
    return read_files(r, NULL, NULL, input, target, err);
}

tern_dataset *tern_dataset_read_for(const tern_model *m, const char *input, const char *target, tern_error *err) {
    return read_files(m->registry, m, first_input(m), input, target, err);
}

tern_dataset *tern_dataset_read_inputs(const tern_model *m, size_t n, const char *const *name, const char *const *path,
                                       tern_error *err) {
    tern_dataset *d = NULL;
    for (size_t k = 0; k < n; k++) {
        tern_dataset *part = read_files(m->registry, m, name[k], path[k], NULL, err);
        if (part) d = tern__dataset_take(d, part, name[k], false, err);
        else tern_dataset_free(d), d = NULL;
        if (!d) return NULL;
    }
    return d;
}
