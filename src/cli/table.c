/* table.c - text in columns as wide as their widest cell. */
#include "memory.h"
#include "output.h"

#include <stdarg.h>
#include <string.h>

static char *cell(const table *t, size_t row, size_t column) { return t->cell[row * t->columns + column]; }

void table_row(table *t) {
    if (t->rows == t->capacity) {
        size_t capacity = t->capacity ? 2 * t->capacity : 16;
        void *grown = tern__realloc(t->cell, t->capacity * t->columns, capacity * t->columns, sizeof *t->cell, NULL);
        t->failed = t->failed || !grown;
        if (!grown) return;
        t->cell = grown;
        t->capacity = capacity;
    }
    t->rows++;
}

void table_set(table *t, size_t column, const char *format, ...) {
    if (t->failed) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell(t, t->rows - 1, column), TABLE_CELL, format, arguments);
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

/* Characters, not bytes: the continuation bytes of UTF-8 take no place. */
static size_t width(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void print_cell(const table *t, size_t row, size_t column, size_t wide, bool last) {
    const char *text = cell(t, row, column);
    int pad = (int)(wide - width(text));
    if (t->right[column]) printf("%s%*s%s", column ? "  " : "", pad, "", text);
    else printf("%s%s%*s", column ? "  " : "", text, last ? 0 : pad, "");
}

void table_end(table *t) {
    size_t wide[TABLE_COLUMNS] = {0};
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->columns; c++) {
            size_t w = width(cell(t, r, c));
            if (w > wide[c]) wide[c] = w;
        }
    for (size_t r = 0; t->columns && r < t->rows; r++) {
        size_t used = t->columns;
        while (used > 1 && !*cell(t, r, used - 1)) used--;
        fputs("  ", stdout);
        for (size_t c = 0; c < used; c++) print_cell(t, r, c, wide[c], c + 1 == used);
        putchar('\n');
    }
    if (t->failed) fputs("  ... (not enough memory for the whole table)\n", stdout);
    tern__free(t->cell);
}
