/* overfit.h - whether a model can learn one batch by heart: the first check of every new net. */
#ifndef TERN_OVERFIT_H
#define TERN_OVERFIT_H

#include <tern/model.h>

TERN_BEGIN

/* How to try; zero-filled: the usual way. */
typedef struct tern_overfit_options {
    const char *data; /* where relative paths of data start, as in tern_dataset_open() */
    size_t steps;     /* at most; 0: 1000 */
    size_t samples;   /* in the batch; 0: the model's batch_size */
    size_t threads;   /* 0: one for each CPU */
} tern_overfit_options;

/* What came of it. */
typedef struct tern_overfit {
    bool fits; /* the loss came down to a hundredth of what it was */
    bool diverged;
    size_t samples, steps;    /* in the batch; taken */
    double first, last, goal; /* the batch's loss as evaluation has it: before, after, and what would be small enough */
    double lr, grad_norm;     /* of the last step */
    double other_lr;          /* a rate ten times as large or small with which it fits; NAN: there is none */
} tern_overfit;

/* Trains a model of the file `path` on the first batch of its first epoch, over and over and without its schedule,
 * until the loss is (nearly) zero or the steps are over. The file, and any run of it, stay as they are. Where it does
 * not fit, a warning for each likely reason is added to `err`: two samples that are the same but for their targets, a
 * learning rate, activations that are zero for all samples, nothing to train, dropout, a loss whose least is not zero.
 * `options` and `how` may be NULL. Errors: IO, SYNTAX, MODEL, DATA, MEMORY. */
TERN_API tern_status tern_overfit_test(const char *path, const tern_model_options *options,
                                       const tern_overfit_options *how, tern_overfit *out, tern_error *err);

TERN_END

#endif
