/* reduce.h - the one place that adds up over all workers, and over the ranks that they are on: what each has measured,
 * batch statistics of layers, gradients. Every active worker of a group calls these at the same point of its task, and
 * all get the same sums to the last bit. Between ranks it is worker 0 that speaks, while the others wait. */
#ifndef TERN_EXEC_REDUCE_H
#define TERN_EXEC_REDUCE_H

#include "worker_group.h"

/* The sum over the active workers of element `i` of what each has in `each`, in their order. When all have written
 * theirs. */
double tern__reduce_element(const tern__worker_group *g, double *const *each, size_t i);

/* Puts the statistics that every slice has gathered in `accumulators` for a node, of its forward or backward, together
 * in each slice's `totals`: those of all ranks. Waits for all. */
void tern__reduce_statistics(tern__worker_group *g, size_t worker, const tern__node *node, bool backward);

/* What of a weight a worker reduces and updates: elements begin .. end - 1, of a gradient that is there. */
typedef struct tern__part {
    size_t weight, begin, end;
    size_t param, gradient; /* where the part begins, in the flat parameters and in flat gradients */
    bool whole;             /* the gradient is complete in the first slice */
} tern__part;

/* Finds the worker's next part, that of weight `p->weight` or a later one; or false. For a loop: from {0}, then
 * weight++. */
bool tern__reduce_part(const tern__worker_group *g, size_t worker, tern__part *p);

/* Adds the other slices' gradients to the first one's, in order: this worker's part. Returns the sum of its squares. */
double tern__reduce_gradients(const tern__worker_group *g, size_t worker);

/* The norm of gradients that are the same on all ranks, where each worker has the sum of its part's squares in `each`.
 * Waits for all. How a rank cuts the gradients into parts is its own: rank 0's sum is taken. */
double tern__reduce_norm(const tern__worker_group *g, size_t worker, double *const *each);

/* The sum of the squares of this worker's part. */
double tern__reduce_square_sum(const tern__worker_group *g, size_t worker);

/* The sum of squares, in double. */
double tern__square_sum(const tern_real *g, size_t n);

#endif
