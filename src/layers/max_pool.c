/* max_pool - max_pool1d and max_pool2d: the largest number of each window of a sequence [C, L] or of planes [C, H, W];
 * the gradient goes to it, of equals to the first. */
#include <tern/layer.h>
#include <tern/layers/pool.h>

typedef struct max_pool {
    tern_ints kernel_size, stride, padding, dilation;
    bool ceil_mode;
    tern_pool pool; /* planned */
} max_pool;

enum { FROM };

static tern_status plan(max_pool *p, size_t dims, tern_layer_spec *spec, tern_error *err) {
    tern_pool_options o = {&p->kernel_size, &p->stride, &p->padding, &p->dilation, p->ceil_mode};
    tern_status status = tern_pool_plan(&p->pool, &o, dims, &spec->in[0], &spec->out, err);
    spec->save[FROM] = spec->out;
    return status;
}

static tern_status max_pool1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return plan(self, 1, spec, err);
}

static tern_status max_pool2d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return plan(self, 2, spec, err);
}

static void max_pool_forward(const void *self, const tern_forward *f) {
    const max_pool *p = self;
    size_t planes = tern_tensor_count(f->y) / tern_pool_out(&p->pool);
    tern_max_pool(&p->pool, planes, f->x[0]->data, f->y->data, f->training ? f->save[FROM].data : NULL);
}

static void max_pool_backward(const void *self, const tern_backward *b) {
    const max_pool *p = self;
    size_t planes = tern_tensor_count(b->dy) / tern_pool_out(&p->pool);
    if (b->dx[0]) tern_max_pool_gradient(&p->pool, planes, b->dy->data, b->save[FROM].data, b->dx[0]->data);
}

static const tern_option max_pool1d_options[] = {
    TERN_INTS_REQUIRED(max_pool, kernel_size, 1, 1 << 20, 1, 1, "The size of a window.", .alias = "pool_size"),
    TERN_INTS(max_pool, stride, NULL, 1, 1 << 20, 1, 1, "The step between windows; left out: kernel_size.",
              .alias = "strides"),
    TERN_INTS(max_pool, padding, "0", 0, 1 << 20, 1, 1, "Numbers added on either side; at most half of kernel_size."),
    TERN_INTS(max_pool, dilation, "1", 1, 1 << 20, 1, 1, "The step between the numbers of a window."),
    TERN_BOOL(max_pool, ceil_mode, false, "Let a last window hang over the end, if it begins inside."),
    {0},
};

static const tern_example max_pool1d_examples[] = {
    {"{\"kernel_size\": 2}", {{2, {3, 8}}}},
    {"{\"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"ceil_mode\": true}", {{2, {2, 8}}}},
    {"{\"kernel_size\": 3, \"stride\": 1, \"dilation\": 2}", {{2, {2, 7}}}},
    {0},
};

static const tern_option max_pool2d_options[] = {
    TERN_INTS_REQUIRED(max_pool, kernel_size, 1, 1 << 20, 1, 2, "The size of a window, or [height, width].",
                       .alias = "pool_size"),
    TERN_INTS(max_pool, stride, NULL, 1, 1 << 20, 1, 2,
              "The step between windows, or [height, width]; left out: kernel_size.", .alias = "strides"),
    TERN_INTS(max_pool, padding, "0", 0, 1 << 20, 1, 2,
              "Rows and columns added on either side, or [height, width]; at most half of kernel_size."),
    TERN_INTS(max_pool, dilation, "1", 1, 1 << 20, 1, 2,
              "The step between the numbers of a window, or [height, width]."),
    TERN_BOOL(max_pool, ceil_mode, false, "Let a last window hang over the end, if it begins inside."),
    {0},
};

static const tern_example max_pool2d_examples[] = {
    {"{\"kernel_size\": 2}", {{3, {2, 4, 6}}}},
    {"{\"kernel_size\": 2}", {{3, {1, 5, 7}}}},
    {"{\"kernel_size\": [3, 2], \"stride\": [2, 3], \"padding\": 1, \"ceil_mode\": true}", {{3, {2, 6, 5}}}},
    {"{\"kernel_size\": 2, \"stride\": 1, \"dilation\": [2, 3]}", {{3, {2, 5, 6}}}},
    {0},
};

static tern_operand max_pool_lower(const void *self, tern_lowering *l) {
    const max_pool *p = self;
    return tern_lower_pool(l, l->x[0], &p->pool, TERN_POOL_MAX);
}

const tern_layer_type tern_layer_max_pool1d = {
    .base = {TERN_LAYER, "max_pool1d", (const char *const[]){"MaxPooling1D", NULL},
             "The largest number of each window that slides over a sequence [C, L].", sizeof(max_pool),
             max_pool1d_options, max_pool1d_examples},
    .plan = max_pool1d_plan,
    .forward = max_pool_forward,
    .backward = max_pool_backward,
    .lower = max_pool_lower,
};

const tern_layer_type tern_layer_max_pool2d = {
    .base = {TERN_LAYER, "max_pool2d", (const char *const[]){"MaxPooling2D", NULL},
             "The largest number of each window that slides over planes [C, H, W].", sizeof(max_pool),
             max_pool2d_options, max_pool2d_examples},
    .plan = max_pool2d_plan,
    .forward = max_pool_forward,
    .backward = max_pool_backward,
    .lower = max_pool_lower,
};
