/* pass.h - a slice's way forward and backward through the layers. */
#ifndef TERN_EXEC_PASS_H
#define TERN_EXEC_PASS_H

#include "slice.h"

/* Takes slice `worker` through the layers. Each active worker of the group calls it for its own slice, in a task of the
 * workers. */
void tern__slice_forward(tern__worker_group *t, size_t worker);

/* One layer of that. */
void tern__slice_forward_node(tern__worker_group *t, size_t worker, size_t node);

/* And back, from the gradient of the last value; the gradients of the parameters are then in `dparam`. A layer that the
 * workers share by outputs is left for tern__output_parallel_backward(), when all have come here. */
void tern__slice_backward(tern__worker_group *t, size_t worker);

#endif
