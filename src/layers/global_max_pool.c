/* global_max_pool - the largest number of each channel, over all other dimensions; of sequences of any length over each
 * one's own steps. */
#include <tern/layer.h>
#include <tern/layers/pool.h>
#include <math.h>

enum { FROM };

static tern_status global_max_pool_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    tern_status status = tern_pool_plan_global(self, spec, err);
    spec->save[FROM] = spec->out;
    return status;
}

/* The largest of each channel, the first of equals, NaN being larger than all; and where it was. */
static void largest(const tern_global_pool *p, size_t n, const tern_real *x, tern_real *y, tern_real *from) {
    for (size_t c = 0; c < p->channels; c++) {
        size_t at = 0;
        for (size_t k = 1; k < n && !isnan(x[at * p->channels + c]); k++)
            if (!(x[k * p->channels + c] <= x[at * p->channels + c])) at = k;
        y[c] = x[at * p->channels + c];
        if (from) from[c] = (tern_real)at;
    }
}

static void global_max_pool_forward(const void *self, const tern_forward *f) {
    const tern_global_pool *p = self;
    tern_real *from = f->training ? f->save[FROM].data : NULL;
    if (p->data_format == TERN_CHANNELS_FIRST) {
        tern_max_pool(&p->pool, tern_tensor_count(f->y), f->x[0]->data, f->y->data, from);
        return;
    }
    size_t room = (f->length ? f->steps : p->steps) * p->each * p->channels;
    for (size_t i = 0; i < f->rows; i++) {
        size_t n = (f->length ? f->length[i] : p->steps) * p->each, at = i * p->channels;
        largest(p, n, f->x[0]->data + i * room, f->y->data + at, from ? from + at : NULL);
    }
}

static void global_max_pool_backward(const void *self, const tern_backward *b) {
    const tern_global_pool *p = self;
    if (!b->dx[0]) return;
    if (p->data_format == TERN_CHANNELS_FIRST) {
        tern_max_pool_gradient(&p->pool, tern_tensor_count(b->dy), b->dy->data, b->save[FROM].data, b->dx[0]->data);
        return;
    }
    size_t room = (b->length ? b->steps : p->steps) * p->each * p->channels;
    tern_tensor_fill(b->dx[0], 0);
    for (size_t i = 0; i < b->rows * p->channels; i++) {
        size_t row = i / p->channels, c = i % p->channels;
        b->dx[0]->data[row * room + (size_t)b->save[FROM].data[i] * p->channels + c] = b->dy->data[i];
    }
}

static const tern_option options[] = {TERN_DATA_FORMAT, {0}};

static const tern_example examples[] = {
    {"{}", {{2, {3, 5}}}},
    {"{}", {{3, {2, 3, 5}}}},
    {"{}", {{4, {2, 2, 3, 2}}}},
    {"{\"data_format\": \"channels_last\"}", {{2, {5, 3}}}},
    {"{\"data_format\": \"channels_last\"}", {{3, {2, 3, 5}}}},
    {0},
};

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
    return tern_pool_lower_global(self, l, TERN_POOL_MAX);
}

const tern_layer_type tern_layer_global_max_pool = {
    .base = {TERN_LAYER, "global_max_pool", aliases,
             "The largest number of each channel: [C, ...] becomes [C]; of sequences, [T, C], over their steps.",
             sizeof(tern_global_pool), options, examples},
    .flags = TERN_SEQUENCES,
    .plan = global_max_pool_plan,
    .forward = global_max_pool_forward,
    .backward = global_max_pool_backward,
    .lower = global_max_pool_lower,
};
