/* trials_progress.c - how trials go; see trials.h. */
#include "trials.h"

#include "clock.h"
#include "memory.h"

#include <string.h>
#include <unistd.h>

/* What a short word stands for, once. */
static void say_words(FILE *to, const tern_trials *t) {
    for (size_t i = 0; i < t->variants * t->varies; i++) {
        const char *path = t->path[i % t->varies], *set = t->set[i] + strlen(path) + 1;
        bool said = !strcmp(t->value[i], set);
        for (size_t k = i % t->varies; !said && k < i; k += t->varies) said = !strcmp(t->set[k], t->set[i]);
        if (!said) fprintf(to, "%s: --set %s\n", t->value[i], t->set[i]);
    }
}

tern_status trials_progress_begin(trials_progress *p, const trials_args *a, const tern_trials *t, tern_error *err) {
    progress bar = progress_begin(&a->base);
    *p = (trials_progress){.to = bar.to, .terminal = bar.terminal};
    p->line = tern__alloc(t->n, sizeof *p->line, err);
    if (!p->line) return TERN_ERROR_MEMORY;
    char threads[SHORT_TEXT] = "";
    if (a->threads > 1) snprintf(threads, sizeof threads, ", %zu threads each", a->threads);
    if (p->to)
        fprintf(p->to, "%s: %zu trial%s, %zu at a time%s\n", t->name, t->n, t->n == 1 ? "" : "s", t->at_once, threads);
    if (p->to) say_words(p->to, t);
    return TERN_OK;
}

static void clear(trials_progress *p) {
    if (p->lines) fprintf(p->to, "\r\033[%zuA\033[J", p->lines);
    p->lines = 0;
}

static void write_line(const trials_progress *p, const tern_trials *t, const tern_trial *trial) {
    size_t number = (size_t)(trial - t->trial), width = p->terminal ? terminal_columns(p->to) : 400;
    char name[TABLE_CELL], line[3 * TABLE_CELL];
    tern__text_safe(t->variant[trial->variant], name, 61);
    int used = snprintf(line, sizeof line, "%zu/%zu %s", number + 1, t->n, name);
    if (t->seeds > 1)
        used += snprintf(line + used, sizeof line - (size_t)used, ", seed %llu", (unsigned long long)trial->seed);
    bool running = trial->state == TERN_TRIAL_RUNNING;
    snprintf(line + used, sizeof line - (size_t)used, "  %s%s%s", running ? "" : tern_trial_state_name(trial->state),
             running || !*p->line[number] ? "" : ": ",
             *p->line[number] ? p->line[number]
             : running        ? "starting"
                              : "");
    fprintf(p->to, "%.*s\n", (int)width, line);
}

static void draw(trials_progress *p, const tern_trials *t) {
    clear(p);
    for (size_t i = 0; i < t->n; i++)
        if (t->trial[i].state == TERN_TRIAL_RUNNING) write_line(p, t, &t->trial[i]), p->lines++;
    fflush(p->to);
}

/* What training prints of an epoch; the rest of its output is for one who trains alone. */
static void keep_line(trials_progress *p, const tern_trials *t, const tern_trial *trial, const char *line) {
    if (!strncmp(line, "epoch ", 6)) tern__text_safe(line, p->line[trial - t->trial], TABLE_CELL);
}

void trials_progress_show(trials_progress *p, const tern_trials *t, const tern_trial *trial, const char *line) {
    if (!p->to) return;
    if (trial && line) keep_line(p, t, trial, line);
    if (trial && !line && trial->state != TERN_TRIAL_RUNNING) {
        clear(p);
        write_line(p, t, trial);
        fflush(p->to);
    }
    double now = tern__clock();
    if (!p->terminal || (p->lines && now - p->drawn < 0.1)) return;
    p->drawn = now;
    draw(p, t);
}

void trials_progress_end(trials_progress *p) {
    if (p->to) clear(p);
    tern__free(p->line);
}
