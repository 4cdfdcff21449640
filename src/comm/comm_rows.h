/* comm_rows.h - which rows of a batch, or of a list, are a rank's. */
#ifndef TERN_COMM_COMM_ROWS_H
#define TERN_COMM_COMM_ROWS_H

#include <tern/comm.h>

/* Rank `rank` has the rows from this one on, up to that of the next rank: as even as can be, the first row always on
 * rank 0; with fewer rows than ranks some have none. NULL: rank 0 has all. */
static inline size_t tern__comm_row(const tern_comm *c, size_t rows, size_t rank) {
    return c ? (rows * rank + c->size - 1) / c->size : rank ? rows : 0;
}

#endif
