/* csv_files.c - CSV files as one table; see csv_files.h. */
#include "csv_files.h"

#include "file_list.h"

#include <stdio.h>
#include <string.h>

/* Open files: the first one's names are known, its rows not yet read. */
typedef struct csv_files {
    tern__csv_form form;
    char separator;
    tern__file_list files;
    tern__csv rows; /* of the current file */
    size_t columns;
    const char *const *names; /* [columns]; without a header their positions */
    bool named;               /* there is a header */
    const char *hint;
    char hint_text[TERN__CSV_HINT];
    tern__arena arena;
} csv_files;

/* ---- how files are written ---- */

static tern_status check_form(csv_files *f, tern_error *err) {
    const char *separator = strcmp(f->form.separator, "tab") ? f->form.separator : "\t", *decimal = f->form.decimal;
    if (strlen(separator) != 1 || strchr("\"\r\n+-.0123456789eE", *separator))
        return tern_error_add(err, TERN_ERROR_MODEL, "separator",
                              "is \"%.16s\"; \"tab\" is accepted, or one character that is no part of a "
                              "number, quote or line end",
                              separator);
    if (strcmp(decimal, ".") && strcmp(decimal, ","))
        return tern_error_add(err, TERN_ERROR_MODEL, "decimal", "is \"%.16s\"; accepted are \".\" and \",\"", decimal);
    if (*decimal == *separator)
        return tern_error_add(err, TERN_ERROR_MODEL, "decimal", "is the separator, too; say \"separator\": \";\"");
    f->separator = *separator;
    return TERN_OK;
}

/* ---- the header ---- */

static bool all_numbers(const csv_files *f) {
    double ignored;
    for (size_t i = 0; i < f->rows.columns; i++)
        if (!tern__cell_number(f->rows.field[i], *f->form.decimal, &ignored)) return false;
    return true;
}

/* Takes the header, where there is one. */
static tern_status read_header(csv_files *f, bool *named, tern_error *err) {
    tern_status status;
    *named = false;
    if (!f->form.header) return TERN_OK;
    if (!tern__csv_next(&f->rows, &status, err)) return status;
    if (!all_numbers(f)) return *named = true, TERN_OK;
    f->rows.held = f->form.plain;
    if (f->form.plain) return TERN_OK;
    return tern__csv_fail(&f->rows, 0, TERN_ERROR_DATA, err,
                          "the header is numbers; where there is none, say \"header\": false");
}

/* Copies the names, which else go with the current file. */
static tern_status name_columns(csv_files *f, tern_error *err) {
    const char **names = tern__arena_alloc(&f->arena, f->rows.columns, sizeof *names, err);
    for (size_t i = 0; names && i < f->rows.columns; i++) {
        char position[24];
        snprintf(position, sizeof position, "%zu", i);
        const char *name = f->named ? f->rows.field[i] : position;
        if (!(names[i] = tern__arena_text(&f->arena, name, strlen(name), err))) return TERN_ERROR_MEMORY;
    }
    f->names = names, f->columns = f->rows.columns;
    return names ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status open_first(csv_files *f, const tern_strings *files, const char *key, const char *dir, bool safe,
                              tern_error *err) {
    tern_status status = check_form(f, err);
    if (!status) status = tern__file_list_make(files, key, dir, safe, &f->arena, &f->files, err);
    size_t depth = tern_error_enter(err, key, 0);
    if (!status) status = tern__csv_open(&f->rows, f->files.path[0], f->separator, f->form.encoding, err);
    tern_error_leave(err, depth);
    if (!status) status = read_header(f, &f->named, err);
    return status ? status : name_columns(f, err);
}

static void close_files(void *self) {
    csv_files *f = self;
    tern__csv_close(&f->rows);
    tern__arena_free(&f->arena);
    tern__free(f);
}

/* ---- rows ---- */

/* Where the columns of a file after the first belong in the table. */
static tern_status match_header(csv_files *f, size_t *place, tern_error *err) {
    bool named;
    tern_status status = read_header(f, &named, err);
    if (status) return status;
    if (f->rows.columns != f->columns || named != f->named)
        return tern__csv_fail(&f->rows, 0, TERN_ERROR_DATA, err, "has %zu columns%s, but \"%.128s\" has %zu%s",
                              f->rows.columns, named ? "" : " without names", f->files.path[0], f->columns,
                              f->named ? "" : " without names");
    for (size_t i = 0; i < f->columns; i++) {
        size_t k = i;
        while (named && k < i + f->columns && strcmp(f->names[k % f->columns], f->rows.field[i])) k++;
        if (k == i + f->columns)
            return tern__csv_fail(&f->rows, i, TERN_ERROR_DATA, err, "has a column \"%.64s\", which \"%.128s\" lacks",
                                  f->rows.field[i], f->files.path[0]);
        place[i] = k % f->columns;
    }
    return TERN_OK;
}

/* Adds the rows of the current file. */
static tern_status read_rows(csv_files *f, tern__table *t, const tern__cells *want, const size_t *place,
                             tern_error *err) {
    tern_status status;
    size_t before = t->n;
    while (tern__csv_next(&f->rows, &status, err)) {
        if (t->n == before) status = tern__table_begin_file(t, f->rows.path, f->rows.line, err);
        else tern__table_line(t, f->rows.line);
        for (size_t i = 0; i < f->columns && !status; i++) {
            size_t column = place[i];
            if (want[column] == TERN__CELLS_SKIP) continue;
            tern__table_at(t, (size_t)(f->rows.field[i] - f->rows.row) + 1);
            status = tern__table_text(t, column, f->rows.field[i], err);
        }
        if (!status) status = tern__table_row(t, err);
        if (status) return status;
    }
    if (status || t->n > before) return status;
    return tern__csv_fail(&f->rows, 0, TERN_ERROR_DATA, err, "there is no row after the header");
}

static tern_status read_files(csv_files *f, tern__table *t, const tern__cells *want, tern_error *err) {
    size_t *place = tern__arena_alloc(&f->arena, f->columns, sizeof *place, err);
    if (!place) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < f->columns; i++) place[i] = i;
    tern_status status = read_rows(f, t, want, place, err);
    for (size_t k = 1; !status && k < f->files.n; k++) {
        tern__csv_close(&f->rows);
        status = tern__csv_open(&f->rows, f->files.path[k], f->separator, f->form.encoding, err);
        if (!status) status = match_header(f, place, err);
        if (!status) status = read_rows(f, t, want, place, err);
    }
    return status;
}

static tern__table *read_all(void *self, const tern__cells *want, tern_error *err) {
    csv_files *f = self;
    tern__table *t = tern__table_new(f->columns, f->named ? f->names : NULL, want, *f->form.decimal, err);
    if (!t) return NULL;
    t->hint = tern__arena_text(&t->arena, f->hint, strlen(f->hint), err);
    if (!t->hint || read_files(f, t, want, err)) return tern__table_free(t), NULL;
    tern__table_done(t);
    return t;
}

tern_status tern__csv_files_open(const tern_strings *files, const char *key, const char *dir, bool safe,
                                 const tern__csv_form *form, tern__table_source *out, tern_error *err) {
    csv_files *f = tern__alloc(1, sizeof *f, err);
    if (!f) return TERN_ERROR_MEMORY;
    f->form = *form;
    tern_status status = open_first(f, files, key, dir, safe, err);
    if (status) return close_files(f), status;
    *out = (tern__table_source){.path = f->files.path[0],
                                .hint = tern__csv_hint(&f->rows, f->hint_text),
                                .columns = f->columns,
                                .names = f->names,
                                .named = f->named,
                                .read = read_all,
                                .close = close_files,
                                .self = f};
    f->hint = out->hint;
    return TERN_OK;
}
