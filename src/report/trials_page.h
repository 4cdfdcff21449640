/* trials_page.h - the page about trials as its sections see it; see tern/trials.h. */
#ifndef TERN_REPORT_TRIALS_PAGE_H
#define TERN_REPORT_TRIALS_PAGE_H

#include "sections.h"

#include <tern/trials.h>

typedef struct tern__trials_page {
    tern__report r; /* the page, and memory that lives as long */
    const tern_trials *t;
    double *epoch; /* [t->epochs] 1, 2, ... */
    size_t last;   /* epoch of any trial: where pictures end */
} tern__trials_page;

/* Whether a measure is of the data that says what is better: validation data, where there is some. */
bool tern__is_decisive(const tern_trials *t, size_t measure);

/* A mean of so many digits with its spread, "0.1234 ± 0.0056". */
const char *tern__spread_text(tern__report *r, tern_spread s, int digits);

/* The cell that names a variant, with the colour that it has in all pictures. */
void tern__variant_cell(tern__trials_page *p, size_t variant);

/* Curves of a measure, one for each variant, from a table of numbers [variants][epochs]; `spread` (NULL: none) makes
 * bands. */
void tern__variant_curves(tern__trials_page *p, const tern__plot *form, const double *mean, const double *spread);

/* Which variant is ahead at each epoch and by how much (trials_ahead.c). */
tern_status tern__write_ahead(tern__trials_page *p);

/* A search: parallel coordinates of the trials in an order, and of so many options at most (parallel.c); and the whole
 * page's body (trials_ranking.c). */
enum { TERN__PARALLEL = 6 };
void tern__write_parallel(tern__trials_page *p, const size_t *order, size_t n);
tern_status tern__write_search(tern__trials_page *p);

#endif
