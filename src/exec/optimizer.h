/* optimizer.h - the optimizer of a trainer: its arrays, and one update by all workers. */
#ifndef TERN_EXEC_OPTIMIZER_H
#define TERN_EXEC_OPTIMIZER_H

#include "schedule.h"
#include "worker_group.h"

/* Weights that are updated alike: by the optimizer as it is, or with a group's options. */
typedef struct tern__update_group {
    const void *self; /* the optimizer's options */
    double rate;      /* times the schedule's */
} tern__update_group;

typedef struct tern__optimizer {
    const tern_optimizer_type *type; /* NULL: the trainer has none */
    tern_optimizer_spec spec;
    tern__update_group *group; /* by a weight's `group` */
    /* The optimizer's own arrays, and behind them, where the model file asks for it, the average of the weights. */
    size_t slots;
    const char *slot_name[TERN_MAX_SLOTS + 1];
    tern_real *slot[TERN_MAX_SLOTS + 1]; /* flat, as gradients are */
    const tern__ema *ema;                /* NULL: there is no average */
    bool *decay;                         /* [weights] whether weight decay applies */
    double clip_norm, clip_value;        /* of gradients; NAN: no clipping */
} tern__optimizer;

/* The optimizer's own learning rate. */
double tern__optimizer_lr(const tern_model *m);

/* Plans the model's optimizer and takes room for its arrays; with `cycled`, the schedule will set its momentum. What is
 * small lives in the arena; for tern__optimizer_free() in any case. Errors: MODEL, MEMORY. */
tern_status tern__optimizer_plan(tern__optimizer *o, const tern_model *m, bool cycled, tern__arena *arena,
                                 tern_error *err);
void tern__optimizer_free(tern__optimizer *o);

/* Clips the gradients of this worker's part, whose whole has the norm `norm`, and applies them: update number `step`.
 */
void tern__optimizer_update(const tern__optimizer *o, tern_model *m, const tern__worker_group *g, size_t worker,
                            const tern__schedule *s, double norm, size_t step);

/* Puts the averages of the trained weights in their places, and back when called again; nothing where there are none.
 */
void tern__optimizer_swap_ema(const tern__optimizer *o, tern_model *m);

#endif
