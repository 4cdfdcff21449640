/* pool_plan.c - where the windows of a pooling layer lie, and how many there are; see tern/layers/pool.h.
 *
 *   out = floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1, with ceil_mode rounded up */
#include <tern/layers/pool.h>

#include <inttypes.h>

/* Positions in a plane are kept as tern_real: all of them must be exact. */
static const size_t most_exact = (size_t)1 << (sizeof(tern_real) == sizeof(float) ? 24 : 53);

static ptrdiff_t option(const tern_ints *list, size_t k, ptrdiff_t absent) {
    if (!list || !list->n) return absent;
    return (ptrdiff_t)list->v[list->n > 1 ? k : 0];
}

/* How many windows there are: fewer than 1 where none fits. */
static ptrdiff_t count_windows(const tern_pool_axis *a, bool ceil_mode) {
    ptrdiff_t free = a->in + 2 * a->padding - (a->dilation * (a->kernel - 1) + 1);
    if (ceil_mode) free += a->stride - 1;
    if (free < 0) return 0;
    ptrdiff_t out = free / a->stride + 1;
    return (out - 1) * a->stride >= a->in + a->padding ? out - 1 : out; /* the last one must begin inside */
}

/* Whether a window steps over the input: it begins in the padding, and its next position lies behind the end. */
static bool misses(const tern_pool_axis *a) {
    for (ptrdiff_t begin = -a->padding, o = 0; begin < 0 && o < a->out; begin += a->stride, o++)
        if (begin + (-begin + a->dilation - 1) / a->dilation * a->dilation >= a->in) return true;
    return false;
}

static tern_status plan_axis(tern_pool_axis *a, bool ceil_mode, size_t dim, tern_error *err) {
    if (a->padding > a->kernel / 2)
        return tern_error_add(err, TERN_ERROR_MODEL, "padding",
                              "is %td, but may be at most half of kernel_size, which is %td", a->padding, a->kernel);
    a->out = count_windows(a, ceil_mode);
    if (a->out < 1)
        return tern_error_add(
            err, TERN_ERROR_MODEL, "kernel_size",
            "is %td, with dilation %td a span of %td, but the input has %td in dimension %zu, with padding %td",
            a->kernel, a->dilation, a->dilation * (a->kernel - 1) + 1, a->in, dim, a->in + 2 * a->padding);
    if (misses(a))
        return tern_error_add(
            err, TERN_ERROR_MODEL, "dilation",
            "is %td: with padding %td a window holds nothing of the input, which has %td in dimension %zu", a->dilation,
            a->padding, a->in, dim);
    return TERN_OK;
}

static tern_status check_plane(const tern_pool *p, tern_error *err) {
    if (tern_pool_in(p) <= most_exact) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "can take at most %zu elements in a channel, but its input has %zu", most_exact,
                          tern_pool_in(p));
}

tern_status tern_pool_plan(tern_pool *p, const tern_pool_options *o, size_t dims, const tern_shape *in, tern_shape *out,
                           tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    if (in->rank != dims + 1)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes samples of shape %s, but its input is %s",
                              dims == 1 ? "[C, L]" : "[C, H, W]", tern_shape_text(in, text));
    tern_pool_axis *axis[] = {&p->h, &p->w}, one = {1, 1, 1, 1, 0, 1};
    p->h = one;
    *out = *in;
    for (size_t k = 0; k < dims; k++) {
        tern_pool_axis *a = axis[2 - dims + k];
        a->in = (ptrdiff_t)in->dim[k + 1];
        a->kernel = option(o->kernel_size, k, 1);
        a->stride = option(o->stride, k, a->kernel);
        a->padding = option(o->padding, k, 0);
        a->dilation = option(o->dilation, k, 1);
        tern_status status = plan_axis(a, o->ceil_mode, k + 2, err);
        if (status) return status;
        out->dim[k + 1] = (size_t)a->out;
    }
    return check_plane(p, err);
}

tern_status tern_pool_plan_whole(tern_pool *p, size_t n, tern_error *err) {
    ptrdiff_t all = (ptrdiff_t)n;
    *p = (tern_pool){.h = {1, 1, 1, 1, 0, 1}, .w = {all, 1, all, all, 0, 1}};
    return check_plane(p, err);
}

tern_status tern_pool_plan_global(tern_global_pool *p, tern_layer_spec *spec, tern_error *err) {
    const tern_shape *in = &spec->in[0];
    char text[TERN_SHAPE_TEXT];
    bool last = p->data_format == TERN_CHANNELS_LAST;
    if (in->rank < 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes samples of shape %s, but its input is %s",
                              last ? "[L, C], [H, W, C] or [D, H, W, C]" : "[C, L], [C, H, W] or [C, D, H, W]",
                              tern_shape_text(in, text));
    if (spec->sequences && !last)
        return tern_error_add(err, TERN_ERROR_MODEL, "data_format",
                              "is channels_first, but sequences of any length, [T, C], have their steps there; "
                              "\"channels_last\" pools over the steps");
    p->channels = last ? in->dim[in->rank - 1] : in->dim[0];
    p->steps = in->dim[0];
    spec->out = (tern_shape){1, {p->channels}};
    size_t all = tern_shape_count(in) / p->channels;
    p->each = all / p->steps;
    return tern_pool_plan_whole(&p->pool, all, err);
}

tern_operand tern_pool_lower_global(const tern_global_pool *p, tern_lowering *l, tern_pooling kind) {
    static const size_t swapped[] = {1, 0};
    tern_operand x = l->x[0];
    if (p->data_format == TERN_CHANNELS_LAST)
        x = tern_lower_transpose(l, tern_lower_reshape(l, x, TERN_SHAPE(p->steps * p->each, p->channels)), swapped);
    return tern_lower_global_pool(l, x, &p->pool, kind);
}
