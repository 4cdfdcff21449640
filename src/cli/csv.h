/* csv.h - tables as CSV (RFC 4180), to standard output or a file. */
#ifndef TERN_CLI_CSV_H
#define TERN_CLI_CSV_H

#include "json_writer.h"

#include <tern/base.h>

/* Rows that are written when all is known. Begin with csv_begin(). */
typedef struct csv {
    tern__buffer text;
    const char *path;   /* NULL: standard output */
    bool terminal;      /* which is a terminal: it gets nothing that steers it */
    const char *wanted; /* a text to look for among the cells; or NULL */
    bool found;         /* there it is */
    bool inside;        /* of a row */
} csv;

csv csv_begin(const char *path);

/* Adds a cell to the row in hand: text, in quotes where it needs them; a number, with digits enough to read back the
 * same tern_real. */
void csv_text(csv *c, const char *text);
void csv_number(csv *c, double value);

/* A cell of a head: `name`, or "PREFIXk" where there is none. */
void csv_name(csv *c, const char *name, const char *prefix, size_t k);

/* Ends the row. */
void csv_row(csv *c);

/* Writes all of it, the file as a whole or not at all, and frees. Errors: IO, MEMORY. */
tern_status csv_end(csv *c, tern_error *err);

#endif
