/* schedule.h - what a schedule is: the learning rate as a closed form of the tick, so that a resumed run needs no
 * history. */
#ifndef TERN_SCHEDULE_H
#define TERN_SCHEDULE_H

#include <tern/type.h>

TERN_BEGIN

/* How a schedule may tick; `interval` in the model file chooses where both are allowed. */
enum { TERN_BY_EPOCH = 1, TERN_BY_STEP = 2 };

enum { TERN_SCHEDULE_STATE = 8 };

/* What plan answers. */
typedef struct tern_schedule_spec {
    size_t total;                      /* given: the ticks that remain after the warm-up; 0: not known */
    double base;                       /* given: the optimizer's lr */
    bool cycles;                       /* whether it sets the momentum */
    double state[TERN_SCHEDULE_STATE]; /* what the state starts with (only for a schedule with observe) */
} tern_schedule_spec;

/* A kind of schedule. */
typedef struct tern_schedule_type {
    tern_type base;
    unsigned intervals; /* TERN_BY_EPOCH | TERN_BY_STEP; the lowest is the default */

    /* Fills in `spec`; may keep derived values in `self`. Pure. NULL: there is nothing to fill in or to refuse. */
    tern_status (*plan)(void *self, tern_schedule_spec *spec, tern_error *err);

    /* The learning rate of tick k = 0, 1, ... from the optimizer's lr `base`. */
    double (*lr)(const void *self, double base, size_t k, const double *state);

    /* The momentum of tick k; NULL where the schedule leaves it alone. */
    double (*momentum)(const void *self, size_t k);

    /* Takes the monitored loss at the end of an epoch into the state; NULL where the lr depends on the tick alone.
     * `base` as for lr. */
    void (*observe)(const void *self, double base, double loss, double *state);
} tern_schedule_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_SCHEDULE
#define TERN_SIZES_SCHEDULE \
    { sizeof(tern_schedule_type), sizeof(tern_schedule_spec) }

TERN_END

#endif
