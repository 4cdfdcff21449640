/* train_options.c - the tables of a model file's train block; see config.h. */
#include "config.h"

#include <math.h>

const char *const tern__split_words[] = {"auto", "random", "time", NULL};

static const tern_option early_stopping_options[] = {
    TERN_STRING(tern__early_stopping, monitor, "\"valid_loss\"",
                "What is watched: valid_loss, train_loss, or a metric such as valid_accuracy."),
    TERN_SIZE(tern__early_stopping, patience, 5, 0, 1e9,
              "Training stops once this many epochs in a row brought no better value; 0 counts as 1."),
    TERN_REAL(tern__early_stopping, min_delta, 0, 0, 1e30, "A change smaller than this is no better value."),
    TERN_BOOL(tern__early_stopping, restore_best, true, "Go back to the weights of the best epoch."),
    {0},
};

static const tern_option ema_options[] = {
    TERN_REAL(tern__ema, decay, 0.999, 0, 1, "The part of the average that an update keeps.", .below_max = true),
    TERN_BOOL(
        tern__ema, warmup, false,
        "Keep less at first: after t updates at most (1 + t) / (10 + t), so that the first weights are soon gone."),
    {0},
};

static const tern_option checkpoint_every_options[] = {
    TERN_SIZE(tern__checkpoint_every, steps, 0, 1, 1e15, "Every N updates, counted from the first one."),
    TERN_REAL(tern__checkpoint_every, seconds, (double)NAN, 0, 1e9,
              "Every N seconds, counted from the last checkpoint.", .above_min = true),
    {0},
};

static const tern_option folds_options[] = {
    TERN_SIZE_REQUIRED(tern__folds, of, 2, 1000, "How many parts the training data is dealt to, evenly among classes."),
    TERN_SIZE_REQUIRED(tern__folds, fold, 1, 1000,
                       "The part that validates, from 1; the others train or, in time, all before it."),
    TERN_STRING(tern__folds, group, NULL, "A column of the training table: rows that say the same stay together."),
    {0},
};

const tern_option tern__train_options[] = {
    TERN_SIZE_REQUIRED(tern__train, epochs, 1, 1e9, "How often all of the training data is gone through."),
    TERN_SIZE(tern__train, batch_size, 64, 1, 1 << 24, "Samples in a batch; the last one of an epoch may be shorter."),
    TERN_SIZE(tern__train, accumulate, 1, 1, 1 << 20,
              "Batches in an update, as if they were one: in the memory of one; batch norm sees each by itself."),
    TERN_REAL(tern__train, validation_split, 0, 0, 1,
              "The part of the training data set aside for validation: chosen by the seed, evenly among classes.",
              .below_max = true),
    TERN_CHOICE(tern__train, split, TERN__SPLIT_AUTO, tern__split_words,
                "What validates: samples drawn at random, or the last in time, without those that share rows with both "
                "sides; auto: in time where samples are overlapping windows of a series."),
    TERN_BLOCK(tern__train, folds, folds_options,
               "One run of a cross-validation, in the place of validation_split: tern train --folds writes it."),
    TERN_BOOL(tern__train, shuffle, true, "Go through the data in a new order each epoch."),
    TERN_BOOL(tern__train, bucket, false,
              "Make batches of sequences of similar length, in another order each epoch: less padding is worked on."),
    TERN_BOOL(tern__train, drop_last, false, "Leave out a last batch that is shorter."),
    TERN_REAL(tern__train, clip_grad_norm, (double)NAN, 0, 1e30,
              "Scale the gradients down so that their norm, all together, is at most this.", .above_min = true),
    TERN_REAL(tern__train, clip_grad_value, (double)NAN, 0, 1e30, "Keep each gradient within plus and minus this.",
              .above_min = true),
    TERN_STRINGS(tern__train, freeze, 1, 0,
                 "Weights that stay as they are, by name or pattern: \"features.*\"; running averages, too."),
    TERN_BLOCK(
        tern__train, ema, ema_options,
        "Average the weights over the updates: average = decay average + (1 - decay) weights. What validates and "
        "what is saved as the result are the averages; running statistics are the current ones."),
    TERN_BLOCK(tern__train, early_stopping, early_stopping_options, "Stop when validation no longer gets better."),
    TERN_BLOCK(tern__train, checkpoint_every, checkpoint_every_options,
               "When a checkpoint is written within an epoch, and not only after it; left out: every ten minutes."),
    {0},
};
