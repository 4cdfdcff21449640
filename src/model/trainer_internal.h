/* trainer_internal.h - what fitting needs of a trainer beyond the public steps: metrics on the way, and its state for checkpoints. */
#ifndef TERN_TRAINER_INTERNAL_H
#define TERN_TRAINER_INTERNAL_H

#include "run_internal.h"

#include <tern/optimizer.h>
#include <tern/schedule.h>

struct tern_trainer {
    tern_model          *m;
    tern_trainer_options options;
    tern__team           team;
    tern_loss_spec       loss_spec;
    size_t               target_count; /* numbers of one target */
    tern_real           *target;       /* of the batch */
    const tern_batch    *batch;        /* in hand */

    /* what the workers leave for each other, one entry each */
    double *weight, *loss, *norm2;
    double *sums;                      /* [slices][n_sums] of the metrics */
    size_t *sum;                       /* [metrics] how many sums each metric has */
    size_t  n_sums;

    tern_optimizer_spec slots;
    tern_real          *slot[TERN_MAX_SLOTS]; /* flat, as the parameters are */
    bool               *decay;                /* [weights] */

    const tern_schedule_type *schedule;
    double schedule_state[TERN_SCHEDULE_STATE];
    bool   by_step;
    size_t warmup;                     /* ticks */
    double base_lr;

    size_t step, epoch;                /* updates and epochs done */
    double lr, momentum;               /* of the step in hand; momentum NAN: the optimizer's */
    bool   update;                     /* whether this pass ends in an update */
    double total_loss, total_weight;   /* of the last batch: sum of losses, divisor under "mean" */
    double total_norm, last_norm;      /* of the gradient; last: of the last finite step */
    bool   finite;
    size_t *bad_node, *bad_row;        /* [slices] what a search for the first number that is not finite found */
};

/* The metrics' sums over the last batch, all slices together, [n_sums]. Valid until the next step. */
const double *tern__trainer_sums(const tern_trainer *t);

/* Sets lr and momentum for the coming step from the schedule. */
void tern__trainer_tick(tern_trainer *t);

/* Plans the schedule; the trainer is filled in but for it. */
tern_status tern__trainer_plan_schedule(tern_trainer *t, tern_error *err);

/* Says which layer and tensor of the batch in hand is the first that is not finite. */
tern_status tern__trainer_blame(tern_trainer *t, tern_error *err);

#endif
