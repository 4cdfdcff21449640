/* groups.c - which rows of a table belong together; see groups.h. */
#include "groups.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct row {
    double value;
    size_t at;
} row;

static int by_value(const void *a, const void *b) {
    const row *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Equal values get the first row that has them. */
static tern_status first_rows(const tern__table_column *c, size_t n, size_t *first, tern_error *err) {
    row *rows = tern__alloc(n, sizeof *rows, err);
    if (!rows) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) rows[i] = (row){c->code ? (double)c->code[i] : c->number[i], i};
    qsort(rows, n, sizeof *rows, by_value);
    for (size_t i = 0; i < n; i++)
        first[rows[i].at] = i && rows[i].value == rows[i - 1].value ? first[rows[i - 1].at] : rows[i].at;
    tern__free(rows);
    return TERN_OK;
}

tern_status tern__groups_find(const tern__table *t, const char *column, size_t *group, tern_error *err) {
    size_t k = tern__table_find(t, column), count = 0;
    char file[TERN__TABLE_PLACE];
    if (k == SIZE_MAX)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has no column \"%.128s\" to group rows by%s",
                              tern__table_file(t, file), column, t->hint);
    const tern__table_column *c = &t->column[k];
    for (size_t i = 0; i < t->n; i++) {
        bool none = c->code ? c->code[i] == TERN__NO_CODE : !isfinite(c->number[i]);
        if (none)
            return tern__table_fail(t, c, i, TERN_ERROR_DATA, err, "%s says nothing here; each row is to be of a group",
                                    c->label);
    }
    tern_status status = first_rows(c, t->n, group, err);
    for (size_t i = 0; !status && i < t->n; i++) group[i] = group[i] == i ? count++ : group[group[i]];
    return status;
}
