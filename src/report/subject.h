/* subject.h - a run that is reported about: its model, its log, and what the model says of its data. */
#ifndef TERN_REPORT_SUBJECT_H
#define TERN_REPORT_SUBJECT_H

#include "history.h"
#include "answers.h"

#include <tern/report.h>

enum { TERN__PARTS = 2, TERN__SUBJECT_NAME = 96, TERN__WEIGHT_BINS = 40 };

/* A split of the data. */
typedef struct tern__part {
    const char *name;   /* "Test", "Validation", "Training"; NULL: there is none */
    const char *source; /* the split whose data it is, or is a part of */
    tern_dataset *data;
    tern_split split;
    size_t *row; /* [n] */
    size_t n;
    tern_target target;
    tern_score score;
    tern__answers answers;
    tern__class_scores classes;    /* of CLASSES and LABELS */
    tern__value_score *value;      /* [k] of NUMBERS */
    const char *const *class_name; /* [k] */
} tern__part;

/* How the numbers of a weight lie, at first and now, between the same edges. */
typedef struct tern__weight_bins {
    const char *name; /* the model's */
    tern_shape shape;
    bool start;  /* there are other numbers than now to compare with */
    size_t bins; /* fewer for few numbers */
    double edge[TERN__WEIGHT_BINS + 1], before[TERN__WEIGHT_BINS], after[TERN__WEIGHT_BINS];
    double mean, std, least, most;
} tern__weight_bins;

typedef struct tern__subject {
    const char *dir;
    char name[TERN__SUBJECT_NAME]; /* what it is called in legends */
    tern_model *model;
    char *text;   /* the model file with its defaults */
    char *record; /* run.json: when, by what and of which data it was made; NULL: there is none */
    tern__history history;
    bool has_log;
    char monitor[TERN__LOG_NAME]; /* the number by which an epoch is the best, as the log calls it */
    double best_epoch, best;      /* NAN: not known */
    size_t weights;
    tern__weight_bins *weight; /* [weights] */
    size_t parts;
    tern__part part[TERN__PARTS]; /* the one that says most about the model first */
    char no_data[TERN_MAX_TEXT];  /* why there are no parts */
    tern__arena arena;
} tern__subject;

/* Opens a run; its data too, where it can be found. For tern__subject_close() in any case. Errors: IO, SYNTAX, MODEL,
 * DATA, MEMORY. */
tern_status tern__subject_open(tern__subject *s, const char *dir, const tern_report_options *options, tern_error *err);
void tern__subject_close(tern__subject *s);

/* Reads the parts (parts.c), and the weights at the start of training and at its end (weights.c). */
tern_status tern__subject_read_parts(tern__subject *s, const tern_report_options *options, tern_error *err);
tern_status tern__subject_start_weights(tern__subject *s, tern_real **before, tern_error *err);
tern_status tern__subject_count_weights(tern__subject *s, const tern_real *before, tern_error *err);

#endif
