/* memory_plan.h - which number of a pass lives where: everything a worker needs for its rows, laid out once in one
 * piece of memory. */
#ifndef TERN_GRAPH_MEMORY_PLAN_H
#define TERN_GRAPH_MEMORY_PLAN_H

#include "graph.h"

/* What a pass is for. */
typedef struct tern__purpose {
    bool training;  /* with gradients, and all that backward needs */
    bool own_input; /* the inputs are copied (scaled), not read where the caller has them */
    size_t results; /* in evaluation: how many of the model's results it gives; 0: its outputs */
} tern__purpose;

/* Offsets, in numbers; NOWHERE: the caller's own memory, or not there at all. Lists by node input or by save run over
 * all nodes in order. */
typedef struct tern__memory_plan {
    size_t size;      /* numbers in all */
    size_t sum;       /* of its tensors: what it would be if none shared its place, views apart */
    size_t *value;    /* [values] */
    size_t *gradient; /* [values] of each; NOWHERE: unused */
    size_t *loss;  /* [losses] where a loss writes a gradient that is then added to one already there; else NOWHERE */
    size_t *extra; /* [inputs] where a layer writes a gradient that is then added to one already there; else NOWHERE */
    size_t *save;  /* [saves] */
    size_t *aside; /* [uses] where a layer makes a gradient that is then added to another's, or, of a frozen parameter,
                      left there; NOWHERE: in its place, or it is asked for none */
    size_t *scratch[2]; /* [nodes] forward, backward */
    size_t results;     /* that are kept to be copied to the caller; 0: none, or the one output is the caller's own y */
    bool *is_input, *is_output; /* [values] the value is the caller's own x, or y */
} tern__memory_plan;

/* Plans for up to `rows` rows. Training: all that backward needs stays; else a value goes once it was read. Lists live
 * in the arena. */
tern_status tern__memory_plan_make(const tern_model *m, size_t rows, tern__purpose purpose, tern__arena *arena,
                                   tern__memory_plan *out, tern_error *err);

#endif
