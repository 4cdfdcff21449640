/* conv_transpose - conv_transpose1d and conv_transpose2d, the adjoints of conv1d and conv2d with a bias: y is the
 * signal or image whose patches are W^T x, added up where they overlap. */
#include <tern/layers/conv.h>

typedef struct conv_transpose {
    tern_conv_options options;
    tern_conv conv; /* planned; y is its image, x its map */
} conv_transpose;

enum { W, B };

static tern_status conv_transpose1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    conv_transpose *c = self;
    return tern_conv_plan(&c->options, 1, true, &c->conv, spec, err);
}

static tern_status conv_transpose2d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    conv_transpose *c = self;
    return tern_conv_plan(&c->options, 2, true, &c->conv, spec, err);
}

static void conv_transpose_forward(const void *self, const tern_forward *f) {
    const conv_transpose *c = self;
    tern_conv_adjoint(&c->conv, f->x[0], &f->param[W], c->options.bias ? &f->param[B] : NULL, f->y,
                      f->scratch); /* patches(y) = b + W^T x */
}

static void conv_transpose_backward(const void *self, const tern_backward *b) {
    const conv_transpose *c = self;
    if (b->dparam[W].data)
        tern_conv_gradient(&c->conv, b->dy, b->x[0], &b->dparam[W], b->scratch); /* dW += x patches(dy)^T */
    if (c->options.bias && b->dparam[B].data) tern_tensor_sum_channels(b->dy, &b->dparam[B]);   /* db += sums of dy */
    if (b->dx[0]) tern_conv_forward(&c->conv, b->dy, &b->param[W], NULL, b->dx[0], b->scratch); /* dx = W patches(dy) */
}

static const tern_option conv_transpose1d_options[] = {
    TERN_CONV_OPTIONS(1,
                      TERN_INTS(tern_conv_options, padding, "0", 0, 1 << 15, 1, 1,
                                "Taken from either side of the output.", .alias = "pad"),
                      TERN_INTS(tern_conv_options, output_padding, "0", 0, 1 << 15, 1, 1,
                                "Added to the output at the end; less than stride or dilation.")),
    {0},
};

static const tern_example conv_transpose1d_examples[] = {
    {"{\"out_channels\": 3, \"kernel_size\": 3}", {{2, {2, 5}}}},
    {"{\"out_channels\": 2, \"kernel_size\": 4, \"stride\": 3, \"padding\": 1, \"output_padding\": 2, \"bias\": false}",
     {{2, {3, 4}}}},
    {"{\"out_channels\": 4, \"kernel_size\": 2, \"dilation\": 2, \"groups\": 2}", {{2, {2, 110}}}},
    {0},
};

static const tern_option conv_transpose2d_options[] = {
    TERN_CONV_OPTIONS(2,
                      TERN_INTS(tern_conv_options, padding, "0", 0, 1 << 15, 1, 2,
                                "Taken from either side of the output.", .alias = "pad"),
                      TERN_INTS(tern_conv_options, output_padding, "0", 0, 1 << 15, 1, 2,
                                "Added to the output at the end; less than stride or dilation.")),
    {0},
};

static const tern_example conv_transpose2d_examples[] = {
    {"{\"out_channels\": 3, \"kernel_size\": 3}", {{3, {2, 3, 4}}}},
    {"{\"out_channels\": 2, \"kernel_size\": [2, 3], \"stride\": [3, 2], \"padding\": [0, 1], \"output_padding\": 1, "
     "\"bias\": false}",
     {{3, {3, 3, 2}}}},
    {"{\"out_channels\": 4, \"kernel_size\": 2, \"dilation\": 2, \"groups\": 2}", {{3, {2, 3, 3}}}},
    {"{\"out_channels\": 2, \"kernel_size\": 1}", {{3, {1, 9, 11}}}},
    {0},
};

static tern_operand conv_transpose_lower(const void *self, tern_lowering *l) {
    const conv_transpose *c = self;
    return tern_lower_conv(l, l->x[0], l->param[W], c->options.bias ? l->param[B] : TERN_NO_OPERAND, &c->conv, true);
}

const tern_layer_type tern_layer_conv_transpose1d = {
    .base = {TERN_LAYER, "conv_transpose1d", (const char *const[]){"Conv1DTranspose", NULL},
             "Spreads every number by learned filters over signals of [channels, length]; undoes the shape of conv1d.",
             sizeof(conv_transpose), conv_transpose1d_options, conv_transpose1d_examples},
    .flags = TERN_READS_X | TERN_SKIPS_FROZEN,
    .plan = conv_transpose1d_plan,
    .forward = conv_transpose_forward,
    .backward = conv_transpose_backward,
    .lower = conv_transpose_lower,
};

const tern_layer_type tern_layer_conv_transpose2d = {
    .base = {TERN_LAYER, "conv_transpose2d", (const char *const[]){"Conv2DTranspose", NULL},
             "Spreads every number by learned filters over images of [channels, height, width]; "
             "undoes the shape of conv2d.",
             sizeof(conv_transpose), conv_transpose2d_options, conv_transpose2d_examples},
    .flags = TERN_READS_X | TERN_SKIPS_FROZEN,
    .plan = conv_transpose2d_plan,
    .forward = conv_transpose_forward,
    .backward = conv_transpose_backward,
    .lower = conv_transpose_lower,
};
