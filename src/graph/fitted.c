/* fitted.c - what a model knows about its data; see fitted.h. */
#include "fitted.h"

#include <string.h>

char *tern__fitted_text(const tern_model *m, tern_status *status, tern_error *err) {
    *status = TERN_OK;
    if (!m->config.fitted.given) return NULL;
    char *text = tern__fitted_render(&m->config.fitted, err);
    if (!text) *status = TERN_ERROR_MEMORY;
    return text;
}

/* Where both say something, it is the same. */
static tern_status compare(const tern_strings *ours, const tern_strings *theirs, const char *what, const char *path,
                           tern_error *err) {
    if (!ours->n || !theirs->n) return TERN_OK;
    if (ours->n != theirs->n)
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "%s: was trained with %zu %s, but the model was fitted to %zu", path, theirs->n, what,
                              ours->n);
    for (size_t i = 0; i < ours->n; i++)
        if (strcmp(ours->v[i], theirs->v[i]))
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "%s: was trained with other %s: number %zu is \"%.64s\" there and \"%.64s\" in the "
                                  "model",
                                  path, what, i, theirs->v[i], ours->v[i]);
    return TERN_OK;
}

tern_status tern__fitted_take(tern_model *m, const char *text, const char *path, tern_error *err) {
    tern__fitted found;
    const tern__reading reading = {m->registry, &m->arena, NULL};
    tern_status status = tern__fitted_read(&reading, text, &found);
    if (status) return tern_error_add(err, status, NULL, "%s: its metadata \"fitted\" is not what tern writes", path);
    tern__fitted *ours = &m->config.fitted;
    status = compare(&ours->input.names, &found.input.names, "columns", path, err);
    if (!status) status = compare(&ours->target.classes, &found.target.classes, "classes", path, err);
    if (!status && !ours->given) *ours = found;
    return status;
}

static tern_status copy_names(tern_model *m, size_t n, const char *const *names, tern_strings *out, tern_error *err) {
    const char **copies = tern__arena_alloc(&m->arena, n, sizeof *copies, err);
    for (size_t i = 0; copies && i < n; i++)
        if (!(copies[i] = tern__arena_text(&m->arena, names[i], strlen(names[i]), err))) return TERN_ERROR_MEMORY;
    *out = (tern_strings){n, copies};
    return copies ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__fitted_name(tern_model *m, size_t columns, const char *const *column, size_t classes,
                              const char *const *class_name, tern_error *err) {
    tern__fitted f = {.given = columns || classes, .input.given = columns, .target.given = classes};
    tern_status status = columns ? copy_names(m, columns, column, &f.input.names, err) : TERN_OK;
    if (!status && classes) status = copy_names(m, classes, class_name, &f.target.classes, err);
    if (!status) m->config.fitted = f;
    return status;
}
