/* npz.c - see npz.h. */
#include "npz.h"

#include "error_scope.h"
#include "lengths.h"
#include "memory.h"
#include "npy.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Whether a file of the archive is the array of a name: "x.npy" is x. */
static bool is_array(const char *file, const char *array) {
    size_t n = strlen(array);
    return !strncmp(file, array, n) && (!file[n] || !strcmp(file + n, ".npy"));
}

/* Without the ".npy". */
static size_t name_length(const char *file) {
    size_t n = strlen(file);
    return n > 4 && !strcmp(file + n - 4, ".npy") ? n - 4 : n;
}

static size_t find(const tern__zip *z, const char *array) {
    size_t n = tern__zip_count(z), i = 0;
    while (i < n && !is_array(tern__zip_names(z)[i], array)) i++;
    return i < n ? i : SIZE_MAX;
}

bool tern__npz_has(const tern__zip *z, const char *array) { return find(z, array) != SIZE_MAX; }

void tern__npz_list(const tern__zip *z, char *out, size_t size) {
    const char *const *names = tern__zip_names(z);
    *out = 0;
    for (size_t i = 0; i < tern__zip_count(z); i++)
        tern__text_add(out, size, "%s%.*s", i ? ", " : "", (int)name_length(names[i]), names[i]);
}

static size_t find_array(const tern__zip *z, const char *path, const char *key, const char *array, const char *usual,
                         tern_error *err) {
    const char *wanted = array ? array : usual;
    char accepted[400];
    if (!array && tern__zip_count(z) == 1) return 0;
    size_t found = find(z, wanted);
    if (found != SIZE_MAX) return found;
    tern__npz_list(z, accepted, sizeof accepted);
    tern_error_add(err, TERN_ERROR_MODEL, key, "\"%.256s\" has no array \"%.128s\"; it has: %s", path, wanted,
                   *accepted ? accepted : "none");
    if (!array && key) tern__error_append(err, "; \"%s\" names the one to read", key);
    return SIZE_MAX;
}

tern_status tern__npz_read(const char *path, const char *array_key, const char *array, const char *usual, size_t *n,
                           tern_array *column, tern_error *err) {
    char name[600];
    tern__zip *z = tern__zip_open(path, err);
    if (!z) return TERN_ERROR_SYNTAX;
    size_t at = find_array(z, path, array_key, array, usual, err);
    tern__npy_stream s = {.name = name, .next = tern__zip_next, .self = z};
    tern_status status = at == SIZE_MAX ? TERN_ERROR_MODEL : tern__zip_begin(z, at, &s.size, err);
    *name = 0;
    if (!status) tern__text_add(name, sizeof name, "%s: %s", path, tern__zip_names(z)[at]);
    if (!status) status = tern__npy_take(&s, n, column, err);
    tern__zip_free(z);
    return status;
}

/* ---- lists ---- */

/* Where arr_I is in an archive; SIZE_MAX: it has none. That is place I as NumPy writes it. */
static size_t find_numbered(const tern__zip *z, size_t i) {
    char name[32];
    size_t n = tern__zip_count(z);
    const char *const *names = tern__zip_names(z);
    snprintf(name, sizeof name, "arr_%zu", i);
    return i < n && is_array(names[i], name) ? i : find(z, name);
}

bool tern__npz_is_list(const char *path) {
    tern__zip *z = tern__zip_open(path, NULL);
    bool list = z && tern__zip_count(z) > 1 && find_numbered(z, 0) != SIZE_MAX && find_numbered(z, 1) != SIZE_MAX;
    tern__zip_free(z);
    return list;
}

static tern_status take_array(tern__zip *z, const char *path, size_t at, size_t *steps, tern_array *out,
                              tern_error *err) {
    char name[600] = "";
    tern__npy_stream s = {.name = name, .next = tern__zip_next, .self = z};
    tern_status status = tern__zip_begin(z, at, &s.size, err);
    tern__text_add(name, sizeof name, "%s: %s", path, tern__zip_names(z)[at]);
    return status ? status : tern__npy_take(&s, steps, out, err);
}

/* Reads the arrays one by one. What was read is for the caller to free in any case. */
static tern_status take_arrays(tern__zip *z, const char *path, size_t n, tern_array *part, size_t *length,
                               tern_error *err) {
    char found[TERN_SHAPE_TEXT], first[TERN_SHAPE_TEXT];
    for (size_t i = 0; i < n; i++) {
        size_t at = find_numbered(z, i);
        if (at == SIZE_MAX)
            return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has %zu arrays, but no arr_%zu among them", path, n,
                                  i);
        tern_status status = take_array(z, path, at, &length[i], &part[i], err);
        if (status) return status;
        if (part[i].dtype != part->dtype || !tern_shape_equal(&part[i].shape, &part->shape))
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "%s: a step of arr_%zu is %s of %s, but one of arr_0 is %s of %s: as a list of "
                                  "sequences their steps are alike; one of the arrays alone is read by its name, as "
                                  "by \"array\": \"arr_0\"",
                                  path, i, tern_shape_text(&part[i].shape, found), tern_dtype_name(part[i].dtype),
                                  tern_shape_text(&part->shape, first), tern_dtype_name(part->dtype));
    }
    return TERN_OK;
}

tern_status tern__npz_read_list(const char *path, size_t *n, tern_array *column, size_t **length, tern_error *err) {
    tern__zip *z = tern__zip_open(path, err);
    if (!z) return TERN_ERROR_SYNTAX;
    *n = tern__zip_count(z);
    tern_array *part = tern__alloc(*n, sizeof *part, err);
    *length = tern__alloc(*n, sizeof **length, err);
    tern_status status = part && *length ? take_arrays(z, path, *n, part, *length, err) : TERN_ERROR_MEMORY;
    if (!status) status = tern__pad(*n, part, *length, column, err);
    for (size_t i = 0; part && i < *n; i++) tern__free(part[i].data);
    if (status) tern__free(*length), *length = NULL;
    tern__free(part);
    tern__zip_free(z);
    return status;
}
