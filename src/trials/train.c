/* train.c - trains trials in processes, several at once; see trials_internal.h. */
#include "file.h"
#include "process.h"
#include "trials_internal.h"

#include <tern/fit.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A trial that runs. */
typedef struct worker {
    struct crew *crew;
    size_t trial;
    tern__process process;
    char error[TERN_MAX_TEXT]; /* the first that it told of */
} worker;

typedef struct crew {
    tern__trials *t;
    size_t epochs; /* at most */
    size_t n;      /* workers that run */
    worker *worker;
    tern_status status; /* why no more are started */
    bool stopped;       /* those that run were asked to stop */
    tern_error *err;
} crew;

/* ---- the command line ---- */

enum { FIXED_ARGUMENTS = 20, NUMBER = 24 };

static bool has_checkpoint(const tern_trial *trial) {
    char *path = tern__path_join(trial->dir, "checkpoint.safetensors", false, NULL, NULL);
    bool there = path && !access(path, F_OK);
    tern__free(path);
    return there;
}

static size_t count(const char *const *list) {
    size_t n = 0;
    while (list && list[n]) n++;
    return n;
}

static void add_each(const char **argument, size_t *n, const char *option, const char *const *list) {
    for (; list && *list; list++) argument[(*n)++] = option, argument[(*n)++] = *list;
}

static void add_number(const char **argument, size_t *n, const char *option, size_t value, char text[NUMBER]) {
    snprintf(text, NUMBER, "%zu", value);
    argument[(*n)++] = option, argument[(*n)++] = text;
}

static tern_status start(crew *c, worker *w, size_t i) {
    tern__trials *t = c->t;
    const tern_trial *trial = &t->shown.trial[i];
    const tern_trials_options *o = &t->o;
    char number[4][NUMBER];
    const char **argument =
        tern__alloc(FIXED_ARGUMENTS + 2 * (count(t->trial[i].set) + count(o->plugin)), sizeof *argument, c->err);
    if (!argument) return TERN_ERROR_MEMORY;
    size_t n = 0;
    argument[n++] = "tern", argument[n++] = "train", argument[n++] = t->model;
    add_each(argument, &n, "--set", t->trial[i].set);
    add_each(argument, &n, "--plugin", o->plugin);
    add_each(argument, &n, "--data", (const char *const[]){o->data, NULL});
    add_number(argument, &n, "--threads", o->threads ? o->threads : 1, number[0]);
    if (o->epochs) add_number(argument, &n, "--epochs", o->epochs, number[1]);
    if (c->epochs < t->trial[i].wanted) add_number(argument, &n, "--until", c->epochs, number[2]);
    if (t->open.max_memory) add_number(argument, &n, "--max-memory", t->open.max_memory, number[3]);
    add_each(argument, &n, "--out", (const char *const[]){trial->dir, NULL});
    argument[n++] = t->trial[i].begun && has_checkpoint(trial) ? "--resume" : "--force";
    *w = (worker){.crew = c, .trial = i};
    tern_status status = tern__process_start(&w->process, o->program ? o->program : "tern", argument, c->err);
    tern__free(argument);
    return status;
}

/* ---- what it says ---- */

static bool tell(const crew *c, const tern_trial *trial, const char *line) {
    const tern_trials_options *o = &c->t->o;
    return !o->on_trial || o->on_trial(o->user, &c->t->shown, trial, line);
}

static void stop(crew *c, tern_status status) {
    if (!c->status) c->status = status;
    for (size_t i = 0; i < c->n && !c->stopped; i++) tern__process_stop(&c->worker[i].process);
    c->stopped = true;
}

/* What several trials warn of is said once. */
static void warn(tern_error *err, const char *text) {
    for (size_t i = 0; err && i < err->count; i++)
        if (!strcmp(err->item[i].text, text)) return;
    tern_error_warn(err, NULL, "%s", text);
}

static void hear(void *user, const char *line, bool error) {
    worker *w = user;
    crew *c = w->crew;
    const char *warning = strstr(line, "warning: "), *mistake = strstr(line, "error: ");
    if (!error && !tell(c, &c->t->shown.trial[w->trial], line)) stop(c, TERN_ERROR_CANCELLED);
    if (error && mistake && !*w->error)
        snprintf(w->error, sizeof w->error, "%.*s%.400s", (int)(mistake - line), line, mistake + strlen("error: "));
    else if (error && warning && !mistake) warn(c->err, warning + strlen("warning: "));
}

static tern_status fail(const crew *c, const worker *w, int code) {
    const tern_trial *trial = &c->t->shown.trial[w->trial];
    const char *name = c->t->shown.variant[trial->variant];
    tern_status status = code == 2 ? TERN_ERROR_USAGE : code == 3 ? TERN_ERROR_MODEL : TERN_ERROR_IO;
    if (*w->error) return tern_error_add(c->err, status, NULL, "trial \"%.100s\": %s", name, w->error);
    if (code == 127)
        return tern_error_add(c->err, status, NULL, "%s can't be run", c->t->o.program ? c->t->o.program : "tern");
    return tern_error_add(c->err, status, NULL, "trial \"%.100s\" in %s ended with code %d%s", name, trial->dir, code,
                          code == 128 + 9 ? ": it was killed, as happens where memory is short" : "");
}

/* ---- the loop ---- */

/* Whether a trial needs no more; the numbers of those that were begun are read. */
static tern_status is_over(crew *c, size_t i, bool *over) {
    tern__trials *t = c->t;
    tern_status status = t->trial[i].begun ? tern__trial_read(t, i, c->epochs, c->err) : TERN_OK;
    *over = t->shown.trial[i].state != TERN_TRIAL_WAITING;
    return status;
}

static tern_status finish(crew *c, const worker *w, int code) {
    tern_trial *trial = &c->t->shown.trial[w->trial];
    bool over;
    tern_status status = is_over(c, w->trial, &over);
    if (!status && !over && !c->stopped) status = fail(c, w, code);
    if (!status) status = tern__trials_collect(c->t, c->epochs, c->err);
    if (!status) status = tern__trials_write_state(c->t, c->err);
    if (!status && over && !tell(c, trial, NULL)) status = TERN_ERROR_CANCELLED;
    return status;
}

static tern_status start_next(crew *c, size_t i) {
    tern_trial *trial = &c->t->shown.trial[i];
    bool over;
    tern_status status = is_over(c, i, &over);
    if (status || over) return status;
    status = start(c, &c->worker[c->n], i);
    if (status) return status;
    c->n++;
    c->t->trial[i].begun = true;
    trial->state = TERN_TRIAL_RUNNING;
    return tell(c, trial, NULL) ? TERN_OK : TERN_ERROR_CANCELLED;
}

static void watch(crew *c) {
    enum { BETWEEN = 100 };
    int code;
    tern__process *all[256];
    for (size_t i = 0; i < c->n; i++) all[i] = &c->worker[i].process;
    tern__process_wait(all, c->n, BETWEEN);
    for (size_t i = 0; i < c->n;) {
        if (!tern__process_read(&c->worker[i].process, hear, &c->worker[i], &code)) {
            i++;
            continue;
        }
        tern_status status = finish(c, &c->worker[i], code);
        c->worker[i] = c->worker[--c->n];
        if (status) stop(c, status);
    }
    if (!c->stopped && !tell(c, NULL, NULL)) stop(c, TERN_ERROR_CANCELLED);
}

tern_status tern__trials_train(tern__trials *t, size_t n, const size_t *which, size_t epochs, tern_error *err) {
    crew c = {.t = t, .epochs = epochs, .err = err};
    c.worker = tern__alloc(t->shown.at_once, sizeof *c.worker, err);
    if (!c.worker) return TERN_ERROR_MEMORY;
    for (size_t next = 0; c.n || (next < n && !c.status);) {
        while (!c.status && next < n && c.n < t->shown.at_once) {
            tern_status status = start_next(&c, which[next++]);
            if (status) stop(&c, status);
        }
        if (c.n) watch(&c);
    }
    tern__free(c.worker);
    if (c.status) return c.status;
    return tern__trials_collect(t, epochs, err);
}
