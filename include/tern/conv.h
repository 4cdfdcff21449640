/* conv.h - convolution over plain tensors: an image and a map, bound by a window.
 *
 * The window slides over an image of [groups * channels, height, width]; a map of [groups * filters, height, width] has
 * an element for each filter and position. A convolution makes maps of images, a transposed one images of maps.
 * patches() is the matrix whose columns are what the window sees at each position, row by row of [channels, kernel
 * height, kernel width], with zeros beyond the image; it is never made. Weights have PyTorch's shapes. */
#ifndef TERN_CONV_H
#define TERN_CONV_H

#include <tern/tensor.h>

TERN_BEGIN

/* A window over an image of [channels, in[0], in[1]]. Axis 0 is the height, 1 the width; a signal has height 1. */
typedef struct tern_window {
    size_t channels, in[2];
    size_t kernel[2], stride[2], dilation[2];
    size_t pad[2]; /* before the image; behind it, as many as the last position needs */
    size_t out[2]; /* how many positions there are */
} tern_window;

/* The elements that the window sees at one position. */
TERN_API size_t tern_window_size(const tern_window *w);

/* A convolution of `groups` groups of channels that see only each other. A value. */
typedef struct tern_conv {
    tern_window window;     /* of one group */
    size_t groups, filters; /* filters of one group */
} tern_conv;

/* The elements of scratch that each of the three below needs. */
TERN_API size_t tern_conv_scratch(const tern_conv *c);

/* map = b + W patches(image). Tensors have the batch first, here and below; b is NULL for none. */
TERN_API void tern_conv_forward(const tern_conv *c, const tern_tensor *image, const tern_tensor *w,
                                const tern_tensor *b, tern_tensor *map, tern_real *scratch);

/* image = b + the image whose patches are W^T map, added up where they overlap: the adjoint. */
TERN_API void tern_conv_adjoint(const tern_conv *c, const tern_tensor *map, const tern_tensor *w, const tern_tensor *b,
                                tern_tensor *image, tern_real *scratch);

/* dW += map patches(image)^T. */
TERN_API void tern_conv_gradient(const tern_conv *c, const tern_tensor *image, const tern_tensor *map, tern_tensor *dw,
                                 tern_real *scratch);

/* b[c] += the sum of y[i, c, ...]: the gradient of the bias. */
TERN_API void tern_tensor_sum_channels(const tern_tensor *y, tern_tensor *b);

TERN_END

#endif
