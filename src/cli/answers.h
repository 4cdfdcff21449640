/* answers.h - what a model says of each sample, as cells of a table. */
#ifndef TERN_CLI_ANSWERS_H
#define TERN_CLI_ANSWERS_H

#include "csv.h"

#include <tern/dataset.h>
#include <tern/meaning.h>

/* Outputs of a model and what they mean. */
typedef struct answers {
    const tern_model *m;
    tern_meaning meaning;
    double *score; /* [meaning.count], and room for one more: of the sample in hand */
} answers;

/* For answers_free() in any case. Errors: MEMORY. */
tern_status answers_open(answers *a, const tern_model *m, tern_error *err);
void answers_free(answers *a);

/* Takes a sample in hand by its output; of sequences of any length a step. */
void answers_take(answers *a, const tern_real *out);

/* The class with the highest score at a place, and its score. */
size_t answers_best(const answers *a, size_t place, double *score);

/* A class as a cell: its name, or its number. */
void answers_class(const answers *a, csv *c, size_t k);

/* The head of what answers_row() writes: "class,probability", or the names of the numbers; where a sample has several
 * places, each has its own. */
void answers_head(const answers *a, csv *c);
void answers_row(const answers *a, csv *c);

/* The same for a score of each class: the bare names of the classes as head. */
void answers_scores_head(const answers *a, csv *c);
void answers_scores_row(const answers *a, csv *c);

/* The steps of a row in an output of sequences of any length. */
size_t answers_steps(const tern_model *m, size_t output, const tern_dataset *d, size_t row);

#endif
