/* memory_plan.h - which number of a pass lives where: everything a worker needs for its rows, laid out once in one
 * piece of memory. */
#ifndef TERN_GRAPH_MEMORY_PLAN_H
#define TERN_GRAPH_MEMORY_PLAN_H

#include "graph.h"

/* Offsets, in numbers; NOWHERE: the caller's own memory, or not there at all. Lists by node input or by save run over
 * all nodes in order. */
typedef struct tern__memory_plan {
    size_t size;      /* numbers in all */
    size_t sum;       /* of its tensors: what it would be if none shared its place, views apart */
    size_t *value;    /* [nodes + 1] */
    size_t *gradient; /* [nodes + 1] of each value; NOWHERE: unused */
    size_t *extra;  /* [inputs] where a layer writes a gradient that is then added to one already there; else NOWHERE */
    size_t *save;   /* [saves] */
    size_t *unread; /* [uses] where a layer makes the gradient of a frozen parameter; NOWHERE: it is asked for none */
    size_t *scratch[2];         /* [nodes] forward, backward */
    bool *is_input, *is_output; /* [nodes + 1] the value is the caller's own x, or y (only when not training) */
} tern__memory_plan;

/* Plans for up to `rows` rows. Training: all that backward needs stays; else a value goes once it was read.
 * `own_input`: the input is copied (scaled) into the arena, not read where the caller has it. Lists live in the arena.
 */
tern_status tern__memory_plan_make(const tern_model *m, size_t rows, bool training, bool own_input, tern__arena *arena,
                                   tern__memory_plan *out, tern_error *err);

#endif
