/* csv - tables of text (RFC 4180): columns by name or position, class names become indices. */
#include <tern/reader.h>

#include "csv_files.h"
#include "dataset_from_columns.h"
#include "fraction.h"
#include "table_arrays.h"
#include "window.h"

#include <string.h>

typedef struct csv {
    tern_strings file;
    const char *one_file, *y_file;
    const char *separator, *decimal;
    bool header;
    tern_strings x, y, classes;
    size_t window; /* 0: a row is a sample */
    double from, to;
    bool plain; /* no model says whether there is a header: there is one unless the first row is numbers */
} csv;

static tern_status open_files(const csv *o, const tern_strings *files, const char *key, const char *dir, bool safe,
                              tern__csv_files *f, tern_error *err) {
    const tern__csv_form form = {o->separator, o->decimal, o->header, o->plain};
    return tern__csv_files_open(f, files, key, dir, safe, &form, err);
}

/* ---- which columns ---- */

static bool contains(const tern__picks *p, size_t column) {
    for (size_t i = 0; i < p->n; i++)
        if (p->column[i] == column) return true;
    return false;
}

/* The columns that an option names; where it names none, all but those of `others` (may be NULL). */
static tern_status pick(const tern__csv_files *f, const tern_strings *wanted, const char *key,
                        const tern__picks *others, tern__picks *p, tern_error *err) {
    p->column = tern__alloc(wanted->n ? wanted->n : f->columns, sizeof *p->column, err);
    if (!p->column) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < wanted->n; i++) {
        size_t column = tern__csv_files_find(f, wanted->v[i], key, err);
        if (column == SIZE_MAX) return TERN_ERROR_MODEL;
        p->column[p->n++] = column;
    }
    for (size_t i = 0; !wanted->n && i < f->columns; i++)
        if (!others || !contains(others, i)) p->column[p->n++] = i;
    if (p->n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, key, "is left out, but y takes all columns of \"%.256s\"", f->path[0]);
}

static tern_status pick_targets(const csv *o, const tern__csv_files *f, tern__picks *y, tern_error *err) {
    tern_status status = pick(f, &o->y, "y", NULL, y, err);
    y->targets = true;
    y->classes = o->classes;
    if (!status && y->n > 1 && o->classes.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of one column, but y has %zu", y->n);
    return status;
}

/* ---- reading ---- */

static void want_columns(const tern__picks *p, tern__cells *want) {
    for (size_t i = 0; p && i < p->n; i++) {
        tern__cells *w = &want[p->column[i]], names = p->classes.n ? TERN__CELLS_TEXT : TERN__CELLS_AUTO;
        tern__cells wanted = p->targets && p->n == 1 ? names : TERN__CELLS_NUMBER;
        *w = *w == TERN__CELLS_SKIP || *w == wanted ? wanted : TERN__CELLS_AUTO;
    }
}

/* Reads the rows and fills what is picked of them, either of which may be NULL. */
static tern__table *read_picks(tern__csv_files *f, tern__picks *x, tern__picks *y, tern_error *err) {
    tern__cells *want = tern__alloc(f->columns, sizeof *want, err);
    if (!want) return NULL;
    for (size_t i = 0; i < f->columns; i++) want[i] = TERN__CELLS_SKIP;
    want_columns(x, want);
    want_columns(y, want);
    tern__table *t = tern__csv_files_read(f, want, err);
    tern__free(want);
    tern_status status = t && x ? tern__picks_fill(x, t, err) : TERN_OK;
    tern_status second = t && y ? tern__picks_fill(y, t, err) : TERN_OK;
    if (!status && !second) return t;
    tern__table_free(t);
    return NULL;
}

/* Class names and column names, where there are any. */
static tern_status name(tern_dataset *d, const csv *o, const tern__csv_files *f, const tern__picks *x,
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
static tern_status take_part(const csv *o, tern_array *x, tern_array *y, size_t *n, tern_error *err) {
    if (!o->window && o->from <= 0 && o->to >= 1) return TERN_OK;
    size_t first, end;
    tern_status status = tern__fraction(o->from, o->to, *n, &first, &end, err);
    return status ? status : tern__window(o->window, first, end, x, y, n, err);
}

static tern_dataset *make_dataset(const csv *o, size_t n, tern_array *x, size_t n_y, tern_array *y, tern_error *err) {
    if (!y->data || n == n_y) {
        if (take_part(o, x, y, &n, err)) return tern__free(x->data), tern__free(y->data), NULL;
        n_y = n;
    }
    return tern__dataset_from_columns(n, x, n_y, y, err);
}

static tern_dataset *read_tables(const csv *o, tern__csv_files *f, tern__csv_files *f_y, tern_error *err) {
    tern__picks x = {0}, y = {0};
    tern__table *t = NULL, *t_y = NULL;
    tern_dataset *d = NULL;
    bool apart = f_y->n, targets = apart || o->y.n;
    tern_status status = targets ? pick_targets(o, apart ? f_y : f, &y, err) : TERN_OK;
    if (!status) status = pick(f, &o->x, "x", apart || !targets ? NULL : &y, &x, err);
    if (!status) t = read_picks(f, &x, targets && !apart ? &y : NULL, err);
    if (t && apart) t_y = read_picks(f_y, NULL, &y, err);
    if (t && (t_y || !apart)) {
        size_t n = t->n, n_y = apart ? t_y->n : n;
        tern_array c = tern__picks_take(&x, n), c_y = {0};
        if (targets) c_y = tern__picks_take(&y, n_y);
        d = make_dataset(o, n, &c, n_y, &c_y, err);
        if (d && name(d, o, f, &x, &y, err)) tern_dataset_free(d), d = NULL;
    }
    tern__picks_free(&x);
    tern__picks_free(&y);
    tern__table_free(t);
    tern__table_free(t_y);
    return d;
}

static tern_dataset *csv_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const csv *o = self;
    const tern_strings y_file = {o->y_file != NULL, &o->y_file};
    tern__csv_files f = {0}, f_y = {0};
    tern_dataset *d = NULL;
    if (o->classes.n && !o->y.n && !o->y_file)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of y, but there is no y"), NULL;
    if (open_files(o, &o->file, "file", dir, safe, &f, err)) return NULL;
    if (!o->y_file || !open_files(o, &y_file, "y_file", dir, safe, &f_y, err)) d = read_tables(o, &f, &f_y, err);
    tern__csv_files_close(&f);
    tern__csv_files_close(&f_y);
    return d;
}

static void csv_from_files(void *self, const char *input, const char *target) {
    csv *o = self;
    o->one_file = input, o->y_file = target;
    o->file = (tern_strings){1, &o->one_file};
    o->x = o->y = o->classes = (tern_strings){0};
    o->window = 0, o->from = 0, o->to = 1;
    o->plain = true;
}

static const tern_option options[] = {
    TERN_STRINGS(csv, file, 1, 0,
                 "The table; also several files one after the other, or a pattern: \"sales-*.csv\". May be compressed: "
                 ".csv.gz.",
                 .required = true),
    TERN_STRING(csv, y_file, NULL, "A table with the targets, row by row; left out: they are columns of `file`."),
    TERN_BOOL(csv, header, true, "The first row names the columns."),
    TERN_STRING(csv, separator, "\",\"", "The character between fields; also \"tab\"."),
    TERN_STRING(csv, decimal, "\".\"", "The decimal mark of numbers: \".\" or \",\"."),
    TERN_STRINGS(csv, x, 1, 0, "Columns of the inputs, by name or by position from 0; left out: all that are not y."),
    TERN_STRINGS(csv, y, 1, 0,
                 "Columns of the targets; left out: all of `y_file`, or no targets. One column may hold class names."),
    TERN_STRINGS(csv, classes, 1, 0, "The class names in the order of their indices; left out: sorted."),
    TERN_SIZE(
        csv, window, 0, 1, 1 << 20,
        "For a series: so many rows in order are an input, [window, columns], and the row after them has the target."),
    TERN_FRACTION_OPTIONS(csv, "rows"),
    {0},
};

static const tern_example examples[] = {
    {"{\"file\": \"iris.csv\", \"y\": [\"species\"]}", {{0}}},
    {"{\"file\": \"table.csv\", \"header\": false, \"separator\": \";\", \"x\": [0, 1, 2], \"y\": [3]}", {{0}}},
    {"{\"file\": \"series.csv\", \"x\": \"value\", \"y\": \"value\", \"window\": 24, \"to\": 0.8}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_csv = {
    .base = {TERN_READER, "csv", NULL, "Tables of text; a column of class names becomes class indices.", sizeof(csv),
             options, examples},
    .endings = (const char *const[]){".csv", ".tsv", ".csv.gz", ".tsv.gz", NULL},
    .read = csv_read,
    .from_files = csv_from_files,
};
