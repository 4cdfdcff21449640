/* fans.c - how many inputs one output of a weight sees, and the other way round; see tern/initializer.h. */
#include <tern/initializer.h>
#include <assert.h>

void tern_initializer_fans(const tern_shape *shape, size_t *fan_in, size_t *fan_out) {
    assert(shape->rank >= 2);
    size_t field = 1; /* of a convolution: the elements of its kernel */
    for (size_t i = 2; i < shape->rank; i++) field *= shape->dim[i];
    *fan_in = shape->dim[1] * field;
    *fan_out = shape->dim[0] * field;
}
