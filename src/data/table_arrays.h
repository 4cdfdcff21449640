/* table_arrays.h - columns of a table as they are: numbers, and class names as their indices. */
#ifndef TERN_DATA_TABLE_ARRAYS_H
#define TERN_DATA_TABLE_ARRAYS_H

#include "table.h"

#include <tern/dataset.h>
#include <tern/type.h>

/* Some columns of a table, side by side. Start from a zero-filled value. */
typedef struct tern__picks {
    size_t n;
    size_t *column;       /* [n] */
    bool targets;         /* a single column may hold class names instead of numbers */
    tern_strings classes; /* these, or n 0: any */
    double *number;       /* [rows, n] */
    const char **found;   /* [n_found] names of the table that a column holds, sorted, each once */
    size_t n_found;
} tern__picks;

/* Says as what its columns are wanted, beside what others want of them. */
void tern__picks_want(const tern__picks *p, tern__cells *want);

/* Fills in the numbers. All bad cells of all columns are reported. Whether a column that may hold names does so is
 * decided by its first row. Errors: DATA, MEMORY. */
tern_status tern__picks_fill(tern__picks *p, const tern__table *t, tern_error *err);

/* Hands the numbers over as samples: class indices and whole numbers of a single target as int64, else as float64. A
 * single target makes samples of rank 0. */
tern_array tern__picks_take(tern__picks *p, size_t rows);
void tern__picks_free(tern__picks *p);

#endif
