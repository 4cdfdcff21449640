/* fitted_names.c - the names that a model was trained on; see fitted_names.h. */
#include "fitted_names.h"

#include <stdio.h>
#include <string.h>

/* ---- learned ---- */

static tern_status copy_names(tern_model *m, size_t n, const char *const *names, tern_strings *out, tern_error *err) {
    const char **copies = tern__arena_alloc(&m->arena, n, sizeof *copies, err);
    for (size_t i = 0; copies && i < n; i++)
        if (!(copies[i] = tern__arena_text(&m->arena, names[i], strlen(names[i]), err))) return TERN_ERROR_MEMORY;
    *out = (tern_strings){n, copies};
    return copies ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__fitted_learn_names(tern_model *m, const tern_array *x, const tern_array *y, tern__fitted *out,
                                     tern_error *err) {
    out->target.given = y && (y->labels || y->columns);
    tern_status status = x ? copy_names(m, x->labels, x->label, &out->input.names, err) : TERN_OK;
    if (!status && x && !x->labels) status = copy_names(m, x->columns, x->column, &out->input.positions, err);
    if (!status && y) status = copy_names(m, y->columns, y->column, &out->target.columns, err);
    if (!status && y) status = copy_names(m, y->labels, y->label, &out->target.classes, err);
    return status;
}

/* Columns of a table without names are called by their positions. */
static bool are_names(const tern_array *a) {
    for (size_t i = 0; i < a->columns; i++)
        if (a->column[i][strspn(a->column[i], "0123456789")]) return true;
    return false;
}

static tern_status learn_parts(tern_model *m, size_t n, const tern_array *array, tern_named *out, tern_error *err) {
    tern__fitted_part *part = tern__arena_alloc(&m->arena, n, sizeof *part, err);
    const char **name = tern__arena_alloc(&m->arena, n, sizeof *name, err);
    size_t found = 0;
    if (!part || !name) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < n; k++) {
        if (!are_names(&array[k])) continue;
        tern_status status = copy_names(m, array[k].columns, array[k].column, &part[found].names, err);
        if (status) return status;
        name[found] = tern__arena_text(&m->arena, array[k].name, strlen(array[k].name), err);
        if (!name[found++]) return TERN_ERROR_MEMORY;
    }
    *out = (tern_named){found, name, part};
    return TERN_OK;
}

tern_status tern__fitted_learn_parts(tern_model *m, size_t inputs, const tern_array *x, size_t targets,
                                     const tern_array *y, tern_error *err) {
    tern__fitted *f = &m->config.fitted;
    tern_status status = learn_parts(m, inputs, x, &f->inputs, err);
    return status ? status : learn_parts(m, targets, y, &f->targets, err);
}

const tern_strings *tern__fitted_part_names(const tern_named *parts, const char *name) {
    const tern__fitted_part *part = parts->item;
    for (size_t k = 0; k < parts->n; k++)
        if (!strcmp(parts->name[k], name)) return &part[k].names;
    return NULL;
}

/* ---- compared ---- */

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

static tern_status compare_parts(const tern_named *ours, const tern_named *theirs, const char *path, tern_error *err) {
    const tern__fitted_part *part = ours->item;
    tern_status status = TERN_OK;
    for (size_t k = 0; k < ours->n && !status; k++) {
        const tern_strings *names = tern__fitted_part_names(theirs, ours->name[k]);
        char what[80];
        snprintf(what, sizeof what, "columns of \"%.60s\"", ours->name[k]);
        if (names) status = compare(&part[k].names, names, what, path, err);
    }
    return status;
}

tern_strings tern__column_facet(const tern__feature *column, size_t facet, char what[TERN__FACET_TEXT]) {
    static const char *const nouns[TERN__COLUMN_FACETS] = {"types", "encodings", "normalizations", "categories"};
    const tern_strings facets[TERN__COLUMN_FACETS] = {{1, &tern__feature_types[column->type]},
                                                      {1, &tern__encode_words[column->encode]},
                                                      {1, &tern__normalize_words[column->normalize]},
                                                      column->categories};
    snprintf(what, TERN__FACET_TEXT, "%s of \"%.64s\"", nouns[facet], column->name);
    return facets[facet];
}

tern_status tern__fitted_compare_facets(const tern_blocks *ours, const tern_blocks *theirs, const char *path,
                                        tern_error *err) {
    const tern__feature *a = ours->item, *b = theirs->item;
    tern_status status = TERN_OK;
    for (size_t i = 0; i < ours->n && i < theirs->n; i++)
        for (size_t k = 0; k < TERN__COLUMN_FACETS && !status; k++) {
            char what[TERN__FACET_TEXT];
            const tern_strings x = tern__column_facet(&a[i], k, what), y = tern__column_facet(&b[i], k, what);
            status = compare(&x, &y, what, path, err);
        }
    return status;
}

tern_status tern__fitted_compare_names(const tern__fitted *ours, const tern__fitted *theirs, const char *path,
                                       tern_error *err) {
    tern_status status = compare(&ours->input.names, &theirs->input.names, "columns", path, err);
    if (!status) status = compare(&ours->target.columns, &theirs->target.columns, "targets", path, err);
    if (!status) status = compare(&ours->target.classes, &theirs->target.classes, "classes", path, err);
    if (!status) status = compare_parts(&ours->inputs, &theirs->inputs, path, err);
    return status ? status : compare_parts(&ours->targets, &theirs->targets, path, err);
}
