/* trials_page.c - a page about trials: what came of each variant, their curves, what was varied; see trials_page.h. */
#include "trials_page.h"

#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 24, SIDE = 6 }; /* SIDE: of "valid_" and "train_" */

static void number_cell(tern__trials_page *p, const char *text) {
    tern__page_add(&p->r.page, "<td class=\"n\">%s</td>", text);
}

/* ---- results ---- */

static void result_row(tern__trials_page *p, size_t variant) {
    const tern_trials *t = p->t;
    tern_trials_cost cost = tern_trials_cost_of(t, variant);
    size_t used = 1;
    tern__page_row(&p->r.page);
    tern__variant_cell(p, variant);
    for (size_t m = 0; m < t->measures && used + 6 < COLUMNS; m++) {
        if (!tern__is_decisive(t, m)) continue;
        for (int k = 0; k < 2; k++, used++)
            number_cell(p, tern__spread_text(&p->r,
                                             k == t->restores_best ? tern_trials_last(t, variant, m)
                                                                   : tern_trials_best(t, variant, m),
                                             4));
    }
    tern__page_cell_number(&p->r.page, cost.seconds, 3);
    tern__page_cell_number(&p->r.page, round(cost.samples_per_second), 7);
    tern__page_cell_count(&p->r.page, cost.params);
    if (cost.diverged)
        tern__page_cell(&p->r.page,
                        t->seeds > 1 ? tern__report_text(&p->r, "%zu diverged", cost.diverged) : "diverged");
    else tern__page_cell(&p->r.page, "");
}

static void write_results(tern__trials_page *p) {
    const tern_trials *t = p->t;
    const char *titles[COLUMNS] = {"variant"};
    size_t n = 1;
    for (size_t m = 0; m < t->measures && n + 6 < COLUMNS; m++) {
        if (!tern__is_decisive(t, m)) continue;
        for (int k = 0; k < 2; k++)
            titles[n++] = tern__report_text(&p->r, ">%s %s", k == t->restores_best ? "last" : "best", t->measure[m]);
    }
    titles[n++] = ">seconds", titles[n++] = ">samples/s", titles[n++] = ">parameters", titles[n++] = "";
    const char *note = t->seeds > 1 ? tern__report_text(&p->r,
                                                        "Mean and standard deviation of %zu seeds. Each variant keeps "
                                                        "its colour in all pictures.",
                                                        t->seeds)
                                    : "Each variant keeps its colour in all pictures.";
    tern__page_card(&p->r.page, "Results", note);
    tern__page_table(&p->r.page, n, titles);
    for (size_t v = 0; v < t->variants; v++) result_row(p, v);
    tern__page_table_end(&p->r.page);
    tern__page_card_end(&p->r.page);
}

/* ---- curves ---- */

static void write_curve(tern__trials_page *p, size_t m) {
    const tern_trials *t = p->t;
    const char *stem = t->measure[m] + SIDE, *side = *t->measure[m] == 'v' ? "Validation" : "Training";
    bool loss = !strcmp(stem, "loss");
    double *mean = tern__report_numbers(&p->r, 2 * t->variants * t->epochs);
    if (!mean) {
        p->r.page.html.failed = true;
        return;
    }
    double *std = mean + t->variants * t->epochs;
    for (size_t i = 0; i < t->variants * t->epochs; i++) {
        tern_spread s = tern_trials_at(t, i / t->epochs, m, i % t->epochs + 1);
        mean[i] = s.mean, std[i] = s.std;
    }
    tern__plot form = {.title = tern__report_text(&p->r, "%s %s", side, stem),
                       .note = loss && t->losses_differ
                                   ? "Each loss measures something else: compare how a curve falls, not how high it is."
                                   : NULL,
                       .y = {.label = stem, .log_helps = loss}};
    tern__variant_curves(p, &form, mean, t->seeds > 1 ? std : NULL);
}

static void write_curves(tern__trials_page *p) {
    const tern_trials *t = p->t;
    tern__page_section(&p->r.page, "The course of training",
                       t->seeds > 1 ? tern__report_text(&p->r,
                                                        "Lines are means of %zu seeds, bands one standard deviation to "
                                                        "both sides.",
                                                        t->seeds)
                                    : "All start from the same weights and take the same batches.");
    tern__page_grid(&p->r.page);
    for (int decisive = 1; decisive >= 0; decisive--)
        for (size_t m = 0; m < t->measures; m++)
            if (tern__is_decisive(t, m) == (decisive == 1)) write_curve(p, m);
    tern__page_grid_end(&p->r.page);
    tern__page_section_end(&p->r.page);
}

/* ---- what was varied ---- */

static void write_variants(tern__trials_page *p) {
    const tern_trials *t = p->t;
    tern__page_card(&p->r.page, "What was varied",
                    "As --set of tern train takes it, and the run directories, each of which is a model.");
    tern__page_table(&p->r.page, 3, (const char *const[]){"variant", "changes", "runs"});
    for (size_t v = 0; v < t->variants; v++) {
        tern__page_row(&p->r.page);
        tern__variant_cell(p, v);
        tern__page_add(&p->r.page, "<td>");
        for (size_t k = 0; k < t->varies; k++) {
            tern__page_add(&p->r.page, k ? "<br/>" : "");
            tern__page_text(&p->r.page, t->set[v * t->varies + k]);
        }
        tern__page_add(&p->r.page, "</td><td>");
        for (size_t i = 0; i < t->seeds; i++) {
            const tern_trial *trial = &t->trial[v * t->seeds + i];
            const char *slash = strrchr(trial->dir, '/');
            tern__page_add(&p->r.page, i ? ", " : "");
            tern__page_text(&p->r.page, slash ? slash + 1 : trial->dir);
        }
        tern__page_add(&p->r.page, "</td>");
    }
    tern__page_table_end(&p->r.page);
    tern__page_card_end(&p->r.page);
}

/* ---- the page ---- */

static const char *subtitle(tern__trials_page *p, const char *paths) {
    const tern_trials *t = p->t;
    if (t->search)
        return tern__report_text(&p->r, "%s; %zu trials of up to %zu epochs; %s", paths, t->n, t->epochs, t->out);
    return tern__report_text(&p->r, "%zu variants, %s%zu epochs, %zu seed%s; %s", t->variants,
                             p->last < t->epochs ? "up to " : "", t->epochs, t->seeds, t->seeds == 1 ? "" : "s",
                             t->out);
}

static size_t last_epoch(const tern_trials *t) {
    size_t last = 0;
    for (size_t v = 0; v < t->variants; v++)
        for (size_t m = 0; m < t->measures; m++)
            for (size_t e = t->epochs; e > last; e--)
                if (tern_trials_at(t, v, m, e).n) last = e;
    return last;
}

static tern_status write_page(tern__trials_page *p) {
    const tern_trials *t = p->t;
    char paths[400] = "";
    for (size_t k = 0; k < t->varies; k++) tern__text_add(paths, sizeof paths, "%s%s", k ? ", " : "", t->path[k]);
    p->epoch = tern__report_numbers(&p->r, t->epochs);
    if (!p->epoch) return TERN_ERROR_MEMORY;
    for (size_t e = 0; e < t->epochs; e++) p->epoch[e] = (double)(e + 1);
    p->last = last_epoch(t);
    const char *title = t->search ? tern__report_text(&p->r, "%s: a search", t->name)
                                  : tern__report_text(&p->r, "%s by %s", t->name, paths);
    tern__page_begin(&p->r.page, title, subtitle(p, paths));
    tern__page_add(&p->r.page, "</header>\n");
    if (t->search) return tern__write_search(p);
    write_results(p);
    tern_status status = tern__write_ahead(p);
    write_curves(p);
    write_variants(p);
    return status;
}

tern_status tern_trials_write(const tern_trials *t, const char *path, tern_error *err) {
    tern__trials_page p = {.r = {.err = err}, .t = t};
    tern__plain before = tern__plain_enter();
    tern_status status = write_page(&p);
    if (!status) status = tern__page_save(&p.r.page, path, err);
    tern__plain_leave(before);
    tern__free(p.r.page.html.text);
    tern__arena_free(&p.r.arena);
    return status;
}
