/* groups.h - which rows of a table belong together, as a column says. */
#ifndef TERN_DATA_GROUPS_H
#define TERN_DATA_GROUPS_H

#include "table.h"

/* Numbers the values of a column in the order in which they appear: group[t->n]. Errors: DATA (no such column, a row
 * without a value), MEMORY. */
tern_status tern__groups_find(const tern__table *t, const char *column, size_t *group, tern_error *err);

#endif
