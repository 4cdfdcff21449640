/* global_max_pool - the largest number of each channel, over all other dimensions. */
#include <tern/layer.h>
#include <tern/layers/pool.h>

typedef struct global_max_pool {
    tern_pool pool; /* planned: one window */
} global_max_pool;

enum { FROM };

static tern_status global_max_pool_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    global_max_pool *p = self;
    tern_status status = tern_pool_plan_global(&p->pool, &spec->in[0], &spec->out, err);
    spec->save[FROM] = spec->out;
    return status;
}

static void global_max_pool_forward(const void *self, const tern_forward *f) {
    const global_max_pool *p = self;
    tern_max_pool(&p->pool, tern_tensor_count(f->y), f->x[0]->data, f->y->data,
                  f->training ? f->save[FROM].data : NULL);
}

static void global_max_pool_backward(const void *self, const tern_backward *b) {
    const global_max_pool *p = self;
    if (b->dx[0])
        tern_max_pool_gradient(&p->pool, tern_tensor_count(b->dy), b->dy->data, b->save[FROM].data, b->dx[0]->data);
}

static const tern_example examples[] = {
    {"{}", {{2, {3, 5}}}}, {"{}", {{3, {2, 3, 5}}}}, {"{}", {{4, {2, 2, 3, 2}}}}, {0}};

static const char *const aliases[] = {
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    NULL,
};

static tern_operand global_max_pool_lower(const void *self, tern_lowering *l) {
    const global_max_pool *p = self;
    return tern_lower_global_pool(l, l->x[0], &p->pool, TERN_POOL_MAX);
}

const tern_layer_type tern_layer_global_max_pool = {
    .base = {TERN_LAYER, "global_max_pool", aliases, "The largest number of each channel: [C, ...] becomes [C].",
             sizeof(global_max_pool), NULL, examples},
    .plan = global_max_pool_plan,
    .forward = global_max_pool_forward,
    .backward = global_max_pool_backward,
    .lower = global_max_pool_lower,
};
