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

/* tern eval --output: each row's truth, prediction, probability and loss, as CSV. */
tern_status write_rows(const eval_args *a, const tern_model *m, const part *p, tern_error *err);

#endif
