/* csv_fill.c - the columns of a CSV file as numbers; see csv_fill.h. */
#include "csv_fill.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "width", or column 3 where there are no names. */
static const char *show_column(const char *const *names, size_t column, char out[160]) {
    if (names) snprintf(out, 160, "column \"%.128s\"", names[column]);
    else snprintf(out, 160, "column %zu (counted from 0)", column);
    return out;
}

/* ---- cells ---- */

static tern_status bad_cell(const tern__csv *c, const char *const *names, size_t column, const char *accepted,
                            tern_error *err) {
    char where[160];
    const char *found = c->field[column];
    show_column(names, column, where);
    if (!found[strspn(found, " \t")])
        return tern__csv_fail(c, column, TERN_ERROR_DATA, err, "%s is empty; %s is accepted", where, accepted);
    return tern__csv_fail(c, column, TERN_ERROR_DATA, err, "%s is \"%.64s\"; %s is accepted", where, found, accepted);
}

static tern_status read_numbers(const tern__csv *c, const char *const *names, tern__picks *p, size_t row,
                                tern_error *err) {
    for (size_t k = 0; k < p->n; k++) {
        if (tern__csv_number(c, c->field[p->column[k]], &p->number[row * p->n + k])) continue;
        bool after_numbers = p->classes && row;
        return bad_cell(c, names, p->column[k], after_numbers ? "a number, as in the first row," : "a finite number",
                        err);
    }
    return TERN_OK;
}

static tern_status read_class(const tern__csv *c, const char *const *names, tern__picks *p, size_t row,
                              tern_error *err) {
    const char *cell = c->field[*p->column];
    if (!*cell) return bad_cell(c, names, *p->column, "a class name", err);
    if (p->text) return p->text[row] = cell, TERN_OK;
    for (size_t k = 0; k < p->classes->n; k++)
        if (!strcmp(p->classes->v[k], cell)) return p->number[row] = (double)k, TERN_OK;
    return bad_cell(c, names, *p->column, "one of the classes", err);
}

/* ---- rows ---- */

static tern_status make_room(const tern__csv *c, tern__picks *p, size_t rows, tern_error *err) {
    if (!p) return TERN_OK;
    p->number = tern__alloc(rows, p->n * sizeof *p->number, err);
    double ignored;
    bool own_names = p->classes && !p->classes->n && p->n == 1 && !tern__csv_number(c, c->field[*p->column], &ignored);
    if (own_names && p->number) p->text = tern__alloc(rows, sizeof *p->text, err);
    return p->number && (!own_names || p->text) ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status read_part(const tern__csv *c, const char *const *names, tern__picks *p, size_t row,
                             tern_error *err) {
    if (!p) return TERN_OK;
    bool classes = p->text || (p->classes && p->classes->n);
    return classes ? read_class(c, names, p, row, err) : read_numbers(c, names, p, row, err);
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the names, so that two files with the same classes give them the same numbers, and numbers the rows. */
static tern_status number_classes(tern__picks *p, size_t rows, tern_error *err) {
    p->found = tern__alloc(rows, sizeof *p->found, err);
    if (!p->found) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < rows; i++) p->found[i] = p->text[i];
    qsort(p->found, rows, sizeof *p->found, compare_texts);
    for (size_t i = 0; i < rows; i++)
        if (!i || strcmp(p->found[i], p->found[p->n_found - 1])) p->found[p->n_found++] = p->found[i];
    for (size_t i = 0; i < rows; i++) {
        const char **at = bsearch(&p->text[i], p->found, p->n_found, sizeof *p->found, compare_texts);
        p->number[i] = (double)(at - p->found);
    }
    return TERN_OK;
}

tern_status tern__csv_fill(tern__csv *c, const char *const *names, tern__picks *x, tern__picks *y, size_t *rows,
                           tern_error *err) {
    tern_status status;
    size_t n = 0, most = tern__csv_most(c);
    while (tern__csv_next(c, &status, err)) {
        if (!n) status = make_room(c, x, most, err);
        if (!n && !status) status = make_room(c, y, most, err);
        if (!status) status = read_part(c, names, x, n, err);
        if (!status) status = read_part(c, names, y, n, err);
        if (status) return status;
        n++;
    }
    if (status) return status;
    *rows = n;
    if (!n) return tern__csv_fail(c, 0, TERN_ERROR_DATA, err, "there is no row after the header");
    return y && y->text ? number_classes(y, n, err) : TERN_OK;
}

/* ---- columns ---- */

static bool all_whole(const double *v, size_t n) {
    const double exact = 9007199254740992.0; /* 2^53 */
    for (size_t i = 0; i < n; i++)
        if (v[i] != floor(v[i]) || fabs(v[i]) > exact) return false;
    return true;
}

tern_column tern__picks_take(tern__picks *p, size_t rows, bool labels) {
    tern_column c = {.dtype = TERN_F64, .shape = {1, {p->n}}, .data = p->number};
    if (labels && p->n == 1) {
        c.shape = (tern_shape){0};
        if (all_whole(p->number, rows)) c.dtype = TERN_I64;
    }
    for (size_t i = 0; c.dtype == TERN_I64 && i < rows; i++) {
        int64_t v = (int64_t)p->number[i];
        memcpy(&p->number[i], &v, sizeof v);
    }
    p->number = NULL;
    return c;
}

void tern__picks_free(tern__picks *p) {
    tern__free(p->column);
    tern__free(p->number);
    tern__free(p->text);
    tern__free(p->found);
}
