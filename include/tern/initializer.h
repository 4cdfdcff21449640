/* initializer.h - what an initializer is: how a weight starts. */
#ifndef TERN_INITIALIZER_H
#define TERN_INITIALIZER_H

#include <tern/random.h>
#include <tern/type.h>

TERN_BEGIN

/* A kind of initializer. */
typedef struct tern_initializer_type {
    tern_type base;

    /* Refuses a shape or options it can't serve (a fan of a vector, say); NULL: serves every shape. Pure. */
    tern_status (*plan)(void *self, const tern_shape *shape, tern_error *err);

    /* Writes all of `w`, drawing only from `random`. */
    void (*fill)(const void *self, const tern_random *random, tern_tensor *w);
} tern_initializer_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_INITIALIZER
#define TERN_SIZES_INITIALIZER \
    { sizeof(tern_initializer_type), sizeof(tern_random) }

/* PyTorch's fans of a weight of rank 2 or more: in = size(1) * prod(size(2..)), out = size(0) * prod(size(2..)). */
TERN_API void tern_initializer_fans(const tern_shape *shape, size_t *fan_in, size_t *fan_out);

TERN_END

#endif
