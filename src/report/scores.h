/* scores.h - what predictions are worth, as numbers: curves with their areas, calibration, classes one by one. The
 * definitions are scikit-learn's. All memory is the arena's. */
#ifndef TERN_REPORT_SCORES_H
#define TERN_REPORT_SCORES_H

#include "memory.h"

/* A curve through all distinct thresholds. */
typedef struct tern__curve {
    size_t n;
    double *x, *y;
    double area; /* NAN: there are no positives, or no negatives */
} tern__curve;

/* False against true positive rate from (0, 0) to (1, 1), its area by trapezoids. `positive` and `score` are every
 * `stride`-th of what they point to. Errors: MEMORY. */
tern_status tern__roc(size_t n, size_t stride, const double *score, const bool *positive, tern__arena *arena,
                      tern__curve *out, tern_error *err);

/* Recall against precision, from recall 0, where precision is called 1; the area is the average precision, the sum of
 * precisions weighted by the steps of recall. Errors: MEMORY. */
tern_status tern__precision_recall(size_t n, size_t stride, const double *score, const bool *positive,
                                   tern__arena *arena, tern__curve *out, tern_error *err);

/* The mean of curves at 101 places from 0 to 1, between points by straight lines, or as stairs; its area is the mean of
 * those that have one. Errors: MEMORY. */
tern_status tern__mean_curve(size_t n, const tern__curve *curve, bool stairs, tern__arena *arena, tern__curve *out,
                             tern_error *err);

/* How often what is said with a probability is true, in ten bins of equal width. */
enum { TERN__BELIEF_BINS = 10 };
typedef struct tern__calibration {
    size_t bins;
    size_t count[TERN__BELIEF_BINS];
    double said[TERN__BELIEF_BINS], is[TERN__BELIEF_BINS]; /* of a bin: the mean probability, the share that is true */
    double error;                                          /* their mean distance, weighted by counts */
} tern__calibration;
void tern__calibrate(size_t n, size_t stride, const double *probability, const bool *is, tern__calibration *out);

/* A class, or a label, against all others. */
typedef struct tern__class_score {
    size_t right, said, is; /* said and is; said; is */
    double precision, recall, f1;
    tern__curve roc, pr;
    tern__calibration calibration; /* of its probability; of two classes alone */
} tern__class_score;

typedef struct tern__class_scores {
    size_t n, classes;
    tern__class_score *of;                                   /* [classes] */
    double accuracy;                                         /* of n; of labels: those that are right in all */
    double precision, recall, f1;                            /* means of the classes that occur or are said */
    double weighted_precision, weighted_recall, weighted_f1; /* weighted by how often they occur */
    size_t rarer;                                            /* of two classes; the second of equal ones */
    tern__curve roc, pr;                                     /* of two classes the rarer one's, else the mean */
    tern__calibration calibration; /* of two classes the rarer one's probability; else that of what was said */
    size_t *count;                 /* [classes][classes] true by predicted; NULL: labels */
} tern__class_scores;

/* Scores n predictions: p [n][classes] the probabilities, truth [n] the true classes. Errors: MEMORY. */
tern_status tern__score_classes(size_t n, size_t classes, const double *p, const size_t *truth, tern__arena *arena,
                                tern__class_scores *out, tern_error *err);

/* The same for labels, each there or not: is [n][classes]. Errors: MEMORY. */
tern_status tern__score_labels(size_t n, size_t classes, const double *p, const bool *is, tern__arena *arena,
                               tern__class_scores *out, tern_error *err);

/* The class of the highest probability; the first of several. */
size_t tern__highest(size_t classes, const double *p);

/* Numbers predicted: out and target are every `stride`-th. */
typedef struct tern__value_score {
    double mae, rmse, r2, bias, worst; /* r2: NAN where the targets are all the same */
} tern__value_score;
tern__value_score tern__score_values(size_t n, size_t stride, const double *out, const double *target);

#endif
