/* global_avg_pool - the mean of each channel, over all other dimensions (Lin et al., "Network in network", 2013). */
#include <tern/layer.h>
#include <tern/layers/pool.h>

typedef struct global_avg_pool {
    tern_pool pool; /* planned: one window */
} global_avg_pool;

static tern_status global_avg_pool_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    global_avg_pool *p = self;
    return tern_pool_plan_global(&p->pool, &spec->in[0], &spec->out, err);
}

static void global_avg_pool_forward(const void *self, const tern_forward *f) {
    const global_avg_pool *p = self;
    tern_avg_pool(&p->pool, TERN_COUNT_INSIDE, tern_tensor_count(f->y), f->x[0]->data, f->y->data);
}

static void global_avg_pool_backward(const void *self, const tern_backward *b) {
    const global_avg_pool *p = self;
    if (b->dx[0])
        tern_avg_pool_gradient(&p->pool, TERN_COUNT_INSIDE, tern_tensor_count(b->dy), b->dy->data, b->dx[0]->data);
}

static const tern_example examples[] = {
    {"{}", {{2, {3, 5}}}}, {"{}", {{3, {2, 3, 5}}}}, {"{}", {{4, {2, 2, 3, 2}}}}, {0}};

static const char *const aliases[] = {
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    NULL,
};

static tern_operand global_avg_pool_lower(const void *self, tern_lowering *l) {
    const global_avg_pool *p = self;
    return tern_lower_global_pool(l, l->x[0], &p->pool, TERN_POOL_MEAN_PADDED);
}

const tern_layer_type tern_layer_global_avg_pool = {
    .base = {TERN_LAYER, "global_avg_pool", aliases, "The mean of each channel: [C, ...] becomes [C].",
             sizeof(global_avg_pool), NULL, examples},
    .plan = global_avg_pool_plan,
    .forward = global_avg_pool_forward,
    .backward = global_avg_pool_backward,
    .lower = global_avg_pool_lower,
};
