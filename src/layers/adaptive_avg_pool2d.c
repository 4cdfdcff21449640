/* adaptive_avg_pool2d - means over as many windows as are asked for: window o of n is [floor(o in / n), ceil((o + 1) in
 * / n)). */
#include <tern/layer.h>

typedef struct adaptive_avg_pool2d {
    tern_ints output_size;
    size_t in[2], out[2]; /* planned: height and width */
} adaptive_avg_pool2d;

typedef struct span {
    size_t begin, end;
} span;

static span window(const adaptive_avg_pool2d *p, size_t axis, size_t o) {
    size_t in = p->in[axis], out = p->out[axis];
    return (span){o * in / out, ((o + 1) * in + out - 1) / out};
}

static size_t window_size(span v, span u) { return (v.end - v.begin) * (u.end - u.begin); }

static tern_status adaptive_avg_pool2d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    adaptive_avg_pool2d *p = self;
    const tern_shape *in = &spec->in[0];
    char text[TERN_SHAPE_TEXT];
    if (in->rank != 3)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes samples of shape [C, H, W], but its input is %s",
                              tern_shape_text(in, text));
    spec->out = *in;
    for (size_t k = 0; k < 2; k++) {
        p->in[k] = in->dim[k + 1];
        p->out[k] = spec->out.dim[k + 1] = (size_t)p->output_size.v[p->output_size.n > 1 ? k : 0];
    }
    return TERN_OK;
}

static tern_real window_mean(const tern_real *x, size_t width, span v, span u) {
    double sum = 0;
    for (size_t row = v.begin; row < v.end; row++)
        for (size_t i = u.begin; i < u.end; i++) sum += (double)x[row * width + i];
    return (tern_real)(sum / (double)window_size(v, u));
}

static void adaptive_avg_pool2d_forward(const void *self, const tern_forward *f) {
    const adaptive_avg_pool2d *p = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data, *end = y + tern_tensor_count(f->y);
    for (; y < end; x += p->in[0] * p->in[1])
        for (size_t i = 0; i < p->out[0]; i++)
            for (size_t j = 0; j < p->out[1]; j++) *y++ = window_mean(x, p->in[1], window(p, 0, i), window(p, 1, j));
}

static void spread(tern_real g, size_t width, span v, span u, tern_real *dx) {
    for (size_t row = v.begin; row < v.end; row++)
        for (size_t i = u.begin; i < u.end; i++) dx[row * width + i] += g;
}

static void adaptive_avg_pool2d_backward(const void *self, const tern_backward *b) {
    const adaptive_avg_pool2d *p = self;
    if (!b->dx[0]) return;
    const tern_real *dy = b->dy->data, *end = dy + tern_tensor_count(b->dy);
    tern_real *dx = b->dx[0]->data;
    tern_tensor_fill(b->dx[0], 0);
    for (; dy < end; dx += p->in[0] * p->in[1])
        for (size_t i = 0; i < p->out[0]; i++)
            for (size_t j = 0; j < p->out[1]; j++) {
                span v = window(p, 0, i), u = window(p, 1, j);
                spread(*dy++ / (tern_real)window_size(v, u), p->in[1], v, u, dx);
            }
}

static const tern_option options[] = {
    TERN_INTS_REQUIRED(adaptive_avg_pool2d, output_size, 1, 1 << 20, 1, 2,
                       "The size of the output, or [height, width]."),
    {0},
};

static const tern_example examples[] = {
    {"{\"output_size\": 1}", {{3, {2, 3, 4}}}},
    {"{\"output_size\": [2, 3]}", {{3, {2, 5, 7}}}},
    {"{\"output_size\": [4, 3]}", {{3, {1, 3, 3}}}},
    {0},
};

static tern_operand adaptive_avg_pool2d_lower(const void *self, tern_lowering *l) {
    const adaptive_avg_pool2d *p = self;
    return tern_lower_adaptive_pool(l, l->x[0], p->out);
}

const tern_layer_type tern_layer_adaptive_avg_pool2d = {
    .base = {TERN_LAYER, "adaptive_avg_pool2d", NULL,
             "Means over a given number of windows, whatever the size of the input [C, H, W].",
             sizeof(adaptive_avg_pool2d), options, examples},
    .plan = adaptive_avg_pool2d_plan,
    .forward = adaptive_avg_pool2d_forward,
    .backward = adaptive_avg_pool2d_backward,
    .lower = adaptive_avg_pool2d_lower,
};
