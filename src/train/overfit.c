/* overfit.c - one batch, over and over; see tern/overfit.h. */
#include "overfit.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 1000, LOOK = 25 }; /* LOOK: steps between looks at the loss as evaluation has it */

typedef struct attempt {
    const tern_overfit_options *o;
    size_t steps;
    tern__training_rows rows;
    const size_t *row;
    tern_trainer *trainer;
} attempt;

static tern_status look(const attempt *a, size_t n, double *loss, tern_error *err) {
    tern_score score;
    tern_status status = tern_evaluate(a->rows.m, a->rows.train, a->row, n, a->o->threads, &score, NULL, err);
    *loss = status ? (double)NAN : score.loss;
    return status;
}

static tern_status begin(attempt *a, const char *path, const tern_model_options *options, double factor,
                         tern_overfit *out, tern_error *err) {
    char lr[80];
    const char *set[] = {"schedule=null", factor > 0 ? lr : NULL, NULL};
    snprintf(lr, sizeof lr, "optimizer.lr=%.17g", factor);
    tern_status status = tern__training_rows_open(&a->rows, path, options, set, a->o->data, err);
    if (status) return status;
    out->samples = a->o->samples && a->o->samples < a->rows.batch ? a->o->samples : a->rows.batch;
    tern_trainer_options how = {.threads = a->o->threads, .batch_size = out->samples};
    memcpy(how.target, a->rows.target, sizeof how.target);
    a->row = tern__training_rows_shuffle(&a->rows, 0);
    a->trainer = tern_trainer_new(a->rows.m, &how, err);
    return a->trainer ? look(a, out->samples, &out->first, err) : TERN_ERROR_MODEL;
}

/* Steps until the loss is small enough. That one diverges is no error here. */
static tern_status run(attempt *a, tern_overfit *out, tern_error *err) {
    tern_error *own = tern__alloc(1, sizeof *own, err);
    tern_status status = own ? TERN_OK : TERN_ERROR_MEMORY;
    out->last = out->first;
    out->goal = 0.01 * fabs(out->first);
    tern_rows rows = tern_dataset_rows(a->rows.train, a->rows.m, a->row, out->samples);
    while (!status && !out->fits && out->steps < a->steps) {
        tern_batch batch = tern_rows_batch(&rows, 0, out->samples);
        tern_step step;
        status = tern_trainer_step(a->trainer, &batch, &step, own);
        if (status) break;
        out->lr = step.lr, out->grad_norm = step.grad_norm;
        out->steps++;
        if (out->steps % LOOK && out->steps < a->steps) continue;
        status = look(a, out->samples, &out->last, own);
        out->fits = out->last <= out->goal;
        if (!isfinite(out->last)) status = TERN_ERROR_DIVERGED;
    }
    out->diverged = status == TERN_ERROR_DIVERGED;
    if (out->diverged) status = TERN_OK;
    if (status && own) tern__errors_pass_on(own, err);
    tern__free(own);
    return status;
}

static void end(attempt *a) {
    tern_trainer_free(a->trainer);
    tern__training_rows_close(&a->rows);
    a->trainer = NULL;
}

/* Whether it fits with another learning rate. */
static tern_status try_rate(attempt *a, const char *path, const tern_model_options *options, double lr, bool *fits,
                            tern_error *err) {
    tern_overfit other = {0};
    tern_status status = begin(a, path, options, lr, &other, err);
    if (!status) status = run(a, &other, err);
    end(a);
    *fits = !status && other.fits;
    return status == TERN_ERROR_MODEL ? TERN_OK : status; /* a rate that the optimizer doesn't take */
}

tern_status tern_overfit_test(const char *path, const tern_model_options *options, const tern_overfit_options *how,
                              tern_overfit *out, tern_error *err) {
    static const tern_overfit_options usual = {0};
    attempt a = {.o = how ? how : &usual};
    a.steps = a.o->steps ? a.o->steps : STEPS;
    *out = (tern_overfit){.other_lr = (double)NAN};
    tern_error *first = tern__alloc(1, sizeof *first, err); /* what is said again by each attempt */
    if (!first) return TERN_ERROR_MEMORY;
    tern_status status = begin(&a, path, options, 0, out, err);
    if (!status) status = run(&a, out, err);
    if (!status && !out->fits) {
        double lr = out->lr;
        attempt b = a;
        b.trainer = NULL;
        for (int i = 0; !status && lr > 0 && isnan(out->other_lr) && i < 2; i++) {
            bool fits, smaller = out->diverged ? !i : i;
            double rate = smaller ? lr / 10 : lr * 10;
            tern_error_clear(first);
            status = try_rate(&b, path, options, rate, &fits, first);
            if (!status && fits) out->other_lr = rate;
        }
        if (status) tern__errors_pass_on(first, err);
        if (!status) status = tern__overfit_reasons(&a.rows, a.row, out, a.o->threads, err);
    }
    end(&a);
    tern__free(first);
    return status;
}
