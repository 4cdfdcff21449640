/* predictor.h - the memory of a forward pass: what a thread needs to use a model. */
#ifndef TERN_RUN_H
#define TERN_RUN_H

#include <tern/model.h>

TERN_BEGIN

/* Memory of one forward pass in evaluation mode, and its workers. For one thread at a time; many may share a model. */
typedef struct tern_predictor tern_predictor;

/* Makes a run for up to `max_rows` samples at a time on up to `threads` threads (0: one for each CPU). The model must
 * outlive it. All memory is taken here. Errors: MEMORY. Free with tern_predictor_free(). */
TERN_API tern_predictor *tern_predictor_new(const tern_model *m, size_t max_rows, size_t threads, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_predictor_free(tern_predictor *r);

/* y = model(x): the network's output as it is (logits stay logits). x: [n, input...] as in the data, before the model's
 * own scale, mean and std; y: [n, output...], memory of the caller's; n from 1 to max_rows; they do not overlap.
 * Allocates nothing. */
TERN_API void tern_predictor_forward(tern_predictor *r, const tern_tensor *x, tern_tensor *y);

TERN_END

#endif
