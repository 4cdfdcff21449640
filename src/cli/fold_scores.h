/* fold_scores.h - what the folds of a cross-validation scored, each by itself, and their mean and spread. */
#ifndef TERN_CLI_FOLD_SCORES_H
#define TERN_CLI_FOLD_SCORES_H

#include "commands.h"

/* The loss, then the metrics. */
enum { SCORES = TERN_MAX_METRICS + 1 };

typedef struct scores {
    size_t folds, n;
    char name[SCORES][TERN_MAX_NAME];
    double *value;    /* [folds][SCORES] */
    double *together; /* [SCORES] of the mean of their answers; NULL: not known */
} scores;

/* Makes room for the scores of so many folds, for scores_free() in any case. Errors: MEMORY. */
tern_status scores_make(scores *all, size_t folds, tern_error *err);
void scores_free(scores *all);

/* Keeps the score of a fold, counted from 0; and that of the mean of their answers. Errors: MEMORY. */
void scores_keep(scores *all, size_t fold, const tern_score *s);
tern_status scores_keep_together(scores *all, const tern_score *s, tern_error *err);

/* Writes them, each fold's as a list called `key`, then "mean", "std" and, where it is known, "ensemble"; or mean and
 * spread as a table. */
void scores_json(tern__json_writer *w, const char *key, const scores *all);
void scores_print(const scores *all);

#endif
