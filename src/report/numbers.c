/* numbers.c - predicted against true, and what is left over; see sections.h. */
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NUMBERS = 4, BINS = 30 };

/* Every k-th number of a row, in an array of its own. */
static double *pick(tern__report *r, size_t n, size_t k, size_t stride, const double *from) {
    double *to = tern__report_numbers(r, n);
    for (size_t i = 0; to && i < n; i++) to[i] = from[i * stride + k];
    return to;
}

static const char *title_of(tern__report *r, const tern__parts *p, size_t k, const char *title) {
    if (p->part[0]->answers.k == 1) return title;
    return tern__report_text(r, "%s, output %s", title, p->part[0]->class_name[k]);
}

/* Which row of the data a point is. */
static const char *const *row_names(tern__report *r, const tern__answers *o) {
    const char **name = o->n > 5000 ? NULL : tern__arena_alloc(&r->arena, o->n, sizeof *name, r->err);
    for (size_t i = 0; name && i < o->n; i++) name[i] = tern__report_text(r, "row %zu", o->sample[i] + 1);
    return name;
}

/* Run i's rows, one point each. */
static tern__series points(tern__report *r, const tern__parts *p, size_t i, const double *x, const double *y) {
    const tern__answers *o = &p->part[i]->answers;
    return (tern__series){.name = p->n == 1 ? NULL : p->run[i]->name,
                          .mark = TERN__POINTS,
                          .color = p->color[i],
                          .n = o->n,
                          .x = x,
                          .y = y,
                          .hover = row_names(r, o)};
}

static void write_scatter(tern__report *r, const tern__parts *p, size_t k) {
    tern__series s[TERN_MAX_REPORTED];
    tern__range range = {INFINITY, -INFINITY, true};
    for (size_t i = 0; i < p->n; i++) {
        const tern__answers *o = &p->part[i]->answers;
        s[i] = points(r, p, i, pick(r, o->n, k, o->k, o->target), pick(r, o->n, k, o->k, o->p));
        if (!s[i].x || !s[i].y) return;
        tern__range_add(&range, o->n, s[i].x);
        tern__range_add(&range, o->n, s[i].y);
    }
    tern__axis axis = {.label = "true"};
    tern__axis_fit(&axis, &range);
    tern__plot plot = {.title = title_of(r, p, k, "Predicted against true"),
                       .note = "On the dotted line both are the same.",
                       .x = axis,
                       .y = axis,
                       .n = p->n,
                       .series = s,
                       .diagonal = true,
                       .square = true};
    plot.y.label = "predicted";
    tern__plot_write(&r->page, &plot);
}

static void write_residuals(tern__report *r, const tern__parts *p, size_t k) {
    tern__series s[TERN_MAX_REPORTED];
    for (size_t i = 0; i < p->n; i++) {
        const tern__answers *o = &p->part[i]->answers;
        double *predicted = pick(r, o->n, k, o->k, o->p), *residual = pick(r, o->n, k, o->k, o->target);
        if (!predicted || !residual) return;
        for (size_t j = 0; j < o->n; j++) residual[j] = predicted[j] - residual[j];
        s[i] = points(r, p, i, predicted, residual);
    }
    tern__plot plot = {.title = title_of(r, p, k, "Residuals"),
                       .note = "Predicted less true. A pattern here is something the model could still learn.",
                       .x = {.label = "predicted"},
                       .y = {.label = "residual", .zero = true},
                       .n = p->n,
                       .series = s,
                       .zero_line = true};
    tern__plot_write(&r->page, &plot);
}

static void write_histogram(tern__report *r, const tern__parts *p, size_t k) {
    tern__series s[TERN_MAX_REPORTED];
    tern__range range = {INFINITY, -INFINITY, true};
    double *edge = tern__report_numbers(r, BINS + 1);
    for (size_t i = 0; i < p->n; i++) {
        const tern__answers *o = &p->part[i]->answers;
        for (size_t j = 0; j < o->n; j++) {
            double miss = o->p[j * o->k + k] - o->target[j * o->k + k];
            tern__range_add(&range, 1, &miss);
        }
    }
    if (!edge || !(range.low <= range.high)) return;
    double most = fmax(fmax(fabs(range.low), fabs(range.high)), 1e-300);
    for (size_t b = 0; b <= BINS; b++) edge[b] = most * (2.0 * (double)b / BINS - 1);
    for (size_t i = 0; i < p->n; i++) {
        const tern__answers *o = &p->part[i]->answers;
        double *count = tern__report_numbers(r, BINS);
        if (!count) return;
        for (size_t j = 0; j < o->n; j++) {
            double at = ((o->p[j * o->k + k] - o->target[j * o->k + k]) / most + 1) / 2 * BINS;
            size_t b = isfinite(at) && at > 0 ? (size_t)at : 0;
            count[b < BINS ? b : BINS - 1]++;
        }
        s[i] = (tern__series){.name = p->n == 1 ? NULL : p->run[i]->name,
                              .mark = TERN__BINS,
                              .color = p->color[i],
                              .n = BINS,
                              .x = edge,
                              .y = count};
    }
    tern__plot plot = {.title = title_of(r, p, k, "How large the residuals are"),
                       .x = {.label = "residual", .tight = true},
                       .y = {.label = "samples", .zero = true},
                       .n = p->n,
                       .series = s};
    tern__plot_write(&r->page, &plot);
}

static void write_table(tern__report *r, const tern__parts *p) {
    tern__page *page = &r->page;
    tern__page_card(
        page, "How far off",
        "R²: the share of the spread that is explained; 0 is no better than the mean. Bias: the mean of predicted "
        "less true.");
    tern__page_table(page, 8,
                     (const char *const[]){"run", "output", ">mean error", ">root mean square", ">R²", ">bias",
                                           ">worst", ">samples"});
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->part[i]->answers.k && k < 100; k++) {
            const tern__value_score *v = &p->part[i]->value[k];
            tern__page_row(page);
            tern__page_cell(page, p->run[i]->name);
            tern__page_cell(page, p->part[i]->class_name[k]);
            const double value[] = {v->mae, v->rmse, v->r2, v->bias, v->worst};
            for (size_t j = 0; j < 5; j++) tern__page_cell_number(page, value[j], 4);
            tern__page_cell_count(page, p->part[i]->answers.n);
        }
    tern__page_table_end(page);
    tern__page_card_end(page);
}

tern_status tern__write_numbers(tern__report *r, const tern__parts *p) {
    tern__page_grid(&r->page);
    for (size_t k = 0; k < p->part[0]->answers.k && k < MOST_NUMBERS; k++) {
        write_scatter(r, p, k);
        write_residuals(r, p, k);
        write_histogram(r, p, k);
    }
    tern__page_grid_end(&r->page);
    write_table(r, p);
    return TERN_OK;
}
