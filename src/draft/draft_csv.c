/* draft_csv.c - how a CSV file is written, and which query stands for an SQLite database; see draft_internal.h. */
#include "draft_internal.h"

#include "csv_sniff.h"
#include "file.h"
#include "text.h"
#include "text_file.h"

#include <string.h>

/* ---- CSV ---- */

static const char *separator_name(char c) {
    switch (c) {
    case '\t': return "tabs";
    case ';': return "semicolons";
    case '|': return "bars";
    case ' ': return "spaces";
    default: return "commas";
    }
}

static void write_form(tern__draft *d, const tern__csv_guess *g) {
    tern__json_writer w = {.write = tern__buffer_write, .to = &d->options};
    const char separator[] = {g->separator, 0}, decimal[] = {g->decimal, 0};
    tern__json_open(&w, NULL, '{');
    tern__json_add_text(&w, "file", d->path);
    if (g->separator != ',') tern__json_add_text(&w, "separator", g->separator == '\t' ? "tab" : separator);
    if (g->decimal != '.') tern__json_add_text(&w, "decimal", decimal);
    if (g->encoding) tern__json_add_text(&w, "encoding", tern__encoding_words[g->encoding]);
    if (!g->header) tern__json_add_bool(&w, "header", false);
    tern__json_close_bracket(&w, '}');
}

/* What a person may have meant otherwise. */
static void note_doubts(tern__draft *d, const tern__csv_guess *g) {
    if (*g->thousands)
        tern__draft_note(d,
                         "%s: is 1.234 a little more than one, as it is read, or more than a thousand? Then take the "
                         "points out of the file",
                         g->thousands);
    if (*g->codes)
        tern__draft_note(d, "%s: numbers that begin with 0 look like codes: \"type\": \"category\" reads them so",
                         g->codes);
    if (*g->years)
        tern__draft_note(d,
                         "the first row, %s, is far from those below and is read as a sample; \"header\": true in "
                         "\"data\" makes names of it",
                         g->years);
}

tern_status tern__draft_csv(tern__draft *d) {
    tern__csv_guess g;
    size_t n;
    if (d->o->targets)
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL,
                              "a table holds its own targets: put the columns of \"%.256s\" into it", d->o->targets);
    char *path = tern__path_join(d->base, d->path, false, NULL, d->err);
    const char *const *files = path ? tern__text_files(path, &d->arena, &n, d->err) : NULL;
    tern__free(path);
    tern_status status = files ? tern__csv_sniff(files[0], &g, d->err) : TERN_ERROR_IO;
    if (status) return status;
    d->reader = "csv";
    write_form(d, &g);
    status = tern__draft_reader(d);
    if (!status && g.encoding)
        tern__draft_note(d, "the text is no UTF-8 and is read as Latin-1 (Windows-1252): look whether its letters are "
                            "right; \"encoding\" says so");
    if (!status) note_doubts(d, &g);
    if (!status)
        d->shown.found = tern__draft_text(d, "separated by %s%s, %s", separator_name(g.separator),
                                          g.decimal == ',' ? ", with decimal commas" : "",
                                          g.header ? "with a header" : "without a header: columns count from 0");
    return status ? status : tern__draft_from_table(d);
}

/* ---- SQLite ---- */

static tern_status write_query(tern__draft *d, const char *query) {
    tern__free(d->options.text);
    d->options = (tern__buffer){0};
    tern__json_writer w = {.write = tern__buffer_write, .to = &d->options};
    tern__json_open(&w, NULL, '{');
    tern__json_add_text(&w, "file", d->path);
    tern__json_add_text(&w, "query", query);
    tern__json_close_bracket(&w, '}');
    return tern__draft_reader(d);
}

/* The tables of the database, as a column of texts. */
static tern_status list_tables(tern__draft *d, tern__table **out) {
    static const char query[] = "select name from sqlite_master where type in ('table', 'view') and name not like "
                                "'sqlite\\_%' escape '\\' order by name";
    static const tern__cells text = TERN__CELLS_TEXT;
    tern__table_source s = {0};
    tern_status status = write_query(d, query);
    const tern_reader_type *type = (const tern_reader_type *)d->object.type;
    if (!status) status = type->table(d->object.self, d->base, false, &s, d->err);
    *out = status ? NULL : s.read(s.self, &text, d->err);
    tern__table_source_close(&s);
    return *out ? TERN_OK : TERN_ERROR_DATA;
}

/* All rows of the only table. */
static const char *find_query(tern__draft *d) {
    tern__table *t;
    const char *query = NULL;
    if (list_tables(d, &t)) return NULL;
    const tern__table_column *c = t->column;
    char names[400] = "";
    for (size_t i = 0; i < c->values; i++) tern__text_add(names, sizeof names, "%s%s", i ? ", " : "", c->value[i]);
    if (c->values == 1 && !strchr(c->value[0], '"')) query = tern__draft_text(d, "select * from \"%s\"", c->value[0]);
    else
        tern_error_add(d->err, TERN_ERROR_USAGE, NULL,
                       "the database has %zu tables: %s; say which rows are meant: --query \"select * from ...\"",
                       c->values, names);
    tern__table_free(t);
    return query;
}

tern_status tern__draft_sqlite(tern__draft *d) {
    d->reader = "sqlite";
    const char *query = d->o->query ? d->o->query : find_query(d);
    tern_status status = query ? write_query(d, query) : TERN_ERROR_USAGE;
    if (!status) d->shown.found = tern__draft_text(d, "SQLite, %s", query);
    return status ? status : tern__draft_from_table(d);
}
