/* rows.h - lists of rows of a dataset. */
#ifndef TERN_TRAIN_ROWS_H
#define TERN_TRAIN_ROWS_H

#include "graph.h"

#include <tern/fit.h>

/* All rows, 0 .. n - 1, as a list for tern__free(). */
tern_status tern__split_whole(size_t n, size_t **out, tern_error *err);

#endif
