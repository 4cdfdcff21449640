/* measure.h - the losses and metrics of a training step: each worker measures its slice, all together the batch, on all
 * ranks. */
#ifndef TERN_EXEC_MEASURE_H
#define TERN_EXEC_MEASURE_H

#include "worker_group.h"

typedef struct tern__measure {
    tern__targets targets;
    tern_tensor *target;     /* [targets] of the batch */
    tern_real *weight;       /* of its rows, where they have weights */
    const tern_batch *batch; /* the current one */
    tern__tally *tally;      /* [slices] of each slice in this step; its losses are divided already */
    double **each;           /* [slices] the numbers of those tallies */
    tern__tally *rank;       /* [ranks] the tally of each, their numbers one after the other; NULL: there is one */
    tern__tally total;       /* of the batch */
    const double *divisor;   /* [losses] of all batches of an update together, where they are known before; or NULL */
} tern__measure;

/* Plans the losses and metrics for kinds of targets, as tern__targets_make() does; then takes room for batches of
 * up to `rows` rows for the group's slices. All lives in the arena. Errors: MODEL, MEMORY. */
tern_status tern__measure_plan(tern__measure *t, const tern_model *m, const tern_target *kind, tern__arena *arena,
                               tern_error *err);
tern_status tern__measure_allocate(tern__measure *t, const tern__worker_group *g, size_t rows, tern__arena *arena,
                                   tern_error *err);

/* Refuses a batch of the caller's own arrays whose shapes or labels do not fit, or that has more than `most` rows.
 * Errors: USAGE, DATA. */
tern_status tern__measure_check(const tern__measure *t, const tern_model *m, const tern_batch *batch, size_t most,
                                tern_error *err);

/* A worker's part of a step, in this order: its rows, with its part of the losses' divisors (those are of the whole
 * batch, so all say theirs while they are still together); when its prediction is there, its losses and their gradient;
 * its metrics. */
void tern__measure_gather(tern__measure *t, tern__worker_group *g, size_t worker);
void tern__measure_loss(tern__measure *t, tern__worker_group *g, size_t worker);
void tern__measure_metrics(tern__measure *t, tern__worker_group *g, size_t worker);

/* When all have theirs, worker 0 alone: tells it to the other ranks, and hears theirs. */
void tern__measure_join(tern__measure *t, const tern__worker_group *g);

/* The sum over the batch of number `i` of a tally, of all losses, and then the tally of all. */
double tern__measure_sum(const tern__measure *t, const tern__worker_group *g, size_t i);
double tern__measure_total_loss(const tern__measure *t, const tern__worker_group *g);
void tern__measure_total(tern__measure *t, const tern__worker_group *g);

#endif
