/* trainer_internal.h - what fitting needs of a trainer beyond the public steps: metrics on the way, and its state for
 * checkpoints. */
#ifndef TERN_EXEC_TRAINER_INTERNAL_H
#define TERN_EXEC_TRAINER_INTERNAL_H

#include "predictor_internal.h"

#include <tern/optimizer.h>
#include <tern/schedule.h>

/* What each worker does at the end of a pass, with its part of the parameters; `norm` is that of all gradients. */
typedef void tern__finish(tern_trainer *t, size_t worker, double norm);

struct tern_trainer {
    tern_model *m;
    tern_trainer_options options;
    tern__worker_group group;
    tern__arena arena;
    tern__targets targets;
    tern_tensor *target;     /* [targets] of the batch */
    const tern_batch *batch; /* in hand */

    /* what the workers leave for each other, one entry each; the losses of a slice's tally are divided already */
    tern__tally *tally;
    double *norm2;
    tern__tally total; /* of the last batch */

    tern_real *state; /* the model's states as they were before the step in hand */

    tern_object optimizer; /* planned */
    tern_optimizer_spec slots;
    tern_real *slot[TERN_MAX_SLOTS]; /* flat, as the parameters are */
    bool *decay;                     /* [weights] */

    const tern_schedule_type *schedule;
    const void *schedule_self;
    double schedule_state[TERN_SCHEDULE_STATE];
    bool by_step;
    size_t warmup; /* ticks */
    double base_lr;

    size_t step, epoch;  /* updates and epochs done */
    double lr, momentum; /* of the step in hand; momentum NAN: the optimizer's */
    /* What this pass ends with: tern__trainer_update() or the like; NULL: gradients are all it's for. */
    tern__finish *finish;
    double loss;                  /* of the last batch */
    double total_norm, last_norm; /* of the gradient; last: of the last finite step */
    bool finite;

    tern_real *kept;        /* accumulate.c: the sum of gradients times their batches' divisors; or NULL */
    size_t pieces;          /* batches of the coming update so far */
    tern__tally kept_total; /* of them */

    size_t *bad_node, *bad_row; /* [slices] what a search for the first number that is not finite found */
};

/* As tern_trainer_new(), saying why it failed. */
tern_status tern__trainer_make(tern_trainer **out, tern_model *m, const tern_trainer_options *options, tern_error *err);

/* What a step does beside the layers' forward and backward; timer of a measured slice. WAIT is for the slowest slice.
 */
typedef enum tern__stage { TERN__GATHER, TERN__LOSS, TERN__WAIT, TERN__REDUCE, TERN__UPDATE, TERN__STAGES } tern__stage;

/* Takes a batch forward and backward; each worker ends with `finish`, unless the numbers are not finite. With NULL the
 * model's states stay as they were, too. Errors: USAGE (rows), DIVERGED. */
tern_status tern__trainer_pass(tern_trainer *t, const tern_batch *batch, tern__finish *finish, tern_error *err);

/* Adds the other slices' gradients to the first one's, in order, and leaves the square of their norm in norm2: this
 * worker's part. */
void tern__trainer_reduce(tern_trainer *t, size_t worker);

/* Clips and applies the gradients of this worker's part. */
tern__finish tern__trainer_update;

/* What of a weight a worker reduces and updates, in the flat parameters. */
typedef struct tern__part {
    size_t weight, begin, end;
    bool whole; /* its gradient is complete in the first slice */
} tern__part;

/* Finds the worker's next part, that of weight `p->weight` or a later one; or false. For a loop: from {0}, then
 * weight++. */
bool tern__trainer_part(const tern_trainer *t, size_t worker, tern__part *p);

double tern__square_sum(const tern_real *g, size_t n);
double tern__total(const double *part, size_t n);

/* The sum over all slices of the weights of loss `i`; of all losses, each divided already. */
double tern__trainer_weight(const tern_trainer *t, size_t i);
double tern__trainer_loss(const tern_trainer *t);

/* Sets lr and momentum for the coming step from the schedule. */
void tern__trainer_tick(tern_trainer *t);

/* Plans the schedule; the trainer is filled in but for it. */
tern_status tern__trainer_plan_schedule(tern_trainer *t, tern_error *err);

/* Gives the model's states (running averages) the values they had before the pass in hand. */
void tern__trainer_restore_states(tern_trainer *t);

/* Says which layer and tensor of the batch in hand is the first that is not finite. The model's weights and states stay
 * as they are. */
tern_status tern__trainer_find_nonfinite(tern_trainer *t, tern_error *err);

#endif
