/* collect.c - what trials came to, as their directories say; see trials_internal.h. */
#include "file.h"
#include "json_lexer.h"
#include "record.h"
#include "text.h"
#include "trials_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { STEM = 6 }; /* "train_", "valid_" */

static bool is_measure(const tern__logged *r) {
    return !r->steps && (!strncmp(r->name, "train_", STEM) || !strncmp(r->name, "valid_", STEM));
}

static bool is_loss(const char *measure) { return !strcmp(measure + STEM, "loss"); }

/* ---- one trial ---- */

static bool is_there(const char *path) {
    struct stat s;
    return path && !stat(path, &s);
}

/* What its run.json says that it ended with, into the arena; NULL: nothing yet. */
static tern_status read_outcome(const tern_trial *trial, tern__arena *arena, const char **outcome, tern_error *err) {
    tern__record record = {0};
    size_t size = 0;
    char *path = tern__path_join(trial->dir, "run.json", false, NULL, err);
    bool there = is_there(path);
    char *text = there ? (char *)tern__file_read(path, TERN__JSON_SIZE, &size, err) : NULL;
    tern_status status = !path ? TERN_ERROR_MEMORY : there && !text ? TERN_ERROR_IO : TERN_OK;
    if (!status && text) status = tern__record_read(text, size, path, arena, &record, err);
    *outcome = record.last.outcome;
    tern__free(text);
    tern__free(path);
    return status;
}

/* A trial that went on later stands where it stood after so many epochs. */
static tern_status read_state(tern__trials *t, size_t i, size_t epochs, tern_error *err) {
    tern_trial *trial = &t->shown.trial[i];
    tern__arena arena = {0};
    const char *outcome;
    tern_status status = read_outcome(trial, &arena, &outcome, err);
    bool reached = trial->epochs >= epochs, rung = epochs < t->trial[i].wanted;
    const char *ended = outcome ? outcome : "";
    trial->state = !strcmp(ended, "stopped early") && trial->epochs <= epochs ? TERN_TRIAL_STOPPED
                   : reached && (rung || !strcmp(ended, "done"))              ? TERN_TRIAL_DONE
                   : !strcmp(ended, "diverged")                               ? TERN_TRIAL_DIVERGED
                                                                              : TERN_TRIAL_WAITING;
    tern__arena_free(&arena);
    return status;
}

static tern_status read_log(tern__trials *t, size_t i, tern_error *err) {
    tern__history *h = &t->trial[i].history;
    char *path = tern__path_join(t->shown.trial[i].dir, "log.jsonl", false, NULL, err);
    tern_status status = path ? TERN_OK : TERN_ERROR_MEMORY;
    tern__history_free(h);
    if (!status && is_there(path)) status = tern__history_read(h, path, err);
    tern__free(path);
    return status;
}

static double mean_speed(const tern__history *h) {
    const tern__logged *r = tern__history_find(h, false, "samples_per_second");
    double sum = 0;
    for (size_t i = 0; r && i < r->n; i++) sum += r->y[i];
    return r && r->n ? sum / (double)r->n : (double)NAN;
}

tern_status tern__trial_read(tern__trials *t, size_t i, size_t epochs, tern_error *err) {
    tern_trial *trial = &t->shown.trial[i];
    const tern__history *h = &t->trial[i].history;
    size_t wanted = t->trial[i].wanted;
    tern_status status = read_log(t, i, err);
    if (!status && !trial->params) status = tern__trial_fitted(t, i, err);
    trial->epochs = h->epochs;
    trial->seconds = h->epochs ? h->seconds : (double)NAN;
    trial->samples_per_second = mean_speed(h);
    return status ? status : read_state(t, i, epochs < wanted ? epochs : wanted, err);
}

/* ---- all of them ---- */

static bool is_higher(const tern__trials *t, const char *measure) {
    for (size_t i = 0; i < t->betters; i++)
        if (!strcmp(measure + STEM, t->better[i])) return true;
    return false;
}

/* Every name that some trial logged, in the order in which they first came. */
static tern_status list_measures(tern__trials *t, tern_error *err) {
    tern_trials *s = &t->shown;
    const char **name = tern__arena_alloc(&t->collected, 2 * TERN__LOG_KEYS, sizeof *name, err);
    bool *higher = tern__arena_alloc(&t->collected, 2 * TERN__LOG_KEYS, sizeof *higher, err);
    if (!name || !higher) return TERN_ERROR_MEMORY;
    s->measures = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < t->trial[i].history.n; k++) {
            const tern__logged *r = &t->trial[i].history.record[k];
            size_t at = 0;
            while (at < s->measures && strcmp(name[at], r->name)) at++;
            if (!is_measure(r) || at < s->measures || at == 2 * TERN__LOG_KEYS) continue;
            name[at] = tern__arena_text(&t->collected, r->name, strlen(r->name), err);
            if (!name[at]) return TERN_ERROR_MEMORY;
            higher[at] = is_higher(t, r->name);
            s->measures++;
        }
    s->measure = name, s->higher = higher;
    return TERN_OK;
}

static size_t find_measure(const tern_trials *s, const char *name) {
    size_t i = 0;
    while (i < s->measures && strcmp(s->measure[i], name)) i++;
    return i;
}

/* What says which is better: what early stopping goes by, else the loss, or a metric where losses can't be compared; on
 * validation data where there is some. */
static void choose_monitor(tern__trials *t) {
    tern_trials *s = &t->shown;
    char name[TERN__LOG_NAME + STEM];
    const char *stem = s->losses_differ && t->metric ? t->metric : "loss";
    s->monitor = *t->monitor && !(s->losses_differ && is_loss(t->monitor)) ? find_measure(s, t->monitor) : s->measures;
    for (size_t side = 0; side < 2 && s->monitor == s->measures; side++) {
        snprintf(name, sizeof name, "%s%s", side ? "train_" : "valid_", stem);
        s->monitor = find_measure(s, name);
    }
}

/* The best number of the first epochs, or their last, by what the weights are. */
static double result(const tern__trials *t, const double *y, size_t epochs) {
    double out = (double)NAN;
    for (size_t e = 0; e < epochs; e++) {
        bool better = isnan(out) || (t->shown.higher[t->shown.monitor] ? y[e] > out : y[e] < out);
        if (!isnan(y[e]) && (!t->shown.restores_best || better)) out = y[e];
    }
    return out;
}

static tern_status fill_curves(tern__trials *t, size_t i, size_t epochs, tern_error *err) {
    tern_trials *s = &t->shown;
    tern_trial *trial = &s->trial[i];
    double *curve = tern__arena_alloc(&t->collected, s->measures * s->epochs, sizeof *curve, err);
    if (!curve) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < s->measures * s->epochs; k++) curve[k] = (double)NAN;
    for (size_t m = 0; m < s->measures; m++) {
        const tern__logged *r = tern__history_find(&t->trial[i].history, false, s->measure[m]);
        for (size_t k = 0; r && k < r->n; k++)
            if (r->x[k] >= 1 && r->x[k] <= (double)s->epochs) curve[m * s->epochs + (size_t)r->x[k] - 1] = r->y[k];
    }
    bool none = s->monitor == s->measures || trial->state == TERN_TRIAL_DIVERGED;
    trial->curve = curve;
    trial->result = none ? (double)NAN : result(t, curve + s->monitor * s->epochs, epochs);
    return TERN_OK;
}

tern_status tern__trials_collect(tern__trials *t, size_t epochs, tern_error *err) {
    tern__arena_free(&t->collected);
    t->collected = (tern__arena){0};
    tern_status status = list_measures(t, err);
    if (!status) choose_monitor(t);
    for (size_t i = 0; !status && i < t->shown.n; i++) status = fill_curves(t, i, epochs, err);
    return status;
}
