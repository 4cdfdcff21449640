/* csv_files.h - CSV files as one table: the same columns, one file's rows after the other's. */
#ifndef TERN_DATA_CSV_FILES_H
#define TERN_DATA_CSV_FILES_H

#include "csv_rows.h"
#include "table_source.h"

/* How the files are written. */
typedef struct tern__csv_form {
    const char *separator, *decimal;
    tern__encoding encoding;
    bool header;
    bool plain; /* a header unless the first row is numbers */
} tern__csv_form;

/* Opens the files that the paths and patterns of the option `key` name, to be read one after the other; files after the
 * first may have their columns in another order. On failure nothing is left to close. Errors: MODEL, IO, SYNTAX,
 * MEMORY. */
tern_status tern__csv_files_open(const tern_strings *files, const char *key, const char *dir, bool safe,
                                 const tern__csv_form *form, tern__table_source *out, tern_error *err);

#endif
