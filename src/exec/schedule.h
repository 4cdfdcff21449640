/* schedule.h - the learning rate of a step: warm-up, then the schedule at its tick. */
#ifndef TERN_EXEC_SCHEDULE_H
#define TERN_EXEC_SCHEDULE_H

#include "graph.h"

#include <tern/optimizer.h>
#include <tern/schedule.h>

typedef struct tern__schedule {
    const tern_schedule_type *type; /* NULL: the rate stays */
    const void *self;
    const tern__schedule_common *common;
    double state[TERN_SCHEDULE_STATE];
    bool by_step, cycles; /* cycles: it sets the momentum */
    size_t warmup;        /* ticks */
    double base_lr;       /* the optimizer's */
    size_t epoch;         /* epochs done */
    double lr, momentum;  /* of the current step; momentum NAN: the optimizer's */
} tern__schedule;

/* Plans the model's schedule for its optimizer, whose own rate is `base_lr`. All lives in the arena. Errors: MODEL,
 * MEMORY. */
tern_status tern__schedule_plan(tern__schedule *s, const tern_model *m, const tern_trainer_options *options,
                                double base_lr, tern__arena *arena, tern_error *err);

/* Sets the rate and momentum for the update that comes after `step` updates. */
void tern__schedule_tick(tern__schedule *s, size_t step);

/* Ends an epoch, of which `loss` was watched. */
void tern__schedule_end_epoch(tern__schedule *s, double loss);

#endif
