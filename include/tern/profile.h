/* profile.h - where the time of a training step goes. */
#ifndef TERN_PROFILE_H
#define TERN_PROFILE_H

#include <tern/trainer.h>

TERN_BEGIN

/* The seconds of a layer in one step. */
typedef struct tern_layer_time {
    const char *name, *type; /* belong to the model */
    double forward, backward;
} tern_layer_time;

/* The seconds of one step, seen by its first worker. */
typedef struct tern_profile {
    size_t workers; /* that took part */
    size_t layers;
    const tern_layer_time *layer;              /* [layers] */
    double gather, loss, wait, reduce, update; /* beside the layers */
    double step;                               /* all of it */
    double products, flops;                    /* in matrix products and convolutions; and their operations */
    void *memory;                              /* private */
} tern_profile;

/* Takes `steps` training steps on a batch, which change the model's weights, and measures them. Errors: as
 * tern_trainer_step(), MEMORY (NULL). Free with tern_profile_free(), before the model. */
TERN_API tern_profile *tern_profile_new(tern_trainer *t, const tern_batch *batch, size_t steps, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_profile_free(tern_profile *p);

TERN_END

#endif
