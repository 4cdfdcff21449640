/* table_arrays.c - columns of a table as numbers and class indices; see table_arrays.h. */
#include "table_arrays.h"

#include "statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cells of a column of which the same is to be said. */
typedef struct refusal {
    size_t count, row[TERN__TABLE_NOTED];
    bool without_target; /* some are targets that are blank */
} refusal;

static void add(refusal *r, size_t row, bool without_target) {
    r->without_target |= without_target;
    if (r->count < TERN__TABLE_NOTED) r->row[r->count] = row;
    r->count++;
}

/* "is \"x\"", "is empty". */
static const char *show_cell(const tern__table_column *c, size_t row, char *out, size_t size) {
    char number[40];
    const char *cell = tern__table_show(c, row, number);
    if (tern__cell_blank(cell)) snprintf(out, size, "is empty");
    else snprintf(out, size, "is \"%.64s\"", cell);
    return out;
}

/* One error for all of a column: its first cell, then where more of them are. */
static tern_status refuse(const tern__table *t, const tern__table_column *c, const refusal *r, const char *accepted,
                          tern_error *err) {
    if (!r->count) return TERN_OK;
    char first[80], more[400] = "";
    size_t used = 0;
    if (r->count > 1) used = (size_t)snprintf(more, sizeof more, "; %zu more cells are none: ", r->count - 1);
    for (size_t i = 1; i < r->count && i < TERN__TABLE_NOTED; i++) {
        char place[TERN__TABLE_PLACE], cell[80];
        used += (size_t)snprintf(more + used, sizeof more - used, "%s%.80s %s", i > 1 ? ", " : "",
                                 tern__table_place(t, r->row[i], place), show_cell(c, r->row[i], cell, sizeof cell));
        if (used >= sizeof more) break;
    }
    if (r->count > TERN__TABLE_NOTED && used + 6 < sizeof more) snprintf(more + used, sizeof more - used, ", ...");
    return tern__table_fail(t, c, r->row[0], TERN_ERROR_DATA, err, "%s %s; %s is accepted%s%s%s", c->label,
                            show_cell(c, r->row[0], first, sizeof first), accepted, more, t->hint,
                            r->without_target && t->may_skip ? "; " TERN__WITHOUT_TARGET : "");
}

/* ---- numbers ---- */

/* The cells that are no numbers, of a column that has texts. */
static tern_status refuse_texts(const tern__picks *p, const tern__table *t, const tern__table_column *c,
                                const char *accepted, tern_error *err) {
    refusal r = {0};
    double ignored;
    char number[40];
    for (size_t i = 0; i < t->n; i++) {
        const char *cell = tern__table_show(c, i, number);
        if (!tern__cell_number(cell, t->decimal, &ignored)) add(&r, i, p->targets && tern__cell_blank(cell));
    }
    return refuse(t, c, &r, accepted, err);
}

static tern_status fill_numbers(tern__picks *p, const tern__table *t, size_t k, const char *accepted, tern_error *err) {
    const tern__table_column *c = &t->column[p->column[k]];
    refusal r = {0};
    if (!c->number) return refuse_texts(p, t, c, accepted, err); /* it is wanted as texts, too */
    for (size_t i = 0; i < t->n; i++) {
        double v = c->number[i];
        p->number[i * p->n + k] = v;
        if (!isfinite(v)) add(&r, i, p->targets && isnan(v));
    }
    return refuse(t, c, &r, accepted, err);
}

/* ---- names ---- */

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the names, so that two files with the same classes give them the same numbers. */
static tern_status sort_names(tern__picks *p, const tern__table_column *c, tern_error *err) {
    p->found = tern__alloc(c->values, sizeof *p->found, err);
    if (!p->found) return TERN_ERROR_MEMORY;
    p->n_found = c->values;
    if (c->values) memcpy(p->found, c->value, c->values * sizeof *p->found);
    qsort(p->found, p->n_found, sizeof *p->found, compare_texts);
    return TERN_OK;
}

/* The index of each value among the classes; -1: it is none. */
static double *index_values(const tern__picks *p, const tern__table_column *c, tern_error *err) {
    double *index = tern__alloc(c->values, sizeof *index, err);
    for (size_t k = 0; index && k < c->values; k++) {
        index[k] = -1;
        for (size_t i = 0; i < p->classes.n; i++)
            if (!strcmp(p->classes.v[i], c->value[k])) index[k] = (double)i;
        const char **at = p->n_found ? bsearch(&c->value[k], p->found, p->n_found, sizeof *at, compare_texts) : NULL;
        if (at) index[k] = (double)(at - p->found);
    }
    return index;
}

static tern_status fill_classes(tern__picks *p, const tern__table *t, tern_error *err) {
    const tern__table_column *c = &t->column[*p->column];
    refusal empty = {0}, unknown = {0};
    if (!p->classes.n && sort_names(p, c, err)) return TERN_ERROR_MEMORY;
    double *index = index_values(p, c, err);
    if (!index) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->n; i++) {
        double v = c->code[i] == TERN__NO_CODE ? -2 : index[c->code[i]];
        p->number[i] = v;
        if (v < 0) add(v < -1 ? &empty : &unknown, i, v < -1);
    }
    tern__free(index);
    tern_status status = refuse(t, c, &empty, "a class name", err),
                second = refuse(t, c, &unknown, "one of the classes", err);
    return status ? status : second;
}

static tern_status fill_target(tern__picks *p, const tern__table *t, tern_error *err) {
    const tern__table_column *c = &t->column[*p->column];
    char number[40];
    double ignored;
    if (p->classes.n) return fill_classes(p, t, err);
    if (c->number) return fill_numbers(p, t, 0, t->n > 1 ? "a number, as in the first row," : "a finite number", err);
    bool numbers = t->n && tern__cell_number(tern__table_show(c, 0, number), t->decimal, &ignored);
    /* Texts after a first row that is a number: a slip, and not names. */
    return numbers ? refuse_texts(p, t, c, "a number, as in the first row,", err) : fill_classes(p, t, err);
}

/* ---- all of them ---- */

void tern__picks_want(const tern__picks *p, tern__cells *want) {
    for (size_t i = 0; i < p->n; i++) {
        tern__cells *w = &want[p->column[i]], names = p->classes.n ? TERN__CELLS_TEXT : TERN__CELLS_AUTO;
        tern__cells wanted = p->targets && p->n == 1 ? names : TERN__CELLS_NUMBER;
        *w = *w == TERN__CELLS_SKIP || *w == wanted ? wanted : TERN__CELLS_AUTO;
    }
}

tern_status tern__picks_fill(tern__picks *p, const tern__table *t, tern_error *err) {
    p->number = tern__alloc(t->n, p->n * sizeof *p->number, err);
    if (!p->number) return TERN_ERROR_MEMORY;
    if (p->targets && p->n == 1) return fill_target(p, t, err);
    tern_status status = TERN_OK;
    for (size_t k = 0; k < p->n; k++) {
        tern_status one = fill_numbers(p, t, k, "a finite number", err);
        if (one) status = one;
    }
    return status;
}

tern_array tern__picks_take(tern__picks *p, size_t rows) {
    tern_array c = {.dtype = TERN_F64, .shape = {1, {p->n}}, .data = p->number};
    if (p->targets && p->n == 1) {
        c.shape = (tern_shape){0};
        if (tern__all_whole(p->number, rows)) c.dtype = TERN_I64;
    }
    if (c.dtype == TERN_I64) tern__to_integers(p->number, rows);
    p->number = NULL;
    return c;
}

void tern__picks_free(tern__picks *p) {
    tern__free(p->column);
    tern__free(p->number);
    tern__free(p->found);
}
