/* trainer_internal.h - what a trainer is made of, and what fitting needs of it beyond the public steps. */
#ifndef TERN_EXEC_TRAINER_INTERNAL_H
#define TERN_EXEC_TRAINER_INTERNAL_H

#include "measure.h"
#include "predictor_internal.h"
#include "optimizer.h"

/* What each worker does at the end of a pass, with its part of the parameters; `norm` is that of all gradients. */
typedef void tern__finish(tern_trainer *t, size_t worker, double norm);

/* What the current pass, or the last one, came to. */
typedef struct tern__pass_result {
    tern__finish *finish; /* what it ends with: an update or the like; NULL: gradients are all it's for */
    double **norm2;       /* [slices][1] the square of the norm of each worker's part of the gradients */
    double loss, norm;    /* of the batch; of all gradients */
    bool finite;
} tern__pass_result;

/* Several batches for one update (accumulate.c). */
typedef struct tern__accumulation {
    tern_real *gradients; /* their sum, times their batches' divisors; NULL: the trainer does not accumulate */
    size_t batches;       /* of the coming update so far */
    tern__tally total;
    double *divisor; /* [losses] room for those of all batches */
} tern__accumulation;

struct tern_trainer {
    tern_model *m;
    tern_trainer_options options;
    tern__arena arena;
    tern__worker_group group;
    tern__measure measure;
    tern__optimizer optimizer;
    tern__schedule schedule;
    tern__pass_result pass;
    tern__accumulation accumulated;
    tern_real *state; /* the model's states as they were before the current step */
    size_t step;      /* updates done */
    double last_norm; /* of the last finite gradient */
};

/* As tern_trainer_new(), saying why it failed. */
tern_status tern__trainer_make(tern_trainer **out, tern_model *m, const tern_trainer_options *options, tern_error *err);

/* What a step does beside the layers' forward and backward; timer of a measured slice. WAIT is for the slowest slice.
 */
typedef enum tern__stage { TERN__GATHER, TERN__LOSS, TERN__WAIT, TERN__REDUCE, TERN__UPDATE, TERN__STAGES } tern__stage;

/* Takes a batch forward and backward; each worker ends with `finish`, unless a loss or gradient is not finite. With
 * NULL the model's states stay as they were, too. Errors: USAGE (shapes), DATA (labels), DIVERGED. */
tern_status tern__trainer_pass(tern_trainer *t, const tern_batch *batch, tern__finish *finish, tern_error *err);

/* An update by batches 0 .. n - 1 as if they were one, for a trainer that accumulates. `batch_of` is asked for each of
 * them, of several losses twice. Errors: as tern_trainer_step(). */
typedef tern_batch tern__batch_of(void *user, size_t k);
tern_status tern__trainer_step_of(tern_trainer *t, size_t n, tern__batch_of *batch_of, void *user, tern_step *out,
                                  tern_error *err);

/* tern_trainer_check(); `saved` ends its message. */
tern_status tern__trainer_check(const tern_trainer *t, const char *saved, tern_error *err);

/* Clips and applies the gradients of this worker's part. */
tern__finish tern__trainer_apply;

#endif
