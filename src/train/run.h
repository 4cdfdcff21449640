/* run.h - the run directory: who writes to it, and what an earlier run left there. */
#ifndef TERN_TRAIN_RUN_H
#define TERN_TRAIN_RUN_H

#include "log.h"

#include <tern/fit.h>

typedef struct tern__run {
    const char *dir; /* NULL: nothing is written */
    int lock;        /* -1: none */
    tern__log log;
    double began;      /* on the clock */
    double saved_at;   /* when the last checkpoint was */
    size_t saved_step; /* and of which step; 0: none yet */
    bool failed;       /* it could not be written */
} tern__run;

/* What a run writes, but for its lock; NULL at the end. */
extern const char *const tern__run_files[];

/* DIR/NAME, for tern__free(). */
char *tern__run_path(const tern__run *r, const char *name, tern_error *err);

/* Makes the directory if need be and takes its lock: one process writes to it at a time. For tern__run_close() in any
 * case. Errors: IO (another process has it), MEMORY. */
tern_status tern__run_open(tern__run *r, const char *dir, tern_error *err);
void tern__run_close(tern__run *r);

/* Makes place for a new run: refuses a directory that holds the weights or the checkpoint of another, or folds, or,
 * with `force`, removes that run's files, and folds. Errors: USAGE, IO (another process writes to a fold), MEMORY. */
tern_status tern__run_clear(const tern__run *r, bool force, tern_error *err);

/* The same of what is in the directory itself. */
tern_status tern__run_clear_files(const tern__run *r, bool force, tern_error *err);

/* And of its folds and trials, DIR/fold-1, DIR/trial-1 and so on, which are runs themselves (run_folds.c). */
tern_status tern__run_folds_refuse(const tern__run *r, tern_error *err);
tern_status tern__run_folds_clear(const tern__run *r, tern_error *err);

/* Replaces DIR/NAME by a text. Errors: IO, MEMORY. */
tern_status tern__run_write(const tern__run *r, const char *name, const char *text, tern_error *err);

#endif
