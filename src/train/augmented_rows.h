/* augmented_rows.h - batches of training rows that are changed at random on their way. */
#ifndef TERN_TRAIN_AUGMENTED_ROWS_H
#define TERN_TRAIN_AUGMENTED_ROWS_H

#include "augment.h"
#include "graph.h"

#include <tern/fit.h>

typedef struct tern__augmented_rows {
    const tern_rows *rows;
    const tern_model *m;
    bool mixes;          /* samples of the only input, and their targets */
    tern_loss_spec spec; /* of class targets: which label is to be ignored */
    size_t labels;       /* classes of which a mixed target is a share of each; 0: targets are numbers */
    tern_random random;  /* of the current batch */
    size_t n;            /* rows of it */
    size_t room;         /* numbers of the largest sample */
    tern_real *raw;      /* room for two of them, for each row of a batch */
} tern__augmented_rows;

/* Whether the model changes its training samples. */
bool tern__augments(const tern_model *m);

/* Makes of the kinds of targets that the data has, by loss, those that training takes: mixed classes are shares of
 * each. Errors: MODEL (a loss that takes no shares). */
tern_status tern__augmented_target(const tern_model *m, const tern_dataset *d, tern_target *kind, tern_error *err);

/* Makes the rows' changed batches, of up to `batch` rows, with memory in the arena. Errors: MEMORY. */
tern_status tern__augmented_rows_make(tern__augmented_rows *a, const tern_model *m, const tern_rows *rows, size_t batch,
                                      tern__arena *arena, tern_error *err);

/* As `batch`, which tern_rows_batch() made of the rows, changed by the random numbers of update number `step`. */
tern_batch tern__augmented_batch(tern__augmented_rows *a, tern_batch batch, size_t step);

#endif
