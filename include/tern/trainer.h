/* trainer.h - one training step at a time: for a training loop of one's own. tern_fit() is the whole loop. */
#ifndef TERN_TRAINER_H
#define TERN_TRAINER_H

#include <tern/comm.h>
#include <tern/loss.h>
#include <tern/model.h>

TERN_BEGIN

/* A run with gradients and optimizer slots. For one thread at a time. */
typedef struct tern_trainer tern_trainer;

/* How to train; zero-filled: the usual way. */
typedef struct tern_trainer_options {
    size_t threads;         /* 0: one for each CPU */
    size_t batch_size;      /* rows at most in a step; 0: the model file's */
    size_t epochs;          /* for schedules that need to know the end; 0: the model file's */
    size_t steps_per_epoch; /* for schedules that tick by steps; 0: not known */
    /* by loss, what its target holds; 0: what it takes, class indices where it takes both */
    tern_target target[TERN_MAX_LOSSES];
    bool gradients_only; /* for tern_trainer_backward() alone: takes no optimizer or schedule, and no room for them */
    bool accumulates;    /* for tern_trainer_accumulate(): takes room for one more gradient */
    /* The ranks that train together, each with a trainer of the same model; NULL: this one is alone. All take the same
     * steps by the same batches, of which each reads its own rows, and have the same weights, losses and norms after
     * each: those of one trainer, but for rounding. It must outlive the trainer. */
    tern_comm *comm;
} tern_trainer_options;

/* An input's preprocessing: value * gain[channel] + shift[channel], a channel being an equal part of a sample, in its
 * order. */
typedef struct tern_scaling {
    size_t channels;
    const double *gain, *shift; /* [channels] */
} tern_scaling;

/* What a batch's `gather` fills in: rows first .. first + n - 1 of the batch. */
typedef struct tern_gather {
    size_t first, n;
    const tern_scaling *scaling; /* [inputs] */
    tern_real *const *x;         /* [inputs] where the rows of each input go, scaled */
    tern_real *const *y;         /* [targets] where those of each target go, as they are; NULL: they are not needed */
    tern_real *weight;           /* where the rows' weights go; NULL: they are not needed, or the batch has none */
    /* Of inputs that hold sequences of any length: how many steps there is room for, which what a row has not is filled
     * up to with zeros; 0 for other inputs. [inputs] */
    const size_t *steps;
    const size_t *y_steps; /* likewise of targets, each step of which has one. [targets] */
    size_t *const *length; /* [inputs] where the rows' lengths go, and then that alone is asked for; NULL: it is not */
} tern_gather;

/* Some rows of data. Either `x` and `y` are set: arrays of the caller's, of n rows or more each, one for every input
 * and every target of the model in its order (one of each: just their addresses). Or `gather` is: workers call it, each
 * for its own rows, at the same time. */
typedef struct tern_batch {
    size_t n;
    const tern_tensor *x, *y; /* [inputs], [targets] */
    /* [n] how much each row counts, from 0: its losses are multiplied by it, and the mean is divided by the sum of the
     * weights. NULL: all count alike. Where `gather` is set, it brings them if `weighted`. */
    const tern_tensor *weight;
    bool weighted;
    /* [inputs][n] how many steps each row of `x` has, from 1, where an input holds sequences of any length; what
     * follows in `x`, and in the target of a loss that is about each step, is not read. NULL, or one of them: all there
     * is room for. Where `gather` is set, it brings them.
     */
    const size_t *const *length;
    void (*gather)(const void *source, const tern_gather *rows);
    const void *source;
    const size_t *rows; /* [n] their numbers in the data, for messages; may be NULL */
} tern_batch;

/* What a step found. */
typedef struct tern_step {
    size_t step; /* updates done, this one included */
    double loss; /* of this batch, before the update */
    double lr;
    double grad_norm; /* of all gradients as one vector, before clipping */
} tern_step;

/* Makes a trainer from the model's loss, optimizer, schedule and train blocks. The model must outlive it. All memory is
 * taken here. `options` may be NULL. Errors: MODEL (a block is missing or does not fit), MEMORY. Free with
 * tern_trainer_free(). */
TERN_API tern_trainer *tern_trainer_new(tern_model *m, const tern_trainer_options *options, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_trainer_free(tern_trainer *t);

/* Trains on one batch: forward, loss, backward, clipping, update. Errors: DIVERGED, with the step, the first layer and
 * tensor that are not finite, the learning rate and the last finite norm; the weights are then as before. USAGE: shapes
 * that do not fit, more rows than batch_size, or a trainer for gradients only. DATA: a target that is no class, an
 * input that is no index. `out` may be NULL.
 *
 * Loss and gradients are looked at, before the update; what the update made of the weights is not, as that would read
 * them all once more. Should it overflow, the next step says DIVERGED, but the weights are gone: call
 * tern_trainer_check() before saving them, as tern_fit() does, and after each epoch. */
TERN_API tern_status tern_trainer_step(tern_trainer *t, const tern_batch *batch, tern_step *out, tern_error *err);

/* With "ema" in the model file's train block: puts the averages of the weights in the model's place, to evaluate or
 * save them, and the weights back when called again, which comes before the next step. Errors: USAGE (there are none,
 * or no step was taken yet). */
TERN_API tern_status tern_trainer_swap_ema(tern_trainer *t, tern_error *err);

/* Whether all weights, states and optimizer arrays are finite. Errors: DIVERGED, with the name of the first that is
 * not. */
TERN_API tern_status tern_trainer_check(const tern_trainer *t, tern_error *err);

/* Ends an epoch: schedules that tick by epochs go on; `loss` is what `plateau` watches. */
TERN_API void tern_trainer_end_epoch(tern_trainer *t, double loss);

/* Adds a batch's gradient to those of the batches since the last update: step() in several pieces, each of up to
 * batch_size rows, and tern_trainer_update() ends it. `loss`, of this batch, may be NULL. Errors: as
 * tern_trainer_step(), and USAGE for a trainer without `accumulates`; what was added before is kept. */
TERN_API tern_status tern_trainer_accumulate(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err);

/* Clips and applies what was accumulated: the same update that one batch of all those rows would make, whatever their
 * partition (but for layers that go by the whole batch, as batch_norm does). `out` may be NULL. Errors: USAGE (nothing
 * was accumulated), DIVERGED; the weights are then as before. */
TERN_API tern_status tern_trainer_update(tern_trainer *t, tern_step *out, tern_error *err);

/* Forward, loss and backward in training mode, adding nothing up and changing no weight: read the gradients with
 * tern_trainer_gradient(). Errors: as tern_trainer_step(). */
TERN_API tern_status tern_trainer_backward(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err);

/* The gradient of weight `i` (as in tern_model_weight()) after tern_trainer_backward(); data NULL for a state, and
 * where there is no such weight. */
TERN_API tern_tensor tern_trainer_gradient(const tern_trainer *t, size_t i);

TERN_END

#endif
