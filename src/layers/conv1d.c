/* conv1d - y = b + W * x, the cross-correlation of signals with learned filters, as W patches(x). */
#include <tern/layers/conv.h>

typedef struct conv1d {
    tern_conv_options options;
    tern_conv conv; /* planned; x is its image, y its map */
} conv1d;

enum { W, B };

static tern_status conv1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    conv1d *c = self;
    return tern_conv_plan(&c->options, 1, false, &c->conv, spec, err);
}

static void conv1d_forward(const void *self, const tern_forward *f) {
    const conv1d *c = self;
    tern_conv_forward(&c->conv, f->x[0], &f->param[W], c->options.bias ? &f->param[B] : NULL, f->y,
                      f->scratch); /* y = b + W patches(x) */
}

static void conv1d_backward(const void *self, const tern_backward *b) {
    const conv1d *c = self;
    tern_conv_gradient(&c->conv, b->x[0], b->dy, &b->dparam[W], b->scratch); /* dW += dy patches(x)^T      */
    if (c->options.bias) tern_sum_channels(b->dy, &b->dparam[B]);            /* db += sums of dy           */
    if (b->dx[0])
        tern_conv_adjoint(&c->conv, b->dy, &b->param[W], NULL, b->dx[0], b->scratch); /* patches(dx) = W^T dy */
}

static const tern_option options[] = {
    TERN_CONV_OPTIONS(1, TERN_INTS(tern_conv_options, padding, "0", 0, 1 << 15, 1, 1,
                                   "Zeros on either side; \"same\" keeps the size, \"valid\" is 0.", .alias = "pad",
                                   .choices = TERN_PADDING_WORDS)),
    {0},
};

static const tern_example examples[] = {
    {"{\"out_channels\": 3, \"kernel_size\": 3}", {{2, {2, 7}}}},
    {"{\"out_channels\": 4, \"kernel_size\": 4, \"padding\": \"same\", \"dilation\": 2, \"groups\": 2}", {{2, {2, 9}}}},
    {"{\"out_channels\": 2, \"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"bias\": false}", {{2, {3, 201}}}},
    {0},
};

const tern_layer_type tern_layer_conv1d = {
    .base = {TERN_LAYER, "conv1d", (const char *const[]){"Convolution1D", NULL},
             "Slides learned filters over signals of [channels, length].", sizeof(conv1d), options, examples},
    .flags = TERN_READS_X,
    .plan = conv1d_plan,
    .forward = conv1d_forward,
    .backward = conv1d_backward,
};
