/* conv - conv1d and conv2d: y = b + W * x, the cross-correlation of signals or images with learned filters (LeCun et
 * al. 1989), as W patches(x). */
#include <tern/layers/conv.h>

typedef struct conv {
    tern_conv_options options;
    tern_conv conv; /* planned; x is its image, y its map */
} conv;

enum { W, B };

static tern_status conv1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    conv *c = self;
    return tern_conv_plan(&c->options, 1, false, &c->conv, spec, err);
}

static tern_status conv2d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    conv *c = self;
    return tern_conv_plan(&c->options, 2, false, &c->conv, spec, err);
}

static void conv_forward(const void *self, const tern_forward *f) {
    const conv *c = self;
    tern_conv_forward(&c->conv, f->x[0], &f->param[W], c->options.bias ? &f->param[B] : NULL, f->y,
                      f->scratch); /* y = b + W patches(x) */
}

static void conv_backward(const void *self, const tern_backward *b) {
    const conv *c = self;
    if (b->dparam[W].data)
        tern_conv_gradient(&c->conv, b->x[0], b->dy, &b->dparam[W], b->scratch); /* dW += dy patches(x)^T */
    if (c->options.bias && b->dparam[B].data) tern_tensor_sum_channels(b->dy, &b->dparam[B]); /* db += sums of dy */
    if (b->dx[0])
        tern_conv_adjoint(&c->conv, b->dy, &b->param[W], NULL, b->dx[0], b->scratch); /* patches(dx) = W^T dy */
}

static const tern_option conv1d_options[] = {
    TERN_CONV_OPTIONS(1, TERN_INTS(tern_conv_options, padding, "0", 0, 1 << 15, 1, 1,
                                   "Zeros on either side; \"same\" keeps the size, \"valid\" is 0.", .alias = "pad",
                                   .choices = TERN_PADDING_WORDS)),
    {0},
};

static const tern_example conv1d_examples[] = {
    {"{\"out_channels\": 3, \"kernel_size\": 3}", {{2, {2, 7}}}},
    {"{\"out_channels\": 4, \"kernel_size\": 4, \"padding\": \"same\", \"dilation\": 2, \"groups\": 2}", {{2, {2, 9}}}},
    {"{\"out_channels\": 2, \"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"bias\": false}", {{2, {3, 201}}}},
    {0},
};

static const tern_option conv2d_options[] = {
    TERN_CONV_OPTIONS(2, TERN_INTS(tern_conv_options, padding, "0", 0, 1 << 15, 1, 2,
                                   "Zeros on either side; \"same\" keeps the size, \"valid\" is 0.", .alias = "pad",
                                   .choices = TERN_PADDING_WORDS)),
    {0},
};

static const tern_example conv2d_examples[] = {
    {"{\"out_channels\": 3, \"kernel_size\": 3}", {{3, {2, 5, 4}}}},
    {"{\"out_channels\": 4, \"kernel_size\": [3, 2], \"stride\": [2, 1], \"padding\": [1, 2], \"bias\": false}",
     {{3, {2, 6, 5}}}},
    {"{\"out_channels\": 4, \"kernel_size\": [2, 3], \"padding\": \"same\", \"dilation\": 2, \"groups\": 2}",
     {{3, {2, 5, 5}}}},
    {"{\"out_channels\": 3, \"kernel_size\": 1}", {{3, {2, 6, 8}}}},
    {"{\"out_channels\": 2, \"kernel_size\": 2, \"stride\": 3}", {{3, {1, 17, 25}}}},
    {0},
};

static tern_operand conv_lower(const void *self, tern_lowering *l) {
    const conv *c = self;
    return tern_lower_conv(l, l->x[0], l->param[W], c->options.bias ? l->param[B] : TERN_NO_OPERAND, &c->conv, false);
}

const tern_layer_type tern_layer_conv1d = {
    .base = {TERN_LAYER, "conv1d", (const char *const[]){"Convolution1D", NULL},
             "Slides learned filters over signals of [channels, length].", sizeof(conv), conv1d_options,
             conv1d_examples},
    .flags = TERN_READS_X | TERN_SKIPS_FROZEN,
    .plan = conv1d_plan,
    .forward = conv_forward,
    .backward = conv_backward,
    .lower = conv_lower,
};

const tern_layer_type tern_layer_conv2d = {
    .base = {TERN_LAYER, "conv2d", (const char *const[]){"Convolution2D", NULL},
             "Slides learned filters over images of [channels, height, width].", sizeof(conv), conv2d_options,
             conv2d_examples},
    .flags = TERN_READS_X | TERN_SKIPS_FROZEN,
    .plan = conv2d_plan,
    .forward = conv_forward,
    .backward = conv_backward,
    .lower = conv_lower,
};
