/* trials.h - tern compare and tern sweep: what they share is all but how values become trials. */
#ifndef TERN_CLI_TRIALS_H
#define TERN_CLI_TRIALS_H

#include "commands.h"

#include <tern/trials.h>

/* What both take. */
typedef struct trials_args {
    args base;
    texts vary;
    const char *data, *output, *out;
    size_t epochs, threads;
    bool resume, force;
} trials_args;

#define TRIALS_OPTIONS                                                                                         \
    TEXT(trials_args, out, "out", "DIR", "Where all runs go (default: runs/NAME-" TRIALS_NAME ")."),           \
        TEXT(trials_args, output, "output", "FILE", "The page to write (default: DIR/" TRIALS_NAME ".html)."), \
        COUNT(trials_args, epochs, "epochs", "N", "Train N epochs, overriding the model file."),               \
        FLAG(trials_args, resume, "resume", "Go on with the trials in DIR, also after a kill."),               \
        FLAG(trials_args, force, "force", "Remove the trials in DIR first."),                                  \
        {"threads", "N", OPTION_THREADS, TERN_FIELD(trials_args, threads, size_t),                             \
         "Threads of each trial (default: 1)."},                                                               \
        SEED_OPTION, DATA_OPTION(trials_args), MODEL_OPTIONS

/* Prints the table, or as JSON. */
typedef tern_status trials_print(const tern_trials *t, bool as_json, tern_error *err);

/* Trains what `how` adds to the command line's options, and prints the table that `print` makes of it; `name` is the
 * command's. Returns the exit code. */
int trials_run(const trials_args *a, const char *name, const tern_trials_options *how, trials_print *print,
               tern_error *err);

/* ---- progress (trials_progress.c) ---- */

/* On a terminal a line for each trial that runs, drawn over and over; elsewhere a line for each that ends. */
typedef struct trials_progress {
    FILE *to; /* NULL: quiet */
    bool terminal;
    size_t lines;             /* drawn at the moment */
    double drawn;             /* when, in seconds */
    char (*line)[TABLE_CELL]; /* [n] the last of each trial */
} trials_progress;

tern_status trials_progress_begin(trials_progress *p, const trials_args *a, const tern_trials *t, tern_error *err);
void trials_progress_show(trials_progress *p, const tern_trials *t, const tern_trial *trial, const char *line);
void trials_progress_end(trials_progress *p);

/* ---- the tables' cells (trials_run.c) ---- */

/* "0.1234 ± 0.0056", or without a spread. */
const char *spread_text(tern_spread s, char out[SHORT_TEXT]);

/* {"mean": ..., "std": ..., "n": ...} */
void json_spread(json *j, const char *key, tern_spread s);

#endif
