/* train.c - tern train: its command line. */
#include "train.h"

#include "clock.h"
#include "stop.h"

#include <signal.h>

static tern_status check_args(const train_args *a, tern_error *err) {
    const char *text = a->init && a->resume    ? "--init and --resume both say where to start from; one is accepted"
                       : a->force && a->resume ? "--force starts over and --resume continues; one is accepted"
                       : a->init_partial && !a->init           ? "--init-partial belongs to --init FILE"
                       : a->changed && !a->resume              ? "--changed belongs to --resume"
                       : (a->group || a->in_time) && !a->folds ? "--group and --time belong to --folds"
                       : a->group && a->in_time                ? "--group and --time: one is accepted"
                       : a->folds == 1                         ? "--folds: 2 or more are accepted"
                       : a->folds && a->base.comm              ? "--folds goes alone: start it without a launcher"
                                                               : NULL;
    return text ? tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s", text) : TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const train_args *a = self;
    session s = {0};
    trained made;
    double began = tern__clock();
    tern_status status = check_args(a, err);
    if (!status) status = a->folds ? train_folds(a, began, err) : train_run(&s, a, began, NULL, &made, err);
    session_close(&s);
    if (status == TERN_ERROR_CANCELLED) return 128 + (stop_signal() ? stop_signal() : SIGTERM); /* another rank's */
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(train_args, out, "out", "DIR", "The run directory (default: runs/NAME; of --folds, runs/NAME-folds)."),
    TEXT(train_args, init, "init", "FILE", "Start from these weights: .safetensors, or a run directory."),
    FLAG(train_args, init_partial, "init-partial", "Of --init, take the weights that fit, and list what does not."),
    FLAG(train_args, resume, "resume", "Continue from the run directory's checkpoint."),
    FLAG(train_args, changed, "changed", "Resume although the model, the data or the like were changed since."),
    FLAG(train_args, force, "force", "Remove the trained run in the run directory first."),
    COUNT(train_args, epochs, "epochs", "N", "Train N epochs, overriding the model file."),
    COUNT(train_args, until, "until", "N", "Stop after epoch N; --resume then goes on as if it had not."),
    COUNT(train_args, steps, "steps", "N", "Stop after N updates, even within an epoch."),
    {"max-time", "TIME", OPTION_TIME, TERN_FIELD(train_args, max_time, size_t),
     "Stop after 90s, 10m or 2h with a checkpoint to --resume from."},
    COUNT(train_args, folds, "folds", "K", "Cross-validate: K runs, each validated on another part of the data."),
    TEXT(train_args, group, "group", "COLUMN", "Of --folds: rows that say the same in this column stay together."),
    FLAG(train_args, in_time, "time", "Of --folds: validate on what comes after the rows that train."),
    SEED_OPTION,
    FLAG(train_args, no_shuffle, "no-shuffle", "Take the samples in the order of the data."),
    FLAG(train_args, plot, "plot", "Draw the losses as curves in the terminal."),
    COUNT(train_args, log_every, "log-every", "N", "Write a line to log.jsonl every N steps."),
    DATA_OPTION(train_args),
    THREADS_OPTION(train_args),
    MODEL_OPTIONS,
    {0},
};

const command command_train = {
    .name = "train",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .ranks = true,
    .doc = "Train a model; write a run directory.",
    .size = sizeof(train_args),
    .options = options,
    .run = run,
};
