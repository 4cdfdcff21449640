/* evaluate.h - loss and metrics over rows, with memory that is kept from epoch to epoch. */
#ifndef TERN_TRAIN_EVALUATE_H
#define TERN_TRAIN_EVALUATE_H

#include "rows.h"

#include <tern/fit.h>
#include <tern/predictor.h>

/* All predictions and targets of a loss, `n` answers as yet; no data: no metric asks for them. */
typedef struct tern__kept {
    size_t n;
    tern_tensor pred, target;
} tern__kept;

typedef struct tern__evaluator {
    const tern_model *m;
    tern_predictor *run;
    tern__targets targets;
    size_t batch; /* samples at a time */
    tern__tally tally;
    tern_tensor *pred;        /* [results] */
    const tern_real *outputs; /* of all rows, to be scored in the place of the first result; NULL: the model's */
    tern_tensor *target;      /* [targets] */
    tern__kept *kept;         /* [losses] for the metrics that have to see all samples at once */
    double *scratch;
    tern_comm *comm;   /* the ranks that share the samples; NULL: there is one */
    tern__tally *rank; /* [ranks] what each has measured */
    size_t *answers;   /* [ranks][losses] and how many answers it keeps of each loss */
    size_t nonfinite;  /* the first of the rows scored last whose outputs or losses are not finite; SIZE_MAX: none */
    tern__arena arena;
} tern__evaluator;

/* Makes an evaluator of up to `rows` samples for targets of these kinds, by loss; it takes as many at a time as a batch
 * of training has. With `comm` each rank has one, which takes its own part of the samples. For tern__evaluator_free()
 * in any case. Errors: MODEL, MEMORY. */
tern_status tern__evaluator_make(tern__evaluator *e, const tern_model *m, const tern_target *kind, size_t rows,
                                 size_t threads, tern_comm *comm, tern_error *err);
void tern__evaluator_free(tern__evaluator *e);

/* Scores all rows, on all ranks alike. `confusion` as for tern_evaluate(), zeroed by the caller, of this rank's rows.
 * Allocates nothing. */
void tern__evaluator_score(tern__evaluator *e, tern_rows *rows, tern_score *out, size_t *confusion);

/* Predictions and targets of loss i, of `rows` rows from `row` on of the batch that was last. */
tern__pairs tern__evaluator_pairs(const tern__evaluator *e, size_t i, size_t row, size_t rows);

/* The score that a tally comes to, with the values of the metrics that see all samples at once, by their place in
 * `targets`; NULL: it is of batches, and leaves them out. */
void tern__score_set(const tern__targets *targets, const tern__tally *tally, const double *of_all, tern_score *out);

#endif
