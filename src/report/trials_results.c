/* trials_results.c - means and spreads over seeds, and which trials are the best; see tern/trials.h. */
#include <tern/trials.h>

#include <math.h>
#include <stdlib.h>

const char *tern_trial_state_name(tern_trial_state state) {
    static const char *const names[] = {"waiting", "running", "done", "stopped early", "dropped", "diverged"};
    return (size_t)state < sizeof names / sizeof *names ? names[state] : "";
}

static double last_of(const tern_trials *t, const tern_trial *trial, size_t measure) {
    const double *y = trial->curve + measure * t->epochs;
    for (size_t e = t->epochs; e-- > 0;)
        if (!isnan(y[e])) return y[e];
    return (double)NAN;
}

static double best_of(const tern_trials *t, const tern_trial *trial, size_t measure) {
    const double *y = trial->curve + measure * t->epochs;
    double best = (double)NAN;
    for (size_t e = 0; e < t->epochs; e++)
        if (!isnan(y[e]) && (isnan(best) || (t->higher[measure] ? y[e] > best : y[e] < best))) best = y[e];
    return best;
}

/* Of the number that `of` takes from each trial of the variant; NULL: what it has after an epoch. */
static tern_spread spread(const tern_trials *t, size_t variant, size_t measure, size_t epoch,
                          double (*of)(const tern_trials *t, const tern_trial *trial, size_t measure)) {
    tern_spread s = {.mean = (double)NAN, .std = (double)NAN};
    double sum = 0, squares = 0;
    for (int pass = 0; pass < 2; pass++) {
        s.n = 0;
        for (size_t i = 0; i < t->seeds; i++) {
            const tern_trial *trial = &t->trial[variant * t->seeds + i];
            if (measure >= t->measures || !trial->curve) continue;
            double value = of ? of(t, trial, measure) : trial->curve[measure * t->epochs + epoch - 1];
            if (isnan(value)) continue;
            sum += value, squares += (value - s.mean) * (value - s.mean), s.n++;
        }
        if (!pass && s.n) s.mean = sum / (double)s.n, squares = 0;
    }
    if (s.n > 1) s.std = sqrt(squares / (double)(s.n - 1));
    return s;
}

tern_spread tern_trials_at(const tern_trials *t, size_t variant, size_t measure, size_t epoch) {
    if (!epoch || epoch > t->epochs) return (tern_spread){.mean = (double)NAN, .std = (double)NAN};
    return spread(t, variant, measure, epoch, NULL);
}

tern_spread tern_trials_last(const tern_trials *t, size_t variant, size_t measure) {
    return spread(t, variant, measure, 1, last_of);
}

tern_spread tern_trials_best(const tern_trials *t, size_t variant, size_t measure) {
    return spread(t, variant, measure, 1, best_of);
}

tern_trials_cost tern_trials_cost_of(const tern_trials *t, size_t variant) {
    tern_trials_cost c = {.params = t->trial[variant * t->seeds].params};
    size_t trained = 0;
    for (size_t i = 0; i < t->seeds; i++) {
        const tern_trial *trial = &t->trial[variant * t->seeds + i];
        c.diverged += trial->state == TERN_TRIAL_DIVERGED;
        if (isnan(trial->seconds)) continue;
        c.seconds += trial->seconds, c.samples_per_second += trial->samples_per_second;
        trained++;
    }
    c.seconds = trained ? c.seconds / (double)trained : (double)NAN;
    c.samples_per_second = trained ? c.samples_per_second / (double)trained : (double)NAN;
    return c;
}

static bool is_before(const tern_trials *t, size_t a, size_t b) {
    double x = t->trial[a].result, y = t->trial[b].result;
    return t->higher[t->monitor] ? x > y : x < y;
}

size_t tern_trials_rank(const tern_trials *t, size_t *order) {
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (isnan(t->trial[i].result) || t->monitor >= t->measures) continue;
        size_t at = n++;
        for (; at && is_before(t, i, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = i;
    }
    return n;
}
