/* lr_range.c - steps under a learning rate that rises; see tern/lr_range.h. */
#include "memory.h"
#include "text.h"
#include "trainer_internal.h"
#include "training_rows.h"

#include <tern/lr_range.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test under way. */
typedef struct range_test {
    tern_lr_range_options o;
    tern__training_rows rows;
    tern_trainer *trainer;
    size_t accumulate; /* batches in an update */
    tern_rows epoch;   /* the rows in the current epoch's order */
    size_t first;      /* of the coming update's */
} range_test;

/* The model, with a schedule of ours. */
static tern_status open_model(range_test *t, const char *path, const tern_model_options *options, tern_error *err) {
    enum { TEXT = 160 };
    char from[TERN__NUMBER], gamma[TERN__NUMBER], lr[TEXT], schedule[TEXT];
    double factor = pow(t->o.to / t->o.from, 1.0 / (double)(t->o.steps - 1));
    snprintf(lr, sizeof lr, "optimizer.lr=%s", tern__number_text(t->o.from, from));
    snprintf(schedule, sizeof schedule, "schedule={\"type\": \"exponential\", \"gamma\": %s, \"interval\": \"step\"}",
             tern__number_text(factor, gamma));
    const char *const set[] = {lr, schedule, NULL};
    return tern__training_rows_open(&t->rows, path, options, set, t->o.data, err);
}

/* ---- steps ---- */

/* Takes one step into the result. False: the loss has left all bounds. */
static bool take(tern_lr_range *r, const tern_step *step) {
    const double keep = 0.95;
    size_t n = r->n++;
    r->lr[n] = step->lr;
    r->loss[n] = step->loss;
    double before = n ? r->smooth[n - 1] * (1 - pow(keep, (double)n)) : 0; /* without the correction for its start */
    r->smooth[n] = (keep * before + (1 - keep) * step->loss) / (1 - pow(keep, (double)n + 1));
    double least = r->smooth[0];
    for (size_t i = 0; i <= n; i++) least = fmin(least, r->smooth[i]);
    return n < 20 || r->smooth[n] - least <= 3 * fabs(least);
}

/* Batch k of the coming update. */
static tern_batch batch_of(void *user, size_t k) {
    range_test *t = user;
    return tern_rows_batch(&t->epoch, t->first + k * t->rows.batch, t->rows.batch);
}

/* One update, as training makes it: of full batches. */
static tern_status update(range_test *t, tern_step *step, tern_error *err) {
    if (t->accumulate > 1) return tern__trainer_step_of(t->trainer, t->accumulate, batch_of, t, step, err);
    tern_batch batch = batch_of(t, 0);
    return tern_trainer_step(t->trainer, &batch, step, err);
}

static tern_status run(range_test *t, tern_lr_range *r, tern_error *err) {
    tern__training_rows *data = &t->rows;
    tern_error *own = tern__alloc(1, sizeof *own, err); /* that a step diverges is no error here */
    tern_status status = own ? TERN_OK : TERN_ERROR_MEMORY;
    size_t each = t->accumulate * data->batch;
    for (size_t epoch = 0; !status && !r->diverged && r->n < t->o.steps; epoch++) {
        t->epoch = tern_dataset_rows(data->train, data->m, tern__training_rows_shuffle(data, epoch), data->rows);
        for (t->first = 0; t->first + each <= data->rows && r->n < t->o.steps; t->first += each) {
            tern_step step;
            status = update(t, &step, own);
            r->diverged = status == TERN_ERROR_DIVERGED || (!status && !take(r, &step));
            if (status || r->diverged) break;
        }
        if (!status) tern_trainer_end_epoch(t->trainer, r->smooth[r->n - 1]);
    }
    if (status == TERN_ERROR_DIVERGED && r->n) status = TERN_OK;
    if (status && own) tern__errors_pass_on(own, err);
    tern__free(own);
    return status;
}

/* Where the smoothed loss falls fastest on its way to its least, seen over a few steps. */
static double suggest(const tern_lr_range *r) {
    enum { REACH = 5 };
    size_t least = 0, best = 0;
    double steepest = 0;
    char text[32];
    for (size_t i = 0; i < r->n; i++)
        if (r->smooth[i] < r->smooth[least]) least = i;
    if (!r->n || r->smooth[0] - r->smooth[least] < 0.02 * fabs(r->smooth[0])) return (double)NAN;
    for (size_t i = REACH; i + REACH < r->n && i <= least; i++) {
        double slope = r->smooth[i + REACH] - r->smooth[i - REACH]; /* steps are even on the logarithmic scale */
        if (slope < steepest) steepest = slope, best = i;
    }
    if (!best) return (double)NAN;
    snprintf(text, sizeof text, "%.1e", r->lr[best]);
    return strtod(text, NULL);
}

tern_status tern_lr_range_test(const char *path, const tern_model_options *options, const tern_lr_range_options *test,
                               tern_lr_range *out, tern_error *err) {
    static const tern_lr_range_options usual = {0};
    range_test t = {.o = test ? *test : usual};
    tern_trainer_options how = {.threads = t.o.threads};
    if (!(t.o.from > 0)) t.o.from = 1e-7;
    if (!(t.o.to > t.o.from)) t.o.to = 10 * fmax(t.o.from, 1);
    if (t.o.steps < 2) t.o.steps = 300;
    *out = (tern_lr_range){.suggested = (double)NAN};
    out->lr = tern__alloc(3 * t.o.steps, sizeof *out->lr, err);
    tern_status status = out->lr ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) out->loss = out->lr + t.o.steps, out->smooth = out->loss + t.o.steps;
    if (!status) status = open_model(&t, path, options, err);
    memcpy(how.target, t.rows.target, sizeof how.target);
    if (!status) {
        size_t batches = t.rows.rows / t.rows.batch, asked = t.rows.m->config.train.accumulate;
        t.accumulate = asked < 2 ? 1 : asked < batches ? asked : batches;
        how.accumulates = t.accumulate > 1;
    }
    if (!status && !(t.trainer = tern_trainer_new(t.rows.m, &how, err))) status = TERN_ERROR_MODEL;
    if (!status) status = run(&t, out, err);
    if (!status) out->suggested = suggest(out);
    tern_trainer_free(t.trainer);
    tern__training_rows_close(&t.rows);
    return status;
}

void tern_lr_range_free(tern_lr_range *r) {
    tern__free(r->lr);
    *r = (tern_lr_range){0};
}
