/* metric.h - what a metric is: accumulators that go over samples, and the number they give. */
#ifndef TERN_METRIC_H
#define TERN_METRIC_H

#include <tern/loss.h>

TERN_BEGIN

/* What plan answers. */
typedef struct tern_metric_spec {
    tern_loss_spec loss; /* given: shapes and meaning of prediction and target, as the loss planned them */
    tern_link link;      /* given: how a prediction becomes probabilities */
    size_t accumulators; /* how many doubles it accumulates */
    size_t scratch;      /* of_all: how many doubles it works with for each sample */
} tern_metric_spec;

/* A metric's option `threshold`, which tern_metric_limit() takes. */
#define TERN_METRIC_THRESHOLD(type) \
    TERN_REAL(type, threshold, 0.5, 0, 1, "After a binary loss: the probability above which a prediction means yes.")

/* Gives what a prediction of a binary loss has to pass for its probability to pass `threshold`, 0.5 being the loss's
 * own. Errors: MODEL (another threshold, and the loss predicts no probability of yes). */
TERN_API tern_status tern_metric_limit(const tern_metric_spec *spec, double threshold, double *limit, tern_error *err);

/* A kind of metric. */
typedef struct tern_metric_type {
    tern_type base;
    bool higher_is_better;
    bool differences; /* a number added to prediction and target alike changes nothing */

    /* Fills in `spec`; may keep derived values in `self`. Pure. Refuses a prediction or target it says nothing about.
     */
    tern_status (*plan)(void *self, tern_metric_spec *spec, tern_error *err);

    /* Takes some rows into the accumulators, which start at 0. */
    void (*add)(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators);

    /* How the accumulators of other rows come to those in `into`; NULL: they are added. */
    void (*merge)(const void *self, double *into, const double *from);

    /* The metric; NAN where it has no value (no samples). */
    double (*value)(const void *self, const double *accumulators);

    /* In the place of the three above, for a metric that has to see all samples of a split at once, as one that sorts
     * them. Validation and evaluation give it; the scores of training's batches leave it out. */
    double (*of_all)(const void *self, const tern_tensor *pred, const tern_tensor *target, double *scratch);
} tern_metric_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_METRIC
#define TERN_SIZES_METRIC \
    { sizeof(tern_metric_type), sizeof(tern_metric_spec) }

TERN_END

#endif
