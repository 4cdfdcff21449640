/* table.h - rows of named columns, compact: each column holds numbers, or codes into its distinct texts. */
#ifndef TERN_DATA_TABLE_H
#define TERN_DATA_TABLE_H

#include "memory.h"

/* What a column's cells are wanted as. AUTO keeps both numbers and texts for as long as both are possible. */
typedef enum tern__cells { TERN__CELLS_AUTO, TERN__CELLS_NUMBER, TERN__CELLS_TEXT, TERN__CELLS_SKIP } tern__cells;

enum { TERN__TABLE_NOTED = 3, TERN__TABLE_PLACE = 320 };

/* The way out of a blank target. */
#define TERN__WITHOUT_TARGET "\"target\": {\"missing\": \"skip\"} in the model file leaves rows without a target out"

/* The code of a missing text. */
#define TERN__NO_CODE UINT32_MAX

/* Where a cell is, and what it says. */
typedef struct tern__cell {
    size_t row, at; /* at: its byte in the row's line, from 1; 0: unknown */
    const char *text;
} tern__cell;

typedef struct tern__table_column {
    const char *name;
    const char *label;   /* for messages: "column \"age\"", or "column 3 (counted from 0)" */
    double *number;      /* [n], NAN: missing, INFINITY: no number; NULL: the column holds texts */
    uint32_t *code;      /* [n] into `value`; NULL: numbers alone are kept */
    size_t values;       /* distinct texts, in order of appearance */
    const char **value;  /* [values] */
    size_t bad, missing; /* cells that are no number; that say nothing: the first few of each are kept */
    tern__cell bad_cell[TERN__TABLE_NOTED], missing_cell[TERN__TABLE_NOTED];
    void *memory; /* private */
} tern__table_column;

typedef struct tern__table {
    size_t n, columns;
    tern__table_column *column;
    char decimal;     /* of the numbers in its texts */
    bool trained;     /* it is for a model that is trained already: no option changes any more what is taken */
    const char *hint; /* what a message about a cell ends with: how the file may be meant, or "" */
    const char *without_target; /* "3 of 17 rows are left out: ..."; NULL: none is for that */
    bool may_skip;              /* rows without a target could be left out, if the model file said so */
    tern__arena arena;          /* names and texts */
    void *memory;               /* private */
} tern__table;

/* ---- building: a reader adds rows cell by cell, left to right ---- */

/* A table without rows. `want` says what is kept of each column (NULL: AUTO); `decimal` is '.' or ','; no names: the
 * columns' positions. */
tern__table *tern__table_new(size_t columns, const char *const *names, const tern__cells *want, char decimal,
                             tern_error *err);

/* The rows from here on come from `file`, its first row at `line` (0: rows have no lines). */
tern_status tern__table_begin_file(tern__table *t, const char *file, size_t line, tern_error *err);

/* Where in its line the next cell begins, from 1; for messages. */
void tern__table_at(tern__table *t, size_t at);

/* Cell `column` of the current row, as text; blank: missing. */
tern_status tern__table_text(tern__table *t, size_t column, const char *text, tern_error *err);

/* The same as a number; NAN: missing. */
tern_status tern__table_number(tern__table *t, size_t column, double value, tern_error *err);

/* The line where the current row begins, in a source that has lines: said before its first cell. */
void tern__table_line(tern__table *t, size_t line);

/* Ends the row. */
tern_status tern__table_row(tern__table *t, tern_error *err);

/* Leaves out the rows that `gone` [n] marks; places stay those of the rows as they were read. Errors: MEMORY. */
tern_status tern__table_leave_out(tern__table *t, const bool *gone, tern_error *err);

/* Drops what only building needs. */
void tern__table_done(tern__table *t);

void tern__table_free(tern__table *t); /* takes NULL */

/* ---- reading ---- */

/* The column of a name; SIZE_MAX: none. */
size_t tern__table_find(const tern__table *t, const char *name);

/* Which row it was when the table was read. */
size_t tern__table_origin(const tern__table *t, size_t row);

/* "shop.csv, line 17" or "shop.db, row 16 (counted from 0)": where a row is. Returns `out`. */
const char *tern__table_place(const tern__table *t, size_t row, char out[TERN__TABLE_PLACE]);

/* The file, or the first of several. Returns `out`. */
const char *tern__table_file(const tern__table *t, char out[TERN__TABLE_PLACE]);

/* Lists the files that the rows come from, in their order; returns how many there are. */
size_t tern__table_list_files(const tern__table *t, char *out, size_t size);

/* Adds an error at a cell, or at a row where `column` is NULL: file, line and, where it is known, the byte in it. */
tern_status tern__table_fail(const tern__table *t, const tern__table_column *column, size_t row, tern_status status,
                             tern_error *err, const char *format, ...) TERN_PRINTF(6, 7);

/* Numbers from the texts of a column that holds only those; what is none is bad. Errors: MEMORY. */
tern_status tern__table_make_numbers(tern__table *t, size_t column, char decimal, tern_error *err);

/* Cell as text: "" where it is missing. `number` is room for a number's text. */
const char *tern__table_show(const tern__table_column *c, size_t row, char number[40]);

/* A finite number with spaces around it, whatever the locale. */
bool tern__cell_number(const char *text, char decimal, double *out);

/* Whether a text holds nothing but spaces. */
bool tern__cell_blank(const char *text);

/* Whether a text is what tables write for a missing number: blank, NA, N/A, NaN, null, none, ?, and
 * what a spreadsheet writes for an error: #N/A, #DIV/0!, #VALUE!, #REF!. */
bool tern__cell_missing(const char *text);
extern const char *const tern__missing_texts[]; /* these, in any case; NULL at the end */

#endif
