/* course.c - the course of training: losses, metrics, learning rate and gradient norm; see sections.h. */
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SERIES = 2 * TERN_MAX_REPORTED };

/* The name behind "train_" or "valid_"; NULL: it has neither. */
static const char *stem(const char *name) {
    return !strncmp(name, "train_", 6) || !strncmp(name, "valid_", 6) ? name + 6 : NULL;
}

static const char *series_name(tern__report *r, size_t run, const char *what) {
    return r->n == 1 ? what : tern__report_text(r, "%s, %s", r->run[run].name, what);
}

/* "accuracy" as a title. */
static const char *capitals(tern__report *r, const char *name) {
    bool small = *name >= 'a' && *name <= 'z';
    return tern__report_text(r, "%c%s", small ? *name - 'a' + 'A' : *name, *name ? name + 1 : "");
}

static void add_record(tern__series *s, size_t *n, const tern__logged *record, const char *name, size_t color,
                       bool dashed) {
    if (!record || !record->n) return;
    s[(*n)++] =
        (tern__series){.name = name, .color = color, .dashed = dashed, .n = record->n, .x = record->x, .y = record->y};
}

/* One run: validation in the first colour, training in the second, dashed. Several: a colour for each. */
static void write_curve(tern__report *r, const char *name, const double *best) {
    tern__series s[MOST_SERIES];
    size_t n = 0;
    bool loss = !strcmp(name, "loss");
    for (size_t i = 0; i < r->n; i++) {
        char key[2][TERN__LOG_NAME + 8];
        snprintf(key[0], sizeof key[0], "valid_%s", name);
        snprintf(key[1], sizeof key[1], "train_%s", name);
        const tern__history *h = &r->run[i].history;
        add_record(s, &n, tern__history_find(h, false, key[0]), series_name(r, i, "validation"), i, false);
        add_record(s, &n, tern__history_find(h, false, key[1]), series_name(r, i, "training"), r->n == 1 ? 1 : i, true);
    }
    if (!n) return;
    const char *marked =
        !isnan(best[0]) && r->n == 1 ? tern__report_text(r, "best epoch %.0f", best[0]) : "best epochs";
    tern__plot plot = {.title = capitals(r, name),
                       .note =
                           loss ? "What training makes small. Where validation rises while training falls, the model "
                                  "learns its samples by heart."
                                : NULL,
                       .x = {.label = "epoch", .whole = true, .tight = true},
                       .y = {.label = name, .log_helps = loss},
                       .n = n,
                       .series = s,
                       .marks = r->n,
                       .mark_at = best,
                       .mark_name = marked};
    tern__plot_write(&r->page, &plot);
}

static void write_record(tern__report *r, bool steps, const char *key, const char *title, const char *note) {
    tern__series s[MOST_SERIES];
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        add_record(s, &n, tern__history_find(&r->run[i].history, steps, key), r->n == 1 ? title : r->run[i].name, i,
                   false);
    tern__plot plot = {.title = capitals(r, title),
                       .note = note,
                       .x = {.label = steps ? "step" : "epoch", .whole = true, .tight = true},
                       .y = {.label = title, .log_helps = steps || r->n > 1, .zero = true},
                       .n = n,
                       .series = s};
    if (n) tern__plot_write(&r->page, &plot);
}

/* Every name that any run logged, once, in the order of the logs. */
static void write_curves(tern__report *r, const double *best) {
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->run[i].history.n; k++) {
            const tern__logged *record = &r->run[i].history.record[k];
            const char *name = stem(record->name);
            bool before = false;
            if (!name || record->steps) continue;
            for (size_t a = 0; a <= i && !before; a++)
                for (size_t b = 0; b < (a == i ? k : r->run[a].history.n) && !before; b++) {
                    const char *other = stem(r->run[a].history.record[b].name);
                    before = !r->run[a].history.record[b].steps && other && !strcmp(other, name);
                }
            if (!before) write_curve(r, name, best);
        }
}

tern_status tern__write_course(tern__report *r) {
    double best[TERN_MAX_REPORTED];
    bool logs = false, norms = false;
    for (size_t i = 0; i < r->n; i++) {
        best[i] = r->run[i].best_epoch;
        logs = logs || r->run[i].history.epochs;
        norms = norms || tern__history_find(&r->run[i].history, true, "grad_norm");
    }
    if (!logs) return TERN_OK;
    const char *by =
        tern__report_text(r, "Epoch by epoch. The dotted line marks the best epoch by %s.%s", r->run[0].monitor,
                          norms ? "" : " Training with --log-every N also logs the norm of the gradient.");
    tern__page_section(&r->page, "The course of training", by);
    tern__page_grid(&r->page);
    write_curves(r, best);
    write_record(r, false, "lr", "learning rate", NULL);
    write_record(r, true, "grad_norm", "gradient norm", "Of all gradients as one vector, before clipping.");
    tern__page_grid_end(&r->page);
    tern__page_section_end(&r->page);
    return TERN_OK;
}
