/* samples.c - the samples that went worst, and the surest mistakes; see sections.h. */
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 12, COLUMNS = 14 };

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

/* The mistakes by the probability of what was said, or all by their loss; returns how many there are. */
static size_t order(const tern__answers *o, bool mistakes, keyed *list) {
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        size_t said = mistakes ? tern__highest(o->k, o->p + i * o->k) : 0;
        if (mistakes && said == o->truth[i]) continue;
        list[n++] = (keyed){mistakes ? o->p[i * o->k + said] : isnan(o->loss[i]) ? INFINITY : o->loss[i], i};
    }
    qsort(list, n, sizeof *list, by_falling_key);
    return n;
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

static tern_status write_pictures(tern__report *r, const tern__part *p, const tern__picture *pic, const keyed *list,
                                  size_t n) {
    const tern_array *x = p->data->x;
    size_t each = tern_shape_count(&x->shape);
    double low, high, *sample = tern__report_numbers(r, each);
    unsigned char *rgb = tern__arena_alloc(&r->arena, pic->height * pic->width, 3, r->err);
    if (!sample || !rgb) return TERN_ERROR_MEMORY;
    tern__picture_range(x, p->row, p->n, &low, &high);
    tern__page_add(&r->page, "<ul class=\"samples\">\n");
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < n; k++) {
        size_t row = p->answers.sample[list[k].i];
        for (size_t j = 0; j < each; j++) sample[j] = tern_array_get(x, row * each + j);
        tern__picture_pixels(pic, sample, low, high, rgb);
        tern__page_add(&r->page, "<li>");
        status =
            tern__image_write(&r->page, pic->height, pic->width, rgb, tern__report_text(r, "row %zu", row + 1), r->err);
        tern__page_add(&r->page, "<div>");
        write_verdict(r, p, list[k].i);
        tern__page_add(&r->page, "<br/>row %zu, loss ", row + 1);
        tern__page_number(&r->page, p->answers.loss[list[k].i], 3);
        tern__page_add(&r->page, "</div></li>\n");
    }
    tern__page_add(&r->page, "</ul>\n");
    return status;
}

/* ---- rows of a table ---- */

static void write_rows(tern__report *r, const tern__part *p, const keyed *list, size_t n) {
    const tern_array *x = p->data->x;
    const char *titles[COLUMNS + 3] = {">row", "true, and what was said", ">loss"};
    size_t each = tern_shape_count(&x->shape), columns = each < COLUMNS ? each : COLUMNS;
    for (size_t k = 0; k < columns; k++)
        titles[k + 3] =
            x->labels == each ? tern__report_text(r, ">%s", x->label[k]) : tern__report_text(r, ">x%zu", k + 1);
    tern__page_table(&r->page, columns + 3, titles);
    for (size_t k = 0; k < n; k++) {
        size_t i = list[k].i, row = p->answers.sample[i];
        tern__page_row(&r->page);
        tern__page_cell_count(&r->page, row + 1);
        tern__page_add(&r->page, "<td>");
        write_verdict(r, p, i);
        tern__page_add(&r->page, "</td>");
        tern__page_cell_number(&r->page, p->answers.loss[i], 4);
        for (size_t c = 0; c < columns; c++) tern__page_cell_number(&r->page, tern_array_get(x, row * each + c), 4);
    }
    tern__page_table_end(&r->page);
}

static tern_status write_list(tern__report *r, const tern__part *p, bool mistakes, keyed *list) {
    size_t n = order(&p->answers, mistakes, list), shown = n < SHOWN ? n : SHOWN;
    tern__picture pic = tern__picture_of(p->data->x);
    tern_status status = TERN_OK;
    if (mistakes)
        tern__page_card(
            &r->page, "The surest mistakes",
            n ? tern__report_text(r, "%zu of %zu are wrong; these with the highest probability.", n, p->answers.n)
              : "There is none: all are right.");
    else tern__page_card(&r->page, "The worst samples", "Those with the largest loss.");
    if (shown && pic.height) status = write_pictures(r, p, &pic, list, shown);
    else if (shown) write_rows(r, p, list, shown);
    tern__page_card_end(&r->page);
    return status;
}

tern_status tern__write_samples(tern__report *r, const tern__subject *s, const tern__part *p) {
    const tern__answers *o = &p->answers;
    if (!o->n || o->places > 1) return TERN_OK; /* what a place of a sequence says is not to be shown by itself */
    keyed *list = tern__alloc(o->n, sizeof *list, r->err);
    if (!list) return TERN_ERROR_MEMORY;
    tern__page_section(&r->page, "Samples to look at",
                       tern__report_text(r, "%s data of %s. Rows are counted from 1.", p->name, s->name));
    tern_status status = o->kind == TERN__CLASSES ? write_list(r, p, true, list) : TERN_OK;
    if (!status) status = write_list(r, p, false, list);
    tern__page_section_end(&r->page);
    tern__free(list);
    return status;
}
