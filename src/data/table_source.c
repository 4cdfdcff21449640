/* table_source.c - inputs and targets out of a table's columns, by name or position; see table_source.h. */
#include "table_source.h"

#include "dataset_from_columns.h"
#include "fraction.h"
#include "table_arrays.h"
#include "names.h"

#include <string.h>

void tern__table_source_close(tern__table_source *s) {
    if (s->targets) tern__table_source_close(s->targets);
    tern__free(s->targets);
    if (s->close) s->close(s->self);
    *s = (tern__table_source){0};
}

/* ---- which columns ---- */

static size_t say_absent(const tern__table_source *f, const char *wanted, const char *key, tern_error *err) {
    char accepted[200] = "";
    tern__text_add_nearest(accepted, sizeof accepted, wanted, f->named ? f->columns : 0, f->names);
    if (f->roles.fitted)
        tern_error_add(err, TERN_ERROR_DATA, NULL,
                       "\"%.256s\" lacks the column \"%.128s\", which the model was trained on%s its %zu columns begin "
                       "with \"%.64s\"%s",
                       f->path, wanted, accepted, f->columns, f->names[0], f->hint);
    else if (f->named)
        tern_error_add(err, TERN_ERROR_MODEL, key,
                       "names the column \"%.128s\"%s the %zu columns of \"%.256s\" begin with \"%.128s\"%s", wanted,
                       accepted, f->columns, f->path, f->names[0], f->hint);
    else
        tern_error_add(err, TERN_ERROR_MODEL, key, "names the column \"%.128s\"; \"%.256s\" has the columns 0 to %zu%s",
                       wanted, f->path, f->columns - 1, f->hint);
    return SIZE_MAX;
}

/* The column of a name or, where none is called so, of a position; SIZE_MAX after an error. */
static size_t find_column(const tern__table_source *f, const char *wanted, const char *key, tern_error *err) {
    size_t found = SIZE_MAX, position = 0;
    for (size_t i = 0; f->named && i < f->columns; i++) {
        if (strcmp(f->names[i], wanted)) continue;
        if (found != SIZE_MAX) {
            tern_error_add(err, TERN_ERROR_MODEL, key, "names the column \"%.128s\", which \"%.256s\" has twice",
                           wanted, f->path);
            return SIZE_MAX;
        }
        found = i;
    }
    if (found != SIZE_MAX) return found;
    size_t digits = strspn(wanted, "0123456789");
    for (size_t i = 0; i < digits && position < f->columns; i++) position = position * 10 + (size_t)(wanted[i] - '0');
    if (digits && !wanted[digits] && position < f->columns && !f->roles.fitted) return position;
    return say_absent(f, wanted, key, err);
}

static bool contains(const tern__picks *p, size_t column) {
    for (size_t i = 0; i < p->n; i++)
        if (p->column[i] == column) return true;
    return false;
}

/* The columns that an option names; where it names none, all but those of `others` (may be NULL) and the weights. */
static tern_status pick(const tern__table_source *f, const tern_strings *wanted, const char *key,
                        const tern__picks *others, tern__picks *p, tern_error *err) {
    p->column = tern__alloc(wanted->n ? wanted->n : f->columns, sizeof *p->column, err);
    if (!p->column) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < wanted->n; i++) {
        size_t column = find_column(f, wanted->v[i], key, err);
        if (column == SIZE_MAX) return TERN_ERROR_MODEL;
        p->column[p->n++] = column;
    }
    for (size_t i = 0; !wanted->n && i < f->columns; i++) {
        bool weight = f->roles.weight && !strcmp(f->names[i], f->roles.weight);
        if (!weight && (!others || !contains(others, i))) p->column[p->n++] = i;
    }
    if (p->n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, key, "is left out, but y takes all columns of \"%.256s\"", f->path);
}

static tern_status pick_targets(const tern__roles *o, const tern__table_source *f, tern__picks *y, tern_error *err) {
    tern_status status = pick(f, &o->y, "y", NULL, y, err);
    y->targets = true;
    y->classes = o->classes;
    if (!status && y->n > 1 && o->classes.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of one column, but y has %zu", y->n);
    return status;
}

/* ---- reading ---- */

/* Reads the rows and fills what is picked of them, either of which may be NULL; `weight`: a column, or SIZE_MAX. */
static tern__table *read_picks(tern__table_source *f, tern__picks *x, tern__picks *y, size_t weight, tern_error *err) {
    tern__cells *want = tern__alloc(f->columns, sizeof *want, err);
    if (!want) return NULL;
    for (size_t i = 0; i < f->columns; i++) want[i] = TERN__CELLS_SKIP;
    if (x) tern__picks_want(x, want);
    if (y) tern__picks_want(y, want);
    if (weight != SIZE_MAX) want[weight] = want[weight] == TERN__CELLS_SKIP ? TERN__CELLS_NUMBER : TERN__CELLS_AUTO;
    tern__table *t = f->read(f->self, want, err);
    tern__free(want);
    tern_status status = t && x ? tern__picks_fill(x, t, err) : TERN_OK;
    tern_status second = t && y ? tern__picks_fill(y, t, err) : TERN_OK;
    if (!status && !second) return t;
    tern__table_free(t);
    return NULL;
}

/* Class names and column names, where there are any. */
static tern_status name(tern_dataset *d, const tern__roles *o, const tern__table_source *f, const tern__picks *x,
                        const tern__picks *y, tern_error *err) {
    tern_status status = TERN_OK;
    if (o->classes.n) status = tern_dataset_label(d, d->y, o->classes.n, o->classes.v, err);
    else if (y->n_found) status = tern_dataset_label(d, d->y, y->n_found, y->found, err);
    if (status || !f->named) return status;
    const char **names = tern__alloc(x->n, sizeof *names, err);
    if (!names) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < x->n; i++) names[i] = f->names[x->column[i]];
    status = tern_dataset_label(d, d->x, x->n, names, err);
    tern__free(names);
    return status;
}

/* Takes the part of the rows that is wanted, as samples. */
static tern_status take_part(const tern__roles *o, tern_array *x, tern_array *y, size_t *n, tern_error *err) {
    if (!o->series.window && o->from <= 0 && o->to >= 1) return TERN_OK;
    size_t first, end;
    tern_status status = tern__fraction(o->from, o->to, *n, &first, &end, err);
    return status ? status : tern__window(&o->series, first, end, x, y, n, err);
}

tern_dataset *tern__roles_dataset(const tern__roles *o, size_t n, tern_array *x, size_t n_y, tern_array *y,
                                  tern_error *err) {
    if (!y->data || n == n_y) {
        if (take_part(o, x, y, &n, err)) return tern__free(x->data), tern__free(y->data), NULL;
        n_y = n;
    }
    tern_dataset *d = tern__dataset_from_columns(n, x, n_y, y, err);
    if (d) d->overlap = tern__series_overlap(&o->series, d->targets > 0);
    return d;
}

tern_dataset *tern__table_source_read(tern__table_source *f, tern_error *err) {
    const tern__roles *o = &f->roles;
    tern__table_source *f_y = f->targets;
    tern__picks x = {0}, y = {0};
    tern__table *t = NULL, *t_y = NULL;
    tern_dataset *d = NULL;
    bool apart = f_y != NULL, targets = apart || o->y.n;
    tern_status status;
    size_t weight = tern__roles_find_weight(f, &status, err);
    if (!status && targets) status = pick_targets(o, apart ? f_y : f, &y, err);
    if (!status) status = pick(f, &o->x, "x", apart || !targets ? NULL : &y, &x, err);
    if (!status) t = read_picks(f, &x, targets && !apart ? &y : NULL, weight, err);
    if (t && apart) t_y = read_picks(f_y, NULL, &y, SIZE_MAX, err);
    if (t && (t_y || !apart)) {
        size_t n = t->n, n_y = apart ? t_y->n : n;
        tern_array c = tern__picks_take(&x, n), c_y = {0};
        if (targets) c_y = tern__picks_take(&y, n_y);
        d = tern__roles_dataset(o, n, &c, n_y, &c_y, err);
        if (d) status = name(d, o, f, &x, &y, err);
        if (d && !status && weight != SIZE_MAX) status = tern__roles_weigh(o, t, weight, d, err);
        if (d && status) tern_dataset_free(d), d = NULL;
    }
    tern__picks_free(&x);
    tern__picks_free(&y);
    tern__table_free(t);
    tern__table_free(t_y);
    return d;
}
