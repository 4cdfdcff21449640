/* profile.h - where the time of a training step goes. */
#ifndef TERN_EXEC_PROFILE_H
#define TERN_EXEC_PROFILE_H

#include "trainer_internal.h"

/* Seconds of one step, of worker 0. */
typedef struct tern__profile {
    double *forward, *backward; /* [nodes] */
    double stage[TERN__STAGES];
    double step;            /* from the fork to the join */
    double products, flops; /* seconds in matrix products; their operations */
    tern__arena arena;
} tern__profile;

/* Takes `steps` steps on a batch, measured. Free in any case. Errors: MEMORY, DIVERGED. */
tern_status tern__profile_take(tern__profile *p, tern_trainer *t, const tern_batch *batch, size_t steps,
                               tern_error *err);
void tern__profile_free(tern__profile *p);

#endif
