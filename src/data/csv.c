/* csv - tables of text (RFC 4180): columns by name or position, class names become indices. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "csv_fill.h"
#include "csv_rows.h"
#include "file.h"
#include "memory.h"
#include "fraction.h"
#include "window.h"

#include <string.h>

typedef struct csv {
    const char *file, *y_file;
    bool header;
    const char *separator;
    tern_strings x, y, classes;
    size_t window; /* 0: a row is a sample */
    double from, to;
    bool plain; /* no model says whether there is a header: there is one unless the first row is numbers */
} csv;

/* An open file with the names of its columns. */
typedef struct table {
    tern__csv rows;
    char *path;
    const char **names; /* [rows.columns]; NULL: no header */
} table;

/* ---- the header ---- */

static bool all_numbers(const tern__csv *c) {
    double ignored;
    for (size_t i = 0; i < c->columns; i++)
        if (!tern__csv_number(c, c->field[i], &ignored)) return false;
    return true;
}

static tern_status read_header(const csv *o, table *t, tern_error *err) {
    tern__csv *c = &t->rows;
    tern_status status;
    if (!o->header) return TERN_OK;
    if (!tern__csv_next(c, &status, err)) return status;
    if (all_numbers(c)) {
        c->held = o->plain;
        if (o->plain) return TERN_OK;
        return tern__csv_fail(c, 0, TERN_ERROR_DATA, err,
                              "the header is numbers; where there is none, say \"header\": false");
    }
    t->names = tern__alloc(c->columns, sizeof *t->names, err);
    if (!t->names) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < c->columns; i++) t->names[i] = c->field[i];
    return TERN_OK;
}

static void close_table(table *t) {
    tern__free(t->names);
    tern__csv_close(&t->rows);
    tern__free(t->path);
    *t = (table){0};
}

static tern_status open_table(const csv *o, const char *key, const char *dir, const char *name, bool safe, table *t,
                              tern_error *err) {
    const char *separator = strcmp(o->separator, "tab") ? o->separator : "\t";
    if (strlen(separator) != 1 || strchr("\"\r\n+-.0123456789eE", *separator))
        return tern_error_add(err, TERN_ERROR_MODEL, "separator",
                              "is \"%.16s\"; \"tab\" is accepted, or one character that is no part of a "
                              "number, quote or line end",
                              separator);
    t->path = tern__path_join(dir, name, safe, key, err);
    if (!t->path) return TERN_ERROR_MODEL;
    size_t depth = tern_error_enter(err, key, 0);
    tern_status status = tern__csv_open(&t->rows, t->path, *separator, err);
    tern_error_leave(err, depth);
    if (!status) status = read_header(o, t, err);
    if (status) close_table(t);
    return status;
}

/* ---- which columns ---- */

/* The column of a name or, where none is called so, of a position; SIZE_MAX after an error. */
static size_t find_column(const table *t, const char *wanted, const char *key, tern_error *err) {
    size_t columns = t->rows.columns, found = SIZE_MAX, position = 0;
    for (size_t i = 0; t->names && i < columns; i++) {
        if (strcmp(t->names[i], wanted)) continue;
        if (found != SIZE_MAX) {
            tern_error_add(err, TERN_ERROR_MODEL, key, "names the column \"%.128s\", which \"%.256s\" has twice",
                           wanted, t->path);
            return SIZE_MAX;
        }
        found = i;
    }
    if (found != SIZE_MAX) return found;
    size_t digits = strspn(wanted, "0123456789");
    for (size_t i = 0; i < digits && position < columns; i++) position = position * 10 + (size_t)(wanted[i] - '0');
    if (digits && !wanted[digits] && position < columns) return position;
    char hint[96];
    if (t->names)
        tern_error_add(err, TERN_ERROR_MODEL, key,
                       "names the column \"%.128s\"; the %zu columns of \"%.256s\" begin with \"%.128s\"%s", wanted,
                       columns, t->path, t->names[0], tern__csv_hint(&t->rows, hint));
    else
        tern_error_add(err, TERN_ERROR_MODEL, key, "names the column \"%.128s\"; \"%.256s\" has the columns 0 to %zu%s",
                       wanted, t->path, columns - 1, tern__csv_hint(&t->rows, hint));
    return SIZE_MAX;
}

static bool contains(const tern__picks *p, size_t column) {
    for (size_t i = 0; i < p->n; i++)
        if (p->column[i] == column) return true;
    return false;
}

/* The columns that an option names; where it names none, all but those of `others` (may be NULL). */
static tern_status pick(const table *t, const tern_strings *wanted, const char *key, const tern__picks *others,
                        tern__picks *p, tern_error *err) {
    size_t columns = t->rows.columns;
    p->column = tern__alloc(wanted->n ? wanted->n : columns, sizeof *p->column, err);
    if (!p->column) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < wanted->n; i++) {
        size_t column = find_column(t, wanted->v[i], key, err);
        if (column == SIZE_MAX) return TERN_ERROR_MODEL;
        p->column[p->n++] = column;
    }
    for (size_t i = 0; !wanted->n && i < columns; i++)
        if (!others || !contains(others, i)) p->column[p->n++] = i;
    if (p->n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, key, "is left out, but y takes all columns of \"%.256s\"", t->path);
}

static tern_status pick_targets(const csv *o, const table *t, tern__picks *y, tern_error *err) {
    tern_status status = pick(t, &o->y, "y", NULL, y, err);
    if (status) return status;
    if (y->n == 1) y->classes = &o->classes;
    else if (o->classes.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of one column, but y has %zu", y->n);
    return TERN_OK;
}

/* ---- reading ---- */

/* Class names and column names, where there are any. */
static tern_status name(tern_dataset *d, const csv *o, const table *t, const tern__picks *x, const tern__picks *y,
                        tern_error *err) {
    tern_status status = TERN_OK;
    if (y->classes && o->classes.n) status = tern_dataset_name_classes(d, o->classes.n, o->classes.v, err);
    else if (y->n_found) status = tern_dataset_name_classes(d, y->n_found, y->found, err);
    if (status || !t->names) return status;
    const char **names = tern__alloc(x->n, sizeof *names, err);
    if (!names) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < x->n; i++) names[i] = t->names[x->column[i]];
    status = tern_dataset_name_columns(d, x->n, names, err);
    tern__free(names);
    return status;
}

/* Takes the part of the rows that is wanted, as samples. */
static tern_status take_part(const csv *o, tern_column *x, tern_column *y, size_t *n, tern_error *err) {
    if (!o->window && o->from <= 0 && o->to >= 1) return TERN_OK;
    size_t first, end;
    tern_status status = tern__fraction(o->from, o->to, *n, &first, &end, err);
    return status ? status : tern__window(o->window, first, end, x, y, n, err);
}

static tern_dataset *make_dataset(const csv *o, size_t n, tern_column *x, size_t n_y, tern_column *y, tern_error *err) {
    if (!y->data || n == n_y) {
        if (take_part(o, x, y, &n, err)) return tern__free(x->data), tern__free(y->data), NULL;
        n_y = n;
    }
    return tern__dataset_from_columns(n, x, n_y, y, err);
}

static tern_dataset *read_tables(const csv *o, table *t, table *t_y, tern_error *err) {
    tern__picks x = {0}, y = {0};
    tern_dataset *d = NULL;
    size_t n = 0, n_y = 0;
    bool apart = t_y->path, targets = apart || o->y.n;
    tern_status status = targets ? pick_targets(o, apart ? t_y : t, &y, err) : TERN_OK;
    if (!status) status = pick(t, &o->x, "x", apart || !targets ? NULL : &y, &x, err);
    if (!status) status = tern__csv_fill(&t->rows, t->names, &x, targets && !apart ? &y : NULL, &n, err);
    if (!status && apart) status = tern__csv_fill(&t_y->rows, t_y->names, NULL, &y, &n_y, err);
    if (!status) {
        tern_column c = tern__picks_take(&x, n, false), c_y = {0};
        if (targets) c_y = tern__picks_take(&y, apart ? n_y : n, true);
        d = make_dataset(o, n, &c, apart ? n_y : n, &c_y, err);
        if (d && name(d, o, t, &x, &y, err)) tern_dataset_free(d), d = NULL;
    }
    tern__picks_free(&x);
    tern__picks_free(&y);
    return d;
}

static tern_dataset *csv_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const csv *o = self;
    table t = {0}, t_y = {0};
    tern_dataset *d = NULL;
    if (o->classes.n && !o->y.n && !o->y_file)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of y, but there is no y"), NULL;
    if (open_table(o, "file", dir, o->file, safe, &t, err)) return NULL;
    if (!o->y_file || !open_table(o, "y_file", dir, o->y_file, safe, &t_y, err)) d = read_tables(o, &t, &t_y, err);
    close_table(&t);
    close_table(&t_y);
    return d;
}

static void csv_from_files(void *self, const char *input, const char *target) {
    csv *o = self;
    o->file = input, o->y_file = target;
    o->x = o->y = o->classes = (tern_strings){0};
    o->window = 0, o->from = 0, o->to = 1;
    o->plain = true;
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(csv, file, "The table."),
    TERN_STRING(csv, y_file, NULL, "A table with the targets, row by row; left out: they are columns of `file`."),
    TERN_BOOL(csv, header, true, "The first row names the columns."),
    TERN_STRING(csv, separator, "\",\"", "The character between fields; also \"tab\"."),
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
    .endings = (const char *const[]){".csv", NULL},
    .read = csv_read,
    .from_files = csv_from_files,
};
