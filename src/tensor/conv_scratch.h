/* conv_scratch.h - the parts of a convolution's scratch. */
#ifndef TERN_TENSOR_CONV_SCRATCH_H
#define TERN_TENSOR_CONV_SCRATCH_H

#include <tern/conv.h>

typedef struct tern__workspace {
    tern_real *patch; /* the patch matrix of a piece */
    tern_real *field; /* what tern_im2col() needs */
    tern_real *map;   /* the map of a piece of several samples */
    tern_real *sum;   /* the gradient of a group's weight, transposed */
    size_t     size;  /* of all, in numbers */
} tern__workspace;

/* Divides `scratch`, which may be NULL where only the size is asked for. */
tern__workspace tern__conv_divide(const tern_conv *c, tern_real *scratch);

#endif
