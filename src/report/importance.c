/* importance.c - what the answer leans on: how much worse it gets when a column is shuffled among the samples (Breiman,
 * "Random forests", 2001; permutation importance); see sections.h. */
#include "columns.h"
#include "fitted.h"
#include "sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5, ASKED = 2000, MOST_COLUMNS = 200, SHOWN = 30 };

/* A column of the table: the numbers of a sample that it became. */
typedef struct column {
    const char *name;
    size_t first, width;
} column;

/* The columns of the description that was fitted, as far as they became numbers; without one, each number is a column.
 * Returns how many; `out` has room for `each`. */
static size_t find_columns(tern__report *r, const tern_model *m, const tern_array *x, column *out) {
    size_t each = tern_shape_count(&x->shape), n = 0;
    const tern__features f = {m->config.fitted.input.columns.n, m->config.fitted.input.columns.item};
    if (tern__described(m) && tern__features_width(&f) == each) {
        for (size_t i = 0, first = 0, width; i < f.n; i++, first += width)
            if ((width = tern__feature_width(&f.item[i]))) out[n++] = (column){f.item[i].name, first, width};
        return n;
    }
    for (; n < each; n++)
        out[n] = (column){x->labels == each ? x->label[n] : tern__report_text(r, "x%zu", n + 1), n, 1};
    return n;
}

/* A column of the samples that are asked about, in another order. */
typedef struct shuffled {
    const column *column;
    size_t each;
    const double *value; /* [n][width] */
} shuffled;

static void put_column(void *user, size_t first, size_t n, tern_real *x) {
    const shuffled *s = user;
    size_t width = s->column->width;
    for (size_t i = 0; i < n * width; i++)
        x[i / width * s->each + s->column->first + i % width] = (tern_real)s->value[first * width + i];
}

static tern_status ask(const tern__asked *a, tern_target target, double *loss, tern_error *err) {
    tern__arena arena = {0};
    tern__answers o;
    tern_status status = tern__answers_make(a, target, &arena, &o, err);
    *loss = status ? (double)NAN : tern__answers_loss(&o);
    tern__arena_free(&arena);
    return status;
}

/* The mean rise of the loss by a column, and its standard deviation. */
static tern_status weigh(tern__report *r, tern__asked *a, const tern__part *p, const column *c, double usual,
                         double result[2]) {
    const tern_array *x = p->data->x;
    size_t each = tern_shape_count(&x->shape), *order = tern__alloc(a->n, sizeof *order, r->err);
    double *value = tern__alloc(a->n * c->width, sizeof *value, r->err), rise[ROUNDS] = {0};
    shuffled s = {c, each, value};
    tern_status status = order && value ? TERN_OK : TERN_ERROR_MEMORY;
    a->alter = put_column;
    a->user = &s;
    for (size_t round = 0; !status && round < ROUNDS; round++) {
        tern_shuffle(1 + c->first, round, a->n, order);
        for (size_t i = 0; i < a->n * c->width; i++)
            value[i] = tern_array_get(x, a->row[order[i / c->width]] * each + c->first + i % c->width);
        status = ask(a, p->target, &rise[round], r->err);
    }
    double mean = 0, squares = 0;
    for (size_t k = 0; k < ROUNDS; k++) mean += (rise[k] - usual) / ROUNDS;
    for (size_t k = 0; k < ROUNDS; k++) squares += (rise[k] - usual - mean) * (rise[k] - usual - mean) / ROUNDS;
    result[0] = mean;
    result[1] = sqrt(squares);
    tern__free(order);
    tern__free(value);
    return status;
}

static tern_status weigh_all(tern__report *r, const tern__subject *s, const tern__part *p, size_t n, const column *c,
                             double *mean, double *std) {
    tern__asked a = {.m = s->model, .data = p->data, .row = p->row, .threads = r->options->threads};
    a.n = p->n < ASKED ? p->n : ASKED;
    double usual, result[2];
    tern_status status = ask(&a, p->target, &usual, r->err);
    for (size_t k = 0; !status && k < n; k++) {
        status = weigh(r, &a, p, &c[k], usual, result);
        mean[k] = result[0];
        std[k] = result[1];
    }
    return status;
}

typedef struct ranked {
    double value;
    size_t column;
} ranked;

static int by_falling_value(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? 1 : -1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* The columns in the order of the first run. */
static tern_status write_bars(tern__report *r, const tern__parts *p, size_t each, const column *c, const double *mean,
                              const double *std) {
    size_t rows = each < SHOWN ? each : SHOWN;
    ranked *rank = tern__arena_alloc(&r->arena, each, sizeof *rank, r->err);
    const char **name = tern__arena_alloc(&r->arena, rows, sizeof *name, r->err), *series[TERN_MAX_REPORTED];
    double *value = tern__report_numbers(r, rows * p->n), *spread = tern__report_numbers(r, rows * p->n);
    if (!rank || !name || !value || !spread) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < each; k++) rank[k] = (ranked){mean[k], k};
    qsort(rank, each, sizeof *rank, by_falling_value);
    for (size_t k = 0; k < rows; k++) {
        size_t at = rank[k].column;
        name[k] = c[at].name;
        for (size_t i = 0; i < p->n; i++) {
            value[i * rows + k] = mean[i * each + at];
            spread[i * rows + k] = std[i * each + at];
        }
    }
    for (size_t i = 0; i < p->n; i++) series[i] = p->run[i]->name;
    tern__bars bars = {.title =
                           rows < each ? tern__report_text(r, "Columns, the first %zu of %zu", rows, each) : "Columns",
                       .x_label = "rise of the loss",
                       .name_label = "column",
                       .rows = rows,
                       .n = p->n,
                       .name = name,
                       .series = series,
                       .value = value,
                       .spread = spread};
    tern__bars_write(&r->page, &bars);
    return TERN_OK;
}

tern_status tern__write_importance(tern__report *r, const tern__parts *p) {
    const tern__part *first = p->part[0];
    const tern_array *x = first->data->x;
    size_t each = tern_shape_count(&x->shape);
    bool sequences = tern_model_input_at(p->run[0]->model, 0).lengths != NULL; /* places mean nothing by themselves */
    if (sequences || x->shape.rank != 1 || tern__picture_of(x).height || each > MOST_COLUMNS || first->n < 2 ||
        !first->answers.n)
        return TERN_OK;
    column *c = tern__arena_alloc(&r->arena, each, sizeof *c, r->err);
    size_t n = c ? find_columns(r, p->run[0]->model, x, c) : 0;
    double *mean = tern__report_numbers(r, each * p->n), *std = tern__report_numbers(r, each * p->n);
    tern_status status = c && mean && std ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < p->n; i++)
        status = weigh_all(r, p->run[i], p->part[i], n, c, mean + i * n, std + i * n);
    if (status) return status;
    tern__page_section(&r->page, "What the answer leans on",
                       tern__report_text(r,
                                         "How much the loss rises when a column is shuffled among the samples "
                                         "(permutation importance): the mean of %d times, and their standard "
                                         "deviation. %s data%s.",
                                         ROUNDS, first->name, first->n > ASKED ? ", its first 2,000 samples" : ""));
    tern__page_grid(&r->page);
    status = write_bars(r, p, n, c, mean, std);
    tern__page_grid_end(&r->page);
    tern__page_section_end(&r->page);
    return status;
}
