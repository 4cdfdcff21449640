/* draft_files.c - where the data stands as the model file sees it, and what the model is called. */
#include "draft_internal.h"

#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- paths ---- */

/* The directory of a path, "." where it names none. */
static const char *directory_of(tern__draft *d, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return slash == path ? "/" : tern__draft_text(d, "%.*s", (int)(slash - path), path);
}

static const char *last_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A path without links and dots; its last part may be a pattern. False where its directory is not there. */
static bool resolve(tern__draft *d, const char *path, char out[PATH_MAX]) {
    if (realpath(path, out)) return true;
    char directory[PATH_MAX];
    if (!realpath(directory_of(d, path), directory)) return false;
    return snprintf(out, PATH_MAX, "%s%s%s", directory, directory[1] ? "/" : "", last_of(path)) < PATH_MAX;
}

/* What follows a directory in a path below it, "." for itself; NULL: it is not below. */
static const char *below(const char *directory, const char *path) {
    size_t n = strlen(directory);
    if (!strcmp(directory, path)) return ".";
    if (n == 1) return path + 1;
    return !strncmp(directory, path, n) && path[n] == '/' ? path + n + 1 : NULL;
}

/* Paths start at the model file if all data is below it, else at the data's own directory, which --data then names. */
static tern_status find_base(tern__draft *d, const char *data) {
    char start[PATH_MAX], path[PATH_MAX], targets[PATH_MAX];
    const char *y = d->o->targets, *at;
    d->base = directory_of(d, d->shown.output);
    if (!realpath(d->base, start))
        return tern_error_add(d->err, TERN_ERROR_IO, NULL, "there is no directory \"%.256s\"", d->base);
    if (!resolve(d, data, path) || (y && !resolve(d, y, targets)))
        return tern_error_add(d->err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": %s", data, strerror(errno));
    if (!below(start, path) || (y && !below(start, targets))) {
        d->base = d->shown.data = directory_of(d, data);
        if (!realpath(d->base, start)) return TERN_ERROR_IO;
    }
    at = below(start, path);
    d->path = tern__draft_text(d, "%s", at ? at : "");
    if (!y) return TERN_OK;
    if ((at = below(start, targets))) return d->targets = tern__draft_text(d, "%s", at), TERN_OK;
    return tern_error_add(d->err, TERN_ERROR_USAGE, NULL, "\"%.256s\" must be in the directory of \"%.256s\", or below",
                          y, data);
}

/* ---- names ---- */

static bool cut_ending(char *name, const char *ending) {
    size_t n = strlen(name), k = strlen(ending);
    if (n <= k || strcmp(name + n - k, ending)) return false;
    name[n - k] = 0;
    return true;
}

/* A name for a model after its data: "iris.csv" iris, "train-images-idx3-ubyte.gz" train, "sales-*.csv" sales. */
static const char *name_after(tern__draft *d, const char *path) {
    char name[PATH_MAX], *end;
    snprintf(name, sizeof name, "%s", last_of(path));
    cut_ending(name, ".gz");
    if (cut_ending(name, "-ubyte") && (end = strstr(name, "-idx"))) *end = 0;
    cut_ending(name, "-images");
    if ((end = strrchr(name, '.')) && end > name) *end = 0;
    size_t n = strcspn(name, "*?");
    while (n && strchr("-_ .", name[n - 1])) n--;
    name[n] = 0;
    return *name ? tern__draft_text(d, "%s", name) : "model";
}

tern_status tern__draft_place(tern__draft *d, const char *data) {
    char path[PATH_MAX];
    if (!resolve(d, data, path))
        return tern_error_add(d->err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": %s", data, strerror(errno));
    const char *output = d->o->output;
    d->shown.name = name_after(d, output ? output : path);
    d->shown.output = output ? output : tern__draft_text(d, "%s.json", d->shown.name);
    return find_base(d, data);
}

/* ---- the reader ---- */

tern_status tern__draft_reader(tern__draft *d) {
    const tern_type *type = tern_registry_find(d->o->registry, TERN_READER, d->reader);
    if (!type) return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "this tern has no reader \"%s\"", d->reader);
    if (d->options.failed) return TERN_ERROR_MEMORY;
    const tern_example options = {d->options.text, {{0}}};
    return tern__example_read(d->o->registry, type, &options, &d->arena, &d->object, d->err);
}
