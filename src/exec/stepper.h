/* stepper.h - a model that runs one step of a sequence at a time: what later steps need of earlier ones is kept, so
 * that a step costs what it costs, and not what all before it did.
 *
 * A value of the graph stands still (it depends on other inputs alone: an encoder's), has a step at each step, or is
 * made anew at each of those so far (last_step's). */
#ifndef TERN_EXEC_STEPPER_H
#define TERN_EXEC_STEPPER_H

#include "graph.h"

typedef struct tern__stepper tern__stepper;

/* For `rows` sequences at a time of the input `input`. The model must outlive it. Errors: MODEL (the first layer that
 * can't be run by steps, and why), MEMORY. Free with tern__stepper_free(), which takes NULL. */
tern__stepper *tern__stepper_new(const tern_model *m, size_t input, size_t rows, tern_error *err);
void tern__stepper_free(tern__stepper *s);

/* How many steps there may be one after the other; 0: any number. */
size_t tern__stepper_most(const tern__stepper *s);

/* Begins: takes the other inputs, x [inputs], whose rows are `length` [inputs][rows] long, as checked. */
void tern__stepper_begin(tern__stepper *s, const tern_tensor *x, const size_t *const *length);

/* One more step, of x [rows, numbers of a step]; returns that of the output, or the output by now: [rows, ...], the
 * stepper's own until the next call. */
const tern_tensor *tern__stepper_next(tern__stepper *s, const tern_real *x);

#endif
