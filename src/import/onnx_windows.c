/* onnx_windows.c - convolutions and pools as layers of ours; see onnx_import.h. */
#include "onnx_import.h"

#include <stdio.h>
#include <string.h>

typedef struct window {
    size_t n; /* dimensions, 1 or 2 */
    int64_t kernel[TERN__IMPORT_RANK], stride[TERN__IMPORT_RANK], dilation[TERN__IMPORT_RANK], pads[TERN__IMPORT_RANK];
    bool same; /* "padding": "same" */
} window;

/* Whether another padding at the end leaves the number of windows what it is with the same on both sides. */
static bool ends_alike(const window *w, size_t k, size_t in) {
    int64_t span = w->dilation[k] * (w->kernel[k] - 1) + 1, room = (int64_t)in + w->pads[k] - span;
    return room >= 0 && (room + w->pads[w->n + k]) / w->stride[k] == (room + w->pads[k]) / w->stride[k];
}

static bool check_numbers(tern__import *im, const window *w) {
    for (size_t k = 0; k < w->n; k++)
        if (w->kernel[k] < 1 || w->stride[k] < 1 || w->dilation[k] < 1 || w->kernel[k] > INT16_MAX ||
            w->stride[k] > INT16_MAX || w->dilation[k] > INT16_MAX || w->pads[k] < 0 || w->pads[k] > INT16_MAX ||
            w->pads[w->n + k] < 0 || w->pads[w->n + k] > INT16_MAX)
            return tern__import_refuse(im, "has a window that is none");
    return true;
}

static bool read_pads(tern__import *im, window *w, bool transposed) {
    tern_shape shape;
    if (tern__import_says(im, "auto_pad", "SAME_UPPER") && !transposed && im->node->op_type[0] == 'C') {
        for (size_t k = 0; k < w->n; k++) w->same = w->stride[k] == 1;
        if (w->same) return true;
    }
    bool plain = tern__import_says(im, "auto_pad", "NOTSET") || tern__import_says(im, "auto_pad", "VALID");
    if (tern__import_has(im, "auto_pad") && !plain)
        return tern__import_refuse(im, "has an auto_pad, which ours have no form for: write the pads as numbers");
    size_t n = tern__import_ints(im, "pads", w->pads);
    if (n && n != 2 * w->n) return tern__import_refuse(im, "has pads for other dimensions than its window");
    if (!check_numbers(im, w)) return false;
    if (!memcmp(w->pads, w->pads + w->n, w->n * sizeof *w->pads)) return true;
    if (!tern__import_shape(im, tern__import_input(im, 0), &shape)) return false;
    for (size_t k = 0; k < w->n; k++)
        if (transposed || shape.rank != w->n + 1 || !ends_alike(w, k, shape.dim[k + 1]))
            return tern__import_refuse(im,
                                       "has other pads at the end than at the beginning, which ours have no form for");
    return true;
}

static bool read_window(tern__import *im, const tern__constant *weight, bool transposed, window *w) {
    *w = (window){0};
    for (size_t k = 0; k < TERN__IMPORT_RANK; k++) w->stride[k] = w->dilation[k] = 1;
    w->n = tern__import_ints(im, "kernel_shape", w->kernel);
    if (weight && !w->n && weight->rank > 2) w->n = weight->rank - 2;
    if (!w->n || w->n > 2) return tern__import_refuse(im, "has a window of %zu dimensions; ours have 1 or 2", w->n);
    for (size_t k = 0; weight && weight->rank == w->n + 2 && k < w->n; k++) {
        if (w->kernel[k] && w->kernel[k] != (int64_t)weight->dim[k + 2])
            return tern__import_refuse(im, "has weights for another window than its kernel_shape says");
        w->kernel[k] = (int64_t)weight->dim[k + 2];
    }
    size_t strides = tern__import_ints(im, "strides", w->stride),
           dilations = tern__import_ints(im, "dilations", w->dilation);
    if ((strides && strides != w->n) || (dilations && dilations != w->n))
        return tern__import_refuse(im, "has strides or dilations for other dimensions than its window");
    return read_pads(im, w, transposed);
}

static void add_list(tern__import *im, tern__import_layer *l, const char *key, const window *w, const int64_t *list) {
    if (w->n == 1 || list[0] == list[1]) tern__import_option(im, l, key, "%lld", (long long)*list);
    else tern__import_option(im, l, key, "[%lld, %lld]", (long long)list[0], (long long)list[1]);
}

static void add_window(tern__import *im, tern__import_layer *l, const window *w, bool dilated) {
    add_list(im, l, "kernel_size", w, w->kernel);
    add_list(im, l, "stride", w, w->stride);
    if (w->same) tern__import_option(im, l, "padding", "\"same\"");
    else add_list(im, l, "padding", w, w->pads);
    if (dilated) add_list(im, l, "dilation", w, w->dilation);
}

static bool add_weights(tern__import *im, tern__import_layer *l, const tern__constant *w, const tern__constant *b) {
    tern__import_weigh(im, l, "weight", w->number, w->count);
    if (b) tern__import_weigh(im, l, "bias", b->number, b->count);
    else tern__import_option(im, l, "bias", "false");
    return true;
}

static bool convolve(tern__import *im, bool transposed) {
    const tern__constant *weight = tern__import_constant(im, 1), *bias = tern__import_constant(im, 2);
    int64_t group = tern__import_int(im, "group", 1), beyond[TERN__IMPORT_RANK] = {0};
    window w;
    if (!weight || (!bias && tern__import_input(im, 2)))
        return tern__import_refuse(im, "has weights that are computed");
    if (!read_window(im, weight, transposed, &w)) return false;
    if (weight->rank != w.n + 2 || group < 1 || (uint64_t)group > weight->count)
        return tern__import_refuse(im, "has weights of another shape than a convolution's");
    size_t filters = transposed ? weight->dim[1] * (size_t)group : weight->dim[0];
    tern__import_layer *l = tern__import_layer_of(im,
                                                  transposed ? w.n == 1 ? "conv_transpose1d" : "conv_transpose2d"
                                                  : w.n == 1 ? "conv1d"
                                                             : "conv2d",
                                                  0, 1);
    if (!l) return false;
    tern__import_option(im, l, "out_channels", "%zu", filters);
    add_window(im, l, &w, true);
    if (transposed && tern__import_ints(im, "output_padding", beyond)) add_list(im, l, "output_padding", &w, beyond);
    if (group > 1) tern__import_option(im, l, "groups", "%lld", (long long)group);
    return add_weights(im, l, weight, bias);
}

bool tern__import_conv(tern__import *im) { return convolve(im, false); }
bool tern__import_conv_transpose(tern__import *im) { return convolve(im, true); }

bool tern__import_pool(tern__import *im) {
    bool largest = *im->node->op_type == 'M';
    window w;
    if (im->node->n_output > 1) return tern__import_refuse(im, "gives the places of the largest, too");
    if (!read_window(im, NULL, false, &w)) return false;
    const char *const type[2][2] = {{"avg_pool1d", "avg_pool2d"}, {"max_pool1d", "max_pool2d"}};
    tern__import_layer *l = tern__import_layer_of(im, type[largest][w.n - 1], 0, 1);
    if (!l) return false;
    add_window(im, l, &w, largest);
    if (tern__import_int(im, "ceil_mode", 0)) tern__import_option(im, l, "ceil_mode", "true");
    if (!largest && !tern__import_int(im, "count_include_pad", 0))
        tern__import_option(im, l, "count_include_pad", "false");
    return true;
}
