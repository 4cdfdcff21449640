/* gradcheck.h - gradients against central differences: of a layer or a loss, on its own, on fixed pseudo-random
 * numbers. */
#ifndef TERN_CHECK_GRADCHECK_H
#define TERN_CHECK_GRADCHECK_H

#include <tern/gradcheck.h>

/* The largest error that passes. Differences in float see only gross mistakes; for more there is the build in double.
 */
#define TERN__GRADCHECK_ERROR (sizeof(tern_real) == sizeof(double) ? 1e-6 : 1e-2)

/* Whether the gradients are right: small errors, and no more than a fifth left out. */
bool tern__gradcheck_passes(const tern_gradcheck *check);

/* Checks every input and parameter of a layer, planned for these shapes of one sample and run on `rows` rows in
 * training mode; of large tensors 200 elements. Errors: MODEL (its plan refuses), MEMORY. */
tern_status tern__gradcheck_layer(const tern_object *layer, size_t inputs, const tern_shape *in, size_t rows,
                                  tern_gradcheck *out, tern_error *err);

/* Checks a loss for predictions of this shape (of one sample) and targets of this kind. Errors: as above. */
tern_status tern__gradcheck_loss(const tern_object *loss, const tern_shape *pred, tern_target kind, size_t rows,
                                 tern_gradcheck *out, tern_error *err);

/* Fills a batch of predictions and targets of a planned loss with numbers that are fit for it: probabilities where it
 * takes those, labels below the number of classes, the second one to be ignored where the loss knows that. The same
 * every time. */
void tern__loss_example(const tern_loss_spec *spec, tern_tensor *pred, tern_tensor *target);

#endif
