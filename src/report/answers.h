/* answers.h - what a model says about samples, beside what is true of them. */
#ifndef TERN_REPORT_ANSWERS_H
#define TERN_REPORT_ANSWERS_H

#include "scores.h"

#include <tern/fit.h>

typedef enum tern__answer_kind {
    TERN__CLASSES, /* one of k */
    TERN__LABELS,  /* each of k is there or not */
    TERN__NUMBERS  /* k numbers */
} tern__answer_kind;

/* Samples with one input that a model is asked about. */
typedef struct tern__asked {
    const tern_model *m;
    const tern_dataset *data;
    const size_t *row; /* [n] */
    size_t n, threads;
    /* Changes samples first .. first + n - 1 of those asked about before they go in; NULL: they stay. */
    void (*alter)(void *user, size_t first, size_t n, tern_real *x);
    void *user;
} tern__asked;

typedef struct tern__answers {
    tern__answer_kind kind;
    size_t k,
        places;     /* places of a sample that are decided about, one by one: 1 but in sequences and maps of classes */
    size_t n;       /* samples * places, without those whose label is to be ignored */
    double *p;      /* [n][k] probabilities, or numbers */
    size_t *truth;  /* [n] the class */
    bool *is;       /* [n][k] the labels */
    double *target; /* [n][k] the numbers */
    double *loss;   /* [n] -log of the probability of what is true, or the mean squared error */
    size_t *sample; /* [n] its row in the data */
    size_t asked;   /* samples that were asked about, where all would not fit in memory */
} tern__answers;

/* Asks a model. What it says are classes where its loss takes them, or where one output of a `bce` loss says 0 or 1;
 * labels where there are several of those; else numbers. All memory is the arena's. Errors: DATA, MEMORY. */
tern_status tern__answers_make(const tern__asked *a, tern_target target, tern__arena *arena, tern__answers *out,
                               tern_error *err);

/* The mean of its losses, NAN without any. */
double tern__answers_loss(const tern__answers *o);

#endif
