/* output_parallel.h - a first layer that the workers share by its outputs, and not by rows. */
#ifndef TERN_EXEC_OUTPUT_PARALLEL_H
#define TERN_EXEC_OUTPUT_PARALLEL_H

#include "graph.h"

enum { TERN__ROWS_ONLY = -1 };

/* One worker's outputs, `begin` to `end` - 1 of the layer's last dimension, for all rows of the batch: a layer of its
 * own. */
typedef struct tern__shard {
    size_t begin, end;
    tern_tensor y, dy; /* [rows, ..., end - begin] */
    tern_tensor *param, *dparam;
    tern_forward f;
    tern_backward b;
} tern__shard;

typedef struct tern__output_parallel {
    ptrdiff_t node; /* in the model; ALL_BY_ROWS: there is no such layer */
    size_t rows, active;
    tern_real *memory;  /* x of the whole batch, then the shares' y, then their dy */
    tern__shard *shard; /* [slices] */
    tern_tensor x;
    const tern_tensor *x_list[1];
    tern_tensor *dx_list[1]; /* NULL: x is the model's input */
    tern__arena arena;
} tern__output_parallel;

struct tern__worker_group;

/* The layer to share where `slices` workers train on batches of so many rows; or ALL_BY_ROWS. */
ptrdiff_t tern__output_parallel_choose(const tern_model *m, size_t batch, size_t slices);

/* How many numbers its memory takes. */
size_t tern__output_parallel_numbers(const tern_model *m, ptrdiff_t node, size_t batch);

/* Takes the memory; free in any case. */
tern_status tern__output_parallel_make(tern__output_parallel *w, const tern_model *m, ptrdiff_t node, size_t batch,
                                       size_t slices, tern_error *err);
void tern__output_parallel_free(tern__output_parallel *w);

/* Cuts the layer's outputs into shares for the group's active workers and a batch of `rows` rows, whose input is then
 * in `memory`. */
void tern__output_parallel_cut(struct tern__worker_group *t, size_t rows);

/* Whether the workers share node i in this pass. */
bool tern__output_parallel_has(const struct tern__worker_group *t, size_t i);

/* This worker's part of weight `weight`, where the workers share that weight's layer. */
bool tern__output_parallel_part(const struct tern__worker_group *t, size_t worker, size_t weight, size_t *begin,
                                size_t *end);

/* Forward: all workers together, each from its rows of x to its rows of y. */
void tern__output_parallel_forward(struct tern__worker_group *t, size_t worker);

/* Backward, first part: hands the dy of this worker's rows to all. When all have done so, the second: the gradient of
 * this worker's share of the weights, in the first slice's `dparam`, from all rows. */
void tern__output_parallel_scatter(struct tern__worker_group *t, size_t worker);
void tern__output_parallel_backward(struct tern__worker_group *t, size_t worker);

#endif
