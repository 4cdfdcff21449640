/* progress.h - the counters of a run, as the row of doubles that a checkpoint keeps. */
#ifndef TERN_TRAIN_PROGRESS_H
#define TERN_TRAIN_PROGRESS_H

#include "fit_internal.h"

/* The places of the row; sizes are exact in a double up to 2^53. The metrics' sums of the current epoch follow. */
typedef enum tern__counter {
    TERN__AT_STEP,
    TERN__AT_EPOCH,
    TERN__AT_BATCH,
    TERN__AT_EPOCH_LOSS,
    TERN__AT_EPOCH_WEIGHT,
    TERN__AT_EPOCH_ROWS,
    TERN__AT_EPOCH_SECONDS,
    TERN__AT_BEST,
    TERN__AT_BEST_EPOCH,
    TERN__AT_WAITED,
    TERN__AT_LOG_BYTES,
    TERN__AT_LAST_NORM,
    TERN__AT_BATCH_SIZE,
    TERN__AT_SAMPLES,
    TERN__AT_SEED,
    TERN__AT_SHUFFLED,  /* 1: by the file, 0: not, by the caller's wish */
    TERN__AT_REAL_SIZE, /* sizeof(tern_real) */
    TERN__AT_LR,        /* of the last step */
    TERN__AT_NEXT_LR,   /* of the step that would come next */
    TERN__AT_STATE,
    TERN__AT_SUMS = TERN__AT_STATE + TERN_SCHEDULE_STATE
} tern__counter;

/* Numbers in the row. */
size_t tern__progress_length(const tern__fit *f);

/* Fills in the row p. */
void tern__progress_put(const tern__fit *f, double *p);

/* Refuses numbers that no run can have: each place has its range. Errors: DATA. */
tern_status tern__progress_check(const double *p, size_t length, const char *path, tern_error *err);

/* Takes the counters back, but for the current epoch and what was best. */
void tern__progress_take(tern__fit *f, const double *p);

/* Takes the current epoch, of a row of the same length. */
void tern__progress_take_epoch(tern__fit *f, const double *p);

#endif
