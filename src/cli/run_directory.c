/* run_directory.c - a run directory where a model file is accepted; see run_directory.h. */
#include "run_directory.h"

#include "output.h"

#include "names.h"

#include <tern/reader.h>
#include <tern/registry.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_directory(const char *path) {
    struct stat s;
    return !stat(path, &s) && S_ISDIR(s.st_mode);
}

/* DIR/NAME, and whether it is there. */
static bool find_in(const char *dir, const char *name, char out[PATH_SIZE]) {
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    int length = snprintf(out, PATH_SIZE, "%.*s%s%s", (int)n, dir, dir[n - 1] == '/' ? "" : "/", name);
    return length > 0 && length < PATH_SIZE && !access(out, F_OK);
}

/* The directory of a file that is called `name`; "" where it is called otherwise. */
static void take_directory(const char *path, const char *name, char out[PATH_SIZE]) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    *out = 0;
    if (!strcmp(base, name)) snprintf(out, PATH_SIZE, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
}

bool is_run(const char *path) {
    char model[PATH_SIZE];
    return is_directory(path) && find_in(path, "model.json", model);
}

size_t count_folds(const char *path) {
    char name[48], model[PATH_SIZE];
    size_t n = 0;
    do snprintf(name, sizeof name, "fold-%zu/model.json", ++n);
    while (find_in(path, name, model));
    return n - 1;
}

tern_status refuse_folds(const char *path, tern_error *err) {
    size_t n = is_run(path) ? 0 : count_folds(path);
    if (!n) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_USAGE, NULL,
        "\"%.200s\" holds %zu fold%s: name one, %.200s/fold-1 (eval, predict and report take them all)", path, n,
        n == 1 ? "" : "s", path);
}

/* ---- what is neither a model file nor a run ---- */

static bool is_data(const char *path) {
    for (size_t i = 0; i < tern_registry_count(NULL, TERN_READER); i++) {
        const tern_reader_type *type = (const tern_reader_type *)tern_registry_at(NULL, TERN_READER, i);
        for (const char *const *ending = type->endings; ending && *ending; ending++)
            if (ends_in(path, *ending)) return true;
    }
    return false;
}

/* What a model file or a run is called, without the ending that all model files have. */
static void take_stem(const char *name, char out[TERN_MAX_NAME]) {
    size_t n = strlen(name);
    if (ends_in(name, ".json")) n -= strlen(".json");
    snprintf(out, TERN_MAX_NAME, "%.*s", (int)n, name);
}

/* The model file, or directory, beside a path that is not there whose name is nearest to it; "": none is near. */
static void find_nearest(const char *path, char out[PATH_SIZE]) {
    char stem[TERN_MAX_NAME], best[TERN_MAX_NAME] = "", candidate[TERN_MAX_NAME], found[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash + 1 - path) : 0;
    snprintf(found, sizeof found, "%.*s", slash ? length : 1, slash ? path : ".");
    DIR *d = opendir(found);
    *out = 0;
    take_stem(path + length, stem);
    for (struct dirent *e; d && (e = readdir(d));) {
        const char *const both[] = {best, candidate};
        size_t first = *best ? 0 : 1; /* of two that are as near the first */
        snprintf(found, sizeof found, "%.*s%s", length, path, e->d_name);
        if (*e->d_name == '.' || (!ends_in(e->d_name, ".json") && !is_directory(found))) continue;
        take_stem(e->d_name, candidate);
        if (tern__name_nearest(stem, 2 - first, both + first) != candidate) continue;
        snprintf(best, sizeof best, "%s", candidate);
        snprintf(out, PATH_SIZE, "%s", found);
    }
    if (d) closedir(d);
}

static tern_status check_file(const char *path, tern_error *err) {
    char shown[PATH_SIZE], nearest[PATH_SIZE];
    if (is_data(path))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "\"%.200s\" is data, not a model file: tern init %.200s makes a model file of it",
                              tern__text_safe(path, shown, sizeof shown), shown);
    if (!access(path, F_OK) || errno != ENOENT) return TERN_OK;
    find_nearest(path, nearest);
    if (!*nearest) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.200s\": %s; did you mean \"%.200s\"?", path,
                          strerror(ENOENT), nearest);
}

tern_status find_run(const char *operand, char model[PATH_SIZE], char run[PATH_SIZE], tern_error *err) {
    char record[PATH_SIZE];
    *run = 0;
    snprintf(model, PATH_SIZE, "%s", operand);
    if (!is_directory(operand)) {
        tern_status status = check_file(operand, err);
        if (status) return status;
        take_directory(operand, "model.json", run);
        if (*run && !find_in(run, "run.json", record)) *run = 0;
        return TERN_OK;
    }
    snprintf(run, PATH_SIZE, "%s", operand);
    if (find_in(operand, "model.json", model)) return TERN_OK;
    if (refuse_folds(operand, err)) return TERN_ERROR_USAGE;
    return tern_error_add(
        err, TERN_ERROR_USAGE, NULL,
        "\"%.200s\" is a directory without a model.json, so it holds no run; accepted are a model "
        "file, or the directory that \"tern train MODEL\" wrote (runs/NAME); if it holds images, tern init "
        "%.200s makes a model file of them",
        operand, operand);
}

tern_status find_weights(const char *path, char weights[PATH_SIZE], tern_error *err) {
    snprintf(weights, PATH_SIZE, "%s", path);
    if (!is_directory(path) || find_in(path, "weights.safetensors", weights)) return TERN_OK;
    if (refuse_folds(path, err)) return TERN_ERROR_USAGE;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "\"%.200s\" holds no weights.safetensors: its training has not written any, or diverged; "
                          "train it (again), or name other weights",
                          path);
}
