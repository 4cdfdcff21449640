/* series_order.c - whether a series goes on in time; see series_order.h. */
#include "series_order.h"

#include "date.h"
#include "fraction.h"

#include <math.h>
#include <string.h>

/* ---- how moments follow each other ---- */

static void count(tern__steps *s, size_t row) {
    if (!s->n++) s->row = row;
}

tern__pace tern__pace_measure(const double *moment, size_t n) {
    tern__pace p = {.least = (double)INFINITY};
    double last = (double)NAN;
    for (size_t i = 0; i < n; i++) {
        double step = moment[i] - last;
        if (step > 0) p.least = fmin(p.least, step);
        else if (step == 0) count(&p.same, i);
        else if (step < 0) count(&p.back, i);
        if (isnan(moment[i])) p.missing++;
        else last = moment[i];
    }
    for (size_t i = 0; i < n; i++) { /* months and years are not all of one length */
        if (i && moment[i] - last > 1.2 * p.least) count(&p.gaps, i);
        if (!i || !isnan(moment[i])) last = moment[i];
    }
    return p;
}

/* ---- the columns of a table ---- */

/* A column of dates, in the rows that are looked at. */
typedef struct dates {
    const tern__table *t;
    const tern__table_column *c;
    size_t first;
    tern__pace pace;
} dates;

/* The moments of a column's rows by a format; false: not all its texts are such dates. */
static bool read_moments(const tern__table_column *c, const char *format, size_t first, size_t n, double *value,
                         double *moment) {
    for (size_t k = 0; k < c->values; k++)
        if (!tern__date_read(c->value[k], format, &value[k])) return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = c->code[first + i];
        moment[i] = code == TERN__NO_CODE ? (double)NAN : value[code];
    }
    return true;
}

/* The format by which a column is described as dates. */
static const char *described_format(const tern__features *f, const char *name) {
    for (size_t i = 0; f && i < f->n; i++)
        if (f->item[i].type == TERN__COLUMN_DATE && !strcmp(f->item[i].name, name)) return f->item[i].format;
    return NULL;
}

/* Measures a column by the first format that its texts have and by which they go on in time, or else by the first that
 * they have. False: they are no dates, or all one. */
static bool measure(dates *d, size_t n, const tern__features *f, double *value, double *moment) {
    const char *format = described_format(f, d->c->name), *const *others = tern__date_formats;
    bool any = false;
    for (bool more = true; more; format = *others, more = *others++ != NULL) {
        if (!read_moments(d->c, format, d->first, n, value, moment)) continue;
        tern__pace pace = tern__pace_measure(moment, n);
        if (!any || !pace.back.n) d->pace = pace;
        any = true;
        if (!pace.back.n) break;
    }
    return any && (isfinite(d->pace.least) || d->pace.back.n);
}

/* ---- what is said ---- */

/* "after \"2024-02-01\" comes \"2024-01-01\" (s.csv, line 3)" */
static const char *show_step(const dates *d, size_t row, char out[TERN_MAX_TEXT]) {
    char before[40], after[40], place[TERN__TABLE_PLACE];
    size_t last = d->first + row - 1;
    while (d->c->code[last] == TERN__NO_CODE) last--;
    snprintf(out, TERN_MAX_TEXT, "after \"%.40s\" comes \"%.40s\" (%.200s)", tern__table_show(d->c, last, before),
             tern__table_show(d->c, d->first + row, after), tern__table_place(d->t, d->first + row, place));
    return out;
}

static tern_status refuse(const dates *d, size_t rows, tern_error *err) {
    char step[TERN_MAX_TEXT];
    bool turned = d->pace.back.n + 1 == rows;
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL,
        "by %s the rows of this series %s: %s; %zu of %zu steps go back, and a window is to go on in "
        "time: sort the rows by it, the oldest first; where it says nothing of their order, leave it out of "
        "the table",
        d->c->label, turned ? "go back, the newest first" : "are not in order", show_step(d, d->pace.back.row, step),
        d->pace.back.n, rows - 1);
}

static void warn_steps(const dates *d, const tern__steps *s, size_t rows, const char *what, tern_error *err) {
    char step[TERN_MAX_TEXT];
    if (!s->n) return;
    tern_error_warn(err, NULL, "%s: %zu of %zu steps from row to row %s, first %s: a window takes all steps for alike",
                    d->c->label, s->n, rows - 1, what, show_step(d, s->row, step));
}

static void warn_files(const tern__table *t, tern_error *err) {
    char files[400];
    if (tern__table_list_files(t, files, sizeof files) > 1)
        tern_error_warn(err, NULL,
                        "the series goes on from file to file in this order, which no column of dates confirms: %s",
                        files);
}

/* ---- all of it ---- */

/* Finds the column by which the rows are in order or, where there is none, one by which they are not; c NULL: there are
 * no dates. */
static dates find_dates(const tern__table *t, size_t first, size_t n, const tern__features *f, double *moment,
                        tern_status *status, tern_error *err) {
    dates found = {0};
    for (size_t i = 0; i < t->columns; i++) {
        dates d = {.t = t, .c = &t->column[i], .first = first};
        if (!d.c->code || d.c->number) continue;
        double *value = tern__alloc(d.c->values, sizeof *value, err);
        if (!value) return *status = TERN_ERROR_MEMORY, found;
        bool dated = measure(&d, n, f, value, moment);
        tern__free(value);
        if (dated && !d.pace.back.n) return d;
        if (dated && !found.c) found = d;
    }
    return found;
}

tern_status tern__series_order_check(const tern__roles *o, const tern__table *t, const tern__features *f,
                                     tern_error *err) {
    size_t first, end;
    if (!o->series.window) return TERN_OK;
    if (tern__fraction(o->from, o->to, t->n, &first, &end, err)) return TERN_ERROR_MODEL;
    size_t n = end - first;
    double *moment = tern__alloc(n, sizeof *moment, err);
    tern_status status = moment ? TERN_OK : TERN_ERROR_MEMORY;
    dates d = moment ? find_dates(t, first, n, f, moment, &status, err) : (dates){0};
    tern__free(moment);
    if (status) return status;
    if (!d.c) return warn_files(t, err), TERN_OK;
    if (d.pace.back.n) return refuse(&d, n, err);
    warn_steps(&d, &d.pace.same, n, "go nowhere", err);
    warn_steps(&d, &d.pace.gaps, n, "are longer than the shortest", err);
    return TERN_OK;
}

void tern__series_want_dates(const tern__table_source *s, tern__cells *want) {
    for (size_t i = 0; s->roles.series.window && i < s->columns; i++)
        if (want[i] == TERN__CELLS_SKIP) want[i] = TERN__CELLS_AUTO;
}
