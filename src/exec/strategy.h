/* strategy.h - how the workers of a group share a layer that is not cut by rows. The one interface that a pass, a
 * reduction and an update know of it. */
#ifndef TERN_EXEC_STRATEGY_H
#define TERN_EXEC_STRATEGY_H

#include "graph.h"

struct tern__worker_group;

typedef struct tern__strategy tern__strategy;
struct tern__strategy {
    size_t node; /* the layer that is shared */

    /* Cuts the layer for the group's active workers and a batch of `rows` rows. */
    void (*cut)(tern__strategy *s, struct tern__worker_group *g, size_t rows);

    /* All active workers call these together, each with its number. forward: from each one's rows of x to its rows of
     * y. backward: takes up the dy of this worker's rows. finish, when all have done so: what is left of backward; this
     * worker's part of the gradient is then in the first slice's. */
    void (*forward)(tern__strategy *s, struct tern__worker_group *g, size_t worker);
    void (*backward)(tern__strategy *s, struct tern__worker_group *g, size_t worker);
    void (*finish)(tern__strategy *s, struct tern__worker_group *g, size_t worker);

    /* Which elements of a weight's gradient this worker has made, complete, in the first slice: begin .. end - 1. False
     * for weights of other layers. */
    bool (*part)(const tern__strategy *s, size_t worker, size_t weight, size_t *begin, size_t *end);

    void (*destroy)(tern__strategy *s);
};

#endif
