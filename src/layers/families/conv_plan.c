/* conv_plan.c - shapes, parameters and scratch of a convolution; see tern/layers/conv.h. */
#include <tern/layers/conv.h>

#include <inttypes.h>
#include <limits.h>
#include <math.h>

/* ---- options ---- */

/* Element `axis` of an option for `dims` axes; a single number is meant for all. */
static size_t of_axis(const tern_ints *v, size_t axis) { return (size_t)v->v[v->n > 1 ? axis : 0]; }

static tern_status check_channels(const tern_conv_options *o, size_t dims, const tern_shape *in, tern_error *err) {
    if (in->rank != dims + 1)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "needs samples of shape [channels, %s], of %zu dimensions, not %zu",
                              dims == 1 ? "length" : "height, width", dims + 1, in->rank);
    if (o->in_channels && o->in_channels != in->dim[0])
        return tern_error_add(err, TERN_ERROR_MODEL, "in_channels", "is %zu, but the input has %zu channels",
                              o->in_channels, in->dim[0]);
    if (in->dim[0] % o->groups)
        return tern_error_add(err, TERN_ERROR_MODEL, "groups", "is %zu, which does not divide the input's %zu channels",
                              o->groups, in->dim[0]);
    if (o->out_channels % o->groups)
        return tern_error_add(err, TERN_ERROR_MODEL, "groups",
                              "is %zu, which does not divide out_channels, which is %zu", o->groups, o->out_channels);
    return TERN_OK;
}

/* ---- the window along an axis: `k` of the window, `d` of the options ---- */

static tern_status plan_axis(const tern_conv_options *o, size_t d, size_t size, tern_window *w, size_t k,
                             tern_error *err) {
    const size_t span = (w->kernel[k] - 1) * w->dilation[k];
    size_t padding = 2 * (o->padding.choice ? 0 : of_axis(&o->padding, d));
    if (o->padding.choice == TERN_PADDING_SAME) {
        if (w->stride[k] != 1)
            return tern_error_add(err, TERN_ERROR_MODEL, "padding",
                                  "is \"same\", which needs a stride of 1, but stride is %zu", w->stride[k]);
        padding = span; /* an odd one has its larger half behind */
    }
    if (span >= size + padding)
        return tern_error_add(err, TERN_ERROR_MODEL, "kernel_size",
                              "spans %zu, but dimension %zu of the input has %zu, and %zu of padding", span + 1, d + 2,
                              size, padding);
    w->in[k] = size;
    w->pad[k] = padding / 2;
    w->out[k] = (size + padding - span - 1) / w->stride[k] + 1;
    return TERN_OK;
}

static tern_status plan_axis_transposed(const tern_conv_options *o, size_t d, size_t size, tern_window *w, size_t k,
                                        tern_error *err) {
    const size_t padding = of_axis(&o->padding, d), more = of_axis(&o->output_padding, d);
    const size_t whole = (size - 1) * w->stride[k] + (w->kernel[k] - 1) * w->dilation[k] + 1 + more;
    if (more >= w->stride[k] && more >= w->dilation[k])
        return tern_error_add(err, TERN_ERROR_MODEL, "output_padding",
                              "is %zu, but must be less than stride (%zu) or dilation (%zu)", more, w->stride[k],
                              w->dilation[k]);
    if (whole <= 2 * padding)
        return tern_error_add(
            err, TERN_ERROR_MODEL, "padding",
            "takes %zu from either side, but dimension %zu of the input, which is %zu, becomes only %zu", padding,
            d + 2, size, whole);
    w->out[k] = size;
    w->pad[k] = padding;
    w->in[k] = whole - 2 * padding;
    return TERN_OK;
}

static tern_status plan_window(const tern_conv_options *o, size_t dims, bool transposed, tern_window *w,
                               tern_layer_spec *spec, tern_error *err) {
    *w = (tern_window){.in = {1, 1}, .kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}, .out = {1, 1}};
    spec->out = (tern_shape){.rank = dims + 1, .dim = {o->out_channels}};
    for (size_t d = 0; d < dims; d++) {
        const size_t k = d + 2 - dims, size = spec->in[0].dim[d + 1];
        w->kernel[k] = of_axis(&o->kernel_size, d);
        w->stride[k] = of_axis(&o->stride, d);
        w->dilation[k] = of_axis(&o->dilation, d);
        tern_status status =
            transposed ? plan_axis_transposed(o, d, size, w, k, err) : plan_axis(o, d, size, w, k, err);
        if (status) return status;
        spec->out.dim[d + 1] = transposed ? w->in[k] : w->out[k];
    }
    w->channels = (transposed ? o->out_channels : spec->in[0].dim[0]) / o->groups;
    if (w->channels > INT_MAX / w->kernel[0] / w->kernel[1])
        return tern_error_add(err, TERN_ERROR_MODEL, "kernel_size",
                              "sees more than 2^31 elements of %zu channels at a time", w->channels);
    return TERN_OK;
}

/* ---- all of it ---- */

static void plan_params(const tern_conv_options *o, size_t dims, const tern_conv *c, tern_param *param) {
    const tern_window *w = &c->window;
    const double bound = 1 / sqrt((double)tern_window_size(w)); /* PyTorch's fan in, of transposed ones too */
    param[0] = (tern_param){.name = "weight",
                            .shape = {dims + 2, {c->groups * c->filters, w->channels}},
                            .fill = TERN_FILL_UNIFORM,
                            .a = -bound,
                            .b = bound,
                            .init = &o->init};
    for (size_t d = 0; d < dims; d++) param[0].shape.dim[d + 2] = w->kernel[d + 2 - dims];
    if (o->bias)
        param[1] = (tern_param){.name = "bias",
                                .shape = {1, {o->out_channels}},
                                .fill = TERN_FILL_UNIFORM,
                                .a = -bound,
                                .b = bound,
                                .init = &o->bias_init,
                                .group = TERN_GROUP_BIAS};
}

tern_status tern_conv_plan(const tern_conv_options *o, size_t dims, bool transposed, tern_conv *c,
                           tern_layer_spec *spec, tern_error *err) {
    tern_status status = check_channels(o, dims, &spec->in[0], err);
    if (!status) status = plan_window(o, dims, transposed, &c->window, spec, err);
    if (status) return status;

    c->groups = o->groups;
    c->filters = (transposed ? spec->in[0].dim[0] : o->out_channels) / o->groups;
    plan_params(o, dims, c, spec->param);
    spec->scratch = tern_conv_scratch(c);
    spec->work = (double)tern_shape_count(&spec->param[0].shape) * (double)(c->window.out[0] * c->window.out[1]);
    return TERN_OK;
}
