/* predictor.h - from inputs to outputs: in one call, or again and again without allocating. */
#ifndef TERN_PREDICTOR_H
#define TERN_PREDICTOR_H

#include <tern/model.h>

TERN_BEGIN

/* y = model(x): the network's output as it is (logits stay logits), in evaluation mode. x: [n, input...] as in the
 * data, before the model's own scale, mean and std; y: [n, output...], memory of the caller's; they do not overlap. Of
 * several inputs or outputs arrays of tensors, in the model's order: tern_model_input_at(), tern_model_output_at().
 * Takes what it needs for the time of the call, on one thread for each CPU; any number of threads may call it for one
 * model. Errors: USAGE (shapes), MEMORY. */
TERN_API tern_status tern_predict(const tern_model *m, const tern_tensor *x, tern_tensor *y, tern_error *err);

/* Memory of one forward pass in evaluation mode, and its workers. For one thread at a time; many may share a model. */
typedef struct tern_predictor tern_predictor;

/* Makes a predictor for up to `max_rows` samples at a time on up to `threads` threads (0: one for each CPU). The model
 * must outlive it. All memory is taken here. Errors: MEMORY. Free with tern_predictor_free(). */
TERN_API tern_predictor *tern_predictor_new(const tern_model *m, size_t max_rows, size_t threads, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_predictor_free(tern_predictor *p);

/* y = model(x): the network's output as it is (logits stay logits). x: [n, input...] as in the data, before the model's
 * own scale, mean and std; y: [n, output...], memory of the caller's; n from 1 to max_rows; they do not overlap.
 * Several inputs or outputs as in tern_predict().
 * Allocates nothing. Errors: USAGE (shapes), DATA (what a layer reads as indices is none). */
TERN_API tern_status tern_predictor_forward(tern_predictor *p, const tern_tensor *x, tern_tensor *y, tern_error *err);

/* The same of sequences of any length: `length` [inputs][n] says how many steps each row has of an input that holds
 * some, from 1 to the most there is room for in x, and what follows in x is not read; NULL, or one of them: all there
 * is room for. Behind a sequence's own steps y has zeros. Errors: also USAGE (lengths). */
TERN_API tern_status tern_predictor_forward_sequences(tern_predictor *p, const tern_tensor *x,
                                                      const size_t *const *length, tern_tensor *y, tern_error *err);

TERN_END

#endif
