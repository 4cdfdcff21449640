/* avg_pool - avg_pool1d and avg_pool2d: the mean of each window of a sequence [C, L] or of planes [C, H, W]. */
#include <tern/layer.h>
#include <tern/layers/pool.h>

typedef struct avg_pool {
    tern_ints kernel_size, stride, padding;
    bool ceil_mode, count_include_pad;
    tern_pool pool; /* planned */
} avg_pool;

static tern_status plan(avg_pool *p, size_t dims, tern_layer_spec *spec, tern_error *err) {
    tern_pool_options o = {&p->kernel_size, &p->stride, &p->padding, NULL, p->ceil_mode};
    return tern_pool_plan(&p->pool, &o, dims, &spec->in[0], &spec->out, err);
}

static tern_pool_count counted(const avg_pool *p) {
    return p->count_include_pad ? TERN_COUNT_PADDED : TERN_COUNT_INSIDE;
}

static tern_status avg_pool1d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return plan(self, 1, spec, err);
}

static tern_status avg_pool2d_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return plan(self, 2, spec, err);
}

static void avg_pool_forward(const void *self, const tern_forward *f) {
    const avg_pool *p = self;
    size_t planes = tern_tensor_count(f->y) / tern_pool_out(&p->pool);
    tern_avg_pool(&p->pool, counted(p), planes, f->x[0]->data, f->y->data);
}

static void avg_pool_backward(const void *self, const tern_backward *b) {
    const avg_pool *p = self;
    size_t planes = tern_tensor_count(b->dy) / tern_pool_out(&p->pool);
    if (b->dx[0]) tern_avg_pool_gradient(&p->pool, counted(p), planes, b->dy->data, b->dx[0]->data);
}

static const tern_option avg_pool1d_options[] = {
    TERN_INTS_REQUIRED(avg_pool, kernel_size, 1, 1 << 20, 1, 1, "The size of a window.", .alias = "pool_size"),
    TERN_INTS(avg_pool, stride, NULL, 1, 1 << 20, 1, 1, "The step between windows; left out: kernel_size.",
              .alias = "strides"),
    TERN_INTS(avg_pool, padding, "0", 0, 1 << 20, 1, 1, "Numbers added on either side; at most half of kernel_size."),
    TERN_BOOL(avg_pool, ceil_mode, false, "Let a last window hang over the end, if it begins inside."),
    TERN_BOOL(avg_pool, count_include_pad, true,
              "Divide by the size of the window; false: by the numbers of the input in it."),
    {0},
};

static const tern_example avg_pool1d_examples[] = {
    {"{\"kernel_size\": 2}", {{2, {3, 8}}}},
    {"{\"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"ceil_mode\": true}", {{2, {2, 8}}}},
    {"{\"kernel_size\": 3, \"stride\": 1, \"padding\": 1, \"count_include_pad\": false}", {{2, {2, 5}}}},
    {0},
};

static const tern_option avg_pool2d_options[] = {
    TERN_INTS_REQUIRED(avg_pool, kernel_size, 1, 1 << 20, 1, 2, "The size of a window, or [height, width].",
                       .alias = "pool_size"),
    TERN_INTS(avg_pool, stride, NULL, 1, 1 << 20, 1, 2,
              "The step between windows, or [height, width]; left out: kernel_size.", .alias = "strides"),
    TERN_INTS(avg_pool, padding, "0", 0, 1 << 20, 1, 2,
              "Rows and columns added on either side, or [height, width]; at most half of kernel_size."),
    TERN_BOOL(avg_pool, ceil_mode, false, "Let a last window hang over the end, if it begins inside."),
    TERN_BOOL(avg_pool, count_include_pad, true,
              "Divide by the size of the window; false: by the numbers of the input in it."),
    {0},
};

static const tern_example avg_pool2d_examples[] = {
    {"{\"kernel_size\": 2}", {{3, {2, 4, 6}}}},
    {"{\"kernel_size\": 2}", {{3, {1, 5, 7}}}},
    {"{\"kernel_size\": [3, 2], \"stride\": [2, 3], \"padding\": 1, \"ceil_mode\": true}", {{3, {2, 6, 5}}}},
    {"{\"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"count_include_pad\": false}", {{3, {2, 5, 6}}}},
    {0},
};

static tern_operand avg_pool_lower(const void *self, tern_lowering *l) {
    const avg_pool *p = self;
    return tern_lower_pool(l, l->x[0], &p->pool, p->count_include_pad ? TERN_POOL_MEAN_PADDED : TERN_POOL_MEAN_INSIDE);
}

const tern_layer_type tern_layer_avg_pool1d = {
    .base = {TERN_LAYER, "avg_pool1d", (const char *const[]){"AveragePooling1D", NULL},
             "The mean of each window that slides over a sequence [C, L].", sizeof(avg_pool), avg_pool1d_options,
             avg_pool1d_examples},
    .plan = avg_pool1d_plan,
    .forward = avg_pool_forward,
    .backward = avg_pool_backward,
    .lower = avg_pool_lower,
};

const tern_layer_type tern_layer_avg_pool2d = {
    .base = {TERN_LAYER, "avg_pool2d", (const char *const[]){"AveragePooling2D", NULL},
             "The mean of each window that slides over planes [C, H, W].", sizeof(avg_pool), avg_pool2d_options,
             avg_pool2d_examples},
    .plan = avg_pool2d_plan,
    .forward = avg_pool_forward,
    .backward = avg_pool_backward,
    .lower = avg_pool_lower,
};
