/* trials_ahead.c - which variant is ahead at each epoch and by how much; see trials_page.h. */
#include "text.h"
#include "trials_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The two best variants after an epoch; NONE: there are not so many. */
enum { NONE = -1 };
typedef struct lead {
    int first, second;
} lead;

static double mean_at(const tern_trials *t, size_t variant, size_t m, size_t epoch) {
    return tern_trials_at(t, variant, m, epoch).mean;
}

static lead find_lead(const tern_trials *t, size_t m, size_t epoch) {
    lead l = {NONE, NONE};
    for (size_t v = 0; v < t->variants; v++) {
        double value = mean_at(t, v, m, epoch);
        int *place[] = {&l.first, &l.second}, one = (int)v;
        for (size_t i = 0; i < 2 && !isnan(value); i++) {
            double there = *place[i] == NONE ? (double)NAN : mean_at(t, (size_t)*place[i], m, epoch);
            bool better = isnan(there) || (t->higher[m] ? value > there : value < there);
            if (!better) continue;
            int moved = *place[i];
            *place[i] = one, one = moved, value = there;
        }
    }
    return l;
}

/* By how much the first is better, seed by seed: the same seed had the same weights and batches. */
static tern_spread margin(const tern_trials *t, size_t m, size_t epoch, lead l) {
    tern_spread s = {.mean = (double)NAN, .std = (double)NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; l.second != NONE && i < t->seeds; i++) {
        const double *a = t->trial[(size_t)l.first * t->seeds + i].curve + m * t->epochs,
                     *b = t->trial[(size_t)l.second * t->seeds + i].curve + m * t->epochs;
        double by = t->higher[m] ? a[epoch - 1] - b[epoch - 1] : b[epoch - 1] - a[epoch - 1];
        if (isnan(by)) continue;
        s.n++;
        sum += by, squares += by * by;
    }
    if (s.n) s.mean = sum / (double)s.n;
    if (s.n > 1) s.std = sqrt(fmax(squares - sum * s.mean, 0) / (double)(s.n - 1));
    return s;
}

/* ---- what is written ---- */

static void write_gaps(tern__trials_page *p, size_t m) {
    const tern_trials *t = p->t;
    double *gap = tern__report_numbers(&p->r, t->variants * t->epochs);
    for (size_t e = 0; gap && e < t->epochs; e++) {
        lead l = find_lead(t, m, e + 1);
        double best = l.first == NONE ? (double)NAN : mean_at(t, (size_t)l.first, m, e + 1);
        for (size_t v = 0; v < t->variants; v++) gap[v * t->epochs + e] = fabs(mean_at(t, v, m, e + 1) - best);
    }
    tern__plot form = {.title = tern__report_text(&p->r, "How far behind, by %s", t->measure[m]),
                       .note = "Whoever is ahead runs along 0; the higher a line, the further it is behind.",
                       .y = {.label = "behind", .zero = true}};
    if (gap) tern__variant_curves(p, &form, gap, NULL);
}

static void lead_row(tern__trials_page *p, size_t m, size_t epoch) {
    const tern_trials *t = p->t;
    lead l = find_lead(t, m, epoch);
    if (l.first == NONE) return;
    tern_spread by = margin(t, m, epoch, l);
    tern__page_row(&p->r.page);
    tern__page_cell_count(&p->r.page, epoch);
    tern__variant_cell(p, (size_t)l.first);
    tern__page_cell_number(&p->r.page, mean_at(t, (size_t)l.first, m, epoch), 4);
    tern__page_add(&p->r.page, "<td class=\"n\">%s</td>",
                   l.second == NONE ? "-"
                   : by.mean == 0   ? "level with"
                                    : tern__spread_text(&p->r, by, 3));
    if (l.second == NONE) tern__page_cell(&p->r.page, "-");
    else tern__variant_cell(p, (size_t)l.second);
}

static void write_leads(tern__trials_page *p, size_t m) {
    const tern_trials *t = p->t;
    tern__page_add(&p->r.page, "<div class=\"tall\">\n");
    tern__page_card(&p->r.page, tern__report_text(&p->r, "Epoch by epoch, by %s", t->measure[m]),
                    t->seeds > 1 ? "Where the lead is smaller than its spread over seeds, others might have decided "
                                   "otherwise."
                                 : NULL);
    tern__page_table(
        &p->r.page, 5,
        (const char *const[]){">epoch", "ahead", tern__report_text(&p->r, ">%s", t->measure[m]), ">by", "ahead of"});
    for (size_t e = 1; e <= t->epochs; e++) lead_row(p, m, e);
    tern__page_table_end(&p->r.page);
    tern__page_card_end(&p->r.page);
    tern__page_add(&p->r.page, "</div>\n");
}

/* "; epochs ahead, of 5: sgd 1, adam 4" */
static void add_counts(const tern_trials *t, size_t m, size_t last, char *out, size_t size) {
    tern__text_add(out, size, "epochs ahead, of %zu: ", last);
    for (size_t v = 0; v < t->variants; v++) {
        size_t often = 0;
        for (size_t e = 1; e <= last; e++) {
            lead l = find_lead(t, m, e);
            often += l.first == (int)v && l.second != NONE && margin(t, m, e, l).mean > 0;
        }
        tern__text_add(out, size, "%s%s %zu", v ? ", " : "", t->variant[v], often);
    }
}

/* In words: who leads at the end, and how often. */
static const char *in_words(tern__trials_page *p, size_t m) {
    const tern_trials *t = p->t;
    size_t last = t->epochs;
    char counts[700] = "";
    while (last && find_lead(t, m, last).first == NONE) last--;
    lead end = last ? find_lead(t, m, last) : (lead){NONE, NONE};
    if (end.second == NONE) return NULL;
    const char *first = t->variant[end.first], *second = t->variant[end.second];
    tern_spread by = margin(t, m, last, end);
    add_counts(t, m, last, counts, sizeof counts);
    if (by.mean == 0)
        return tern__report_text(&p->r, "By %s, %s and %s are level after epoch %zu; %s.", t->measure[m], first, second,
                                 last, counts);
    return tern__report_text(&p->r, "By %s, %s is ahead after epoch %zu, by %s of %s; %s.", t->measure[m], first, last,
                             tern__spread_text(&p->r, by, 3), second, counts);
}

static bool is_compared(const tern_trials *t, size_t m) {
    bool loss = strstr(t->measure[m], "_loss");
    return tern__is_decisive(t, m) && !(loss && t->losses_differ);
}

tern_status tern__write_ahead(tern__trials_page *p) {
    const tern_trials *t = p->t;
    if (t->variants < 2 || t->monitor >= t->measures) return TERN_OK;
    tern__page_section(&p->r.page, "Who is ahead", in_words(p, t->monitor));
    tern__page_grid(&p->r.page);
    for (size_t m = 0; m < t->measures; m++)
        if (is_compared(t, m)) write_gaps(p, m), write_leads(p, m);
    tern__page_grid_end(&p->r.page);
    tern__page_section_end(&p->r.page);
    return TERN_OK;
}
