/* remark.h - cells of one column of which the same is to be said: how many, and the first few by their places. */
#ifndef TERN_DATA_REMARK_H
#define TERN_DATA_REMARK_H

#include "table.h"

enum { TERN__REMARK_CELLS = 3, TERN__REMARK_TEXT = 400 };

typedef struct tern__remark {
    size_t count, row[TERN__REMARK_CELLS];
    const char *part[TERN__REMARK_CELLS]; /* of a cell that it is said of alone; NULL: the whole cell */
    size_t size[TERN__REMARK_CELLS];      /* bytes of `part` */
} tern__remark;

/* Adds the cell of a row, or `size` bytes of it at `part`, which stay where they are. */
void tern__remark_add(tern__remark *r, size_t row, const char *part, size_t size);

/* "\"abc\" (shop.csv, line 17), ..." or, without `texts`, the places alone. Returns `out`. */
const char *tern__remark_show(const tern__remark *r, const tern__table *t, const tern__table_column *c, bool texts,
                              char out[TERN__REMARK_TEXT]);

#endif
