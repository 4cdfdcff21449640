/* fit_internal.h - where a fit stands: what an epoch changes, and what a checkpoint keeps. */
#ifndef TERN_TRAIN_FIT_INTERNAL_H
#define TERN_TRAIN_FIT_INTERNAL_H

#include "augmented_rows.h"
#include "buckets.h"
#include "digest.h"
#include "evaluate.h"
#include "run.h"
#include "run_record.h"
#include "trainer_internal.h"

/* The rows of a fit, and how they make batches. */
typedef struct tern__fit_data {
    tern_split split;
    size_t *order; /* of the training rows in the current epoch */
    tern_rows train, valid;
    tern__buckets buckets;          /* no memory: the rows are in no order of their lengths */
    tern__augmented_rows augmented; /* rows NULL: the training rows stay as they are */
    size_t batch_size, batches;     /* rows in a batch, batches in an epoch */
    size_t accumulate, updates;     /* batches in an update, updates in an epoch */
    char digest[TERN__DIGEST];      /* of the data; "": nothing is written */
} tern__fit_data;

/* The current epoch. */
typedef struct tern__epoch {
    size_t batch;          /* done */
    tern__tally tally;     /* of them */
    double began, seconds; /* on the clock; what it took before it was resumed */
} tern__epoch;

/* What early stopping, and best.safetensors, go by. */
typedef struct tern__monitor {
    bool valid;          /* of the validation score, else of training */
    size_t loss, metric; /* which; both SIZE_MAX: the sum of the losses */
    bool higher;         /* is better */
    double min_delta;
    double best;               /* NAN: nothing yet */
    size_t best_epoch, waited; /* epochs since */
} tern__monitor;

/* The best epoch so far. */
typedef struct tern__best {
    tern_real *param, *state; /* one piece of memory, as the model's two */
    tern_score train, valid;
    bool saved;  /* in best.safetensors, for others: a checkpoint has them, too */
    bool placed; /* and in weights.safetensors */
} tern__best;

typedef struct tern__fit {
    tern_model *m;
    const tern_fit_options *o;
    tern_comm *comm; /* NULL: this one is alone */
    bool writes;     /* to the run directory */
    tern_trainer *trainer;
    tern__evaluator evaluator; /* of the validation rows; run NULL: there are none */
    tern__fit_data data;
    size_t epochs, epochs_done, first_step; /* the step where this fit began */
    size_t compared;                        /* the last step at which all ranks were seen to have the same weights */
    tern__epoch epoch;
    tern_score train_score, valid_score; /* of the last epoch */
    tern__monitor monitor;
    tern__best best;
    tern__run run;
    tern__run_record record; /* of it */
    bool stopped_early, out_of_time, restored_best;
    size_t changes; /* since the run that it is to resume was made */
    tern__arena arena;
} tern__fit;

/* ---- fit_step.c ---- */

/* The updates that so many batches of an epoch make: the last one may have fewer. */
size_t tern__fit_updates(const tern__fit_data *d, size_t batches);

/* Where a fit stands after a step. */
tern_progress tern__fit_progress(tern__fit *f, const tern_step *step);

/* One update, its sums and its line in the log. Errors: as tern_trainer_step(); IO, CANCELLED. */
tern_status tern__fit_step(tern__fit *f, tern_step *step, tern_error *err);

/* ---- fit_ranks.c ---- */

/* All ranks get the status of the first that failed, and its record. */
tern_status tern__fit_agree(const tern__fit *f, tern_status status, tern_error *err);

/* What rank 0 says, on all ranks. */
bool tern__fit_as_first(const tern__fit *f, bool yes);

/* Refuses to go on where ranks have other weights, states or optimizer arrays than rank 0. Errors: DATA, with the
 * step. */
tern_status tern__fit_check_ranks(tern__fit *f, tern_error *err);

/* ---- fit_record.c ---- */

/* Writes run.json as it is known at the start; resumed, with what it said before. Errors: IO, MEMORY. */
tern_status tern__fit_record_begin(tern__fit *f, tern_error *err);

/* Writes how it ended. Returns the fit's own status, if that is none but that of writing. */
tern_status tern__fit_record_end(tern__fit *f, tern_status status, tern_error *err);

/* ---- fit_rows.c ---- */

/* Divides the rows into those that train and those that validate, and plans batches. Errors: MODEL, DATA, MEMORY. */
tern_status tern__fit_rows_plan(tern__fit *f, const tern_dataset *train, const tern_dataset *valid, tern_error *err);

/* Refuses rows whose weights or targets leave nothing to train on, or to validate. Errors: DATA, MODEL, MEMORY. */
tern_status tern__fit_rows_check(const tern__fit *f, const tern_target *kind, tern_error *err);

/* Puts the training rows into the order of the epoch that begins. */
void tern__fit_rows_order(tern__fit *f);

/* ---- monitor.c ---- */

/* Finds what to watch. Errors: MODEL, where the file names a number that there is not. */
tern_status tern__monitor_plan(tern__fit *f, tern_error *err);

/* Refuses to go on after a first epoch that early stopping can't judge. Errors: DATA. */
tern_status tern__monitor_check(const tern__fit *f, tern_error *err);

/* Looks at the epoch's scores. True: the best so far. */
bool tern__monitor_look(tern__fit *f);

/* ---- checkpoint.c ---- */

/* Refuses weights, states and optimizer arrays that are not finite, by name. Errors: DIVERGED. */
tern_status tern__fit_check_finite(const tern__fit *f, tern_error *err);

/* Writes best.safetensors (if it changed), weights.safetensors (the result), last.safetensors and
 * checkpoint.safetensors into the run directory, all of them finite. Errors: DIVERGED, IO, MEMORY. */
tern_status tern__checkpoint_save(tern__fit *f, tern_error *err);

/* Whether a checkpoint is to be written within the epoch. */
bool tern__checkpoint_due(const tern__fit *f);

/* Whether the result of the fit, as it stands, is the best epoch and not the last one. */
bool tern__result_is_best(const tern__fit *f);

/* Whether the best weights are those that the model holds. */
bool tern__best_is_now(const tern__fit *f);

/* Puts the best weights in the model's place, and what was there back: so that one function lists, saves and takes
 * weights. */
void tern__best_swap(tern__fit *f);

/* Takes the epoch just ended for the best; goes back to the best. */
void tern__best_keep(tern__fit *f);
void tern__best_restore(tern__fit *f);

/* The name of an optimizer's array in a checkpoint, in the arena; NULL: no memory. */
char *tern__slot_name(const tern__fit *f, size_t slot, const tern__weight *w, tern__arena *arena, tern_error *err);

/* Fills in the digest of the data. */
void tern__fit_digest(tern__fit *f);

/* The scores as rows of doubles: training and validation, of the last and of the best epoch. */
enum { TERN__SCORES = 4 };
size_t tern__score_width(const tern__fit *f);
extern const char tern__checkpoint_version[];

/* ---- resume.c ---- */

/* Takes all of a run's state back from checkpoint.safetensors. What was changed since the run was
 * made is listed: as errors, or with the option `changed` as warnings. Writes how much of the log is part of the run.
 * Errors: IO, SYNTAX, DATA, MEMORY. */
tern_status tern__checkpoint_load(tern__fit *f, size_t *log_bytes, tern_error *err);

#endif
