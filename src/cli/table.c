/* table.c - text in columns as wide as their widest cell: rows are kept as their text alone, and printed once all
 * widths are known. */
#include "memory.h"
#include "output.h"

#include <stdarg.h>
#include <string.h>

static bool cut; /* a table was printed without its last rows */

bool tables_were_cut(void) { return cut; }

/* Characters, not bytes: the continuation bytes of UTF-8 take no place. */
static size_t width(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* Keeps the row in hand. */
static void keep_row(table *t) {
    for (size_t i = 0; t->open && i < t->columns; i++) {
        size_t w = width(t->cell[i]);
        if (w > t->wide[i]) t->wide[i] = w;
        tern__buffer_write(&t->rows, t->cell[i], strlen(t->cell[i]) + 1);
        *t->cell[i] = 0;
    }
    t->open = false;
}

void table_row(table *t) {
    keep_row(t);
    t->open = true;
}

void table_set(table *t, size_t column, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(t->cell[column], TABLE_CELL, format, arguments);
    va_end(arguments);
}

void table_begin(table *t, size_t columns, const char *const *titles) {
    *t = (table){.columns = columns};
    table_row(t);
    for (size_t i = 0; i < columns; i++) {
        t->right[i] = *titles[i] == '>';
        table_set(t, i, "%s", titles[i] + t->right[i]);
    }
}

static void print_cell(const table *t, size_t column, const char *text, bool last) {
    int pad = (int)(t->wide[column] - width(text));
    if (t->right[column]) printf("%s%*s%s", column ? "  " : "", pad, "", text);
    else printf("%s%s%*s", column ? "  " : "", text, last ? 0 : pad, "");
}

/* Prints the row that begins at `at`, without empty cells at its end; returns where the next one does, NULL where this
 * one is not whole. */
static const char *print_row(const table *t, const char *at) {
    const char *cell[TABLE_COLUMNS], *end = t->rows.text + t->rows.length;
    size_t used = 0;
    for (size_t i = 0; i < t->columns; i++, at += strlen(at) + 1) {
        if (at >= end) return NULL;
        cell[i] = at;
        if (*at || !i) used = i + 1;
    }
    fputs("  ", stdout);
    for (size_t i = 0; i < used; i++) print_cell(t, i, cell[i], i + 1 == used);
    putchar('\n');
    return at;
}

void table_end(table *t) {
    keep_row(t);
    const char *at = t->columns ? t->rows.text : NULL, *end = at + t->rows.length;
    while (at && at < end) at = print_row(t, at);
    cut = cut || t->rows.failed;
    tern__free(t->rows.text);
}
