/* compare.c - tern compare: one model trained in several ways, from the same weights and batches. */
#define TRIALS_NAME "compare"
#include "trials.h"

#include <math.h>
#include <string.h>

typedef struct compare_args {
    trials_args trials;
    size_t seeds;
} compare_args;

/* The measures that stand in the table: of validation data, where there is some. */
static bool is_shown(const tern_trials *t, size_t m) {
    const char *side = t->monitor < t->measures ? t->measure[t->monitor] : "train_";
    return !strncmp(t->measure[m], side, 6);
}

static void print_json(const tern_trials *t) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "out", t->out);
    json_text(&j, "monitor", t->monitor < t->measures ? t->measure[t->monitor] : NULL);
    json_open(&j, "variants", '[');
    for (size_t v = 0; v < t->variants; v++) {
        tern_trials_cost cost = tern_trials_cost_of(t, v);
        json_open(&j, NULL, '{');
        json_text(&j, "name", t->variant[v]);
        json_open(&j, "set", '[');
        for (size_t k = 0; k < t->varies; k++) json_text(&j, NULL, t->set[v * t->varies + k]);
        json_close(&j, ']');
        for (size_t m = 0; m < t->measures; m++) {
            json_open(&j, t->measure[m], '{');
            json_spread(&j, "last", tern_trials_last(t, v, m));
            json_spread(&j, "best", tern_trials_best(t, v, m));
            json_close(&j, '}');
        }
        json_size(&j, "diverged", cost.diverged);
        json_size(&j, "parameters", cost.params);
        json_real(&j, "seconds", cost.seconds);
        json_real(&j, "samples_per_second", cost.samples_per_second);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    json_end();
}

static void print_row(table *shown, const tern_trials *t, size_t v) {
    char text[SHORT_TEXT], name[TABLE_CELL];
    tern_trials_cost cost = tern_trials_cost_of(t, v);
    size_t column = 0;
    table_row(shown);
    table_set(shown, column++, "%s", tern__text_safe(t->variant[v], name, sizeof name));
    for (size_t m = 0; m < t->measures && column + 4 < TABLE_COLUMNS; m++) {
        if (!is_shown(t, m)) continue;
        table_set(shown, column++, "%s", spread_text(tern_trials_last(t, v, m), text));
        table_set(shown, column++, "%s", spread_text(tern_trials_best(t, v, m), text));
    }
    if (isnan(cost.seconds)) column += 2;
    else {
        table_set(shown, column++, "%.1f s", cost.seconds);
        table_set(shown, column++, "%s", count_text((size_t)cost.samples_per_second, text));
    }
    table_set(shown, column++, "%s", count_text(cost.params, text));
    if (cost.diverged) table_set(shown, column, "%zu diverged", cost.diverged);
}

static tern_status print(const tern_trials *t, bool as_json, tern_error *err) {
    const char *title[TABLE_COLUMNS] = {"variant"};
    char last[TABLE_COLUMNS][80];
    size_t n = 1;
    (void)err;
    if (as_json) {
        print_json(t);
        return TERN_OK;
    }
    for (size_t m = 0; m < t->measures && n + 4 < TABLE_COLUMNS; m++) {
        if (!is_shown(t, m)) continue;
        snprintf(last[n], sizeof *last, ">%.70s", t->measure[m]);
        title[n] = last[n];
        title[n + 1] = ">best";
        n += 2;
    }
    title[n++] = ">time", title[n++] = ">samples/s", title[n++] = ">parameters", title[n++] = "";
    table shown;
    putchar('\n');
    table_begin(&shown, n, title);
    for (size_t v = 0; v < t->variants; v++) print_row(&shown, t, v);
    table_end(&shown);
    return TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const compare_args *a = self;
    return trials_run(&a->trials, TRIALS_NAME, &(tern_trials_options){.seeds = a->seeds}, print, err);
}

static const option options[] = {
    {"vary", "PATH=V1,V2", OPTION_TEXTS, TERN_FIELD(trials_args, vary, texts),
     "What differs: optimizer=sgd,momentum,adam; null leaves an option out; may be repeated."},
    COUNT(compare_args, seeds, "seeds", "N", "Train each with N seeds, and show the spread (default: 1)."),
    TRIALS_OPTIONS,
    {0},
};

const command command_compare = {
    .name = "compare",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "Train a model in several ways side by side; a page with their curves.",
    .size = sizeof(compare_args),
    .options = options,
    .run = run,
};
