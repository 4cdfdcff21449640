/* series_order.h - whether the rows of a series are moments in order, as far as a column of dates says so. */
#ifndef TERN_DATA_SERIES_ORDER_H
#define TERN_DATA_SERIES_ORDER_H

#include "columns.h"
#include "table_source.h"

/* Steps of one sort: how many, and the row after the first of them. */
typedef struct tern__steps {
    size_t n, row;
} tern__steps;

/* How moments follow each other, row by row. */
typedef struct tern__pace {
    double least;                 /* the shortest step on; INFINITY: there is none */
    tern__steps gaps, same, back; /* longer than the shortest one by a fifth; nowhere; back */
    size_t missing;               /* rows without a moment, over which steps go */
} tern__pace;

/* Measures n moments, NAN where a row has none. */
tern__pace tern__pace_measure(const double *moment, size_t n);

/* Has a series' columns read in which dates may stand, though nothing else wants them. */
void tern__series_want_dates(const tern__table_source *s, tern__cells *want);

/* Refuses a series by whose dates the rows go back; warns of gaps, of repeated dates and, where no column is dates, of
 * the files that the windows go across. A column that is described as a date is read as `f` says (NULL: none are).
 * What is no series passes. Errors: MODEL, DATA, MEMORY. */
tern_status tern__series_order_check(const tern__roles *o, const tern__table *t, const tern__features *f,
                                     tern_error *err);

#endif
