/* run_directory.c - a run directory where a model file is accepted; see run_directory.h. */
#include "run_directory.h"

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
        "\"%.200s\" holds %zu fold%s: name one, %.200s/fold-1 (predict takes them all, and their mean)", path, n,
        n == 1 ? "" : "s", path);
}

tern_status find_run(const char *operand, char model[PATH_SIZE], char run[PATH_SIZE], tern_error *err) {
    char record[PATH_SIZE];
    *run = 0;
    snprintf(model, PATH_SIZE, "%s", operand);
    if (!is_directory(operand)) {
        take_directory(operand, "model.json", run);
        if (*run && !find_in(run, "run.json", record)) *run = 0;
        return TERN_OK;
    }
    snprintf(run, PATH_SIZE, "%s", operand);
    if (find_in(operand, "model.json", model)) return TERN_OK;
    if (refuse_folds(operand, err)) return TERN_ERROR_USAGE;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "\"%.200s\" is a directory without a model.json, so it holds no run; accepted are a model "
                          "file, or the directory that \"tern train MODEL\" wrote (runs/NAME)",
                          operand);
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
