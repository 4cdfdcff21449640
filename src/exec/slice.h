/* slice.h - what one worker has: some rows of a batch, and the memory to take them forward and backward through the
 * model. */
#ifndef TERN_EXEC_SLICE_H
#define TERN_EXEC_SLICE_H

#include "memory_plan.h"
#include "clock.h"
#include "output_parallel.h"
#include "workers.h"

#include <tern/trainer.h>

typedef struct tern__slice {
    const tern_model *m;
    size_t capacity, rows, row; /* rows it has, the first of them in the batch */
    tern__arena arena;
    tern__memory_plan plan;
    tern_real *memory;
    tern_tensor *value, *gradient;   /* [nodes + 1] activations and their gradients; data NULL: none */
    tern_tensor *extra, *save;       /* [inputs], [saves] */
    tern_tensor *weight, *dweight;   /* [weights] */
    tern_real *dparam;               /* flat gradients of the parameters */
    const tern_tensor **x, **back_x; /* [inputs] */
    tern_tensor **dx;                /* [inputs] where backward writes; NULL: nobody needs it */
    tern_real **in, **target;        /* [inputs], [targets] where a gather writes this slice's rows */
    tern_forward *f;                 /* [nodes] */
    tern_backward *b;
    double *sums;       /* [2 sums] of the layers that ask for sums: forward, backward */
    double *totals;     /* [2 sums] over all slices */
    tern__timer *timer; /* NULL, but for tern__profile(): forward [nodes], backward [nodes], then tern__stage */
} tern__slice;

/* The slices of a batch, and who works on them. */
typedef struct tern__worker_group {
    tern__workers *workers;
    size_t slices, active; /* made, and at work in this pass */
    tern__slice *slice;
    tern__output_parallel output_parallel;
} tern__worker_group;

/* Makes the memory for up to `batch` rows on up to `threads` workers. Training: with gradients. `own_input` as for the
 * plan. The group is for tern__worker_group_free() in any case. */
tern_status tern__worker_group_make(tern__worker_group *t, const tern_model *m, size_t batch, size_t threads,
                                    bool training, bool own_input, tern_error *err);
void tern__worker_group_free(tern__worker_group *t);

/* The bytes that making such a group would take. */
typedef struct tern__worker_group_size {
    size_t bytes;
    size_t pass;    /* of them for a pass: activations, their gradients, what layers save and work with */
    size_t tensors; /* what a pass would take if none of these shared its place */
} tern__worker_group_size;

tern_status tern__worker_group_measure(const tern_model *m, size_t batch, size_t threads, bool training, bool own_input,
                                       tern__worker_group_size *out, tern_error *err);

/* Cuts `rows` rows into slices, one for each worker that is worth waking; sets the group's `active`. `step` keys the
 * random numbers. */
void tern__worker_group_cut(tern__worker_group *t, size_t rows, uint32_t step);

/* Fills the inputs of a slice with its rows of the batch, scaled; and its rows of the targets, whose arrays for the
 * whole batch are `target` [targets]; NULL: they are not needed. */
void tern__slice_input(tern__slice *s, const tern_batch *batch, const tern_tensor *target);

/* Binds the caller's arrays of the whole batch in the place of the input and output. */
void tern__slice_bind(tern__slice *s, const tern_real *x, tern_real *y);

#endif
