/* trials_ranking.c - a page about a search: its trials, the best first, and the curves of those; see trials_page.h. */
#include "trials_page.h"

#include <math.h>

enum { COLUMNS = 24, CURVES = 8 };

static void ranking_row(tern__trials_page *p, size_t trial) {
    const tern_trials *t = p->t;
    const tern_trial *one = &t->trial[trial];
    tern__page_row(&p->r.page);
    tern__page_cell_count(&p->r.page, trial + 1);
    for (size_t k = 0; k < t->varies && k + 6 < COLUMNS; k++)
        tern__page_cell(&p->r.page, t->value[one->variant * t->varies + k]);
    tern__page_cell_number(&p->r.page, one->result, 5);
    tern__page_cell_count(&p->r.page, one->epochs);
    tern__page_cell_count(&p->r.page, one->params);
    tern__page_cell_number(&p->r.page, one->seconds, 3);
    tern__page_cell(&p->r.page, tern_trial_state_name(one->state));
}

static void write_ranking(tern__trials_page *p, const size_t *order, size_t n) {
    const tern_trials *t = p->t;
    const char *titles[COLUMNS] = {">trial"};
    size_t used = 1;
    for (size_t k = 0; k < t->varies && k + 6 < COLUMNS; k++) titles[used++] = t->path[k];
    titles[used++] = tern__report_text(&p->r, ">%s", t->measure[t->monitor]);
    titles[used++] = ">epochs", titles[used++] = ">parameters", titles[used++] = ">seconds", titles[used++] = "";
    tern__page_card(&p->r.page, "Trials, the best first",
                    tern__report_text(&p->r,
                                      "Each line is a trial: the orange one is the best, whose run is also in the "
                                      "folder best; the blue ones are the best quarter.%s%s",
                                      t->varies > TERN__PARALLEL ? " The first six options are drawn." : "",
                                      n < t->n ? " Trials that diverged are left out." : ""));
    tern__write_parallel(p, order, n);
    tern__page_table(&p->r.page, used, titles);
    for (size_t i = 0; i < n; i++) ranking_row(p, order[i]);
    tern__page_table_end(&p->r.page);
    tern__page_card_end(&p->r.page);
}

/* The curves of the best few. */
static void write_best_curves(tern__trials_page *p, const size_t *order, size_t n) {
    const tern_trials *t = p->t;
    tern__series s[CURVES];
    size_t used = n < CURVES ? n : CURVES;
    tern__page_section(&p->r.page, "The best ones", NULL);
    tern__page_grid(&p->r.page);
    for (size_t m = 0; m < t->measures; m++) {
        for (size_t i = 0; i < used; i++)
            s[i] = (tern__series){.name = tern__report_text(&p->r, "trial %zu", order[i] + 1),
                                  .color = i,
                                  .n = p->last,
                                  .x = p->epoch,
                                  .y = t->trial[order[i]].curve + m * t->epochs};
        tern__plot plot = {.title = t->measure[m],
                           .x = {.label = "epoch", .whole = true, .tight = true},
                           .y = {.label = t->measure[m], .log_helps = true},
                           .n = used,
                           .series = s};
        tern__plot_write(&p->r.page, &plot);
    }
    tern__page_grid_end(&p->r.page);
    tern__page_section_end(&p->r.page);
}

tern_status tern__write_search(tern__trials_page *p) {
    const tern_trials *t = p->t;
    size_t *order = tern__arena_alloc(&p->r.arena, t->n, sizeof *order, p->r.err);
    if (!order) return TERN_ERROR_MEMORY;
    size_t n = tern_trials_rank(t, order);
    if (!n) return TERN_OK;
    write_ranking(p, order, n);
    write_best_curves(p, order, n);
    return TERN_OK;
}
