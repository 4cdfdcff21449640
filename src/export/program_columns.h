/* program_columns.h - a table's columns as inputs of a program. */
#ifndef TERN_EXPORT_PROGRAM_COLUMNS_H
#define TERN_EXPORT_PROGRAM_COLUMNS_H

#include "columns.h"
#include "program.h"

#include <tern/export.h>

/* Columns that are inputs: all but ignored ones. */
size_t tern__columns_inputs(const tern__features *f);

/* Adds them as the program's first values, and operations that make the numbers of a sample of them, in `out`. Errors:
 * MODEL (each column that can't be exported, by name), MEMORY. */
tern_status tern__columns_lower(tern_lowering *l, const tern__features *f, const tern_column **column,
                                tern_operand *out, tern_error *err);

#endif
