/* samples.c - the samples that went worst, and the surest mistakes; see sections.h. */
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 12, COLUMNS = 14 };

/* Some samples, worst first. */
typedef struct listing {
    const tern__subject *s;
    const tern__part *p;
    size_t n, of[SHOWN];        /* which of the answers */
    size_t row[SHOWN];          /* of the data */
    tern_cells cells;           /* columns 0: there are none */
    size_t shown;               /* columns of a sample */
    const char *title[COLUMNS]; /* of what is shown */
    size_t column[COLUMNS];     /* which of the cells */
} listing;

/* Samples in an order: the largest key first. */
typedef struct keyed {
    double key;
    size_t i; /* of the answers */
} keyed;

static int by_falling_key(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? 1 : -1;
    return x->i < y->i ? -1 : x->i > y->i;
}

static size_t count_mistakes(const tern__answers *o) {
    size_t n = 0;
    for (size_t i = 0; o->kind == TERN__CLASSES && i < o->n; i++)
        n += tern__highest(o->k, o->p + i * o->k) != o->truth[i];
    return n;
}

/* The mistakes by the probability of what was said; where there are none, all samples by their loss. */
static tern_status choose(tern__report *r, bool mistakes, listing *l) {
    const tern__answers *o = &l->p->answers;
    keyed *list = tern__alloc(o->n, sizeof *list, r->err);
    size_t n = 0;
    if (!list) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < o->n; i++) {
        size_t said = mistakes ? tern__highest(o->k, o->p + i * o->k) : 0;
        if (mistakes && said == o->truth[i]) continue;
        list[n++] = (keyed){mistakes ? o->p[i * o->k + said] : isnan(o->loss[i]) ? INFINITY : o->loss[i], i};
    }
    qsort(list, n, sizeof *list, by_falling_key);
    l->n = n < SHOWN ? n : SHOWN;
    for (size_t k = 0; k < l->n; k++) l->of[k] = list[k].i, l->row[k] = o->sample[list[k].i];
    tern__free(list);
    return TERN_OK;
}

/* "4, taken for 9 (99.8 %)" */
static void write_verdict(tern__report *r, const tern__part *p, size_t i) {
    const tern__answers *o = &p->answers;
    tern__page *page = &r->page;
    char number[TERN__SHORT_NUMBER];
    const double *at = o->p + i * o->k;
    tern__page_add(page, "<strong>");
    if (o->kind == TERN__CLASSES) {
        size_t said = tern__highest(o->k, at);
        tern__page_text(page, p->class_name[o->truth[i]]);
        tern__page_add(page, "</strong>, ");
        if (said == o->truth[i]) tern__page_add(page, "as said");
        else tern__page_add(page, "taken for "), tern__page_text(page, p->class_name[said]);
        tern__page_add(page, " (%.1f %%)", 100 * at[said]);
    } else if (o->kind == TERN__NUMBERS) {
        tern__page_add(page, "%s</strong>, predicted ", tern__short_number(o->target[i * o->k], 5, number));
        tern__page_number(page, at[0], 5);
        if (o->k > 1) tern__page_add(page, " ...");
    } else {
        tern__page_add(page, "</strong>");
        for (size_t k = 0, n = 0; k < o->k && n < 4; k++) {
            bool said = at[k] > 0.5;
            if (said == o->is[i * o->k + k]) continue;
            tern__page_add(page, "%s%s ", n++ ? ", " : "", said ? "wrongly" : "missed");
            tern__page_text(page, p->class_name[k]);
        }
    }
}

/* ---- pictures ---- */

static tern_status write_pictures(tern__report *r, const listing *l, const tern__picture *pic) {
    const tern__part *p = l->p;
    const tern_array *x = p->data->x;
    size_t each = tern_shape_count(&x->shape);
    double low, high, *sample = tern__report_numbers(r, each);
    unsigned char *rgb = tern__arena_alloc(&r->arena, pic->height * pic->width, 3, r->err);
    if (!sample || !rgb) return TERN_ERROR_MEMORY;
    tern__picture_range(x, p->row, p->n, &low, &high);
    tern__page_add(&r->page, "<ul class=\"samples\">\n");
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < l->n; k++) {
        size_t row = l->row[k];
        for (size_t j = 0; j < each; j++) sample[j] = tern_array_get(x, row * each + j);
        tern__picture_pixels(pic, sample, low, high, rgb);
        tern__page_add(&r->page, "<li>");
        status =
            tern__image_write(&r->page, pic->height, pic->width, rgb, tern__report_text(r, "row %zu", row + 1), r->err);
        tern__page_add(&r->page, "<div>");
        write_verdict(r, p, l->of[k]);
        tern__page_add(&r->page, "<br/>row %zu, loss ", row + 1);
        tern__page_number(&r->page, p->answers.loss[l->of[k]], 3);
        tern__page_add(&r->page, "</div></li>\n");
    }
    tern__page_add(&r->page, "</ul>\n");
    return status;
}

/* ---- rows of a table ---- */

static bool is_target(const tern_array *y, const char *column) {
    for (size_t k = 0; k < y->columns; k++)
        if (!strcmp(y->column[k], column)) return true;
    return false;
}

/* The columns of the file but for the targets, which the verdict says. */
static void choose_cells(tern__report *r, listing *l) {
    const tern_cells *c = &l->cells;
    for (size_t k = 0; k < c->columns && l->shown < COLUMNS; k++) {
        bool numbers = true;
        if (is_target(l->p->data->y, c->column[k])) continue;
        for (size_t i = 0; i < c->n; i++) {
            const char *cell = c->cell[i * c->columns + k];
            numbers = numbers && !cell[strspn(cell, "+-0123456789.,eE ")];
        }
        l->column[l->shown] = k;
        l->title[l->shown++] = tern__report_text(r, "%s%s", numbers ? ">" : "", c->column[k]);
    }
}

/* The numbers that the network sees, where there is no more to show. */
static void choose_numbers(tern__report *r, listing *l) {
    const tern_array *x = l->p->data->x;
    size_t each = tern_shape_count(&x->shape);
    for (; l->shown < each && l->shown < COLUMNS; l->shown++)
        l->title[l->shown] = x->labels == each ? tern__report_text(r, ">%s", x->label[l->shown])
                                               : tern__report_text(r, ">x%zu", l->shown + 1);
}

/* As the file has it: a short text on one line, a long one as wide as can be read. */
static void write_cell(tern__report *r, const char *text, bool number) {
    enum { SHORT = 24 };
    tern__page_add(&r->page, "<td class=\"%s\">", number ? "n" : strlen(text) <= SHORT ? "whole" : "wide");
    tern__page_text(&r->page, text);
    tern__page_add(&r->page, "</td>");
}

static void write_row(tern__report *r, const listing *l, size_t k) {
    const tern_array *x = l->p->data->x;
    size_t each = tern_shape_count(&x->shape);
    tern__page_row(&r->page);
    if (l->cells.columns) write_cell(r, l->cells.place[k], false);
    else tern__page_cell_count(&r->page, l->row[k] + 1);
    tern__page_add(&r->page, "<td class=\"wide\">");
    write_verdict(r, l->p, l->of[k]);
    tern__page_add(&r->page, "</td>");
    tern__page_cell_number(&r->page, l->p->answers.loss[l->of[k]], 4);
    for (size_t c = 0; c < l->shown; c++) {
        if (!l->cells.columns) tern__page_cell_number(&r->page, tern_array_get(x, l->row[k] * each + c), 4);
        else write_cell(r, l->cells.cell[k * l->cells.columns + l->column[c]], *l->title[c] == '>');
    }
}

static tern_status write_rows(tern__report *r, listing *l) {
    const char *titles[COLUMNS + 3] = {l->cells.columns ? "where" : ">row (from 1)", "true, and what was said",
                                       ">loss"};
    if (l->cells.columns) choose_cells(r, l);
    else choose_numbers(r, l);
    for (size_t c = 0; c < l->shown; c++)
        if (!(titles[c + 3] = l->title[c])) return TERN_ERROR_MEMORY;
    tern__page_table(&r->page, l->shown + 3, titles);
    for (size_t k = 0; k < l->n; k++) write_row(r, l, k);
    tern__page_table_end(&r->page);
    return TERN_OK;
}

/* Mistakes that were sure say most of a classifier; else the largest losses do. */
static tern_status write_list(tern__report *r, listing *l) {
    const tern__answers *o = &l->p->answers;
    size_t mistakes = count_mistakes(o);
    tern__picture pic = tern__picture_of(l->p->data->x);
    tern_status status = choose(r, mistakes > 0, l);
    if (status) return status;
    if (mistakes)
        tern__page_card(
            &r->page, "The surest mistakes",
            tern__report_text(r, "%zu of %zu are wrong; these with the highest probability.", mistakes, o->n));
    else
        tern__page_card(&r->page, "The worst samples",
                        o->kind == TERN__CLASSES ? "All are right; these with the largest loss, the least sure ones."
                                                 : "Those with the largest loss.");
    if (!pic.height)
        status = tern_dataset_cells(l->p->data, l->s->model, l->p->source, r->options->data, l->row, l->n, &l->cells,
                                    r->err);
    if (!status) status = pic.height ? write_pictures(r, l, &pic) : write_rows(r, l);
    tern_cells_free(&l->cells);
    tern__page_card_end(&r->page);
    return status;
}

tern_status tern__write_samples(tern__report *r, const tern__subject *s, const tern__part *p) {
    const tern__answers *o = &p->answers;
    if (!o->n || o->places > 1) return TERN_OK; /* what a place of a sequence says is not to be shown by itself */
    listing l = {.s = s, .p = p};
    tern__page_section(&r->page, "Samples to look at", tern__report_text(r, "%s data of %s.", p->name, s->name));
    tern_status status = write_list(r, &l);
    tern__page_section_end(&r->page);
    return status;
}
