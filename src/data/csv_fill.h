/* csv_fill.h - the columns of a CSV file as numbers. */
#ifndef TERN_DATA_CSV_FILL_H
#define TERN_DATA_CSV_FILL_H

#include "csv_rows.h"

#include <tern/dataset.h>
#include <tern/type.h>

/* Columns of a file that are wanted, and what they hold. Start from a zero-filled value. */
typedef struct tern__picks {
    size_t n;
    size_t *column; /* [n] */
    /* Names that a single column may hold instead of numbers; n 0: any; NULL: numbers only. */
    const tern_strings *classes;
    double *number;     /* [rows, n] */
    const char **text;  /* [rows] names, where the column holds names of its own */
    const char **found; /* [n_found] these names sorted, each once */
    size_t n_found;
} tern__picks;

/* Reads all rows into `x` and `y`, either of which may be NULL. `names` (may be NULL) are the columns', for messages.
 * Whether a column that may hold names does so is decided by its first row. Errors: SYNTAX, DATA, MEMORY. */
tern_status tern__csv_fill(tern__csv *c, const char *const *names, tern__picks *x, tern__picks *y, size_t *rows,
                           tern_error *err);

/* Hands the numbers over as samples: class indices and whole numbers of a single column, where `labels`, as int64, else
 * as float64. A single column without `labels` makes samples of shape [1]. */
tern_column tern__picks_take(tern__picks *p, size_t rows, bool labels);
void tern__picks_free(tern__picks *p);

#endif
