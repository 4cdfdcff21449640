/* conv.h - what convolution layers share: options, and the plan of a convolution (tern/conv.h) from them. */
#ifndef TERN_LAYERS_CONV_H
#define TERN_LAYERS_CONV_H

#include <tern/conv.h>
#include <tern/layer.h>

TERN_BEGIN

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
                  "Steps between the elements that a window sees.", .alias = "dilation_rate"),                        \
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

/* Fills in `c` and `spec` for samples of [channels, length] (dims 1) or [channels, height, width] (dims 2): the output,
 * the parameters weight and bias, scratch, work. Refuses options that do not fit. For plan. */
TERN_API tern_status tern_conv_plan(const tern_conv_options *o, size_t dims, bool transposed, tern_conv *c,
                                    tern_layer_spec *spec, tern_error *err);

TERN_END

#endif
