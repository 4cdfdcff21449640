/* draft_series.c - a table whose rows are moments in order: the next row from those before it; see draft_internal.h. */
#include "draft_internal.h"

#include "date.h"
#include "names.h"
#include "series_order.h"
#include "text.h"

#include <math.h>

/* ---- is it one? ---- */

static bool called_time(const char *name) {
    static const char *const names[] = {"time", "date",  "datetime", "timestamp", "day",
                                        "week", "month", "quarter",  "year"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tern__name_same(name, names[i])) return true;
    return false;
}

/* The moment of a row of column `k`, NAN where its cell says none. */
static double moment(const tern__draft_table *t, size_t k, size_t row) {
    const tern__table_column *c = &t->t->column[k];
    double seconds;
    if (c->number) return c->number[row];
    const char *text = c->code[row] == TERN__NO_CODE ? "" : c->value[c->code[row]];
    return tern__date_read(text, t->features.item[k].format, &seconds) ? seconds : (double)NAN;
}

/* How the rows follow each other in time; without memory for it they are in no order. */
static tern__pace measure(const tern__draft_table *t, size_t k) {
    double *time = tern__alloc(t->t->n, sizeof *time, NULL);
    if (!time) return (tern__pace){.missing = t->t->n};
    for (size_t i = 0; i < t->t->n; i++) time[i] = moment(t, k, i);
    tern__pace pace = tern__pace_measure(time, t->t->n);
    tern__free(time);
    return pace;
}

static bool may_be_clock(const tern__draft_table *t, size_t k) {
    bool date = t->features.item[k].type == TERN__COLUMN_DATE;
    return date || (t->t->column[k].number && called_time(t->column[k].name));
}

/* Whether each row is later than the one before, by about the same. */
static bool keeps_time(const tern__draft_table *t, size_t k) {
    tern__pace p = measure(t, k);
    return !p.back.n && !p.same.n && !p.gaps.n && !p.missing;
}

void tern__draft_note_gaps(tern__draft *d, const tern__draft_table *t) {
    enum { LEAST = 40, SHARE = 5 };
    if (t->t->n < LEAST || tern__draft_clock(t) != SIZE_MAX) return;
    for (size_t k = 0; k < t->t->columns; k++) {
        const tern__table_column *c = &t->t->column[k];
        char before[40], after[40], place[TERN__TABLE_PLACE];
        if (!may_be_clock(t, k) || t->column[k].target || t->column[k].missing || t->column[k].distinct < t->t->n)
            continue;
        tern__pace p = measure(t, k);
        size_t n = p.gaps.n, row = p.gaps.row;
        if (n && !p.back.n && SHARE * n < t->t->n)
            tern__draft_note(d,
                             "by \"%s\" the rows would be a series, but %zu step%s between them %s too long: after "
                             "\"%.40s\" comes \"%.40s\" (%s); put the rows in that are lacking, or take them as they "
                             "follow each other by --task series",
                             c->name, n, n == 1 ? "" : "s", n == 1 ? "is" : "are", tern__table_show(c, row - 1, before),
                             tern__table_show(c, row, after), tern__table_place(t->t, row, place));
        else if (p.back.n)
            tern__draft_note(d, "the rows are not in the order of \"%s\": for a series, sort them by it", c->name);
    }
}

size_t tern__draft_clock(const tern__draft_table *t) {
    enum { LEAST = 40 };
    size_t clock = SIZE_MAX, numbers = 0;
    for (size_t k = 0; k < t->t->columns; k++) {
        if (clock == SIZE_MAX && may_be_clock(t, k) && keeps_time(t, k)) clock = k;
        else if (t->features.item[k].type == TERN__COLUMN_NUMBER && !t->column[k].missing) numbers++;
        else if (t->features.item[k].type != TERN__COLUMN_IGNORE) return SIZE_MAX;
    }
    return numbers && t->t->n >= LEAST ? clock : SIZE_MAX;
}

size_t tern__draft_last_number(const tern__draft_table *t, size_t clock) {
    for (size_t k = t->t->columns; k-- > 0;)
        if (k != clock && t->features.item[k].type == TERN__COLUMN_NUMBER) return k;
    return SIZE_MAX;
}

/* ---- the model file ---- */

static size_t window_for(size_t n) { return n >= 1000 ? 48 : n >= 120 ? 24 : n >= 60 ? 12 : 6; }

tern_status tern__draft_series_task(tern__draft *d, tern__draft_table *t) {
    enum { LEAST = 20 };
    if (t->t->n < LEAST)
        return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "%zu rows are too few for a series; %d are the least",
                              t->t->n, LEAST);
    static const tern__roles windows = {.series = {.window = 1}, .to = 1};
    tern_status status = tern__series_order_check(&windows, t->t, &t->features, d->err);
    if (status) return status;
    char names[200] = "";
    for (size_t i = 0; i < t->targets; i++) {
        size_t k = t->target[i];
        if (!t->t->column[k].number || t->features.item[k].type != TERN__COLUMN_NUMBER)
            return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "the target \"%.128s\" of a series must be numbers",
                                  t->column[k].name);
        tern__text_add(names, sizeof names, "%s\"%s\"", i ? ", " : "", t->column[k].name);
    }
    d->window = window_for(t->t->n);
    d->outputs = t->targets;
    tern__draft_note(d, "series: %s of the next row, from the %zu rows before it; the last fifth validates", names,
                     d->window);
    return TERN_OK;
}

void tern__draft_note_forecast(tern__draft *d, const tern__draft_table *t) {
    char all[400] = "";
    d->shown.forecasts = true;
    for (size_t i = 0; i < t->inputs; i++) {
        const tern_draft_column *c = &t->column[t->input[i]];
        tern__text_add(all, sizeof all, "%s%s", i ? "," : "", c->name);
        if (!c->target) d->shown.forecasts = false;
    }
    if (!d->shown.forecasts)
        tern__draft_note(d,
                         "it says the next row alone: to forecast further (predict --forecast N), all inputs must be "
                         "targets, as with --target %s",
                         all);
}

static void add_simple(tern__json_writer *w, const char *type, const char *input) {
    tern__json_open(w, NULL, '{');
    tern__json_add_text(w, "type", type);
    if (input) {
        tern__json_open(w, "inputs", '[');
        tern__json_add_text(w, NULL, input);
        tern__json_close_bracket(w, ']');
    }
    tern__json_close_bracket(w, '}');
}

static void add_dense(tern__json_writer *w, const char *name, size_t units) {
    tern__json_open(w, NULL, '{');
    tern__json_add_text(w, "name", name);
    tern__json_add_text(w, "type", "dense");
    tern__json_add_size(w, "out_features", units);
    tern__json_close_bracket(w, '}');
}

void tern__draft_series_layers(tern__draft *d) {
    tern__json_writer *w = &d->w;
    tern__draft_comment(d, "_layers",
                        "a recurrent layer over the window, and beside it a straight line through all of "
                        "it; both are added up");
    tern__json_open(w, "layers", '[');
    tern__json_open(w, NULL, '{');
    tern__json_add_text(w, "type", "gru");
    tern__json_add_size(w, "hidden_size", 32);
    tern__json_add_bool(w, "return_sequences", false);
    tern__json_close_bracket(w, '}');
    add_dense(w, "curve", d->outputs);
    add_simple(w, "flatten", "input");
    add_dense(w, "line", d->outputs);
    tern__json_open(w, NULL, '{');
    tern__json_add_text(w, "type", "add");
    tern__json_open(w, "inputs", '[');
    tern__json_add_text(w, NULL, "curve");
    tern__json_add_text(w, NULL, "line");
    tern__json_close_bracket(w, ']');
    tern__json_close_bracket(w, '}');
    tern__json_close_bracket(w, ']');
}
