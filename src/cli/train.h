/* train.h - tern train: one run, or one for each fold of a cross-validation. */
#ifndef TERN_CLI_TRAIN_H
#define TERN_CLI_TRAIN_H

#include "commands.h"

typedef struct train_args {
    args base;
    const char *data, *out, *init, *group;
    size_t threads, epochs, until, steps, log_every, max_time, folds;
    bool init_partial, resume, changed, force, no_shuffle, in_time, plot;
} train_args;

/* What a run came to; the names in the scores belong to the session's model. */
typedef struct trained {
    char out[PATH_SIZE];
    tern_fit_result fit;
    tern_score test; /* n 0: there is no test split */
} trained;

/* A cross-validation. */
typedef struct cross {
    const train_args *a;
    char dir[PATH_SIZE];
    tern_run *run; /* `dir`, taken; NULL: no fold has begun */
    char name[48]; /* of the one in hand, "fold 2 of 5" */
} cross;

/* Trains a model as the command line says. `began`: when the command did, on the clock. `of`: the cross-validation that
 * the run is a fold of; or NULL. */
tern_status train_run(session *s, const train_args *a, double began, cross *of, trained *out, tern_error *err);

/* Where a run goes, or the folds: as --out says, else runs/NAME, or runs/NAME-folds. */
void train_directory(const train_args *a, const tern_model *m, char out[PATH_SIZE]);

/* Trains a model for each fold, in DIR/fold-1 and so on, and writes the mean and spread of their scores to
 * DIR/folds.json (train_folds.c). */
tern_status train_folds(const train_args *a, double began, tern_error *err);

#endif
