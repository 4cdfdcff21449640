/* csv_files.h - CSV files as one table: the same columns, one file's rows after the other's. */
#ifndef TERN_DATA_CSV_FILES_H
#define TERN_DATA_CSV_FILES_H

#include "csv_rows.h"
#include "table.h"

#include <tern/type.h>

/* How the files are written. */
typedef struct tern__csv_form {
    const char *separator, *decimal;
    bool header;
    bool plain; /* a header unless the first row is numbers */
} tern__csv_form;

/* Open files: the first one's names are known, its rows not yet read. */
typedef struct tern__csv_files {
    tern__csv_form form;
    char separator;
    size_t n;
    const char **path; /* [n] */
    tern__csv rows;    /* of the file in hand */
    size_t columns;
    const char *const *names; /* [columns]; without a header their positions */
    bool named;               /* there is a header */
    tern__arena arena;
} tern__csv_files;

/* Opens the files that the paths and patterns of the option `key` name. On failure nothing is left to close. Errors:
 * MODEL, IO, SYNTAX, MEMORY. */
tern_status tern__csv_files_open(tern__csv_files *f, const tern_strings *files, const char *key, const char *dir,
                                 bool safe, const tern__csv_form *form, tern_error *err);
void tern__csv_files_close(tern__csv_files *f);

/* Reads all rows; `want` [columns] says as what. Files after the first may have their columns in another order. NULL
 * with `err` filled in. Free with tern__table_free(). */
tern__table *tern__csv_files_read(tern__csv_files *f, const tern__cells *want, tern_error *err);

/* The column of a name or, where none is called so, of a position; SIZE_MAX after an error. */
size_t tern__csv_files_find(const tern__csv_files *f, const char *wanted, const char *key, tern_error *err);

#endif
