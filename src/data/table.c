/* table.c - tables cell by cell; see table.h. */
#include "table.h"

#include "error_scope.h"
#include "text.h"
#include "table_codes.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* While a column that may hold either has no more distinct texts than this, both are kept. */
enum { MAX_DOUBTFUL = 4096 };

/* Rows of one file. */
typedef struct source {
    const char *file;
    size_t first; /* row of the table as it was read */
} source;

typedef struct owned {
    size_t room; /* rows that the columns have room for */
    size_t sources, source_room;
    source *source;
    uint32_t *line; /* [room]; NULL: rows have no lines */
    bool lines;
    size_t *origin; /* [n] which row it was when it was read; NULL: all are there */
    size_t line_in_hand;
    size_t at; /* where in its line the current cell begins */
    tern__cells *want;
} owned;

/* ---- a table ---- */

static tern_status name_columns(tern__table *t, const char *const *names, const tern__cells *want, tern_error *err) {
    owned *o = t->memory;
    o->want = tern__alloc(t->columns, sizeof *o->want, err);
    if (!o->want) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->columns; i++) {
        o->want[i] = want ? want[i] : TERN__CELLS_AUTO;
        char name[24], label[200];
        snprintf(name, sizeof name, "%zu", i);
        if (names) snprintf(label, sizeof label, "column \"%.128s\"", names[i]);
        else snprintf(label, sizeof label, "column %zu (counted from 0)", i);
        const char *text = names ? names[i] : name;
        t->column[i].name = tern__arena_text(&t->arena, text, strlen(text), err);
        t->column[i].label = tern__arena_text(&t->arena, label, strlen(label), err);
        if (!t->column[i].name || !t->column[i].label) return TERN_ERROR_MEMORY;
        bool texts = o->want[i] == TERN__CELLS_AUTO || o->want[i] == TERN__CELLS_TEXT;
        if (texts && !(t->column[i].memory = tern__alloc(1, sizeof(tern__dictionary), err))) return TERN_ERROR_MEMORY;
    }
    return TERN_OK;
}

tern__table *tern__table_new(size_t columns, const char *const *names, const tern__cells *want, char decimal,
                             tern_error *err) {
    tern__table *t = tern__alloc(1, sizeof *t, err);
    owned *o = t ? t->memory = tern__alloc(1, sizeof *o, err) : NULL;
    if (!o || !(t->column = tern__alloc(columns, sizeof *t->column, err))) return tern__table_free(t), NULL;
    t->columns = columns;
    t->decimal = decimal, t->hint = "";
    if (name_columns(t, names, want, err)) return tern__table_free(t), NULL;
    return t;
}

void tern__table_free(tern__table *t) {
    if (!t) return;
    owned *o = t->memory;
    for (size_t i = 0; i < t->columns; i++) {
        tern__table_drop_codes(&t->column[i]);
        tern__free(t->column[i].number);
    }
    if (o) tern__free(o->source), tern__free(o->line), tern__free(o->origin), tern__free(o->want);
    tern__free(o);
    tern__free(t->column);
    tern__arena_free(&t->arena);
    tern__free(t);
}

void tern__table_done(tern__table *t) {
    for (size_t i = 0; i < t->columns; i++) { tern__table_drop_dictionary(&t->column[i]); }
}

/* ---- rows ---- */

static tern_status grow(void **array, size_t old, size_t room, size_t size, tern_error *err) {
    void *larger = tern__realloc(*array, old, room, size, err);
    if (larger) *array = larger;
    return larger ? TERN_OK : TERN_ERROR_MEMORY;
}

/* Makes room for the current row. */
static tern_status make_room(tern__table *t, tern_error *err) {
    owned *o = t->memory;
    if (t->n < o->room) return TERN_OK;
    size_t room = o->room ? o->room + o->room / 2 : 16;
    tern_status status =
        o->lines ? grow((void **)&o->line, o->line ? o->room : 0, room, sizeof *o->line, err) : TERN_OK;
    for (size_t i = 0; !status && i < t->columns; i++) {
        tern__table_column *c = &t->column[i];
        bool first = !o->room, numbers = o->want[i] == TERN__CELLS_AUTO || o->want[i] == TERN__CELLS_NUMBER;
        if (c->number || (first && numbers)) status = grow((void **)&c->number, o->room, room, sizeof *c->number, err);
        if (!status && c->memory) status = grow((void **)&c->code, o->room, room, sizeof *c->code, err);
    }
    if (!status) o->room = room;
    return status;
}

/* Counts a cell and keeps it if it is one of the first. */
static void note(tern__table *t, size_t *count, tern__cell *cells, const char *text, tern_error *err) {
    const owned *o = t->memory;
    if (*count < TERN__TABLE_NOTED) {
        const char *copy = tern__arena_text(&t->arena, text, strnlen(text, 64), err);
        cells[*count] = (tern__cell){t->n, o->at, copy ? copy : ""};
    }
    ++*count;
}

/* Puts a number, or the lack of one, in the row; `text`: what the cell says if it is none. */
static void put_number(tern__table *t, tern__table_column *c, bool fits, double value, const char *text,
                       tern_error *err) {
    bool missing = !fits && tern__cell_missing(text);
    c->number[t->n] = fits ? value : missing ? (double)NAN : (double)INFINITY;
    if (missing) note(t, &c->missing, c->missing_cell, text, err);
    if (fits || missing) return;
    note(t, &c->bad, c->bad_cell, text, err);
    if (!c->code) return;
    tern__free(c->number); /* both were kept: it is a column of texts */
    c->number = NULL;
}

static tern_status put_text(tern__table *t, tern__table_column *c, const char *text, tern_error *err) {
    if (tern__cell_blank(text)) {
        if (!c->number) note(t, &c->missing, c->missing_cell, text, err);
        return c->code[t->n] = TERN__NO_CODE, TERN_OK;
    }
    tern_status status = tern__table_encode(t, c, text, &c->code[t->n], err);
    if (!status && c->number && c->values > MAX_DOUBTFUL) tern__table_drop_codes(c);
    return status;
}

void tern__table_at(tern__table *t, size_t at) { ((owned *)t->memory)->at = at; }

tern_status tern__table_text(tern__table *t, size_t column, const char *text, tern_error *err) {
    tern__table_column *c = &t->column[column];
    if (make_room(t, err)) return TERN_ERROR_MEMORY;
    double value = 0;
    if (c->number) {
        bool fits = tern__cell_number(text, t->decimal, &value);
        put_number(t, c, fits, value, text, err);
    }
    return c->code ? put_text(t, c, text, err) : TERN_OK;
}

tern_status tern__table_number(tern__table *t, size_t column, double value, tern_error *err) {
    tern__table_column *c = &t->column[column];
    char text[40] = "";
    if (make_room(t, err)) return TERN_ERROR_MEMORY;
    if (!isnan(value)) snprintf(text, sizeof text, "%.15g", value);
    if (c->number) put_number(t, c, isfinite(value), value, text, err);
    return c->code ? put_text(t, c, text, err) : TERN_OK;
}

void tern__table_line(tern__table *t, size_t line) { ((owned *)t->memory)->line_in_hand = line; }

tern_status tern__table_row(tern__table *t, tern_error *err) {
    owned *o = t->memory;
    if (make_room(t, err)) return TERN_ERROR_MEMORY;
    if (o->line) o->line[t->n] = o->line_in_hand < UINT32_MAX ? (uint32_t)o->line_in_hand : UINT32_MAX;
    t->n++;
    return TERN_OK;
}

tern_status tern__table_begin_file(tern__table *t, const char *file, size_t line, tern_error *err) {
    owned *o = t->memory;
    if (o->sources == o->source_room) {
        size_t room = o->source_room ? 2 * o->source_room : 4;
        if (grow((void **)&o->source, o->source_room, room, sizeof *o->source, err)) return TERN_ERROR_MEMORY;
        o->source_room = room;
    }
    const char *copy = tern__arena_text(&t->arena, file, strlen(file), err);
    if (!copy) return TERN_ERROR_MEMORY;
    o->source[o->sources++] = (source){copy, t->n};
    o->lines = o->lines || line;
    o->line_in_hand = line;
    return TERN_OK;
}

/* A noted cell whose row moves, or goes. */
static void move_cells(tern__cell *cell, const bool *gone, const size_t *to) {
    for (size_t i = 0; i < TERN__TABLE_NOTED; i++)
        if (cell[i].text) cell[i].row = cell[i].row == SIZE_MAX || gone[cell[i].row] ? SIZE_MAX : to[cell[i].row];
}

tern_status tern__table_leave_out(tern__table *t, const bool *gone, tern_error *err) {
    owned *o = t->memory;
    size_t *origin = tern__alloc(t->n, sizeof *origin, err), *to = tern__alloc(t->n, sizeof *to, err), n = 0;
    for (size_t i = 0; origin && to && i < t->n; i++) {
        if (gone[i]) continue;
        to[i] = n, origin[n] = tern__table_origin(t, i);
        if (o->line) o->line[n] = o->line[i];
        for (size_t k = 0; k < t->columns; k++) {
            if (t->column[k].number) t->column[k].number[n] = t->column[k].number[i];
            if (t->column[k].code) t->column[k].code[n] = t->column[k].code[i];
        }
        n++;
    }
    for (size_t k = 0; origin && to && k < t->columns; k++) {
        move_cells(t->column[k].bad_cell, gone, to);
        move_cells(t->column[k].missing_cell, gone, to);
    }
    if (!origin || !to) return tern__free(origin), tern__free(to), TERN_ERROR_MEMORY;
    tern__free(to), tern__free(o->origin);
    o->origin = origin, t->n = n;
    return TERN_OK;
}

/* ---- reading ---- */

size_t tern__table_find(const tern__table *t, const char *name) {
    for (size_t i = 0; i < t->columns; i++)
        if (!strcmp(t->column[i].name, name)) return i;
    return SIZE_MAX;
}

size_t tern__table_origin(const tern__table *t, size_t row) {
    const owned *o = t->memory;
    return o->origin ? o->origin[row] : row;
}

static const source *source_of(const tern__table *t, size_t row) {
    static const source unnamed = {"", 0};
    const owned *o = t->memory;
    size_t s = 0, origin = tern__table_origin(t, row);
    while (s + 1 < o->sources && o->source[s + 1].first <= origin) s++;
    return o->sources ? &o->source[s] : &unnamed;
}

const char *tern__table_place(const tern__table *t, size_t row, char out[TERN__TABLE_PLACE]) {
    const owned *o = t->memory;
    const source *s = source_of(t, row);
    const char *comma = *s->file ? ", " : "";
    if (o->line) snprintf(out, TERN__TABLE_PLACE, "%.250s%sline %u", s->file, comma, o->line[row]);
    else
        snprintf(out, TERN__TABLE_PLACE, "%.250s%srow %zu (counted from 0)", s->file, comma,
                 tern__table_origin(t, row) - s->first);
    return out;
}

const char *tern__table_file(const tern__table *t, char out[TERN__TABLE_PLACE]) {
    const char *file = source_of(t, 0)->file;
    snprintf(out, TERN__TABLE_PLACE, "%.250s", *file ? file : "the table");
    return out;
}

size_t tern__table_list_files(const tern__table *t, char *out, size_t size) {
    enum { SHOWN = 8 };
    const owned *o = t->memory;
    *out = 0;
    for (size_t i = 0; i < o->sources && i < SHOWN; i++)
        tern__text_add(out, size, "%s%.80s", i ? ", " : "", o->source[i].file);
    if (o->sources > SHOWN) tern__text_add(out, size, ", %zu more", o->sources - SHOWN);
    return o->sources;
}

/* A cell of which more is known than its row; NULL: it is none of them. */
static const tern__cell *find_noted(const tern__table_column *c, size_t row) {
    for (size_t i = 0; i < TERN__TABLE_NOTED; i++) {
        if (i < c->bad && c->bad_cell[i].row == row) return &c->bad_cell[i];
        if (i < c->missing && c->missing_cell[i].row == row) return &c->missing_cell[i];
    }
    return NULL;
}

tern_status tern__table_fail(const tern__table *t, const tern__table_column *column, size_t row, tern_status status,
                             tern_error *err, const char *format, ...) {
    const owned *o = t->memory;
    const tern__cell *noted = column ? find_noted(column, row) : NULL;
    char text[TERN_MAX_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tern__error_scope before;
    tern_place place = {o->line ? o->line[row] : 0, o->line && noted ? noted->at : 0};
    tern__error_scope_enter(err, source_of(t, row)->file, NULL, &before);
    tern_error_at(err, status, NULL, place, "%s", text);
    tern__error_scope_leave(err, &before);
    return status;
}

const char *tern__table_show(const tern__table_column *c, size_t row, char number[40]) {
    if (c->code) return c->code[row] == TERN__NO_CODE ? "" : c->value[c->code[row]];
    const tern__cell *noted = find_noted(c, row);
    if (noted) return noted->text;
    if (!c->number || !isfinite(c->number[row])) return "";
    return tern__number_text(c->number[row], number);
}
