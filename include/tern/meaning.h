/* meaning.h - what a model's outputs say: classes with their probabilities, or numbers with names. */
#ifndef TERN_MEANING_H
#define TERN_MEANING_H

#include <tern/model.h>

TERN_BEGIN

/* What one sample's output means; of sequences of any length that of each step. Names belong to the model. */
typedef struct tern_meaning {
    size_t count;            /* numbers of it */
    size_t classes;          /* among which each place decides; 0: the outputs are numbers */
    size_t places;           /* of a sample that decide, or the numbers that it has */
    bool probabilities;      /* tern_model_scores() gives probabilities */
    size_t names;            /* known: of the first classes, where the data has fewer; of all the numbers, or 0 */
    const char *const *name; /* [names] */
} tern_meaning;

/* By the loss about the model's output, and what it was fitted to: the outputs of cross_entropy are logits of classes,
 * one output under bce decides between two, any other loss gives numbers. */
TERN_API tern_meaning tern_model_meaning(const tern_model *m);

enum { TERN_NUMBER_TEXT = 24 }; /* room for a number as text */

/* What class or number `k` is called: its name, or else the number itself, written to `text`. Any thread. */
TERN_API const char *tern_meaning_name(const tern_meaning *meaning, size_t k, char text[TERN_NUMBER_TEXT]);

/* The scores of one sample, or step, whose output is `out`: [classes, places], or [places] of numbers, as probabilities
 * where they can be; else as they are. */
TERN_API void tern_model_scores(const tern_model *m, const tern_real *out, double *score);

/* Number `k` of an output, which training may have normalized, in the target's own unit. */
TERN_API double tern_model_unit(const tern_model *m, size_t k, double value);

/* Number `k` of a dataset's target in its own unit: those of a described table were normalized as they were read. */
TERN_API double tern_model_truth(const tern_model *m, size_t k, double value);

TERN_END

#endif
