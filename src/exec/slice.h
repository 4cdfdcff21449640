/* slice.h - what one worker has: some rows of a batch, and the memory to take them forward and backward through the
 * model. */
#ifndef TERN_EXEC_SLICE_H
#define TERN_EXEC_SLICE_H

#include "clock.h"
#include "memory_plan.h"

#include <tern/trainer.h>

typedef struct tern__slice {
    const tern_model *m;
    size_t capacity, rows, row; /* rows it has, the first of them in the batch */
    size_t *steps;              /* [inputs] the room for each row of sequences of any length; 0: of others */
    const size_t **length;      /* [inputs] how long each is */
    tern__arena arena;
    tern__memory_plan plan;
    tern_real *memory;
    tern_tensor *value, *gradient; /* [values] activations and their gradients; data NULL: none */
    tern_tensor *loss_gradient; /* [losses] where a loss writes beside the gradient that is there; data NULL: over it */
    tern_tensor *extra, *save;  /* [reads], [saves] */
    tern_tensor *weight, *dweight;   /* [uses] each node's parameters, then its states; their gradients */
    tern_real *gradients;            /* flat gradients of the parameters */
    const tern_tensor **x, **back_x; /* [reads] */
    tern_tensor **dx;                /* [reads] where backward writes; NULL: unused */
    tern_real **in, **target;        /* [inputs], [targets] where a gather writes this slice's rows */
    tern_forward *f;                 /* [nodes] */
    tern_backward *b;
    double *accumulators; /* [2 accumulators] of the layers that go by the whole batch: forward, backward */
    double *totals;       /* [2 accumulators] over all slices */
    tern__timer *timer;   /* NULL, but for tern__profile(): forward [nodes], backward [nodes], then tern__stage */
} tern__slice;

/* Makes the memory for up to `rows` rows. Training: with gradients. For tern__slice_free() in any case. */
tern_status tern__slice_make(tern__slice *s, const tern_model *m, size_t rows, tern__purpose purpose, tern_error *err);
void tern__slice_free(tern__slice *s);

/* The sequences of any length in a batch: the steps of the longest and the length of each, by input; 0 and NULL for
 * other inputs. */
typedef struct tern__lengths {
    size_t *steps, **length; /* [inputs], [inputs][rows] */
} tern__lengths;

/* Gives it `rows` rows of a batch, from `row` on. `step` keys the random numbers. */
void tern__slice_set_rows(tern__slice *s, size_t row, size_t rows, const tern__lengths *lengths, uint32_t step);

/* Fills the inputs of a slice with its rows of the batch, scaled; and its rows of the targets, whose arrays for the
 * whole batch are `target` [targets], and of their weights; NULL: they are not needed. */
void tern__slice_input(tern__slice *s, const tern_batch *batch, const tern_tensor *target, tern_real *weight);

/* Binds arrays in the place of the one input and the one output: the slice's rows in them are those from `row` on. */
void tern__slice_bind(tern__slice *s, size_t row, const tern_real *x, tern_real *y);

/* Copies the slice's rows of a value to the caller's array of the whole batch. */
void tern__slice_copy(const tern__slice *s, size_t value, tern_real *y);

#endif
