/* conv_transpose1d - the adjoint of conv1d with a bias: y is the signal whose patches are W^T x, added up where they
 * overlap. */
#include <tern/layers/conv.h>

typedef struct conv_transpose1d {
    tern_conv_options options;
    tern_conv conv; /* planned; y is its image, x its map */
} conv_transpose1d;

enum { W, B };

static tern_status conv_transpose1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    conv_transpose1d *c = self;
    return tern_conv_plan(&c->options, 1, true, &c->conv, spec, err);
}

static void conv_transpose1d_forward(const void *self, const tern_forward *f) {
    const conv_transpose1d *c = self;
    tern_conv_adjoint(&c->conv, f->x[0], &f->param[W], c->options.bias ? &f->param[B] : NULL, f->y,
                      f->scratch); /* patches(y) = b + W^T x */
}

static void conv_transpose1d_backward(const void *self, const tern_backward *b) {
    const conv_transpose1d *c = self;
    tern_conv_gradient(&c->conv, b->dy, b->x[0], &b->dparam[W], b->scratch); /* dW += x patches(dy)^T     */
    if (c->options.bias) tern_sum_channels(b->dy, &b->dparam[B]);            /* db += sums of dy          */
    if (b->dx[0]) tern_conv_forward(&c->conv, b->dy, &b->param[W], NULL, b->dx[0], b->scratch); /* dx = W patches(dy) */
}

static const tern_option options[] = {
    TERN_CONV_OPTIONS(1,
                      TERN_INTS(tern_conv_options, padding, "0", 0, 1 << 15, 1, 1,
                                "Taken from either side of the output.", .alias = "pad"),
                      TERN_INTS(tern_conv_options, output_padding, "0", 0, 1 << 15, 1, 1,
                                "Added to the output at the end; less than stride or dilation.")),
    {0},
};

static const tern_example examples[] = {
    {"{\"out_channels\": 3, \"kernel_size\": 3}", {{2, {2, 5}}}},
    {"{\"out_channels\": 2, \"kernel_size\": 4, \"stride\": 3, \"padding\": 1, \"output_padding\": 2, \"bias\": false}",
     {{2, {3, 4}}}},
    {"{\"out_channels\": 4, \"kernel_size\": 2, \"dilation\": 2, \"groups\": 2}", {{2, {2, 110}}}},
    {0},
};

const tern_layer_type tern_layer_conv_transpose1d = {
    .base = {TERN_LAYER, "conv_transpose1d", (const char *const[]){"Conv1DTranspose", NULL},
             "Spreads every number by learned filters over signals of [channels, length]; undoes the shape of conv1d.",
             sizeof(conv_transpose1d), options, examples},
    .flags = TERN_READS_X,
    .plan = conv_transpose1d_plan,
    .forward = conv_transpose1d_forward,
    .backward = conv_transpose1d_backward,
};
