/* fit_internal.h - where a fit stands: what an epoch changes, and what a checkpoint keeps. */
#ifndef TERN_TRAIN_FIT_INTERNAL_H
#define TERN_TRAIN_FIT_INTERNAL_H

#include "evaluate.h"
#include "log.h"
#include "trainer_internal.h"

/* What early stopping, and best.safetensors, go by. */
typedef struct tern__monitor {
    bool valid;    /* of the validation score, else of training */
    size_t metric; /* which; SIZE_MAX: the loss */
    bool higher;   /* is better */
    double min_delta;
    double best;               /* NAN: nothing yet */
    size_t best_epoch, waited; /* epochs since */
} tern__monitor;

typedef struct tern__fit {
    tern_model *m;
    const tern_fit_options *o;
    tern_trainer *trainer;
    tern__evaluator evaluator; /* of the validation rows; run NULL: there are none */
    tern__rows train, valid;
    tern_split split;
    size_t *order;                      /* of the training rows in this epoch */
    size_t epochs, batch_size, batches; /* to be done; rows in a batch; batches in an epoch */
    size_t epoch, batch;                /* done; done in the epoch in hand */
    tern__tally tally;                  /* of the batches of the epoch in hand */
    tern_score train_score, valid_score;
    tern__monitor monitor;
    tern_real *best; /* the weights of the best epoch: parameters, then states; NULL: not kept */
    bool best_unsaved;
    tern__log log;
    double saved_at, epoch_began, epoch_seconds; /* of the monotonic clock; seconds of this epoch before a resume */
    bool resumed, stopped_early, restored_best;
    tern__arena arena;
} tern__fit;

/* Finds what to watch. Errors: MODEL, where the file names a number that there is not. */
tern_status tern__monitor_plan(tern__fit *f, tern_error *err);

/* Looks at the epoch's scores. True: the best so far. */
bool tern__monitor_look(tern__fit *f);

/* Writes best.safetensors (if it changed), weights.safetensors and checkpoint.safetensors into the run directory.
 * Errors: IO, MEMORY. */
tern_status tern__checkpoint_save(tern__fit *f, tern_error *err);

/* Takes all of a run's state back from checkpoint.safetensors and best.safetensors; the log is cut to where the
 * checkpoint was. Errors: IO, SYNTAX, DATA (it belongs to another model, data or batch size), MEMORY. */
tern_status tern__checkpoint_load(tern__fit *f, size_t *log_bytes, tern_error *err);

/* DIR/NAME, for tern__free(). */
char *tern__run_path(const tern__fit *f, const char *name, tern_error *err);

/* Copies the weights to `best`, or back. */
void tern__best_keep(tern__fit *f);
void tern__best_restore(tern__fit *f);

#endif
