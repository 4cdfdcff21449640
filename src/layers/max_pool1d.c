/* max_pool1d - the largest number of each window; the gradient goes to it, of equals to the first. For a sequence [C,
 * L]. */
#include <tern/layer.h>
#include <tern/layers/pool.h>

typedef struct max_pool1d {
    tern_ints kernel_size, stride, padding, dilation;
    bool ceil_mode;
    tern_pool pool; /* planned */
} max_pool1d;

enum { FROM };

static tern_status max_pool1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    max_pool1d *p = self;
    tern_pool_options o = {&p->kernel_size, &p->stride, &p->padding, &p->dilation, p->ceil_mode};
    tern_status status = tern_pool_plan(&p->pool, &o, 1, &spec->in[0], &spec->out, err);
    spec->save[FROM] = spec->out;
    return status;
}

static void max_pool1d_forward(const void *self, const tern_forward *f) {
    const max_pool1d *p = self;
    size_t planes = tern_tensor_count(f->y) / tern_pool_out(&p->pool);
    tern_max_pool(&p->pool, planes, f->x[0]->data, f->y->data, f->training ? f->save[FROM].data : NULL);
}

static void max_pool1d_backward(const void *self, const tern_backward *b) {
    const max_pool1d *p = self;
    size_t planes = tern_tensor_count(b->dy) / tern_pool_out(&p->pool);
    if (b->dx[0]) tern_max_pool_gradient(&p->pool, planes, b->dy->data, b->save[FROM].data, b->dx[0]->data);
}

static const tern_option options[] = {
    TERN_INTS_REQUIRED(max_pool1d, kernel_size, 1, 1 << 20, 1, 1, "The size of a window.", .alias = "pool_size"),
    TERN_INTS(max_pool1d, stride, NULL, 1, 1 << 20, 1, 1, "The step between windows; left out: kernel_size.",
              .alias = "strides"),
    TERN_INTS(max_pool1d, padding, "0", 0, 1 << 20, 1, 1, "Numbers added on either side; at most half of kernel_size."),
    TERN_INTS(max_pool1d, dilation, "1", 1, 1 << 20, 1, 1, "The step between the numbers of a window."),
    TERN_BOOL(max_pool1d, ceil_mode, false, "Let a last window hang over the end, if it begins inside."),
    {0},
};

static const tern_example examples[] = {
    {"{\"kernel_size\": 2}", {{2, {3, 8}}}},
    {"{\"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"ceil_mode\": true}", {{2, {2, 8}}}},
    {"{\"kernel_size\": 3, \"stride\": 1, \"dilation\": 2}", {{2, {2, 7}}}},
    {0},
};

const tern_layer_type tern_layer_max_pool1d = {
    .base = {TERN_LAYER, "max_pool1d", (const char *const[]){"MaxPooling1D", NULL},
             "The largest number of each window that slides over a sequence [C, L].", sizeof(max_pool1d), options,
             examples},
    .plan = max_pool1d_plan,
    .forward = max_pool1d_forward,
    .backward = max_pool1d_backward,
};
