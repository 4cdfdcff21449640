/* targets.h - what a model is measured by: its losses and metrics, planned for the kind of targets that come. */
#ifndef TERN_GRAPH_TARGETS_H
#define TERN_GRAPH_TARGETS_H

#include "memory.h"
#include "target.h"

#include <tern/metric.h>
#include <tern/model.h>

/* A loss as it was planned, with options of its own. */
typedef struct tern__loss {
    const tern_loss_type *type;
    const void *self;
    const char *name; /* in logs: the type's, or among several "digit_loss" */
    int reduction;    /* a tern__reduction */
    double share;     /* what it counts for in the sum of all */
    tern_loss_spec spec;
    size_t steps; /* of sequences of any length, at most: each step is an answer, which the spec is of; 0: others */
    const tern_reals *class_weight; /* of each class, by which rows are weighed; NULL: none, or the type does so */
    size_t value;                   /* of the graph: the prediction */
    size_t target;                  /* which of a batch's targets; NOWHERE: it is to make again ... */
    size_t input;                   /* ... this input, as layers read it */
    size_t target_count;            /* numbers of one answer's target */
} tern__loss;

/* A metric likewise. */
typedef struct tern__metric {
    const tern_metric_type *type;
    const void *self;
    const char *name; /* in logs */
    size_t loss;      /* whose prediction and target it is about */
    size_t first;     /* its accumulators, among those of all metrics */
    size_t scratch;   /* of_all: doubles for each sample */
} tern__metric;

enum { TERN__MOST_SCALED = 2048 }; /* numbers of normalized targets that metrics take at a time */

/* All of them. */
typedef struct tern__targets {
    size_t losses, metrics, accumulators;
    tern__loss *loss;
    tern__metric *metric;
    const tern__target *scaled; /* targets that were normalized, which metrics see in their own unit; NULL: none were */
} tern__targets;

/* Plans the losses and metrics of `m` for kinds of targets, by loss; 0, or NULL: what the loss takes, class indices
 * where it takes both. All that the plans derive lives in the arena: the model stays as it is. Errors: MODEL, MEMORY.
 */
tern_status tern__targets_make(const tern_model *m, const tern_target *kind, tern__arena *arena, tern__targets *out,
                               tern_error *err);

/* Room for the targets of up to `rows` rows, as each loss takes them: [n], n being the model's targets. */
tern_status tern__targets_allocate(const tern__targets *targets, size_t n, size_t rows, tern__arena *arena,
                                   tern_tensor **out, tern_error *err);

/* The type of the first loss of the config; NULL: there is none. */
const tern_loss_type *tern__model_loss(const tern_model *m);

/* ---- pairs: what a loss and its metrics are about ---- */

/* Some rows of predictions and targets. Each row is an answer with its target or, of sequences of any length, each of a
 * row's own steps is. */
typedef struct tern__pairs {
    tern_tensor pred, target; /* [rows, ...], or [rows, steps, ...] with room for as many steps as each has */
    const tern_real *weight;  /* [rows] what they count for; NULL: alike */
    const size_t *length;     /* [rows] the steps of each; NULL: each row is one answer */
} tern__pairs;

/* A shape without its first size: of one step of a sequence, of one row of a batch. */
tern_shape tern__shape_step(const tern_shape *shape);

/* Those of a loss, `rows` of them, whose predictions and targets are laid out as planned: [rows, steps, ...]. */
tern__pairs tern__loss_pairs(const tern__loss *loss, size_t rows, tern_real *pred, tern_real *target,
                             const size_t *length);

/* The pairs as rows [n, ...], part by part: all in one, or of sequences the steps of each row. `row` is at first 0.
 * False: there are no more. */
bool tern__pairs_next(const tern__pairs *all, size_t *row, tern_tensor *pred, tern_tensor *target);

/* What pairs add to the divisor of the loss: under "mean" what the type says, else their number of elements, and
 * under "batchmean" 1 for each row; times the row's weight. */
double tern__loss_weight(const tern__loss *loss, const tern__pairs *all);

/* That of `rows` rows, whatever their targets are; NAN where it depends on them. */
double tern__loss_plain_weight(const tern__loss *loss, size_t rows);

/* The divisor of a whole batch, whose rows have added up to `weight`, by the loss's `reduction`. Never 0. Divided
 * by the loss's share it gives what the loss adds to the sum of all. */
double tern__loss_norm(const tern__loss *loss, double weight);

/* Plans the metrics of `m` behind its losses in `out`, likewise. */
tern_status tern__metrics_plan(const tern_model *m, tern__arena *arena, tern__targets *out, tern_error *err);

/* "a" and "b" as one name, in the arena. */
const char *tern__joined_name(const char *a, const char *b, tern__arena *arena, tern_error *err);

/* The sum of the pairs' losses, each times its row's weight, divided by `norm`, and its gradient, as of a loss type;
 * that of padding is 0. */
double tern__loss_eval(const tern__loss *loss, const tern__pairs *all, double norm, tern_tensor *dpred);

/* Adds pairs to the accumulators of the metrics of loss number `loss`. */
void tern__metrics_add(const tern__targets *targets, size_t loss, const tern__pairs *all, double *accumulators);

/* ---- a tally: what was measured so far ---- */

/* Numbers that add up, over slices, batches and workers, to the losses and metrics of all rows. */
typedef struct tern__tally {
    size_t rows, n;
    double *all;          /* [n] the lists below, one after the other */
    double *loss;         /* [losses] sums of losses */
    double *weight;       /* [losses] what their divisors go by */
    double *accumulators; /* of the metrics */
} tern__tally;

/* Makes an empty one; and `count`, whose numbers lie one after the other. */
tern_status tern__tally_make(const tern__targets *targets, tern__arena *arena, tern__tally *out, tern_error *err);
tern_status tern__tallies_make(const tern__targets *targets, size_t count, tern__arena *arena, tern__tally **out,
                               tern_error *err);
void tern__tally_clear(tern__tally *t);

/* Adds `from` to `to`; a metric may have its own way. */
void tern__tally_add(const tern__targets *targets, const tern__tally *from, tern__tally *to);

/* The loss of all rows of a tally, as training makes it small. */
double tern__tally_loss(const tern__targets *targets, const tern__tally *t);

#endif
