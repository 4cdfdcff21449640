/* progress.c - the counters of a run as a row of doubles: written, checked and read by one list of places. */
#include "progress.h"

#include <math.h>
#include <string.h>

typedef enum range { COUNT, FLAG, FINITE, AMOUNT, ANY_OR_NAN, AMOUNT_OR_NAN, NO_NAN } range;

static const char *const accepted[] = {
    [COUNT] = "a whole number from 0 to 2^53",
    [FLAG] = "0 or 1",
    [FINITE] = "a finite number",
    [AMOUNT] = "a finite number from 0",
    [ANY_OR_NAN] = "a finite number, or none (nan)",
    [AMOUNT_OR_NAN] = "a finite number from 0, or none (nan)",
    [NO_NAN] = "a number",
};

static const struct {
    const char *name;
    range range;
} places[] = {
    [TERN__AT_STEP] = {"step", COUNT},
    [TERN__AT_EPOCH] = {"epoch", COUNT},
    [TERN__AT_BATCH] = {"batch", COUNT},
    [TERN__AT_EPOCH_LOSS] = {"epoch_loss", FINITE},
    [TERN__AT_EPOCH_WEIGHT] = {"epoch_weight", AMOUNT},
    [TERN__AT_EPOCH_ROWS] = {"epoch_rows", COUNT},
    [TERN__AT_EPOCH_SECONDS] = {"epoch_seconds", AMOUNT},
    [TERN__AT_BEST] = {"best", ANY_OR_NAN},
    [TERN__AT_BEST_EPOCH] = {"best_epoch", COUNT},
    [TERN__AT_WAITED] = {"waited", COUNT},
    [TERN__AT_LOG_BYTES] = {"log_bytes", COUNT},
    [TERN__AT_LAST_NORM] = {"last_norm", AMOUNT_OR_NAN},
    [TERN__AT_BATCH_SIZE] = {"batch_size", COUNT},
    [TERN__AT_SAMPLES] = {"samples", COUNT},
    [TERN__AT_SEED] = {"seed", COUNT},
    [TERN__AT_SHUFFLED] = {"shuffled", FLAG},
    [TERN__AT_REAL_SIZE] = {"real_size", COUNT},
    [TERN__AT_LR] = {"lr", FINITE},
    [TERN__AT_NEXT_LR] = {"next_lr", FINITE},
    [TERN__AT_STATE] = {"schedule_state", NO_NAN}, /* plateau's best loss begins as infinity */
};

/* The sums: two of each further loss, then those of the metrics, as the tally has them. */
static size_t sums_of(const tern__fit *f) {
    const tern__targets *t = &f->trainer->measure.targets;
    return 2 * (t->losses - 1) + t->accumulators;
}

/* Copies them to a row, or back. */
static void copy_sums(const tern__fit *f, double *row, bool back) {
    const tern__targets *t = &f->trainer->measure.targets;
    tern__tally tally = f->epoch.tally;
    size_t more = t->losses - 1;
    double *parts[] = {tally.loss + 1, tally.weight + 1, tally.accumulators};
    size_t counts[] = {more, more, t->accumulators};
    for (size_t i = 0; i < 3; row += counts[i++])
        memcpy(back ? parts[i] : row, back ? row : parts[i], counts[i] * sizeof *row);
}

size_t tern__progress_length(const tern__fit *f) { return TERN__AT_SUMS + sums_of(f); }

void tern__progress_put(const tern__fit *f, double *p) {
    tern_trainer *t = f->trainer;
    p[TERN__AT_STEP] = (double)t->step, p[TERN__AT_EPOCH] = (double)f->epochs_done,
    p[TERN__AT_BATCH] = (double)f->epoch.batch;
    p[TERN__AT_EPOCH_LOSS] = f->epoch.tally.loss[0], p[TERN__AT_EPOCH_WEIGHT] = f->epoch.tally.weight[0];
    p[TERN__AT_EPOCH_ROWS] = (double)f->epoch.tally.rows, p[TERN__AT_EPOCH_SECONDS] = f->epoch.seconds;
    p[TERN__AT_BEST] = f->monitor.best, p[TERN__AT_BEST_EPOCH] = (double)f->monitor.best_epoch;
    p[TERN__AT_WAITED] = (double)f->monitor.waited;
    p[TERN__AT_LOG_BYTES] = (double)f->run.log.bytes, p[TERN__AT_LAST_NORM] = t->last_norm;
    p[TERN__AT_BATCH_SIZE] = (double)f->data.batch_size, p[TERN__AT_SAMPLES] = (double)f->data.train.n;
    p[TERN__AT_SEED] = (double)f->m->config.seed, p[TERN__AT_SHUFFLED] = !f->o->no_shuffle;
    p[TERN__AT_REAL_SIZE] = sizeof(tern_real);
    p[TERN__AT_LR] = t->schedule.lr;
    tern__schedule_tick(&t->schedule, t->step);
    p[TERN__AT_NEXT_LR] = t->schedule.lr;
    t->schedule.lr = p[TERN__AT_LR];
    memcpy(p + TERN__AT_STATE, t->schedule.state, sizeof t->schedule.state);
    copy_sums(f, p + TERN__AT_SUMS, false);
}

static bool fits(range r, double v) {
    const double most = 9007199254740992.0; /* 2^53 */
    switch (r) {
    case COUNT: return v >= 0 && v <= most && v == floor(v);
    case FLAG: return v == 0 || v == 1;
    case FINITE: return isfinite(v);
    case AMOUNT: return isfinite(v) && v >= 0;
    case ANY_OR_NAN: return !isinf(v);
    case AMOUNT_OR_NAN: return isnan(v) || (isfinite(v) && v >= 0);
    case NO_NAN: return !isnan(v);
    }
    return false;
}

static tern_status refuse(const char *path, const char *name, double found, const char *expected, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s: counter \"%s\" is %.17g; accepted is %s", path, name, found,
                          expected);
}

static tern_status check_most(const double *p, tern__counter place, double most, const char *why, const char *path,
                              tern_error *err) {
    return p[place] <= most ? TERN_OK : refuse(path, places[place].name, p[place], why, err);
}

tern_status tern__progress_check(const double *p, size_t length, const char *path, tern_error *err) {
    for (size_t i = 0; i < length; i++) {
        size_t place = i < TERN__AT_STATE ? i : TERN__AT_STATE;
        range r = i < TERN__AT_SUMS ? places[place].range : ANY_OR_NAN;
        if (!fits(r, p[i]))
            return refuse(path, i < TERN__AT_SUMS ? places[place].name : "metric", p[i], accepted[r], err);
    }
    double lines = p[TERN__AT_STEP] + p[TERN__AT_EPOCH];
    tern_status status = check_most(p, TERN__AT_EPOCH, p[TERN__AT_STEP], "no more than steps", path, err);
    if (!status && !(p[TERN__AT_STEP] > 0)) status = check_most(p, TERN__AT_BATCH, 0, "0 before a step", path, err);
    if (!status) status = check_most(p, TERN__AT_BATCH, p[TERN__AT_SAMPLES], "no more than samples", path, err);
    if (!status) status = check_most(p, TERN__AT_EPOCH_ROWS, p[TERN__AT_SAMPLES], "no more than samples", path, err);
    if (!status) status = check_most(p, TERN__AT_BEST_EPOCH, p[TERN__AT_EPOCH], "no more than epochs", path, err);
    if (!status) status = check_most(p, TERN__AT_WAITED, p[TERN__AT_EPOCH], "no more than epochs", path, err);
    return status ? status
                  : check_most(p, TERN__AT_LOG_BYTES, lines * TERN__LOG_LINE, "what the lines of a log can take", path,
                               err);
}

void tern__progress_take(tern__fit *f, const double *p) {
    tern_trainer *t = f->trainer;
    t->step = (size_t)p[TERN__AT_STEP], t->schedule.epoch = f->epochs_done = (size_t)p[TERN__AT_EPOCH];
    t->last_norm = p[TERN__AT_LAST_NORM], t->schedule.lr = p[TERN__AT_LR];
}

void tern__progress_take_epoch(tern__fit *f, const double *p) {
    tern__tally *tally = &f->epoch.tally;
    f->epoch.batch = (size_t)p[TERN__AT_BATCH], tally->rows = (size_t)p[TERN__AT_EPOCH_ROWS];
    tally->loss[0] = p[TERN__AT_EPOCH_LOSS], tally->weight[0] = p[TERN__AT_EPOCH_WEIGHT];
    f->epoch.seconds = p[TERN__AT_EPOCH_SECONDS];
    double *sums = (double *)(uintptr_t)(p + TERN__AT_SUMS); /* read only */
    copy_sums(f, sums, true);
}
