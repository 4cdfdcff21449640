/* plan_bytes.h - what a model will take, before it takes it. */
#ifndef TERN_PLAN_BYTES_H
#define TERN_PLAN_BYTES_H

#include <tern/model.h>

/* Bytes of weights, activations, gradients and optimizer slots, for batches of `rows` rows on `threads` threads (0: one for each CPU).
 * 0 where there was no memory to find out. */
size_t tern__plan_bytes(const tern_model *m, size_t rows, size_t threads, bool training);

#endif
