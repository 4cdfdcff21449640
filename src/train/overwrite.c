/* overwrite.c - nothing is written over what a model is made of, or learns from; see tern/fit.h. */
#include "data_directory.h"
#include "data_files.h"
#include "file.h"
#include "run.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* A file that is to be written, and who the model is that must not lose anything by it. */
typedef struct target {
    const char *path;
    struct stat file;
    const tern_model *m;
    tern_error *err;
} target;

static bool is_target(const target *t, const char *path) {
    struct stat s;
    return path && !stat(path, &s) && s.st_dev == t->file.st_dev && s.st_ino == t->file.st_ino;
}

static tern_status refuse(const target *t, const char *what) {
    return tern_error_add(t->err, TERN_ERROR_USAGE, NULL,
                          "\"%.256s\" is %s, which would be lost: write to a file of another name", t->path, what);
}

bool tern_same_file(const char *a, const char *b) {
    target t = {.path = a};
    return a && b && !stat(a, &t.file) && is_target(&t, b);
}

/* ---- the data ---- */

/* A picture of a folder of them; other files there are none of the data. */
static bool is_picture_in(const target *t, const char *folder) {
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pnm"};
    const char *dot = strrchr(t->path, '.');
    struct stat s;
    if (!dot || stat(folder, &s) || !S_ISDIR(s.st_mode)) return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (!strcasecmp(dot, endings[i])) return tern__path_inside(folder, t->path);
    return false;
}

static tern_status check_split(const target *t, const char *split, const tern_object *reader, const char *dir) {
    tern__arena arena = {0};
    tern_blocks paths = {0};
    char what[40];
    snprintf(what, sizeof what, "the model's data (%s)", split);
    tern_status status = tern__data_paths(reader, dir, &arena, &paths, t->err);
    const tern__record_file *f = paths.item;
    for (size_t i = 0; !status && i < paths.n; i++) {
        char *path = tern__path_join(dir, f[i].path, false, NULL, t->err);
        if (is_target(t, path) || (path && is_picture_in(t, path))) status = refuse(t, what);
        tern__free(path);
    }
    tern__arena_free(&arena);
    return status;
}

static tern_status check_data(const target *t, const char *dir) {
    const tern__data *data = &t->m->config.data;
    const tern_object *reader[TERN__RECORD_SPLITS] = {&data->train, &data->valid, &data->test};
    tern_status status = TERN_OK;
    for (size_t i = 0; dir && i < TERN__RECORD_SPLITS && !status; i++)
        status = check_split(t, tern__record_splits[i], reader[i], dir);
    return status;
}

/* ---- a file ---- */

static tern_status check_run(const target *t, const char *dir) {
    const tern__run run = {.dir = dir};
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && tern__run_files[i]; i++) {
        char *path = tern__run_path(&run, tern__run_files[i], t->err);
        if (is_target(t, path)) status = refuse(t, "a file of the run");
        tern__free(path);
    }
    return status;
}

/* `own`: of the model's file and run, too. */
static tern_status check(target *t, const char *dir, bool own) {
    char *place[TERN__DATA_PLACES];
    bool run;
    if (stat(t->path, &t->file)) return TERN_OK; /* there is nothing to lose */
    tern__data_places(t->m, place, &run);
    tern_status status = own && is_target(t, t->m->path) ? refuse(t, "the model file") : TERN_OK;
    if (!status && own && run) status = check_run(t, place[TERN__DATA_PLACES - 1]);
    if (!status && dir) status = check_data(t, dir);
    for (size_t i = 0; i < TERN__DATA_PLACES; i++) {
        if (!status && !dir) status = check_data(t, place[i]);
        tern__free(place[i]);
    }
    return status;
}

tern_status tern_model_check_output(const tern_model *m, const char *path, const char *dir, tern_error *err) {
    return check(&(target){.path = path, .m = m, .err = err}, dir, true);
}

/* ---- a run directory ---- */

/* A model.json without a record beside it is no run's, but somebody's own. */
static tern_status check_model(const tern__run *run, const tern_model *m, tern_error *err) {
    struct stat s;
    char *model = tern__run_path(run, "model.json", err), *record = tern__run_path(run, "run.json", err);
    tern_status status = model && record ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status && !lstat(model, &s) && lstat(record, &s))
        status = tern_error_add(
            err, TERN_ERROR_USAGE, NULL,
            "%s holds %s, which no run wrote and a run's model.json would replace: write to another "
            "directory (runs/%s)",
            run->dir, tern_same_file(model, m->path) ? "the model file itself" : "a model.json", m->name);
    tern__free(model);
    tern__free(record);
    return status;
}

tern_status tern_run_check_output(const tern_model *m, const char *out, const char *dir, tern_error *err) {
    const tern__run run = {.dir = out};
    tern_status status = check_model(&run, m, err);
    for (size_t i = 0; !status && tern__run_files[i]; i++) {
        char *path = tern__run_path(&run, tern__run_files[i], err);
        status = path ? check(&(target){.path = path, .m = m, .err = err}, dir, false) : TERN_ERROR_MEMORY;
        tern__free(path);
    }
    return status;
}
