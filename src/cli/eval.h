/* eval.h - what tern eval and its rows share. */
#ifndef TERN_CLI_EVAL_H
#define TERN_CLI_EVAL_H

#include "commands.h"

typedef struct eval_args {
    args base;
    const char *split, *input, *target, *data, *weights, *output;
    size_t threads;
} eval_args;

/* The samples of a split, or of a file. */
typedef struct part {
    const char *name;
    tern_dataset *data;
    tern_target target[TERN_MAX_LOSSES];
    const size_t *rows; /* NULL: all */
    size_t n;
    tern_split split;
} part;

/* Opens a model, its weights and what is to be evaluated: the file, or a split; all are the caller's to close in any
 * case. */
tern_status open_part(session *s, const eval_args *a, const char *model, part *p, char weights[PATH_SIZE],
                      tern_error *err);
void close_part(part *p);

/* Whether the model file has a split. Validation data may be cut off the training data. */
bool has_split(const tern_model *m, const char *split);

/* tern eval of a cross-validation: each fold's score, and that of the mean of their answers (eval_folds.c). */
tern_status eval_folds(const eval_args *a, size_t n, tern_error *err);

/* tern eval --output: each row's truth, prediction, probability and loss, as CSV. */
tern_status write_rows(const eval_args *a, const tern_model *m, const part *p, tern_error *err);

#endif
