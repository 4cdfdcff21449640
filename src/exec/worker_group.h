/* worker_group.h - the slices of a batch, and who works on them. */
#ifndef TERN_EXEC_WORKER_GROUP_H
#define TERN_EXEC_WORKER_GROUP_H

#include "comm_rows.h"
#include "partition.h"
#include "slice.h"
#include "strategy.h"
#include "workers.h"

typedef struct tern__worker_group {
    const tern_model *m;
    tern__workers *workers;
    tern__partition partition;
    tern_comm *comm;       /* the ranks, on each of which there is such a group; NULL: this one is alone */
    size_t batch;          /* rows of the batch in this pass, ... */
    size_t row, rows;      /* ... and those of them that this rank has */
    size_t slices, active; /* made, and at work in this pass */
    tern__slice *slice;
    tern__strategy *strategy; /* for one layer; NULL: all are cut by rows */
    tern__lengths lengths;    /* of the batch; no memory where no input holds sequences of any length */
    double *statistics;       /* [ranks][accumulators of a layer at most] where those of all ranks come together */
} tern__worker_group;

/* Makes the memory for batches of up to `batch` rows on up to `threads` workers (0: one for each CPU); with `comm` for
 * this rank's rows of them. The group is for tern__worker_group_free() in any case. Errors: MEMORY. */
tern_status tern__worker_group_make(tern__worker_group *g, const tern_model *m, size_t batch, size_t threads,
                                    tern__purpose purpose, tern_comm *comm, tern_error *err);
void tern__worker_group_free(tern__worker_group *g);

/* Cuts a batch, or this rank's rows of it, into slices, one for each worker that is worth waking; sets the group's
 * `active`. A rank without rows has one slice without any. `step` keys the random numbers. */
void tern__worker_group_cut(tern__worker_group *g, const tern_batch *batch, uint32_t step);

/* The strategy for a node in this pass; NULL: it goes by rows. */
static inline tern__strategy *tern__worker_group_strategy(const tern__worker_group *g, size_t node) {
    return g->strategy && g->strategy->node == node && g->active > 1 ? g->strategy : NULL;
}

#endif
