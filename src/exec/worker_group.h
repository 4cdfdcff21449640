/* worker_group.h - the slices of a batch, and who works on them. */
#ifndef TERN_EXEC_WORKER_GROUP_H
#define TERN_EXEC_WORKER_GROUP_H

#include "partition.h"
#include "slice.h"
#include "strategy.h"
#include "workers.h"

typedef struct tern__worker_group {
    const tern_model *m;
    tern__workers *workers;
    tern__partition partition;
    size_t slices, active; /* made, and at work in this pass */
    tern__slice *slice;
    tern__strategy *strategy; /* for one layer; NULL: all are cut by rows */
    tern__lengths lengths;    /* of the batch; no memory where no input holds sequences of any length */
} tern__worker_group;

/* Makes the memory for up to `batch` rows on up to `threads` workers (0: one for each CPU). The group is for
 * tern__worker_group_free() in any case. Errors: MEMORY. */
tern_status tern__worker_group_make(tern__worker_group *g, const tern_model *m, size_t batch, size_t threads,
                                    tern__purpose purpose, tern_error *err);
void tern__worker_group_free(tern__worker_group *g);

/* Cuts a batch into slices, one for each worker that is worth waking; sets the group's `active`. `step` keys the random
 * numbers. */
void tern__worker_group_cut(tern__worker_group *g, const tern_batch *batch, uint32_t step);

/* The strategy for a node in this pass; NULL: it goes by rows. */
static inline tern__strategy *tern__worker_group_strategy(const tern__worker_group *g, size_t node) {
    return g->strategy && g->strategy->node == node && g->active > 1 ? g->strategy : NULL;
}

#endif
