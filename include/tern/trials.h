/* trials.h - one model trained in several ways, side by side on the free CPUs: to compare them, or to search for the
 * best. */
#ifndef TERN_TRIALS_H
#define TERN_TRIALS_H

#include <tern/model.h>

TERN_BEGIN

/* How the values that are varied become trials. */
typedef enum tern_search {
    TERN_SEARCH_GRID,   /* every combination, with every seed */
    TERN_SEARCH_RANDOM, /* so many combinations, drawn by the model's seed */
    TERN_SEARCH_HALVING /* the same for few epochs; the best third of them goes on for three times as many, and so on */
} tern_search;

typedef enum tern_trial_state {
    TERN_TRIAL_WAITING,
    TERN_TRIAL_RUNNING,
    TERN_TRIAL_DONE,
    TERN_TRIAL_STOPPED, /* by early stopping: it has finished, too */
    TERN_TRIAL_DROPPED, /* halving went on without it */
    TERN_TRIAL_DIVERGED
} tern_trial_state;

/* "waiting", "running", ... Static memory. */
TERN_API const char *tern_trial_state_name(tern_trial_state state);

/* One training. Memory of its tern_trials. */
typedef struct tern_trial {
    size_t variant; /* which values it has; trials of one variant differ by their seed alone */
    uint64_t seed;
    const char *dir; /* its run directory */
    tern_trial_state state;
    size_t params, epochs;              /* of its model; done */
    double seconds, samples_per_second; /* of all epochs; NAN: none was done */
    double result;                      /* the monitored number that its weights have; NAN: none */
    const double *curve;                /* [measures][epochs]; NAN: no value */
} tern_trial;

/* A training in several ways. All but `memory` is to be read. */
typedef struct tern_trials {
    const char *name; /* of the model */
    const char *out;
    size_t varies, variants, seeds, n;
    const char *const *path;    /* [varies] what is varied, "optimizer.lr" */
    const char *const *variant; /* [variants] what it is called, "adam, lr 0.01" */
    const char *const *value;   /* [variants][varies] "adam", "0.01" */
    const char *const *set;     /* [variants][varies] what that changes, "optimizer={\"type\": \"adam\"}" */
    tern_trial *trial;          /* [n] variant by variant, seeds within */
    size_t at_once;             /* how many train at a time */
    size_t epochs;              /* the most that any trial is to have */
    size_t measures, monitor;   /* which of them says what is better */
    const char *const *measure; /* [measures] "valid_loss"; none before the first trial has trained */
    const bool *higher;         /* [measures] is better */
    bool search;                /* for the best: its trials are ranked, not compared */
    bool restores_best;         /* by early stopping: the weights are the best epoch's, else the last's */
    bool losses_differ;         /* so that losses can't be compared between variants */
    void *memory;               /* private */
} tern_trials;

/* How to train; zero-filled but for what is varied: the usual way. */
typedef struct tern_trials_options {
    /* "PATH=V1,V2,...": the path of an option as in tern_model_options.set and its values, JSON or words; NULL at the
     * end. To the optimizer, "sgd" is with lr 0.1, "momentum" sgd with lr 0.05 and momentum 0.9. Random searches also
     * take ranges: 0.1..0.5, log(1e-4..1e-1), int(32..512). */
    const char *const *vary;
    tern_search search;
    size_t trials;             /* of random searches; 0: 20 */
    size_t seeds;              /* of a grid: trials of each variant, from the model's seed on; 0: 1 */
    size_t epochs;             /* 0: the model file's */
    const char *out;           /* a directory for all runs, trial-1 and so on; NULL: runs/NAME-trials */
    bool resume, force;        /* as in tern_fit_options */
    bool best;                 /* look for the best, whose run is copied to `out`/best */
    const char *data;          /* where data paths start */
    const char *program;       /* the tern program, whose `train` does the work; NULL: "tern", by the PATH */
    const char *const *plugin; /* types to be loaded by it, NULL at the end; or NULL */
    size_t threads;            /* of each trial; 0: 1 */
    /* Called when a trial begins, prints a line of its progress, and ends (`line` NULL), and several times a second
     * with no trial. Returning false stops all, each after a checkpoint, with TERN_ERROR_CANCELLED. May be NULL. */
    bool (*on_trial)(void *user, const tern_trials *t, const tern_trial *trial, const char *line);
    void *user;
} tern_trials_options;

/* Makes the trials of a model file, and plans each: a value that is not acceptable is an error that names it before
 * anything trains. The model and what options name must outlive it. Errors: USAGE, those of tern_model_open() (NULL).
 * Free with tern_trials_free(). */
TERN_API tern_trials *tern_trials_new(const char *model, const tern_model_options *open,
                                      const tern_trials_options *options, tern_error *err);

/* Trains them, each in a process of its own, as many at once as there are CPUs and as max_memory lets their planned
 * memory be. trials.json in `out` says how far they have come after each. What a trial warns of is said once. A trial
 * that diverges is a result, any other failure ends all. Errors: USAGE (`out` holds a run, or trials of other
 * settings), IO, those of tern_fit(). */
TERN_API tern_status tern_trials_run(tern_trials *t, tern_error *err);

/* Writes a page of HTML about trials that were run into the file `path`: results, curves with mean and spread over
 * seeds, which is ahead at each epoch and by how much; of a search, its trials from the best on and their values as
 * parallel coordinates. Errors: IO, MEMORY. */
TERN_API tern_status tern_trials_write(const tern_trials *t, const char *path, tern_error *err);

/* What came of a variant: mean and, with divisor n - 1, standard deviation over its seeds (NAN of one). */
typedef struct tern_spread {
    size_t n; /* seeds that have a value */
    double mean, std;
} tern_spread;

/* Of a measure after an epoch, from 1; and of the last epoch, and the best, of each seed. Where `measure` is none, no
 * number. */
TERN_API tern_spread tern_trials_at(const tern_trials *t, size_t variant, size_t measure, size_t epoch);
TERN_API tern_spread tern_trials_last(const tern_trials *t, size_t variant, size_t measure);
TERN_API tern_spread tern_trials_best(const tern_trials *t, size_t variant, size_t measure);

/* What a variant cost: means over its seeds (NAN: none trained), its parameters, and how many of its trials diverged.
 */
typedef struct tern_trials_cost {
    double seconds, samples_per_second; /* means over its seeds; NAN: none trained */
    size_t params, diverged;            /* of its model; how many of its trials */
} tern_trials_cost;

/* That of a variant of trials that were run. */
TERN_API tern_trials_cost tern_trials_cost_of(const tern_trials *t, size_t variant);

/* The trials that have a result, the best first, into `order` [n], memory of the caller's; how many there are. */
TERN_API size_t tern_trials_rank(const tern_trials *t, size_t *order);

/* Frees; takes NULL. */
TERN_API void tern_trials_free(tern_trials *t);

TERN_END

#endif
