/* table_source.c - inputs and targets out of a table's columns, by name or position; see table_source.h. */
#include "table_source.h"

#include "dataset_from_columns.h"
#include "error_scope.h"
#include "fraction.h"
#include "series_order.h"
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
        size_t column = tern__table_source_find(f, wanted->v[i], key, err);
        if (column == SIZE_MAX) return TERN_ERROR_MODEL;
        p->column[p->n++] = column;
    }
    for (size_t i = 0; !wanted->n && i < f->columns; i++) {
        bool weight = f->roles.weight && !strcmp(f->names[i], f->roles.weight),
             sequence = f->roles.sequence && !strcmp(f->names[i], f->roles.sequence);
        if (!weight && !sequence && (!others || !contains(others, i))) p->column[p->n++] = i;
    }
    if (p->n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, key, "is left out, but y takes all columns of \"%.256s\"", f->path);
}

static tern_status pick_targets(const tern__roles *o, const tern__table_source *f, tern__picks *y, tern_error *err) {
    tern_status status = pick(f, &o->y, "y", NULL, y, err);
    if (!status && y->n > 1 && o->classes.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of one column, but y has %zu", y->n);
    return status;
}

static tern_status check_inputs(const tern__table_source *f, const tern__picks *x, const tern__picks *y,
                                tern_error *err) {
    const char **name = tern__alloc(x->n + y->n, sizeof *name, err);
    if (!name) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < x->n; i++) name[i] = f->names[x->column[i]];
    for (size_t i = 0; i < y->n; i++) name[x->n + i] = f->names[y->column[i]];
    const tern_strings targets = {y->n, name + x->n};
    tern_status status = tern__roles_check_inputs(&f->roles, x->n, name, &targets, "x", err);
    tern__free(name);
    return status;
}

tern_status tern__roles_check_classes(const tern__table_source *s, tern_error *err) {
    if (!s->roles.classes.n || s->roles.y.n || s->targets || s->answers) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of y, but there is no y");
}

/* ---- reading ---- */

/* Columns beside inputs and targets; SIZE_MAX: none. */
typedef struct extras {
    size_t weight, id, sequence;
} extras;

/* Reads the rows and fills what is picked of them, either of which may be NULL. */
static tern__table *read_picks(tern__table_source *f, tern__picks *x, tern__picks *y, extras *e, tern_error *err) {
    tern__cells *want = tern__alloc(f->columns, sizeof *want, err);
    if (!want) return NULL;
    for (size_t i = 0; i < f->columns; i++) want[i] = TERN__CELLS_SKIP;
    if (x) tern__picks_want(x, want);
    if (y) tern__picks_want(y, want);
    if (e->weight != SIZE_MAX)
        want[e->weight] = want[e->weight] == TERN__CELLS_SKIP ? TERN__CELLS_NUMBER : TERN__CELLS_AUTO;
    bool failed = tern__table_source_want_id(f, want, &e->id, err) || tern__sequence_want(f, want, &e->sequence, err);
    if (x) tern__series_want_dates(f, want);
    tern__table *t = failed ? NULL : tern__table_source_rows(f, want, err);
    tern__free(want);
    if (t && t->without_target) tern_error_warn(err, NULL, "%s", t->without_target);
    tern_status status = t && x ? tern__series_order_check(&f->roles, t, NULL, err) : TERN_OK;
    if (t && x && !status) status = tern__picks_fill(x, t, err);
    tern_status second = t && y ? tern__picks_fill(y, t, err) : TERN_OK;
    if (!status && !second) return t;
    tern__table_free(t);
    return NULL;
}

/* The names of the columns that are picked, as `take` wants them. */
static tern_status name_picks(tern_dataset *d, tern_array *array, const tern__table_source *f, const tern__picks *p,
                              tern_status (*take)(tern_dataset *d, tern_array *array, size_t n,
                                                  const char *const *names, tern_error *err),
                              tern_error *err) {
    if (!p->n) return TERN_OK;
    const char **names = tern__alloc(p->n, sizeof *names, err);
    if (!names) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < p->n; i++) names[i] = f->names[p->column[i]];
    tern_status status = take(d, array, p->n, names, err);
    tern__free(names);
    return status;
}

/* Class names and column names, where there are any. */
static tern_status name(tern_dataset *d, const tern__table_source *f, const tern__picks *x, const tern__picks *y,
                        tern_error *err) {
    const tern__roles *o = &f->roles;
    tern_array *classes = x->targets ? d->x : d->y;
    const tern__picks *found = x->targets ? x : y;
    tern_status status = f->named && !x->targets ? name_picks(d, d->x, f, x, tern_dataset_label, err) : TERN_OK;
    if (!status) status = name_picks(d, d->x, f, x, tern_dataset_name_columns, err);
    if (!status) status = name_picks(d, d->y, f->targets ? f->targets : f, y, tern_dataset_name_columns, err);
    if (!status && o->classes.n) status = tern_dataset_label(d, classes, o->classes.n, o->classes.v, err);
    else if (!status && found->n_found) status = tern_dataset_label(d, classes, found->n_found, found->found, err);
    return status;
}

/* Takes the part of the rows that is wanted, as samples. */
static tern_status take_part(const tern__roles *o, const tern__table *t, tern_array *x, tern_array *y, size_t *n,
                             tern_error *err) {
    if (!o->series.window && o->from <= 0 && o->to >= 1) return TERN_OK;
    size_t first, end;
    tern_status status = tern__fraction(o->from, o->to, *n, &first, &end, err);
    char file[TERN__TABLE_PLACE];
    if (!status) status = tern__window(&o->series, first, end, x, y, n, err);
    if (status == TERN_ERROR_DATA) tern__error_append(err, "; %s has %zu rows in all", tern__table_file(t, file), t->n);
    return status;
}

tern_dataset *tern__roles_dataset(const tern__roles *o, const tern__table *t, size_t n, tern_array *x, size_t n_y,
                                  tern_array *y, tern_error *err) {
    if (!y->data || n == n_y) {
        if (take_part(o, t, x, y, &n, err)) return tern__free(x->data), tern__free(y->data), NULL;
        n_y = n;
    }
    tern_dataset *d = tern__dataset_from_columns(n, x, n_y, y, err);
    if (d) d->overlap = tern__series_overlap(&o->series, d->targets > 0), d->series = o->series.window > 0;
    return d;
}

tern_status tern__dataset_keep_rows(tern_dataset *d, const tern__roles *o, const tern__table *t, tern_error *err) {
    size_t first, end, stride = o->series.window ? o->series.stride : 1;
    if (o->sequence || tern__fraction(o->from, o->to, t->n, &first, &end, err)) return TERN_OK;
    first += d->targets ? o->series.window : 0; /* targets follow their window */
    bool whole = !first && stride == 1 && tern__table_origin(t, t->n - 1) == t->n - 1;
    size_t *row = whole ? NULL : tern__alloc(d->n, sizeof *row, err);
    if (!row) return whole ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; i < d->n; i++) row[i] = tern__table_origin(t, first + i * stride);
    d->row = row;
    return tern__dataset_own(d, row, tern__free, err);
}

tern_dataset *tern__table_source_read(tern__table_source *f, tern_error *err) {
    const tern__roles *o = &f->roles;
    tern__table_source *f_y = f->targets;
    tern__picks x = {0}, y = {.targets = true, .classes = o->classes};
    tern__table *t = NULL, *t_y = NULL;
    tern_dataset *d = NULL;
    bool apart = f_y != NULL, targets = apart || o->y.n;
    tern_status status;
    extras e = {tern__roles_find_weight(f, &status, err), SIZE_MAX, SIZE_MAX}, none = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    if (!status) status = tern__roles_check_classes(f, err);
    if (!status && targets) status = pick_targets(o, apart ? f_y : f, &y, err);
    if (!status) status = pick(f, &o->x, "x", apart || !targets ? NULL : &y, &x, err);
    if (!status && !apart) status = check_inputs(f, &x, &y, err);
    if (f->answers && !targets && x.n == 1 && !o->series.window && !o->sequence)
        x.targets = true, x.classes = o->classes;
    if (!status) t = read_picks(f, &x, targets && !apart ? &y : NULL, &e, err);
    if (t && apart) t_y = read_picks(f_y, NULL, &y, &none, err);
    if (t && (t_y || !apart)) {
        size_t n = t->n, n_y = apart ? t_y->n : n;
        tern_array c = tern__picks_take(&x, n), c_y = {0};
        if (targets) c_y = tern__picks_take(&y, n_y);
        size_t *length;
        status = tern__sequence_rows(o, t, e.sequence, &c, &c_y, &n, &length, err);
        if (length) n_y = n;
        if (status) tern__free(c.data), tern__free(c_y.data);
        else d = tern__roles_dataset(o, t, n, &c, n_y, &c_y, err);
        if (!status && !d && apart && n != n_y) tern__error_append(err, " (\"%s\" and \"%s\")", f_y->path, f->path);
        if (d && length) status = tern__dataset_keep_lengths(d, o, length, n, err);
        else tern__free(length);
        if (d && !status) status = name(d, f, &x, &y, err);
        if (d && !status) status = tern__dataset_keep_rows(d, o, t, err);
        if (d && !status && e.weight != SIZE_MAX) status = tern__roles_weigh(o, t, e.weight, d, err);
        if (d && !status) status = tern__table_source_take_id(o, t, e.id, d, err);
        if (d && status) tern_dataset_free(d), d = NULL;
    }
    tern__picks_free(&x);
    tern__picks_free(&y);
    tern__table_free(t);
    tern__table_free(t_y);
    return d;
}

tern_dataset *tern__table_read_answers(const tern_reader_type *type, const void *self, const char *dir, bool safe,
                                       tern_error *err) {
    tern__table_source s = {0};
    if (type->table(self, dir, safe, &s, err)) return NULL;
    s.answers = true;
    tern_dataset *d = tern__table_source_read(&s, err);
    tern__table_source_close(&s);
    return d;
}
