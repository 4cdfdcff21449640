/* advice.h - what in a model, or between a model and its data, seldom trains well. */
#ifndef TERN_ADVICE_H
#define TERN_ADVICE_H

#include <tern/fit.h>

TERN_BEGIN

/* Adds a warning, with its reason and a way out, for each thing in a planned model that as a rule is a mistake though
 * it can be trained: a softmax before a loss that has one, a relu as the last layer of a regression, batches of one row
 * for a batch norm, a learning rate far from what its optimizer usually takes, a schedule that outlasts the training,
 * and the like. A model opened with plan_only will do; about one that was opened unfitted nothing is said. Never an
 * error. Any thread. */
TERN_API void tern_model_advise(const tern_model *m, tern_error *err);

/* A model's data, to be looked at: datasets that tern_dataset_check() has accepted. */
typedef struct tern_splits {
    const tern_dataset *train, *valid, *test; /* the last two may be NULL */
    size_t rows;                              /* of `train` that train; 0: all */
    bool wrong_only; /* look only for samples that stand in two of them, and for outputs that no class is for */
} tern_splits;

/* The same about its data: inputs far from 1, columns whose sizes differ a thousandfold, more outputs than classes, a
 * last batch of one row for a batch norm, samples of `valid` and `test` that are among those of `train` too; images
 * that are decoded as needed are not looked at for the last. Errors: MEMORY. Any thread. */
TERN_API tern_status tern_dataset_advise(const tern_model *m, const tern_splits *data, tern_error *err);

TERN_END

#endif
