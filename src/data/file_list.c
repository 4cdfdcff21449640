/* file_list.c - the files of a reader that takes several; see file_list.h. */
#include "file_list.h"

#include "file.h"
#include "text_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Adds the files of path or pattern `from`. */
static tern_status add(tern__file_list *l, const tern_strings *option, size_t from, const char *key, const char *dir,
                       bool safe, tern__arena *arena, tern_error *err) {
    size_t n;
    char *whole = tern__path_join(dir, option->v[from], safe, key, err);
    size_t depth = tern_error_enter(err, key, 0);
    const char *const *found = whole ? tern__text_files(whole, arena, &n, err) : NULL;
    tern_error_leave(err, depth);
    tern__free(whole);
    if (!found) return whole ? TERN_ERROR_IO : TERN_ERROR_MODEL;
    for (size_t k = 0; safe && k < n; k++) /* of a pattern, a link may be among them */
        if (!tern__path_inside(dir, found[k]))
            return tern_error_add(err, TERN_ERROR_MODEL, key,
                                  "names \"%.256s\", a link out of the model file's directory", found[k]);
    const char **all = tern__arena_alloc(arena, l->n + n, sizeof *all, err);
    size_t *of = tern__arena_alloc(arena, l->n + n, sizeof *of, err);
    if (!all || !of) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < l->n + n; k++)
        all[k] = k < l->n ? l->path[k] : found[k - l->n], of[k] = k < l->n ? l->from[k] : from;
    l->n += n, l->path = all, l->from = of;
    return TERN_OK;
}

/* ---- files that are named twice ---- */

/* A regular file, whatever it is called, and its place in the list. */
typedef struct identity {
    dev_t device;
    ino_t number;
    size_t at;
} identity;

static int by_file(const void *a, const void *b) {
    const identity *x = a, *y = b;
    if (x->device != y->device) return x->device < y->device ? -1 : 1;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static tern_status refuse(const tern__file_list *l, const tern_strings *option, const char *key, size_t first,
                          size_t again, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_MODEL, key,
                          "names one file twice: \"%.128s\" by \"%.64s\" (number %zu) and \"%.128s\" by \"%.64s\" "
                          "(number %zu, counted from 0); its rows would count twice: leave one of them out",
                          l->path[first], option->v[l->from[first]], l->from[first], l->path[again],
                          option->v[l->from[again]], l->from[again]);
}

static tern_status check_once(const tern__file_list *l, const tern_strings *option, const char *key, tern_error *err) {
    identity *file = tern__alloc(l->n, sizeof *file, err);
    size_t n = 0;
    struct stat s;
    if (!file) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < l->n; i++)
        if (!stat(l->path[i], &s) && S_ISREG(s.st_mode)) file[n++] = (identity){s.st_dev, s.st_ino, i};
    qsort(file, n, sizeof *file, by_file);
    tern_status status = TERN_OK;
    for (size_t i = 1; !status && i < n; i++)
        if (file[i].device == file[i - 1].device && file[i].number == file[i - 1].number)
            status = refuse(l, option, key, file[i - 1].at, file[i].at, err);
    tern__free(file);
    return status;
}

tern_status tern__file_list_make(const tern_strings *option, const char *key, const char *dir, bool safe,
                                 tern__arena *arena, tern__file_list *out, tern_error *err) {
    tern_status status = TERN_OK;
    *out = (tern__file_list){0};
    for (size_t i = 0; !status && i < option->n; i++) status = add(out, option, i, key, dir, safe, arena, err);
    return status ? status : check_once(out, option, key, err);
}
