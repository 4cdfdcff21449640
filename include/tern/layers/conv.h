/* conv.h - what convolutions share: an image and a map, bound by a window.
 *
 * The window slides over an image of [groups * channels, height, width]; a map of [groups * filters, height, width] has
 * a number for each filter and place. A convolution makes maps of images, a transposed one images of maps. patches() is
 * the matrix whose columns are what the window sees at each place, row by row of [channels, kernel height, kernel
 * width], with zeros beyond the image; it is never made. Weights have PyTorch's shapes. */
#ifndef TERN_LAYERS_CONV_H
#define TERN_LAYERS_CONV_H

#include <tern/layer.h>

TERN_BEGIN

/* A window over an image of [channels, in[0], in[1]]. Axis 0 is the height, 1 the width; a signal has height 1. */
typedef struct tern_window {
    size_t channels, in[2];
    size_t kernel[2], stride[2], dilation[2];
    size_t pad[2]; /* before the image; behind it, as many as the last place needs */
    size_t out[2]; /* how many places there are */
} tern_window;

/* The numbers that the window sees at one place. */
TERN_API size_t tern_window_size(const tern_window *w);

/* The options of every convolution: the first member of its struct. */
typedef struct tern_conv_options {
    size_t out_channels, in_channels, groups;
    tern_ints kernel_size, stride, padding, dilation;
    tern_ints output_padding; /* transposed ones */
    bool bias;
    tern_object init, bias_init;
} tern_conv_options;

/* Their rows; `dims` is 1 or 2, the rest the rows about padding. */
#define TERN_CONV_OPTIONS(dims, ...)                                                                                  \
    TERN_SIZE_REQUIRED(tern_conv_options, out_channels, 1, 1 << 24, "Channels of the output.", .alias = "filters"),   \
        TERN_SIZE(tern_conv_options, in_channels, 0, 1, 1 << 24,                                                      \
                  "Channels of the input; inferred, and checked where given."),                                       \
        TERN_INTS_REQUIRED(tern_conv_options, kernel_size, 1, 1 << 15, 1, dims, "Size of the window."),               \
        TERN_INTS(tern_conv_options, stride, "1", 1, 1 << 15, 1, dims, "Steps between windows.", .alias = "strides"), \
        __VA_ARGS__,                                                                                                  \
        TERN_INTS(tern_conv_options, dilation, "1", 1, 1 << 15, 1, dims,                                              \
                  "Steps between the numbers that a window sees.", .alias = "dilation_rate"),                         \
        TERN_SIZE(tern_conv_options, groups, 1, 1, 1 << 24,                                                           \
                  "Groups of channels that see only each other; divides both channels."),                             \
        TERN_BOOL(tern_conv_options, bias, true, "Add a learned bias to every channel.", .alias = "use_bias"),        \
        TERN_OBJECT(tern_conv_options, init, TERN_INITIALIZER,                                                        \
                    "How the weight starts; left out: uniform within 1/sqrt(fan in)."),                               \
        TERN_OBJECT(tern_conv_options, bias_init, TERN_INITIALIZER,                                                   \
                    "How the bias starts; left out: uniform within 1/sqrt(fan in).")

/* The words of `padding`, and what they are in its field. */
#define TERN_PADDING_WORDS ((const char *const[]){"valid", "same", NULL})
enum { TERN_PADDING_VALID = 1, TERN_PADDING_SAME };

/* What is planned from them. */
typedef struct tern_conv {
    tern_window window;     /* of one group */
    size_t groups, filters; /* filters of one group */
    /* A piece of the work: so many samples, more than one where the map is small, and of each so many places. */
    size_t samples, box[2], adjoint_box[2];
} tern_conv;

/* Fills in `c` and `spec` for samples of [channels, length] (dims 1) or [channels, height, width] (dims 2): the output,
 * the parameters weight and bias, scratch, work. Refuses options that do not fit. For plan. */
TERN_API tern_status tern_conv_plan(const tern_conv_options *o, size_t dims, bool transposed, tern_conv *c,
                                    tern_layer_spec *spec, tern_error *err);

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
