/* pass.h - a slice's way forward and backward through the layers. Each active worker of the group calls these for its
 * own slice, in a task of the workers. A slice without rows only takes part in what all make together: its gradients
 * are 0. */
#ifndef TERN_EXEC_PASS_H
#define TERN_EXEC_PASS_H

#include "worker_group.h"

/* Through all layers; through one. */
void tern__pass_forward(tern__worker_group *g, size_t worker);
void tern__pass_forward_node(tern__worker_group *g, size_t worker, size_t i);

/* And back, from the gradient of the last value; the gradients of the parameters are then in the slice's `gradients`.
 */
void tern__pass_backward(tern__worker_group *g, size_t worker);

/* When all have come back: what a layer that is not cut by rows has left to do. */
void tern__pass_finish(tern__worker_group *g, size_t worker);

#endif
