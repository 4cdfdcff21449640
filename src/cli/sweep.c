/* sweep.c - tern sweep: which values of some options train best. */
#define TRIALS_NAME "sweep"
#include "trials.h"

#include "memory.h"

#include <math.h>
#include <string.h>

typedef struct sweep_args {
    trials_args trials;
    const char *search;
    size_t n;
} sweep_args;

/* ---- the table: the best first ---- */

static void json_trial(json *j, const tern_trials *t, const tern_trial *trial) {
    json_open(j, NULL, '{');
    json_text(j, "dir", trial->dir);
    for (size_t k = 0; k < t->varies; k++) json_text(j, t->path[k], t->value[trial->variant * t->varies + k]);
    json_text(j, "state", tern_trial_state_name(trial->state));
    json_size(j, "epochs", trial->epochs);
    json_real(j, t->measure[t->monitor], trial->result);
    json_size(j, "parameters", trial->params);
    json_real(j, "seconds", trial->seconds);
    json_close(j, '}');
}

static void print_json(const tern_trials *t, const size_t *order, size_t n) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "out", t->out);
    json_text(&j, "monitor", t->measure[t->monitor]);
    json_size(&j, "trials", t->n);
    json_open(&j, "ranked", '[');
    for (size_t i = 0; i < n; i++) json_trial(&j, t, &t->trial[order[i]]);
    json_close(&j, ']');
    json_close(&j, '}');
    json_end();
}

static void print_row(table *shown, const tern_trials *t, const tern_trial *trial) {
    char text[TABLE_CELL];
    size_t column = 0;
    table_row(shown);
    table_set(shown, column++, "%zu", (size_t)(trial - t->trial) + 1);
    for (size_t k = 0; k < t->varies && column + 5 < TABLE_COLUMNS; k++)
        table_set(shown, column++, "%s", tern__text_safe(t->value[trial->variant * t->varies + k], text, sizeof text));
    table_set(shown, column++, "%.6g", trial->result);
    table_set(shown, column++, "%zu", trial->epochs);
    table_set(shown, column++, "%s", count_text(trial->params, text));
    table_set(shown, column++, "%.1f s", trial->seconds);
    if (trial->state != TERN_TRIAL_DONE) table_set(shown, column, "%s", tern_trial_state_name(trial->state));
}

static void print_table(const tern_trials *t, const size_t *order, size_t n) {
    const char *title[TABLE_COLUMNS] = {">trial"};
    char result[80];
    size_t used = 1;
    table shown;
    for (size_t k = 0; k < t->varies && used + 5 < TABLE_COLUMNS; k++) title[used++] = t->path[k];
    snprintf(result, sizeof result, ">%.70s", t->measure[t->monitor]);
    title[used++] = result, title[used++] = ">epochs", title[used++] = ">parameters", title[used++] = ">time";
    title[used++] = "";
    putchar('\n');
    table_begin(&shown, used, title);
    for (size_t i = 0; i < n; i++) print_row(&shown, t, &t->trial[order[i]]);
    table_end(&shown);
    if (n < t->n) printf("%zu of %zu trials diverged\n", t->n - n, t->n);
    char text[PATH_SIZE];
    printf("best: trial %zu, %s, in %s/best\n", *order + 1,
           tern__text_safe(t->variant[t->trial[*order].variant], text, TABLE_CELL), t->out);
}

static tern_status print(const tern_trials *t, bool as_json, tern_error *err) {
    size_t *order = tern__alloc(t->n, sizeof *order, err);
    if (!order) return TERN_ERROR_MEMORY;
    size_t n = tern_trials_rank(t, order);
    if (as_json) print_json(t, order, n);
    else print_table(t, order, n);
    tern__free(order);
    return TERN_OK;
}

/* ---- the command ---- */

static tern_status read_search(const sweep_args *a, tern_search *search, tern_error *err) {
    static const char *const names[] = {"grid", "random", "halving"};
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(a->search ? a->search : "random", names[i])) *search = (tern_search)i;
    bool known = !a->search || !strcmp(a->search, names[*search]);
    if (!known)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "--search: expected grid, random or halving, found \"%.60s\"", a->search);
    if (*search == TERN_SEARCH_GRID && a->n)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--trials: a grid has as many as there are combinations");
    return TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const sweep_args *a = self;
    tern_trials_options how = {.trials = a->n, .best = true};
    tern_status status = read_search(a, &how.search, err);
    return status ? exit_code_of(err) : trials_run(&a->trials, TRIALS_NAME, &how, print, err);
}

static const option options[] = {
    {"vary", "PATH=VALUES", OPTION_TEXTS, TERN_FIELD(trials_args, vary, texts),
     "What is tried: optimizer=sgd,adam, optimizer.lr='log(1e-4..1)', layers.0.units='int(32..512)'; may be repeated."},
    TEXT(sweep_args, search, "search", "grid|random|halving",
         "How (default: random); halving: the best third goes on, and so on."),
    COUNT(sweep_args, n, "trials", "N", "How many to draw (default: 20)."),
    TRIALS_OPTIONS,
    {0},
};

const command command_sweep = {
    .name = "sweep",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "Search for the values of options that train best.",
    .size = sizeof(sweep_args),
    .options = options,
    .run = run,
};
