/* classes.c - who was taken for whom, class by class, and how far the probabilities can be trusted; see sections.h. */
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_MATRIX = 40, MOST_CURVES = 10, MOST_BARS = 40, MOST_ROWS = 20 };

/* ---- matrices, one for each run ---- */

static void write_matrices(tern__report *r, const tern__parts *p) {
    for (size_t i = 0; i < p->n; i++) {
        const tern__class_scores *c = &p->part[i]->classes;
        if (!c->count || c->classes > MOST_MATRIX) continue;
        char number[2][TERN__SHORT_NUMBER];
        size_t right = 0;
        for (size_t k = 0; k < c->classes; k++) right += c->count[k * c->classes + k];
        tern__heat heat = {
            .title = p->n == 1 ? "Confusion matrix" : tern__report_text(r, "Confusion matrix, %s", p->run[i]->name),
            .note = tern__report_text(r,
                                      "%s of %s right (%.2f %%). A row is a true class; the deeper the colour, the "
                                      "larger its share of the row.",
                                      tern__count_number(right, number[0]), tern__count_number(c->n, number[1]),
                                      100 * c->accuracy),
            .n = c->classes,
            .name = p->part[i]->class_name,
            .count = c->count};
        tern__heat_write(&r->page, &heat);
    }
}

/* ---- curves ---- */

/* The class that curves are about where there are two: the rarer of the first run; else SIZE_MAX. */
static size_t class_shown(const tern__parts *p) {
    const tern__class_scores *c = &p->part[0]->classes;
    return c->count && c->classes == 2 ? c->rarer : SIZE_MAX;
}

static const tern__curve *curve_of(const tern__class_scores *c, size_t k, bool roc) {
    if (k == SIZE_MAX) return roc ? &c->roc : &c->pr;
    return roc ? &c->of[k].roc : &c->of[k].pr;
}

static void add_curve(tern__report *r, tern__series *s, size_t *n, const tern__curve *c, const char *name, size_t color,
                      bool roc) {
    if (!c->n) return;
    const char *shown = *name ? tern__report_text(r, "%s, %.4f", name, c->area) : tern__report_text(r, "%.4f", c->area);
    s[(*n)++] = (tern__series){
        .name = shown, .mark = roc ? TERN__LINE : TERN__STAIRS, .color = color, .n = c->n, .x = c->x, .y = c->y};
}

/* One run: each class, unless they are two or many, and the mean. Several: theirs. */
static void write_curves(tern__report *r, const tern__parts *p, bool roc) {
    tern__series s[MOST_CURVES + TERN_MAX_REPORTED + 1];
    size_t n = 0;
    const tern__class_scores *c = &p->part[0]->classes;
    size_t shown = class_shown(p);
    bool two = shown != SIZE_MAX;
    if (p->n == 1 && !two && c->classes <= MOST_CURVES)
        for (size_t k = 0; k < c->classes; k++)
            add_curve(r, s, &n, curve_of(c, k, roc), p->part[0]->class_name[k], k, roc);
    for (size_t i = 0; i < p->n; i++) {
        const char *name = p->n > 1 ? p->run[i]->name : two ? p->part[0]->class_name[shown] : "mean of the classes";
        add_curve(r, s, &n, curve_of(&p->part[i]->classes, shown, roc), name,
                  p->n > 1 ? p->color[i]
                  : n      ? TERN__GREY
                           : 0,
                  roc);
    }
    if (!n) return;
    const char *note =
        roc ? "At each threshold: how many of a class are found, for how many false alarms. The number is "
              "the area below; 1 is perfect, 0.5 is chance."
            : "At each threshold: how many of those named are right, for how many that are found. The "
              "number is the average precision.";
    if (two) note = tern__report_text(r, "Of \"%s\", the rarer class. %s", p->part[0]->class_name[shown], note);
    if (n == 1) note = tern__report_text(r, "%s: %s. %s", roc ? "Area" : "Average precision", s[0].name, note);
    tern__plot plot = {.title = roc ? "ROC curve" : "Precision and recall",
                       .note = note,
                       .x = {roc ? "false positive rate" : "recall", 0, 1, .tight = true},
                       .y = {roc ? "true positive rate" : "precision", 0, 1, .tight = true},
                       .n = n,
                       .series = s,
                       .diagonal = roc,
                       .square = true};
    tern__plot_write(&r->page, &plot);
}

static const tern__calibration *calibration_of(const tern__parts *p, size_t i) {
    const tern__class_scores *c = &p->part[i]->classes;
    size_t shown = class_shown(p);
    return shown == SIZE_MAX ? &c->calibration : &c->of[shown].calibration;
}

static void write_calibration(tern__report *r, const tern__parts *p) {
    tern__series s[2 * TERN_MAX_REPORTED];
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const tern__calibration *c = calibration_of(p, i);
        const char **count = tern__arena_alloc(&r->arena, c->bins, sizeof *count, r->err);
        for (size_t k = 0; count && k < c->bins; k++) count[k] = tern__report_text(r, "%zu samples", c->count[k]);
        s[n] = (tern__series){.name = p->n == 1 ? NULL : p->run[i]->name,
                              .color = p->n == 1 ? 0 : p->color[i],
                              .n = c->bins,
                              .x = c->said,
                              .y = c->is,
                              .hover = count};
        n++;
        s[n] = s[n - 1];
        s[n].mark = TERN__POINTS;
        s[n++].name = NULL;
    }
    size_t shown = class_shown(p);
    const char *of = shown == SIZE_MAX ? "the class that is named"
                                       : tern__report_text(r, "\"%s\", the rarer class", p->part[0]->class_name[shown]);
    tern__plot plot = {
        .title = "Calibration",
        .note = tern__report_text(
            r,
            "Of what is said with a probability (of %s), how much is true. On the dotted line both agree; "
            "here they lie %.4f apart on average%s.",
            of, p->part[0]->classes.calibration.error, p->n > 1 ? " in the first run" : ""),
        .x = {"probability", 0, 1, .tight = true},
        .y = {"share that is true", 0, 1, .tight = true},
        .n = n,
        .series = s,
        .diagonal = true,
        .square = true};
    tern__plot_write(&r->page, &plot);
}

/* ---- classes one by one ---- */

static void write_table_row(tern__page *page, const char *run, const char *name, const tern__class_score *c) {
    tern__page_row(page);
    if (run) tern__page_cell(page, run);
    tern__page_cell(page, name);
    const double value[] = {c->precision, c->recall, c->f1, c->roc.area, c->pr.area};
    for (size_t i = 0; i < 5; i++) tern__page_cell_share(page, value[i]);
    tern__page_cell_count(page, c->is);
}

static void write_means(tern__page *page, const char *run, const tern__class_scores *c) {
    tern__class_score all = {.is = c->n, .precision = c->precision, .recall = c->recall, .f1 = c->f1};
    all.roc.area = all.pr.area = 0;
    size_t there = 0;
    for (size_t k = 0; k < c->classes; k++)
        if (!isnan(c->of[k].roc.area)) there++, all.roc.area += c->of[k].roc.area, all.pr.area += c->of[k].pr.area;
    all.roc.area /= (double)there, all.pr.area /= (double)there; /* none: NAN */
    write_table_row(page, run, "mean of the classes", &all);
    tern__class_score weighted = {.is = c->n,
                                  .precision = c->weighted_precision,
                                  .recall = c->weighted_recall,
                                  .f1 = c->weighted_f1,
                                  .roc = {.area = (double)NAN},
                                  .pr = {.area = (double)NAN}};
    write_table_row(page, run, "weighted by support", &weighted);
}

static void write_table(tern__report *r, const tern__parts *p) {
    static const char *const titles[] = {"run", "class",        ">precision",         ">recall",
                                         ">f1", ">area of ROC", ">average precision", ">support"};
    bool several = p->n > 1;
    tern__page *page = &r->page;
    tern__page_card(
        page, "Class by class",
        "Precision: of those named so, how many are. Recall: of those that are, how many were named. f1: their "
        "harmonic mean. Support: how many there are.");
    tern__page_table(page, several ? 8 : 7, titles + !several);
    for (size_t i = 0; i < p->n; i++) {
        const tern__class_scores *c = &p->part[i]->classes;
        const char *run = several ? p->run[i]->name : NULL;
        for (size_t k = 0; k < c->classes && !(several && c->classes > MOST_ROWS); k++)
            if (c->classes <= MOST_ROWS || c->of[k].is || c->of[k].said)
                write_table_row(page, run, p->part[i]->class_name[k], &c->of[k]);
        write_means(page, run, c);
    }
    tern__page_table_end(page);
    tern__page_card_end(page);
}

/* f1 by class, runs beside each other. */
static void write_bars(tern__report *r, const tern__parts *p) {
    const char *series[TERN_MAX_REPORTED];
    size_t rows = p->part[0]->classes.classes;
    double *value = tern__report_numbers(r, rows * p->n);
    if (!value || p->n == 1 || rows > MOST_BARS) return;
    for (size_t i = 0; i < p->n; i++) {
        series[i] = p->run[i]->name;
        for (size_t k = 0; k < rows; k++) value[i * rows + k] = p->part[i]->classes.of[k].f1;
    }
    tern__bars bars = {.title = "f1 by class",
                       .x_label = "f1",
                       .name_label = "class",
                       .rows = rows,
                       .n = p->n,
                       .name = p->part[0]->class_name,
                       .series = series,
                       .value = value};
    tern__bars_write(&r->page, &bars);
}

tern_status tern__write_classes(tern__report *r, const tern__parts *p) {
    tern__page_grid(&r->page);
    write_matrices(r, p);
    write_bars(r, p);
    write_curves(r, p, true);
    write_curves(r, p, false);
    write_calibration(r, p);
    tern__page_grid_end(&r->page);
    write_table(r, p);
    return TERN_OK;
}
