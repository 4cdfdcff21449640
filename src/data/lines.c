/* lines - texts, one a line: a table of the columns "text" and "file", the latter being what the file is called,
 * without directory and ending, which may be the class of all its lines. */
#include <tern/reader.h>

#include "file_list.h"
#include "fraction.h"
#include "table_source.h"
#include "text_file.h"
#include "utf8.h"

#include <string.h>

typedef struct lines {
    tern_strings file, y, classes;
    const char *one_file;
    double from, to;
} lines;

enum { TEXT, FILE_NAME, COLUMNS };
static const char *const names[] = {"text", "file"};

/* The files of a source that is open. */
typedef struct line_files {
    size_t columns; /* the file's name is one only where it is the target */
    tern__arena arena;
    tern__file_list list;
} line_files;

static void close_files(void *self) {
    line_files *f = self;
    tern__arena_free(&f->arena);
    tern__free(f);
}

/* ---- reading ---- */

/* "words/german.txt.gz" is called "german". */
static const char *name_of(const char *path, tern__table *t, tern_error *err) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t n = strcspn(base, ".");
    return tern__arena_text(&t->arena, base, n ? n : strlen(base), err);
}

static tern_status add_line(tern__table *t, const tern__cells *want, const char *text, const char *name,
                            tern_error *err) {
    tern_status status = want[TEXT] != TERN__CELLS_SKIP ? tern__table_text(t, TEXT, text, err) : TERN_OK;
    if (!status && t->columns == COLUMNS && want[FILE_NAME] != TERN__CELLS_SKIP)
        status = tern__table_text(t, FILE_NAME, name, err);
    return status ? status : tern__table_row(t, err);
}

static tern_status add_lines(tern__table *t, const tern__cells *want, char *text, size_t size, const char *path,
                             const char *name, tern_error *err) {
    tern_status status = TERN_OK;
    size_t line = 1;
    for (char *end = text + size, *next; !status && text < end; text = next, line++) {
        char *stop = memchr(text, '\n', (size_t)(end - text));
        next = stop ? stop + 1 : end;
        if (!stop) stop = end;
        if (stop > text && stop[-1] == '\r') stop--;
        *stop = 0;
        tern__table_line(t, line);
        if (strlen(text) != (size_t)(stop - text) || !tern__utf8_valid(text, (size_t)(stop - text)))
            return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s: line %zu is no text in UTF-8", path, line);
        status = add_line(t, want, text, name, err);
    }
    return status;
}

static tern_status read_file(const char *path, tern__table *t, const tern__cells *want, tern_error *err) {
    size_t size, before = t->n;
    const char *name = name_of(path, t, err);
    unsigned char *bytes = name ? tern__text_file_read(path, &size, err) : NULL;
    tern_status status = bytes ? tern__table_begin_file(t, path, 1, err) : TERN_ERROR_IO;
    if (!status) status = add_lines(t, want, (char *)bytes, size, path, name, err);
    if (!status && t->n == before) status = tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has no line", path);
    tern__free(bytes);
    return status;
}

static tern__table *read_all(void *self, const tern__cells *want, tern_error *err) {
    const line_files *f = self;
    tern__table *t = tern__table_new(f->columns, names, want, '.', err);
    tern_status status = t ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < f->list.n; k++) status = read_file(f->list.path[k], t, want, err);
    if (status) return tern__table_free(t), NULL;
    tern__table_done(t);
    return t;
}

/* ---- the type ---- */

static tern_status lines_table(const void *self, const char *dir, bool safe, tern__table_source *out, tern_error *err) {
    const lines *o = self;
    line_files *f = tern__alloc(1, sizeof *f, err);
    tern_status status = f ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) status = tern__file_list_make(&o->file, "file", dir, safe, &f->arena, &f->list, err);
    if (status && f) close_files(f);
    if (status) return status;
    f->columns = o->y.n ? COLUMNS : 1;
    *out = (tern__table_source){.path = f->list.path[0],
                                .hint = "",
                                .columns = f->columns,
                                .names = names,
                                .named = true,
                                .roles = {.y = o->y, .classes = o->classes, .from = o->from, .to = o->to},
                                .read = read_all,
                                .close = close_files,
                                .self = f};
    return TERN_OK;
}

static tern_dataset *lines_read(const void *self, const char *dir, bool safe, tern_error *err) {
    tern__table_source s = {0};
    if (lines_table(self, dir, safe, &s, err)) return NULL;
    tern_dataset *d = tern__table_source_read(&s, err);
    tern__table_source_close(&s);
    return d;
}

static void lines_from_files(void *self, const tern_files *files) {
    lines *o = self;
    o->one_file = files->input;
    o->file = (tern_strings){1, &o->one_file};
    o->y = o->classes = (tern_strings){0};
    o->from = 0, o->to = 1;
}

static const tern_option options[] = {
    TERN_STRINGS(lines, file, 1, 0,
                 "The texts, a line each, in UTF-8; also several files, or a pattern: \"words/*.txt\". May be "
                 "compressed: .txt.gz.",
                 .required = true, .path = true),
    TERN_STRINGS(lines, y, 1, 1, "\"file\": the class of a line is what its file is called; left out: no targets."),
    TERN_STRINGS(lines, classes, 1, 0, "The class names in the order of their indices; left out: sorted."),
    TERN_FRACTION_OPTIONS(lines, "lines"),
    {0},
};

static const tern_example examples[] = {
    {"{\"file\": [\"german.txt\", \"english.txt\"], \"y\": \"file\"}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_lines = {
    .base = {TERN_READER, "lines", NULL,
             "Texts, one a line: the column \"text\" of a table, for \"input.columns\" to describe, and \"file\".",
             sizeof(lines), options, examples},
    .read = lines_read,
    .table = lines_table,
    .from_files = lines_from_files,
};
