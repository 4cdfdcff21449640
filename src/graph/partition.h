/* partition.h - how a batch is cut among workers, and what memory that takes. */
#ifndef TERN_GRAPH_PARTITION_H
#define TERN_GRAPH_PARTITION_H

#include "memory_plan.h"

enum { TERN__ROWS_ONLY = -1 };

/* Rows are cut into slices, one a worker. */
typedef struct tern__partition {
    tern__purpose purpose;
    size_t batch;        /* rows at most */
    size_t slices;       /* how many workers they are worth */
    size_t capacity;     /* rows of a slice at most */
    ptrdiff_t by_output; /* the node that workers share by its outputs and not by rows; TERN__ROWS_ONLY: none */
    size_t bytes;        /* of memory, all slices together */
    size_t pass_bytes;   /* of them for a pass: activations, their gradients, what layers save and work with */
    size_t tensor_bytes; /* what a pass would take if none of these shared its place */
} tern__partition;

/* Cuts batches of up to `batch` rows for up to `threads` workers (0: one for each CPU). Errors: MEMORY. */
tern_status tern__partition_make(const tern_model *m, size_t batch, size_t threads, tern__purpose purpose,
                                 tern__partition *out, tern_error *err);

/* Refuses one that takes more than the model's max_memory. Errors: MEMORY. */
tern_status tern__partition_check(const tern_model *m, const tern__partition *p, tern_error *err);

/* How many workers, `most` of them at most, `rows` rows are worth waking. */
size_t tern__partition_workers(const tern_model *m, size_t rows, size_t most);

/* The rows of the largest of `slices` even slices. */
size_t tern__partition_rows(size_t rows, size_t slices);

/* How many numbers sharing a node by its outputs takes: x of the whole batch, y and dy. 0 where there is none. */
size_t tern__by_output_numbers(const tern_model *m, ptrdiff_t node, size_t batch);

/* The outputs that a node is shared by: the sizes of its last dimension. */
size_t tern__by_output_count(const tern__node *node);

#endif
