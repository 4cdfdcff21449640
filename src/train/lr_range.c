/* lr_range.c - steps under a learning rate that rises; see tern/lr_range.h. */
#include "memory.h"
#include "text.h"

#include <tern/fit.h>
#include <tern/lr_range.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test under way. */
typedef struct range_test {
    tern_lr_range_options o;
    tern_model *m;
    tern_dataset *train;
    tern_split split;
    size_t *order, rows, batch;
    tern_trainer *trainer;
} range_test;

/* ---- the model, with a schedule of ours ---- */

static tern_status open_model(range_test *t, const char *path, const tern_model_options *options, tern_error *err) {
    enum { TEXT = 160 };
    char from[TERN__NUMBER], gamma[TERN__NUMBER], lr[TEXT], schedule[TEXT];
    double factor = pow(t->o.to / t->o.from, 1.0 / (double)(t->o.steps - 1));
    snprintf(lr, sizeof lr, "optimizer.lr=%s", tern__number_text(t->o.from, from));
    snprintf(schedule, sizeof schedule, "schedule={\"type\": \"exponential\", \"gamma\": %s, \"interval\": \"step\"}",
             tern__number_text(factor, gamma));
    size_t n = 0;
    while (options->set && options->set[n]) n++;
    const char **set = tern__alloc(n + 3, sizeof *set, err);
    if (!set) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) set[i] = options->set[i];
    set[n] = lr;
    set[n + 1] = schedule;
    tern_model_options own = *options;
    own.set = set;
    t->m = tern_model_open_fitted(path, &own, t->o.data, err);
    tern__free(set);
    return t->m ? TERN_OK : TERN_ERROR_MODEL;
}

/* ---- the data that trains ---- */

static tern_status open_data(range_test *t, tern_target *target, tern_error *err) {
    tern_model_info info = tern_model_describe(t->m);
    t->train = tern_dataset_open(t->m, "train", t->o.data, err);
    if (!t->train) return TERN_ERROR_DATA;
    tern_status status = tern_model_learn(t->m, t->train, err);
    if (!status) status = tern_dataset_target(t->train, t->m, target, err);
    bool cut = !info.valid_data && info.validation_split > 0;
    if (!status && cut) status = tern_dataset_split(t->train, t->m, &t->split, err);
    t->rows = cut ? t->split.trains : t->train->n;
    t->batch = info.batch_size < t->rows ? info.batch_size : t->rows;
    t->order = tern__alloc(2 * t->rows, sizeof *t->order, err);
    return status || t->order ? status : TERN_ERROR_MEMORY;
}

/* The rows of an epoch in its order: the second half of the list; the first is room for tern_shuffle(). */
static const size_t *shuffle(range_test *t, size_t epoch) {
    size_t *row = t->order + t->rows;
    tern_shuffle(tern_model_describe(t->m).seed, epoch, t->rows, t->order);
    for (size_t i = 0; i < t->rows; i++) row[i] = t->split.trains ? t->split.train[t->order[i]] : t->order[i];
    return row;
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

static void pass_on(const tern_error *from, tern_error *to) {
    for (size_t i = 0; i < from->count; i++)
        if (from->item[i].status) tern_error_add(to, from->item[i].status, NULL, "%s", from->item[i].text);
}

static tern_status run(range_test *t, tern_lr_range *r, tern_error *err) {
    tern_error *own = tern__alloc(1, sizeof *own, err); /* that a step diverges is no error here */
    tern_status status = own ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t epoch = 0; !status && !r->diverged && r->n < t->o.steps; epoch++) {
        tern_rows rows = tern_dataset_rows(t->train, t->m, shuffle(t, epoch), t->rows);
        for (size_t first = 0; first + t->batch <= t->rows && r->n < t->o.steps; first += t->batch) {
            tern_step step;
            tern_batch batch = tern_rows_batch(&rows, first, t->batch);
            status = tern_trainer_step(t->trainer, &batch, &step, own);
            r->diverged = status == TERN_ERROR_DIVERGED || (!status && !take(r, &step));
            if (status || r->diverged) break;
        }
        if (!status) tern_trainer_end_epoch(t->trainer, r->smooth[r->n - 1]);
    }
    if (status == TERN_ERROR_DIVERGED && r->n) status = TERN_OK;
    if (status && own) pass_on(own, err);
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
    static const tern_model_options usual_model = {0};
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
    if (!status) status = open_model(&t, path, options ? options : &usual_model, err);
    if (!status) status = open_data(&t, how.target, err);
    if (!status && !(t.trainer = tern_trainer_new(t.m, &how, err))) status = TERN_ERROR_MODEL;
    if (!status) status = run(&t, out, err);
    if (!status) out->suggested = suggest(out);
    tern_trainer_free(t.trainer);
    tern__free(t.order);
    tern_split_free(&t.split);
    tern_dataset_free(t.train);
    tern_model_free(t.m);
    return status;
}

void tern_lr_range_free(tern_lr_range *r) {
    tern__free(r->lr);
    *r = (tern_lr_range){0};
}
