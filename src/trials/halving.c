/* halving.c - successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
 * optimization", 2016), in rungs that end together: all trials train for few epochs, the best third of them for three
 * times as many, and so on. */
#include "trials_internal.h"

#include <string.h>

enum { THIRD = 3 };

/* Rungs, so that the first has an epoch and the last a trial at least. */
static size_t count_rungs(const tern_trials *s) {
    size_t rungs = 1;
    for (size_t trials = s->n, epochs = s->epochs; trials >= THIRD && epochs >= THIRD; rungs++)
        trials /= THIRD, epochs /= THIRD;
    return rungs;
}

static bool is_among(size_t i, const size_t *list, size_t n) {
    for (size_t k = 0; k < n; k++)
        if (list[k] == i) return true;
    return false;
}

/* The best of `which` [n] stay, in the order of their numbers; the others are dropped, but for those that have finished
 * by early stopping: they are what they would have been. */
static size_t keep_best(tern__trials *t, size_t *which, size_t n, size_t *order) {
    tern_trials *s = &t->shown;
    size_t ranked = tern_trials_rank(s, order), keep = n / THIRD ? n / THIRD : 1, kept = 0, best = 0;
    for (size_t i = 0; i < ranked && best < keep; i++)
        if (is_among(order[i], which, n)) order[best++] = order[i];
    for (size_t i = 0; i < n; i++) {
        size_t trial = which[i];
        if (is_among(trial, order, best)) which[kept++] = trial;
        else if (s->trial[trial].state == TERN_TRIAL_DONE) s->trial[trial].state = TERN_TRIAL_DROPPED;
    }
    return kept;
}

tern_status tern__trials_halve(tern__trials *t, tern_error *err) {
    tern_trials *s = &t->shown;
    size_t n = s->n, rungs = count_rungs(s);
    size_t *which = tern__alloc(2 * n, sizeof *which, err);
    if (!which) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) which[i] = i;
    tern_status status = TERN_OK;
    for (size_t rung = 0; !status && n && rung < rungs; rung++) {
        size_t epochs = s->epochs;
        for (size_t k = rung + 1; k < rungs; k++) epochs /= THIRD;
        for (size_t i = 0; rung && i < n; i++) s->trial[which[i]].state = TERN_TRIAL_WAITING;
        status = tern__trials_train(t, n, which, epochs, err);
        if (!status && rung + 1 < rungs) n = keep_best(t, which, n, which + s->n);
    }
    if (!status) status = tern__trials_write_state(t, err);
    tern__free(which);
    return status;
}
