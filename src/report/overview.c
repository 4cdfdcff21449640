/* overview.c - results at a glance, and in what the model files of several runs differ; see sections.h. */
#include "sections.h"

#include "json_compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tile(tern__page *p, const char *what, const char *text) {
    tern__page_add(p, "<div><dt>");
    tern__page_text(p, what);
    tern__page_add(p, "</dt><dd>");
    tern__page_text(p, text);
    tern__page_add(p, "</dd></div>\n");
}

static const char *seconds_text(double seconds, char out[TERN__SHORT_NUMBER]) {
    if (seconds < 120) snprintf(out, TERN__SHORT_NUMBER, "%.1f s", seconds);
    else if (seconds < 7200) snprintf(out, TERN__SHORT_NUMBER, "%.1f min", seconds / 60);
    else snprintf(out, TERN__SHORT_NUMBER, "%.1f h", seconds / 3600);
    return out;
}

/* ---- one run ---- */

static void score_tiles(tern__report *r, const tern__part *p) {
    char number[TERN__SHORT_NUMBER];
    tile(&r->page, tern__report_text(r, "%s loss", p->name), tern__short_number(p->score.loss, 4, number));
    for (size_t i = 0; i < p->score.metrics && i < 4; i++) {
        double value = p->score.value[i];
        bool share = value >= 0 && value <= 1;
        tile(&r->page, tern__report_text(r, "%s %s", p->name, p->score.name[i]),
             share ? tern__report_text(r, "%.4f", value) : tern__short_number(value, 4, number));
    }
}

static void write_tiles(tern__report *r) {
    const tern__subject *s = &r->run[0];
    char number[TERN__SHORT_NUMBER];
    tern__page_add(&r->page, "<dl class=\"tiles\">\n");
    if (s->parts) score_tiles(r, &s->part[0]);
    if (!isnan(s->best_epoch))
        tile(&r->page, "Best epoch", tern__report_text(r, "%.0f of %zu", s->best_epoch, s->history.epochs));
    tile(&r->page, "Parameters", tern__count_number(tern_model_parameters(s->model), number));
    if (s->history.epochs) tile(&r->page, "Time to train", seconds_text(s->history.seconds, number));
    tern__page_add(&r->page, "</dl>\n");
}

/* ---- several ---- */

/* The column of a metric's name among those that were found; n: it is new. */
static size_t find_name(const char *const *names, size_t n, const char *name) {
    size_t i = 0;
    while (i < n && strcmp(names[i], name)) i++;
    return i;
}

enum { COLUMNS = 12 };

static size_t collect_metrics(const tern__report *r, const char **names) {
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; r->run[i].parts && k < r->run[i].part[0].score.metrics && n < COLUMNS; k++) {
            const char *name = r->run[i].part[0].score.name[k];
            if (find_name(names, n, name) == n) names[n++] = name;
        }
    return n;
}

static void result_row(tern__report *r, const tern__subject *s, const char *const *names, size_t n) {
    tern__page *p = &r->page;
    char number[TERN__SHORT_NUMBER];
    const tern__part *part = s->parts ? &s->part[0] : NULL;
    tern__page_row(p);
    tern__key_cell(p, s->name, (size_t)(s - r->run));
    tern__page_cell(p, part ? part->name : "no data");
    tern__page_cell_number(p, part ? part->score.loss : (double)NAN, 4);
    for (size_t k = 0; k < n; k++) {
        size_t at = part ? find_name(part->score.name, part->score.metrics, names[k]) : 0;
        tern__page_cell_number(p, part && at < part->score.metrics ? part->score.value[at] : (double)NAN, 4);
    }
    tern__page_cell_number(p, s->best, 4);
    tern__page_cell_number(p, s->best_epoch, 6);
    tern__page_cell_count(p, s->history.epochs);
    tern__page_cell_count(p, tern_model_parameters(s->model));
    tern__page_add(p, "<td class=\"n\">%s</td>", seconds_text(s->history.seconds, number));
}

static void write_results(tern__report *r) {
    const char *names[COLUMNS], *titles[COLUMNS + 8] = {"run", "data", ">loss"};
    size_t n = collect_metrics(r, names), used = 3;
    for (size_t i = 0; i < n; i++) titles[used++] = tern__report_text(r, ">%s", names[i]);
    titles[used++] = tern__report_text(r, ">best %s", r->run[0].monitor);
    titles[used++] = ">at epoch", titles[used++] = ">of", titles[used++] = ">parameters", titles[used++] = ">time";
    tern__page_card(&r->page, "Results", "Each run keeps its colour in all pictures.");
    tern__page_table(&r->page, used, titles);
    for (size_t i = 0; i < r->n; i++) result_row(r, &r->run[i], names, n);
    tern__page_table_end(&r->page);
    tern__page_card_end(&r->page);
}

tern_status tern__write_overview(tern__report *r) {
    if (r->n == 1) write_tiles(r);
    tern__page_add(&r->page, "</header>\n");
    for (size_t i = 0; i < r->n; i++)
        if (*r->run[i].no_data) {
            tern__page_add(&r->page, "<p class=\"note\"><b>");
            tern__page_text(&r->page, r->run[i].name);
            tern__page_add(&r->page, " is shown without its data.</b> ");
            tern__page_text(&r->page, r->run[i].no_data);
            tern__page_add(&r->page, "</p>\n");
        }
    if (r->n > 1) write_results(r);
    return TERN_OK;
}

/* ---- in what they differ ---- */

/* A place in the model files, and what stands there; NULL: the same as in the first. */
typedef struct difference {
    const char *pointer, *value[TERN_MAX_REPORTED];
} difference;

typedef struct differences {
    tern__report *r;
    size_t run, n;
    difference *list;
    bool failed;
} differences;

static void found(void *user, const char *pointer, const char *before, const char *after) {
    differences *d = user;
    size_t i = 0;
    while (i < d->n && strcmp(d->list[i].pointer, pointer)) i++;
    if (i == d->n) {
        difference *grown = tern__realloc(d->list, d->n, d->n + 1, sizeof *grown, d->r->err);
        d->failed = d->failed || !grown;
        if (!grown) return;
        d->list = grown;
        d->list[d->n++] = (difference){tern__report_text(d->r, "%s", pointer), {tern__report_text(d->r, "%s", before)}};
    }
    d->list[i].value[d->run] = tern__report_text(d->r, "%s", after);
}

/* "/optimizer/lr" as --set has it: "optimizer.lr". */
static const char *dotted(const char *pointer, char out[TERN_MAX_POINTER]) {
    snprintf(out, TERN_MAX_POINTER, "%s", *pointer ? pointer + 1 : pointer);
    for (char *c = out; *c; c++)
        if (*c == '/') *c = '.';
    return out;
}

static void difference_row(const differences *d, const difference *x) {
    tern__page *p = &d->r->page;
    const char *first = x->value[0] ? x->value[0] : "";
    char path[TERN_MAX_POINTER];
    tern__page_row(p);
    tern__page_cell(p, dotted(x->pointer, path));
    for (size_t i = 0; i < d->r->n; i++) {
        const char *value = x->value[i] ? x->value[i] : first;
        tern__page_add(p, strcmp(value, first) ? "<td class=\"differs\">" : "<td>");
        tern__page_text(p, value);
        tern__page_add(p, "</td>");
    }
}

/* Types first, and then by name. */
static int by_option(const void *a, const void *b) {
    const char *x = ((const difference *)a)->pointer, *y = ((const difference *)b)->pointer;
    size_t m = strlen(x), n = strlen(y);
    bool p = m > 5 && !strcmp(x + m - 5, "/type"), q = n > 5 && !strcmp(y + n - 5, "/type");
    return p != q ? q - p : strcmp(x, y);
}

tern_status tern__write_differences(tern__report *r) {
    differences d = {.r = r};
    tern_status status = TERN_OK;
    const char *titles[TERN_MAX_REPORTED + 1] = {"option"};
    for (d.run = 1; !status && d.run < r->n; d.run++)
        status = tern__json_compare(r->run[0].text, r->run[0].dir, r->run[d.run].text, found, &d, r->err);
    for (size_t i = 0; i < r->n; i++) titles[i + 1] = r->run[i].name;
    if (d.n) qsort(d.list, d.n, sizeof *d.list, by_option);
    if (!status && !d.failed) {
        tern__page_card(&r->page, "What differs between their model files",
                        d.n ? "What is not as in the first run stands out." : "Nothing: all options are the same.");
        if (d.n) tern__page_table(&r->page, r->n + 1, titles);
        for (size_t i = 0; i < d.n; i++) difference_row(&d, &d.list[i]);
        if (d.n) tern__page_table_end(&r->page);
        tern__page_card_end(&r->page);
    }
    tern__free(d.list);
    return d.failed ? TERN_ERROR_MEMORY : status;
}
