/* trials_internal.h - trials as this folder sees them; see tern/trials.h. */
#ifndef TERN_TRIALS_INTERNAL_H
#define TERN_TRIALS_INTERNAL_H

#include "history.h"
#include "vary.h"

#include <tern/trials.h>

/* What of a trial is no one else's business. */
typedef struct tern__trial {
    const char *const *set; /* all changes of its model, NULL at the end */
    tern__history history;
    size_t wanted; /* epochs, in the end */
    bool begun;    /* its directory may hold something to go on with */
} tern__trial;

typedef struct tern__trials {
    tern_trials shown;
    tern__trial *trial; /* [shown.n] */
    const char *model;
    tern_model_options open;
    tern_trials_options o;
    tern__vary *vary; /* [shown.varies] */
    uint64_t seed;    /* of the model */
    size_t bytes;     /* the most that a trial's plan takes, of ... */
    size_t memory;    /* ... so many */
    size_t betters;
    const char **better;          /* [betters] metrics that are better when they are higher */
    const char *metric;           /* the model's first; NULL: it has none */
    char monitor[TERN__LOG_NAME]; /* what early stopping goes by; "": there is none */
    tern__arena arena, collected;
    tern_strings settings; /* what --resume must find unchanged */
} tern__trials;

/* The model's name and seed; and plans the model of each variant: memory, parameters, metrics, epochs (check.c). */
tern_status tern__trials_look(tern__trials *t, tern_error *err);
tern_status tern__trials_check(tern__trials *t, tern_error *err);

/* A trial's parameters by the model that its run fitted, where there is one yet: those of a model whose columns are to
 * be fitted first can't be known before (check.c). Errors: those of tern_model_open(), MEMORY. */
tern_status tern__trial_fitted(tern__trials *t, size_t i, tern_error *err);

/* Makes all trials: values, names, directories (plan.c). */
tern_status tern__trials_plan(tern__trials *t, tern_error *err);

/* How far a trial has come by what its directory holds (collect.c): its log, and whether it is done with so many
 * epochs, at most those it is to have in the end. Errors: IO, SYNTAX, MODEL, MEMORY; a directory without a run is none.
 */
tern_status tern__trial_read(tern__trials *t, size_t i, size_t epochs, tern_error *err);

/* Measures and curves of all trials that were read, and their results after at most so many epochs. Errors: MEMORY. */
tern_status tern__trials_collect(tern__trials *t, size_t epochs, tern_error *err);

/* trials.json (state.c): begins it, or compares what it says with what is to be done; and writes how far trials are. */
tern_status tern__trials_open_state(tern__trials *t, tern_error *err);
tern_status tern__trials_write_state(const tern__trials *t, tern_error *err);

/* Trains trials `which` [n], each up to so many epochs, where these are fewer than it is to have in the end (train.c).
 */
tern_status tern__trials_train(tern__trials *t, size_t n, const size_t *which, size_t epochs, tern_error *err);

/* Trains all, or by halving those that are worth it (halving.c). */
tern_status tern__trials_halve(tern__trials *t, tern_error *err);

/* A text as printf() makes it, in an arena. NULL: MEMORY. */
char *tern__arena_print(tern__arena *arena, tern_error *err, const char *format, ...) TERN_PRINTF(3, 4);

#endif
