/* datasets.c - the data that a model file, or a command line, names. */
#include "agree.h"
#include "columns_data.h"
#include "data_directory.h"
#include "data_files.h"
#include "one_hot.h"
#include "reader_for.h"
#include "rows.h"
#include "trained_names.h"

#include "arrays.h"
#include "dataset_from_columns.h"
#include "file.h"
#include "fitted.h"
#include "fitted_names.h"
#include "image_table.h"
#include "labels.h"
#include "table_source.h"
#include "text.h"
#include "text_file.h"

#include <tern/fit.h>
#include <tern/reader.h>

#include <string.h>

/* What is to be read: a split, or files that a caller names. */
typedef struct request {
    const tern_model *m; /* NULL: as it is */
    const char *dir;
    bool safe, inputs;  /* inputs: and no targets */
    const char *input;  /* which one it is; NULL: a target */
    const char *target; /* which one of several; or NULL */
    const char *id;     /* the column that names the samples; or NULL */
} request;

static tern_dataset *read_data(const request *r, const tern_reader_type *type, const void *self, tern_error *err);

/* One array of a model with several. */
static tern_dataset *read_array(void *user, const tern_object *reader, const char *name, bool target, tern_error *err) {
    request r = *(const request *)user;
    r.input = target ? NULL : name, r.target = target ? name : NULL;
    return read_data(&r, (const tern_reader_type *)reader->type, reader->self, err);
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

/* What is no table can't leave rows out. */
static tern_status refuse_skip(const tern_reader_type *type, tern_error *err) {
    return tern_error_add(
        err, TERN_ERROR_MODEL, NULL,
        "\"target\": {\"missing\": \"skip\"} leaves rows out of one table (csv, sqlite, images listed in "
        "a file); the data is read by %s",
        type->base.name);
}

static tern_dataset *read_other(const request *r, const tern_reader_type *type, const void *self, tern_error *err) {
    request each = *r;
    if (!r->m) return type->read(self, r->dir, r->safe, err);
    tern_shape sample = shape_of(r->m, r->input);
    bool skip = r->m->config.target.missing == TERN__TARGET_SKIP && !r->inputs;
    tern_dataset *d;
    if (skip && type == &tern_reader_images && r->m->inputs == 1)
        d = tern__images_read_skipping(self, r->dir, r->safe, &sample, err);
    else if (skip) return refuse_skip(type, err), NULL;
    else if (type == &tern_reader_arrays) d = tern__arrays_read(self, &(tern__arrays_source){read_array, &each}, err);
    else
        d = type->read_for && sample.rank ? type->read_for(self, r->dir, r->safe, &sample, err)
                                          : type->read(self, r->dir, r->safe, err);
    if (!d || !take_classes(r->m, d, err)) return d;
    tern_dataset_free(d);
    return NULL;
}

static tern_dataset *read_table(const tern_model *m, tern__table_source *s, bool inputs, tern_error *err) {
    bool fitted = m && m->config.fitted.given, described = fitted && tern__described(m);
    if (fitted && !described && tern__names_take(m, s, err)) return NULL;
    tern_dataset *d = described ? tern__described_read(m, s, inputs, err) : tern__table_source_read(s, err);
    if (d && fitted && inputs) tern__names_say_ignored(m, s, err);
    return d;
}

/* The names that the columns of one of several had in training; NULL: it is the only one, or none are known. */
static const tern_strings *part_names(const request *r) {
    const tern__fitted *f = r->m ? &r->m->config.fitted : NULL;
    if (!f) return NULL;
    if (r->target) return tern__fitted_part_names(&f->targets, r->target);
    return r->input ? tern__fitted_part_names(&f->inputs, r->input) : NULL;
}

static tern_dataset *read_part(const request *r, tern__table_source *s, tern_error *err) {
    const tern_strings *names = part_names(r);
    if (names && tern__names_take_part(names, r->target != NULL, s, err)) return NULL;
    tern_dataset *d = tern__table_source_read(s, err);
    if (d && r->inputs) tern__names_say_ignored(r->m, s, err);
    if (!d || !take_classes(r->m, d, err)) return d;
    tern_dataset_free(d);
    return NULL;
}

/* What is no table can't be read by columns. */
static tern_status refuse_no_table(const request *r, const tern_reader_type *type, const tern_blocks *columns,
                                   tern_error *err) {
    const tern__feature *first = columns && columns->n ? columns->item : NULL;
    if (r->id)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%s has no column \"%.64s\" to name the samples by: it is no table", type->base.name,
                              r->id);
    if (!first) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "%s holds no table: the model was trained on columns, \"%.64s\" first, which are scaled and "
                          "encoded by their names; a table has them (.csv, SQLite)",
                          type->base.name, first->name);
}

static tern_dataset *read_as_asked(const request *r, const tern_reader_type *type, const void *self, tern_error *err) {
    bool alone = r->m && r->m->inputs == 1 && r->input, part = part_names(r) != NULL;
    if (!type->table && refuse_no_table(r, type, alone ? &r->m->config.fitted.input.columns : NULL, err)) return NULL;
    if (!type->table || !(alone || r->id || part || r->target)) return read_other(r, type, self, err);
    tern__table_source s = {0};
    if (type->table(self, r->dir, r->safe, &s, err)) return NULL;
    s.id = r->id, s.trained = !r->dir, s.answers = r->target != NULL;
    tern_status status = alone && !part && !r->inputs ? tern__targets_skip(r->m, &s, err) : TERN_OK;
    tern_dataset *d = status ? NULL : part || r->target ? read_part(r, &s, err) : read_table(r->m, &s, r->inputs, err);
    tern__table_source_close(&s);
    return d;
}

static tern_dataset *read_data(const request *r, const tern_reader_type *type, const void *self, tern_error *err) {
    tern_dataset *d = read_as_asked(r, type, self, err);
    bool alone = r->m && r->m->inputs == 1 && r->input;
    if (!d || !alone || (!tern__agree(r->m, d, err) && !tern__one_hot(r->m, d, err))) return d;
    tern_dataset_free(d);
    return NULL;
}

const tern_object *tern__split_reader(const tern_model *m, const char *split, tern_error *err) {
    const tern__data *data = &m->config.data;
    if (!strcmp(split, "train")) return &data->train;
    if (!strcmp(split, "valid")) return &data->valid;
    if (!strcmp(split, "test")) return &data->test;
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "\"%.60s\" is no split of a model's data; accepted: train, valid, test",
                   split);
    return NULL;
}

/* Reads once more the column by which the training data's rows belong together. */
static tern_status read_groups(const request *r, const tern_object *reader, tern_dataset *d, tern_error *err) {
    const tern_reader_type *type = (const tern_reader_type *)reader->type;
    const char *name = r->m->config.train.folds.group;
    tern__table_source s = {0};
    if (!name) return TERN_OK;
    if (!type->table)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "%s holds no table with a column \"%.128s\" to group by",
                              type->base.name, name);
    if (type->table(reader->self, r->dir, r->safe, &s, err)) return TERN_ERROR_DATA;
    tern_status status = tern__targets_skip(r->m, &s, err);
    if (!status) status = tern__group_rows(&s, name, d, err);
    tern__table_source_close(&s);
    return status;
}

tern_dataset *tern_dataset_open(const tern_model *m, const char *split, const char *dir, tern_error *err) {
    const tern_object *reader = tern__split_reader(m, split, err);
    if (!reader) return NULL;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_error_enter(err, "data", 0);
    tern_dataset *d = NULL;
    if (reader->type) {
        tern_error_enter(err, split, 0);
        char *own = dir ? NULL : tern__data_directory(m, split, err);
        const request what = {.m = m, .dir = dir ? dir : own, .safe = !dir, .input = first_input(m)};
        tern_status status = what.dir ? TERN_OK : TERN_ERROR_DATA;
        if (!status && dir) status = tern__data_compare_trained(m, split, dir, err);
        if (!status) d = read_data(&what, (const tern_reader_type *)reader->type, reader->self, err);
        if (d && tern__data_say_from(d, split, reader, what.dir, err)) tern_dataset_free(d), d = NULL;
        if (d && reader == &m->config.data.train && read_groups(&what, reader, d, err)) tern_dataset_free(d), d = NULL;
        tern__free(own);
    } else {
        tern_error_add(err, TERN_ERROR_MODEL, split, "is missing: nothing says where the %s data is", split);
    }
    tern__error_scope_leave(err, &before);
    return d;
}

/* What read an input when the model was trained; type NULL: nothing is known. */
static tern_object trained_reader(const tern_model *m, const char *name) {
    const tern_object *train = m ? &m->config.data.train : NULL;
    if (!train || train->type != &tern_reader_arrays.base) return train ? *train : (tern_object){0};
    const tern_named *inputs = &((const tern__arrays *)train->self)->inputs;
    for (size_t k = 0; k < inputs->n; k++)
        if (!strcmp(inputs->name[k], name)) return ((const tern_object *)inputs->item)[k];
    return (tern_object){0};
}

/* Of files that a caller names: there is no model file to look a path up in, so that only the option at its end is
 * said, unless it stands for the file itself, which the message names. */
static void shorten_pointer(const tern_locator *self, tern_diagnostic *d, bool at_key) {
    (void)self, (void)at_key;
    const char *slash = strrchr(d->pointer, '/'), *key = slash ? slash + 1 : "";
    char text[TERN_MAX_TEXT];
    if (*key && strcmp(key, "file") != 0 && strcmp(key, "folder") != 0) {
        memcpy(text, d->text, sizeof text);
        d->text[0] = 0;
        tern__text_add(d->text, sizeof d->text, "%s: %s", key, text);
    }
    d->pointer[0] = 0;
}

static const tern_reader_type *find_reader(const tern_registry *r, const tern_type *trained, const tern_files *files,
                                           tern_error *err) {
    if (tern__workbook_refuse(files->input, err)) return NULL;
    const tern_reader_type *type = (const tern_reader_type *)tern__reader_for(r, trained, files->input);
    if (!type || !type->from_files)
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "%s: unknown kind of file; accepted are .csv, .tsv, .npy, .npz, IDX (-ubyte, .idx, also "
                              "with .gz), .png, .jpg, .pgm, .ppm, a folder of images, and SQLite",
                              files->input),
               NULL;
    if (files->query && strcmp(type->base.name, "sqlite"))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a query needs an SQLite database, and \"%.256s\" is none",
                              files->input),
               NULL;
    return type;
}

static tern_dataset *read_files(const tern_registry *r, const request *what, const tern_files *files, tern_error *err) {
    const tern_object trained = trained_reader(what->m, what->input);
    const tern_reader_type *type = find_reader(r, trained.type, files, err);
    if (!type) return NULL;
    tern__arena arena = {0};
    tern__reading reading = {r, &arena, err};
    void *self = tern__arena_alloc(&arena, 1, type->base.size ? type->base.size : 1, err);
    tern_dataset *d = NULL;
    static const tern_locator nowhere = {shorten_pointer};
    tern__error_scope before;
    tern__error_scope_enter(err, "", &nowhere, &before);
    if (self && !tern__options_default(&reading, (tern__fields){type->base.options, self})) {
        if (trained.type == &type->base) memcpy(self, trained.self, type->base.size);
        type->from_files(self, files);
        d = read_data(what, type, self, err);
        if (d && tern__dataset_set_from(d, files->input, err)) tern_dataset_free(d), d = NULL;
    }
    tern__error_scope_leave(err, &before);
    tern__arena_free(&arena);
    return d;
}

tern_dataset *tern_dataset_read(const tern_registry *r, const tern_files *files, tern_error *err) {
    return read_files(r, &(request){.inputs = true, .input = "input"}, files, err);
}

tern_dataset *tern_dataset_read_for(const tern_model *m, const tern_files *files, tern_error *err) {
    const request what = {.m = m, .inputs = !files->labelled, .input = first_input(m), .id = files->id};
    return read_files(m->registry, &what, files, err);
}

tern_dataset *tern_dataset_read_inputs(const tern_model *m, size_t n, const char *const *name, const tern_files *files,
                                       tern_error *err) {
    tern_dataset *d = NULL;
    for (size_t k = 0; k < n; k++) {
        const request what = {.m = m, .inputs = true, .input = name[k]};
        tern_dataset *part = read_files(m->registry, &what, &files[k], err);
        if (part) d = tern__dataset_take(d, part, name[k], false, err);
        else tern_dataset_free(d), d = NULL;
        if (!d) return NULL;
    }
    return d;
}
