/* data_directory.c - where a model's data is: beside its file or, for that of a run, where it was in training; see
 * data_directory.h. */
#include "data_directory.h"

#include "data_files.h"
#include "file.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *model_directory(const tern_model *m, tern_error *err) {
    const char *slash = strrchr(m->path, '/');
    size_t n = slash ? (size_t)(slash - m->path) + (slash == m->path) : 1;
    char *dir = tern__alloc(n + 1, 1, err);
    if (dir) memcpy(dir, slash ? m->path : ".", n);
    return dir;
}

/* A place where the data of a split may be. */
typedef struct place {
    char *dir;   /* NULL: there is none */
    bool beside; /* where the model file is: what is there is read in any case */
} place;

/* Whether all files that the run's record lists are in a place. */
static bool holds(const place *p, const tern__record_split *split) {
    const tern__record_file *f = split->files.item;
    bool there = p->dir;
    for (size_t i = 0; i < split->files.n && there; i++) {
        char *path = tern__path_join(p->dir, f[i].path, false, NULL, NULL);
        there = path && !access(path, F_OK);
        tern__free(path);
    }
    return there;
}

/* The record may come from anyone, as the model file does: elsewhere nothing is read but what it knows byte for byte.
 */
static tern_status check(const place *p, const tern_object *reader, const tern__record_split *split, tern_error *err) {
    tern__arena arena = {0};
    tern__record_split now = {0};
    tern_status status = tern__data_files(reader, p->dir, &arena, &now, err);
    const tern__record_file *other = status ? NULL : tern__data_files_differ(split, &now);
    if (other && p->beside)
        tern_error_warn(err, NULL, "\"%.200s\" is not what it was when the run was made", other->path);
    else if (other)
        status =
            tern_error_add(err, TERN_ERROR_DATA, NULL,
                           "\"%.200s\" in \"%.200s\" is not what it was when the run was made", other->path, p->dir);
    tern__arena_free(&arena);
    return status;
}

/* Where the files of a run may be, in the order of looking; `own` is where its model file is. */
static void list_places(const tern__record_data *data, char *own, place out[TERN__DATA_PLACES], tern_error *err) {
    out[0] = (place){data->directory ? tern__path_join(own, data->directory, false, NULL, err) : NULL, false};
    out[1] = (place){data->absolute ? tern__path_join(NULL, data->absolute, false, NULL, err) : NULL, false};
    out[2] = (place){own, true};
}

/* Takes `own` over. */
static char *look(const tern__record_data *data, const tern_object *reader, const tern__record_split *split, char *own,
                  tern_error *err) {
    char looked[400] = "", *found = NULL;
    place places[TERN__DATA_PLACES];
    list_places(data, own, places, err);
    bool held = false;
    for (size_t i = 0; i < TERN__DATA_PLACES && !held; i++) {
        if ((held = holds(&places[i], split)) && !check(&places[i], reader, split, err)) found = places[i].dir;
        if (places[i].dir) tern__text_add(looked, sizeof looked, "%s\"%.120s\"", *looked ? ", " : "", places[i].dir);
    }
    if (!held)
        tern_error_add(err, TERN_ERROR_IO, NULL, "\"%.200s\" is where the run's data was no more; looked in %s",
                       ((const tern__record_file *)split->files.item)->path, looked);
    for (size_t i = 0; i < TERN__DATA_PLACES; i++)
        if (places[i].dir != found) tern__free(places[i].dir);
    return found;
}

/* What the run.json beside a run's model file says; no such file: nothing. */
static tern_status read_record(const tern_model *m, const char *own, tern__arena *arena, tern__record *out,
                               tern_error *err) {
    char *path = tern__path_join(own, "run.json", false, NULL, err);
    const char *slash = strrchr(m->path, '/'), *base = slash ? slash + 1 : m->path;
    bool run = path && !strcmp(base, "model.json") && !access(path, F_OK);
    size_t size;
    unsigned char *text = run ? tern__file_read(path, TERN__JSON_SIZE, &size, err) : NULL;
    tern_status status = !path ? TERN_ERROR_MEMORY : run && !text ? TERN_ERROR_IO : TERN_OK;
    if (text) status = tern__record_read((const char *)text, size, path, arena, out, err);
    tern__free(text);
    tern__free(path);
    return status;
}

char *tern__data_directory(const tern_model *m, const char *split, tern_error *err) {
    char *own = model_directory(m, err);
    tern__arena arena = {0};
    tern__record record = {0};
    tern_status status = own ? read_record(m, own, &arena, &record, err) : TERN_ERROR_MEMORY;
    const tern__data *data = &m->config.data;
    const tern_object *reader[TERN__RECORD_SPLITS] = {&data->train, &data->valid, &data->test};
    size_t i = 0;
    while (i + 1 < TERN__RECORD_SPLITS && strcmp(split, tern__record_splits[i]) != 0) i++;
    const tern__record_split *found = tern__record_split_at(&record.data, i);
    if (!status && found->files.n) own = look(&record.data, reader[i], found, own, err);
    if (status) tern__free(own), own = NULL;
    tern__arena_free(&arena);
    return own;
}

void tern__data_places(const tern_model *m, char *out[TERN__DATA_PLACES], bool *run) {
    tern__arena arena = {0};
    tern__record record = {0};
    place places[TERN__DATA_PLACES] = {{NULL, false}};
    char *own = model_directory(m, NULL);
    if (own && read_record(m, own, &arena, &record, NULL)) record = (tern__record){0};
    *run = record.last.version != NULL;
    if (own) list_places(&record.data, own, places, NULL);
    for (size_t i = 0; i < TERN__DATA_PLACES; i++) out[i] = places[i].dir;
    tern__arena_free(&arena);
}
