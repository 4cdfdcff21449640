/* output.h - what the commands print with: messages, tables, JSON. */
#ifndef TERN_CLI_OUTPUT_H
#define TERN_CLI_OUTPUT_H

#include "json_writer.h"
#include "text.h"

#include <tern/tensor.h>

#include <stdio.h>

/* ---- messages, on standard error ---- */

/* Exit codes. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_UNACCEPTABLE = 3 };

/* The exit code of a status. */
int exit_code(tern_status status);

/* The exit code of a record: that of its first error; EXIT_FAILED where it has none. */
int exit_code_of(const tern_error *err);

/* Prints every diagnostic, one a line, `file:line:column: error: /pointer: text`, and empties the record. */
void report(tern_error *err);

/* Tells on standard error that a file, or what is in a directory, is written. */
void say_written(const char *path);

/* Whether a stream goes to people at a terminal who have not declined colour (no-color.org); and whether the locale
 * takes more than ASCII. */
bool takes_colour(FILE *to);
bool speaks_utf8(void);

/* ---- text ---- */

/* "1,234,567", and "1.5 MiB"; return `out`, which holds SHORT_TEXT bytes. */
enum { SHORT_TEXT = 40 };
const char *count_text(size_t n, char *out);
const char *bytes_text(size_t n, char *out);

/* Whether a path ends so. */
bool ends_in(const char *path, const char *ending);

/* Prints a batch to standard output as CSV: a row a sample, all its elements in order. */
void print_csv(const tern_tensor *t);

/* ---- tables: cells go in row by row; columns are as wide as their widest cell ---- */

enum { TABLE_COLUMNS = 40, TABLE_CELL = 256 };

typedef struct table {
    size_t columns, wide[TABLE_COLUMNS];  /* in characters */
    bool right[TABLE_COLUMNS];            /* columns of numbers */
    bool open;                            /* a row is in hand: */
    char cell[TABLE_COLUMNS][TABLE_CELL]; /* its cells */
    tern__buffer rows;                    /* those before it, cell after cell, each with its zero */
} table;

/* Starts a table with a head: one title a column; a title that begins with '>' makes a column of numbers. Without
 * columns nothing will be printed. */
void table_begin(table *t, size_t columns, const char *const *titles);

/* Adds a row, and sets its cell in a column. */
void table_row(table *t);
void table_set(table *t, size_t column, const char *format, ...) TERN_PRINTF(3, 4);

/* Prints the table indented by two and frees it. Where memory ran out it lacks rows, and the program has failed. */
void table_end(table *t);
bool tables_were_cut(void);

/* ---- JSON, on standard output, on one line ---- */

typedef struct json {
    tern__json_writer writer;
} json;

/* `key` is NULL inside of a list, and for the outermost value. */
void json_open(json *j, const char *key, char bracket);
void json_close(json *j, char bracket);
void json_text(json *j, const char *key, const char *text); /* NULL: null */
void json_real(json *j, const char *key, double value);     /* not finite: null */
void json_size(json *j, const char *key, size_t value);
void json_bool(json *j, const char *key, bool value);
void json_shape(json *j, const char *key, const tern_shape *shape);

/* Ends the line. */
void json_end(void);

#endif
