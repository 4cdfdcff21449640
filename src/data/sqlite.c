/* sqlite - rows that a query selects from an SQLite database: as tables of text are, columns by name. */
#include <tern/reader.h>

#include "encoding.h"
#include "error_scope.h"
#include "file.h"
#include "fraction.h"
#include "table_source.h"

#include <math.h>
#include <string.h>

#ifdef TERN_HAVE_SQLITE
#include <sqlite3.h>
#endif

typedef struct sqlite {
    const char *file, *query;
    tern_strings x, y, classes;
    size_t window, horizon, stride;
    double from, to;
    const char *sample_weight;
} sqlite;

#ifdef TERN_HAVE_SQLITE

/* An open database and the query, of which no row has been read. */
typedef struct connection {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *statement;
    const char **names; /* [columns] */
    size_t columns;
} connection;

static void disconnect(void *self) {
    connection *c = self;
    sqlite3_finalize(c->statement);
    sqlite3_close(c->db);
    tern__free(c->names);
    tern__free(c->path);
    tern__free(c);
}

/* What SQLite says, about the database. */
static tern_status fail(const connection *c, const char *what, tern_error *err) {
    tern__error_scope before;
    tern__error_scope_enter(err, c->path, NULL, &before);
    tern_error_add(err, TERN_ERROR_DATA, NULL, "%s: %.300s", what, sqlite3_errmsg(c->db));
    tern__error_scope_leave(err, &before);
    return TERN_ERROR_DATA;
}

/* No writing, no files but this one, no extensions, whatever the database or the query says. */
static void lock_down(sqlite3 *db) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_exec(db, "PRAGMA query_only = 1", NULL, NULL, NULL);
}

static tern_status prepare(connection *c, const char *query, tern_error *err) {
    const char *rest;
    if (!query)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "which rows of \"%.256s\" are meant? Say so by --query \"select ... from ...\"", c->path);
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW;
    if (sqlite3_open_v2(c->path, &c->db, flags, NULL)) return fail(c, "can't be opened", err);
    lock_down(c->db);
    if (sqlite3_prepare_v2(c->db, query, -1, &c->statement, &rest)) return fail(c, "the query can't be run", err);
    if (!c->statement || rest[strspn(rest, " \t\r\n;")])
        return tern_error_add(err, TERN_ERROR_MODEL, "query", "is \"%.300s\", which is not one statement", query);
    if (!sqlite3_stmt_readonly(c->statement) || !sqlite3_column_count(c->statement))
        return tern_error_add(err, TERN_ERROR_MODEL, "query",
                              "is \"%.300s\", which selects no rows; \"select ... from ...\" is accepted", query);
    c->columns = (size_t)sqlite3_column_count(c->statement);
    c->names = tern__alloc(c->columns, sizeof *c->names, err);
    for (size_t i = 0; c->names && i < c->columns; i++) c->names[i] = sqlite3_column_name(c->statement, (int)i);
    return c->names ? TERN_OK : TERN_ERROR_MEMORY;
}

/* A database may hold bytes that it only calls a text. */
static tern_status read_text(connection *c, tern__table *t, size_t i, tern_error *err) {
    char place[TERN__TABLE_PLACE];
    const char *text = (const char *)sqlite3_column_text(c->statement, (int)i);
    size_t size = text ? strlen(text) : 0;
    if (text && tern__encoding_fault(text, size) == size) return tern__table_text(t, i, text, err);
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s holds a text that is no UTF-8 in %s: put it in anew",
                          t->column[i].label, tern__table_place(t, t->n, place));
}

static tern_status read_cell(connection *c, tern__table *t, size_t i, tern_error *err) {
    char place[TERN__TABLE_PLACE];
    switch (sqlite3_column_type(c->statement, (int)i)) {
    case SQLITE_NULL: return tern__table_text(t, i, "", err);
    case SQLITE_INTEGER:
    case SQLITE_FLOAT: return tern__table_number(t, i, sqlite3_column_double(c->statement, (int)i), err);
    case SQLITE_TEXT: return read_text(c, t, i, err);
    default:
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "%s holds bytes (a BLOB) in %s; numbers and texts are accepted", t->column[i].label,
                              tern__table_place(t, t->n, place));
    }
}

static tern_status read_rows(connection *c, tern__table *t, const tern__cells *want, tern_error *err) {
    tern_status status = tern__table_begin_file(t, c->path, 0, err);
    int step = SQLITE_ROW;
    while (!status && (step = sqlite3_step(c->statement)) == SQLITE_ROW) {
        for (size_t i = 0; i < c->columns && !status; i++)
            if (want[i] != TERN__CELLS_SKIP) status = read_cell(c, t, i, err);
        if (!status) status = tern__table_row(t, err);
    }
    if (status) return status;
    if (step != SQLITE_DONE) return fail(c, "the query ended early", err);
    if (t->n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, "query", "selects no row of \"%.256s\"", c->path);
}

static tern__table *read_all(void *self, const tern__cells *want, tern_error *err) {
    connection *c = self;
    tern__table *t = tern__table_new(c->columns, c->names, want, '.', err);
    if (!t) return NULL;
    if (read_rows(c, t, want, err)) return tern__table_free(t), NULL;
    tern__table_done(t);
    return t;
}

static tern_status connect_to(const sqlite *o, const char *dir, bool safe, tern__table_source *out, tern_error *err) {
    const tern__series series = {o->window, o->horizon, o->stride};
    tern_status status = tern__series_check(&series, err);
    if (status) return status;
    connection *c = tern__alloc(1, sizeof *c, err);
    if (!c) return TERN_ERROR_MEMORY;
    c->path = tern__path_join(dir, o->file, safe, "file", err);
    status = c->path ? prepare(c, o->query, err) : TERN_ERROR_MODEL;
    if (status) return disconnect(c), status;
    *out = (tern__table_source){.path = c->path,
                                .hint = "",
                                .columns = c->columns,
                                .names = c->names,
                                .named = true,
                                .roles = {o->x, o->y, o->classes, series, o->from, o->to, false, o->sample_weight},
                                .read = read_all,
                                .close = disconnect,
                                .self = c};
    return TERN_OK;
}

#else

static tern_status connect_to(const sqlite *o, const char *dir, bool safe, tern__table_source *out, tern_error *err) {
    (void)o, (void)dir, (void)safe, (void)out;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "this tern was built without SQLite: \"tern version\" says with what");
}

#endif

static tern_status sqlite_table(const void *self, const char *dir, bool safe, tern__table_source *out,
                                tern_error *err) {
    return connect_to(self, dir, safe, out, err);
}

static tern_dataset *sqlite_read(const void *self, const char *dir, bool safe, tern_error *err) {
    tern__table_source s = {0};
    if (sqlite_table(self, dir, safe, &s, err)) return NULL;
    tern_dataset *d = tern__table_source_read(&s, err);
    tern__table_source_close(&s);
    return d;
}

static void sqlite_from_files(void *self, const tern_files *files) {
    sqlite *o = self;
    o->file = files->input;
    if (files->query) o->query = files->query;
    if (!o->window) o->x = (tern_strings){0}; /* a series goes on from what it was */
    if (!files->labelled) o->y = o->classes = (tern_strings){0};
    o->from = 0, o->to = 1, o->stride = 1, o->sample_weight = NULL;
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(sqlite, file, "The database; it is only read.", .path = true),
    TERN_STRING_REQUIRED(sqlite, query, "What selects the rows: one statement, \"select a, b, kind from shops\"."),
    TERN_STRINGS(sqlite, x, 1, 0,
                 "Columns of the inputs, by name or by position from 0; left out: all that are not y."),
    TERN_STRINGS(sqlite, y, 1, 0, "Columns of the targets; left out: none. One column may hold class names."),
    TERN_STRINGS(sqlite, classes, 1, 0, "The class names in the order of their indices; left out: sorted."),
    TERN_SERIES_OPTIONS(sqlite),
    TERN_STRING(
        sqlite, sample_weight, NULL,
        "The column that says how much each row counts in training's loss, a number from 0; left out: all alike."),
    TERN_FRACTION_OPTIONS(sqlite, "rows"),
    {0},
};

static const tern_example examples[] = {
    {"{\"file\": \"shop.db\", \"query\": \"select age, income, city from customers order by id\", \"y\": [\"city\"]}",
     {{0}}},
    {0},
};

const tern_reader_type tern_reader_sqlite = {
    .base = {TERN_READER, "sqlite", NULL, "The rows that a query selects from an SQLite database.", sizeof(sqlite),
             options, examples},
    .endings = (const char *const[]){".db", ".sqlite", ".sqlite3", NULL},
    .read = sqlite_read,
    .table = sqlite_table,
    .from_files = sqlite_from_files,
};
