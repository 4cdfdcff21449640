/* csv_rows.h - a CSV file (RFC 4180) row by row: fields split where they lie. */
#ifndef TERN_DATA_CSV_ROWS_H
#define TERN_DATA_CSV_ROWS_H

#include "encoding.h"

#include <locale.h>

typedef struct tern__csv {
    const char *path;
    char *text, *at; /* the file, closed by a zero; where the next row starts */
    char separator;
    size_t size, columns;
    char **field; /* [columns] of the current row, closed by zeros, without quotes; they stay until tern__csv_close() */
    char *row;    /* where the current row starts */
    size_t line, lines; /* of the current row, from 1; line ends seen */
    char other;         /* what the fields seem to be separated by instead; 0: nothing else */
    bool held;          /* tern__csv_next() gives the same row again */
    locale_t plain;     /* numbers are written as in C */
} tern__csv;

/* Reads a file and counts the columns of its first row. Passes over a UTF-8 byte order mark, goes by a first line
 * "sep=;" whatever `separator` is, and refuses zero bytes, an
 * empty file, and what is no text in this encoding. On failure nothing is left to close. */
tern_status tern__csv_open(tern__csv *c, const char *path, char separator, tern__encoding encoding, tern_error *err);
void tern__csv_close(tern__csv *c);

/* Goes to the next row. False at the end, or with an error: `status` says which. All rows have as many fields as the
 * first; blank lines may stand at the end. */
bool tern__csv_next(tern__csv *c, tern_status *status, tern_error *err);

/* The most rows that may still come: as many as there are line ends, and room for their separators. */
size_t tern__csv_most(const tern__csv *c);

/* Where the first row is one field that has another usual separator in it, the way out: "; for ...", else "". Every
 * error at a row says so by itself. */
enum { TERN__CSV_HINT = 192 };
const char *tern__csv_hint(const tern__csv *c, char out[TERN__CSV_HINT]);

/* A finite number, with spaces around it. */
bool tern__csv_number(const tern__csv *c, const char *text, double *out);

/* Adds an error at field `i` of the current row: file, line and column. */
tern_status tern__csv_fail(const tern__csv *c, size_t i, tern_status status, tern_error *err, const char *format, ...)
    TERN_PRINTF(5, 6);

#endif
