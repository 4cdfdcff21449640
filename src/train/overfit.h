/* overfit.h - why one batch can't be learned by heart. */
#ifndef TERN_TRAIN_OVERFIT_H
#define TERN_TRAIN_OVERFIT_H

#include "training_rows.h"

#include <tern/overfit.h>

/* Adds a warning for each likely reason: `row` [n] are the samples. Errors: MEMORY. */
tern_status tern__overfit_reasons(const tern__training_rows *t, const size_t *row, const tern_overfit *found,
                                  size_t threads, tern_error *err);

#endif
