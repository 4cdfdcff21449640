/* trials_parts.c - what the sections about trials share; see trials_page.h. */
#include "trials_page.h"

#include <math.h>
#include <string.h>

bool tern__is_decisive(const tern_trials *t, size_t measure) {
    return t->monitor < t->measures && !strncmp(t->measure[measure], t->measure[t->monitor], strlen("valid_"));
}

const char *tern__spread_text(tern__report *r, tern_spread s, int digits) {
    char mean[TERN__SHORT_NUMBER], std[TERN__SHORT_NUMBER];
    tern__short_number(s.mean, digits, mean);
    return isnan(s.std) ? tern__report_text(r, "%s", mean)
                        : tern__report_text(r, "%s ±\u00a0%s", mean, tern__short_number(s.std, 2, std));
}

void tern__variant_cell(tern__trials_page *p, size_t variant) {
    tern__key_cell(&p->r.page, p->t->variant[variant], variant);
}

void tern__variant_curves(tern__trials_page *p, const tern__plot *form, const double *mean, const double *spread) {
    const tern_trials *t = p->t;
    tern__series *s = tern__arena_alloc(&p->r.arena, t->variants, sizeof *s, p->r.err);
    double *edge = tern__report_numbers(&p->r, 2 * t->variants * t->epochs);
    if (!s || !edge) {
        p->r.page.html.failed = true;
        return;
    }
    for (size_t v = 0; v < t->variants; v++) {
        const double *y = mean + v * t->epochs, *std = spread ? spread + v * t->epochs : NULL;
        double *low = edge + 2 * v * t->epochs, *high = low + t->epochs;
        for (size_t e = 0; std && e < t->epochs; e++) low[e] = y[e] - std[e], high[e] = y[e] + std[e];
        s[v] = (tern__series){.name = t->variant[v], .color = v, .n = p->last, .x = p->epoch, .y = y};
        if (std) s[v].low = low, s[v].high = high;
    }
    tern__plot plot = *form;
    plot.x = (tern__axis){.label = "epoch", .whole = true, .tight = true};
    plot.n = t->variants, plot.series = s;
    tern__plot_write(&p->r.page, &plot);
}
