/* npz.c - see npz.h. */
#include "npz.h"

#include "memory.h"
#include "npy.h"
#include "text.h"
#include "zip.h"

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

static size_t find_array(const tern__zip *z, const char *path, const char *key, const char *array, const char *usual,
                         tern_error *err) {
    const char *const *names = tern__zip_names(z), *wanted = array ? array : usual;
    char accepted[400] = "";
    if (!array && tern__zip_count(z) == 1) return 0;
    for (size_t i = 0; i < tern__zip_count(z); i++)
        if (is_array(names[i], wanted)) return i;
    for (size_t i = 0; i < tern__zip_count(z); i++)
        tern__text_add(accepted, sizeof accepted, "%s%.*s", i ? ", " : "", (int)name_length(names[i]), names[i]);
    tern_error_add(err, TERN_ERROR_MODEL, key, "\"%.256s\" has no array \"%.128s\"; it has: %s", path, wanted,
                   *accepted ? accepted : "none");
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
