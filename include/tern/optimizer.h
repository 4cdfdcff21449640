/* optimizer.h - what an optimizer is: how a gradient changes a weight. */
#ifndef TERN_OPTIMIZER_H
#define TERN_OPTIMIZER_H

#include <tern/type.h>

TERN_BEGIN

/* What plan answers: the arrays kept for each parameter. */
typedef struct tern_optimizer_spec {
    bool cycled;                           /* given: a schedule will set `momentum` of every update */
    size_t slots;                          /* how many arrays */
    const char *slot_name[TERN_MAX_SLOTS]; /* PyTorch's names: "exp_avg"; used in checkpoints */
    double slot_value[TERN_MAX_SLOTS];     /* what they start with */
} tern_optimizer_spec;

/* One update of one parameter, or of a part of it. The arrays do not overlap and are 64-byte aligned where the part
 * begins. */
typedef struct tern_update {
    size_t step; /* from 1 */
    size_t n;    /* elements */
    tern_real *w;
    const tern_real *g;
    tern_real *slot[TERN_MAX_SLOTS]; /* NULL beyond those that plan asked for */
    bool decay;                      /* whether weight decay applies to this parameter */
    double lr;                       /* after the schedule */
    double momentum;                 /* the schedule's; NAN: the option's own */
} tern_update;

/* A kind of optimizer. */
typedef struct tern_optimizer_type {
    tern_type base;

    /* True for the types whose momentum (beta 1) a schedule can cycle. */
    bool has_momentum;

    /* Fills in `spec`; pure. Refuses options that contradict each other. */
    tern_status (*plan)(void *self, tern_optimizer_spec *spec, tern_error *err);

    /* w and the slots, from g. Element by element, so that parts may be done by several workers. */
    void (*update)(const void *self, const tern_update *u);
} tern_optimizer_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_OPTIMIZER
#define TERN_SIZES_OPTIMIZER \
    { sizeof(tern_optimizer_type), sizeof(tern_optimizer_spec), sizeof(tern_update) }

TERN_END

#endif
