/* split_samples.h - which samples train and which validate, by the model's train block. */
#ifndef TERN_TRAIN_SPLIT_SAMPLES_H
#define TERN_TRAIN_SPLIT_SAMPLES_H

#include "graph.h"

#include <tern/fit.h>

/* What a division goes by. */
typedef struct tern__samples {
    size_t n, overlap;        /* so many that follow a sample share rows of a series with it */
    const tern_array *labels; /* one class a sample, by which both sides are even; or NULL */
    const size_t *group;      /* [n] from 0: those of a group stay together; NULL: there are none */
} tern__samples;

/* The options of a model file by which rows are drawn that validate, as JSON pointers; NULL ends them. */
extern const char *const tern__split_options[];

/* Whether some of the training data is set aside to validate. */
bool tern__splits(const tern_model *m);

/* Whether the last samples validate, and not some drawn at random, where so many samples after one share rows with it.
 */
bool tern__splits_in_time(const tern_model *m, size_t overlap);

/* Divides samples; it depends on the seed alone, so that what is fitted sees no row that validates. Errors: MODEL,
 * DATA, MEMORY. Free with tern_split_free() in any case. */
tern_status tern__split_samples(const tern_model *m, const tern__samples *s, tern_split *out, tern_error *err);

#endif
