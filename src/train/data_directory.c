/* data_directory.c - where a model's data is: beside its file or, for that of a run, where it was in training; see
 * data_directory.h. */
#include "data_directory.h"

#include "data_files.h"
#include "file.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *directory_of(const char *path, tern_error *err) {
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
    char *dir = tern__alloc(n + 1, 1, err);
    if (dir) memcpy(dir, slash ? path : ".", n);
    return dir;
}

/* Whether all files that the run's record lists are in a place. */
static bool holds(const char *dir, const tern__record_split *split) {
    const tern__record_file *f = split->files.item;
    bool there = dir;
    for (size_t i = 0; i < split->files.n && there; i++) {
        char *path = tern__path_join(dir, f[i].path, false, NULL, NULL);
        there = path && !access(path, F_OK);
        tern__free(path);
    }
    return there;
}

/* Compares the files in a directory with a run's record of them; `changed` gets the text of the first that is another,
 * "" where there is none. */
static tern_status compare(const char *dir, const tern_object *reader, const tern__record_split *split,
                           char changed[TERN__CHANGE_TEXT], tern_error *err) {
    tern__arena arena = {0};
    tern__record_split now = {0};
    tern__file_change change;
    *changed = 0;
    tern_status status = tern__data_files(reader, dir, &arena, &now, err);
    if (!status && tern__data_files_differ(split, &now, &change)) tern__file_change_text(&change, dir, changed);
    tern__arena_free(&arena);
    return status;
}

/* The record may come from anyone, as the model file does: nothing is read but what it knows byte for byte. */
static tern_status check(const char *dir, const tern_object *reader, const tern__record_split *split, tern_error *err) {
    char changed[TERN__CHANGE_TEXT];
    tern_status status = compare(dir, reader, split, changed, err);
    return *changed ? tern_error_add(err, TERN_ERROR_DATA, NULL, "%s", changed) : status;
}

/* Where the files of a run may be, in the order of looking; `own` is where its model file is. */
static void list_places(const tern__record_data *data, char *own, char *out[TERN__DATA_PLACES], tern_error *err) {
    out[0] = data->directory ? tern__path_join(own, data->directory, false, NULL, err) : NULL;
    out[1] = data->absolute ? tern__path_join(NULL, data->absolute, false, NULL, err) : NULL;
    out[2] = own;
}

/* Takes `own` over. */
static char *look(const tern__record_data *data, const tern_object *reader, const tern__record_split *split, char *own,
                  tern_error *err) {
    char looked[400] = "", *found = NULL, *place[TERN__DATA_PLACES];
    list_places(data, own, place, err);
    bool held = false;
    for (size_t i = 0; i < TERN__DATA_PLACES && !held; i++) {
        if ((held = holds(place[i], split)) && !check(place[i], reader, split, err)) found = place[i];
        if (place[i]) tern__text_add(looked, sizeof looked, "%s\"%.120s\"", *looked ? ", " : "", place[i]);
    }
    if (!held)
        tern_error_add(err, TERN_ERROR_IO, NULL, "\"%.200s\" is where the run's data was no more; looked in %s",
                       ((const tern__record_file *)split->files.item)->path, looked);
    for (size_t i = 0; i < TERN__DATA_PLACES; i++)
        if (place[i] != found) tern__free(place[i]);
    return found;
}

/* What the run.json in a directory says; no such file: nothing. */
static tern_status read_record(const char *dir, tern__arena *arena, tern__record *out, tern_error *err) {
    char *path = tern__path_join(dir, "run.json", false, NULL, err);
    bool run = path && !access(path, F_OK);
    size_t size;
    unsigned char *text = run ? tern__file_read(path, TERN__JSON_SIZE, &size, err) : NULL;
    tern_status status = !path ? TERN_ERROR_MEMORY : run && !text ? TERN_ERROR_IO : TERN_OK;
    if (text) status = tern__record_read((const char *)text, size, path, arena, out, err);
    tern__free(text);
    tern__free(path);
    return status;
}

/* The same of a model's own directory, whose file is a run's. */
static tern_status read_own_record(const tern_model *m, const char *own, tern__arena *arena, tern__record *out,
                                   tern_error *err) {
    const char *slash = strrchr(m->path, '/'), *base = slash ? slash + 1 : m->path;
    return strcmp(base, "model.json") ? TERN_OK : read_record(own, arena, out, err);
}

/* What a record says of a split, and what reads it. */
static const tern__record_split *find_split(const tern_model *m, tern__record *record, const char *split,
                                            const tern_object **reader) {
    const tern__data *data = &m->config.data;
    const tern_object *readers[TERN__RECORD_SPLITS] = {&data->train, &data->valid, &data->test};
    size_t i = 0;
    while (i + 1 < TERN__RECORD_SPLITS && strcmp(split, tern__record_splits[i]) != 0) i++;
    *reader = readers[i];
    return tern__record_split_at(&record->data, i);
}

tern_status tern__data_compare(const tern_model *m, const char *run, const char *split, const char *dir,
                               tern_error *err) {
    char changed[TERN__CHANGE_TEXT] = "";
    tern__arena arena = {0};
    tern__record record = {0};
    const tern_object *reader;
    tern_status status = read_record(run, &arena, &record, err);
    const tern__record_split *before = find_split(m, &record, split, &reader);
    if (!status && before->files.n) status = compare(dir, reader, before, changed, err);
    if (*changed) tern_error_warn(err, NULL, "%s", changed);
    tern__arena_free(&arena);
    return status;
}

tern_status tern__data_compare_trained(const tern_model *m, const char *split, const char *dir, tern_error *err) {
    if (!m->weights_from) return TERN_OK;
    char *run = directory_of(m->weights_from, err);
    tern_status status = run ? tern__data_compare(m, run, split, dir, err) : TERN_ERROR_MEMORY;
    tern__free(run);
    return status;
}

tern_status tern__trained_run(const tern_model *m, char **run, tern__arena *arena, tern__record *out, tern_error *err) {
    *run = m->weights_from ? directory_of(m->weights_from, err) : NULL;
    if (!*run) return m->weights_from ? TERN_ERROR_MEMORY : TERN_OK;
    tern_status status = read_record(*run, arena, out, err);
    if (status || !out->last.version) tern__free(*run), *run = NULL;
    return status;
}

char *tern__data_directory(const tern_model *m, const char *split, tern_error *err) {
    char *own = directory_of(m->path, err);
    tern__arena arena = {0};
    tern__record record = {0};
    const tern_object *reader;
    tern_status status = own ? read_own_record(m, own, &arena, &record, err) : TERN_ERROR_MEMORY;
    const tern__record_split *found = find_split(m, &record, split, &reader);
    if (!status && found->files.n) own = look(&record.data, reader, found, own, err);
    else if (!status) status = tern__data_compare_trained(m, split, own, err);
    if (status) tern__free(own), own = NULL;
    tern__arena_free(&arena);
    return own;
}

void tern__data_places(const tern_model *m, char *out[TERN__DATA_PLACES], bool *run) {
    tern__arena arena = {0};
    tern__record record = {0};
    char *own = directory_of(m->path, NULL);
    if (own && read_own_record(m, own, &arena, &record, NULL)) record = (tern__record){0};
    *run = record.last.version != NULL;
    for (size_t i = 0; i < TERN__DATA_PLACES; i++) out[i] = NULL;
    if (own) list_places(&record.data, own, out, NULL);
    tern__arena_free(&arena);
}
