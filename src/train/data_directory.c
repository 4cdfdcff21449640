/* data_directory.c - where a model's data is: beside its file or, for that of a run, where it was in training; see
 * data_directory.h. */
#include "data_directory.h"

#include "file.h"
#include "record.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *model_directory(const tern_model *m, tern_error *err) {
    const char *slash = strrchr(m->path, '/');
    size_t n = slash ? (size_t)(slash - m->path) + (slash == m->path) : 1;
    char *dir = tern__alloc(n + 1, 1, err);
    if (dir) memcpy(dir, slash ? m->path : ".", n);
    return dir;
}

/* Whether all files of a split are in a directory; `other` is one whose size is not what it was, if there is one. */
static bool holds(const char *dir, const tern__record_split *split, const tern__record_file **other) {
    const tern__record_file *f = split->files.item;
    *other = NULL;
    for (size_t i = 0; i < split->files.n; i++) {
        struct stat s;
        char *path = tern__path_join(dir, f[i].path, false, NULL, NULL);
        bool there = path && !stat(path, &s);
        tern__free(path);
        if (!there) return false;
        if (!f[i].folder && (size_t)s.st_size != f[i].bytes && !*other) *other = &f[i];
    }
    return true;
}

/* Takes `own` over. */
static char *look(const tern__record_data *data, const tern__record_split *split, char *own, tern_error *err) {
    char *seen = data->directory ? tern__path_join(own, data->directory, false, NULL, err) : NULL, looked[400] = "";
    char *full = data->absolute ? tern__path_join(NULL, data->absolute, false, NULL, err) : NULL, *found = NULL;
    char *const places[] = {seen, full, own};
    const tern__record_file *other;
    for (size_t i = 0; i < 3 && !found; i++) {
        if (!places[i]) continue;
        if (holds(places[i], split, &other)) found = places[i];
        else tern__text_add(looked, sizeof looked, "%s\"%.120s\"", *looked ? ", " : "", places[i]);
    }
    if (found && other)
        tern_error_warn(err, NULL,
                        "\"%.200s\" in \"%.200s\" is not what it was when the run was made: it had %zu bytes",
                        other->path, found, other->bytes);
    const tern__record_file *first = split->files.item;
    if (!found)
        tern_error_add(err, TERN_ERROR_IO, NULL, "\"%.200s\" is where the run's data was no more; looked in %s",
                       first->path, looked);
    for (size_t i = 0; i < 3; i++)
        if (places[i] != found) tern__free(places[i]);
    return found;
}

char *tern__data_directory(const tern_model *m, const char *split, tern_error *err) {
    char *own = model_directory(m, err), *path = own ? tern__path_join(own, "run.json", false, NULL, err) : NULL;
    const char *slash = strrchr(m->path, '/'), *base = slash ? slash + 1 : m->path;
    bool run = path && !strcmp(base, "model.json") && !access(path, F_OK);
    tern__arena arena = {0};
    tern__record record = {0};
    size_t size;
    unsigned char *text = run ? tern__file_read(path, TERN__JSON_SIZE, &size, err) : NULL;
    tern_status status = !run ? TERN_OK : text ? TERN_OK : TERN_ERROR_IO;
    if (text) status = tern__record_read((const char *)text, size, path, &arena, &record, err);
    const tern__record_split *found = NULL;
    for (size_t i = 0; i < TERN__RECORD_SPLITS; i++)
        if (!strcmp(split, tern__record_splits[i])) found = tern__record_split_at(&record.data, i);
    if (!status && found && found->files.n) own = look(&record.data, found, own, err);
    if (status) tern__free(own), own = NULL;
    tern__free(text);
    tern__free(path);
    tern__arena_free(&arena);
    return own;
}
