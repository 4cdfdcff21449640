/* global_avg_pool - the mean of each channel, over all other dimensions (Lin et al., "Network in network", 2013); of
 * sequences of any length over each one's own steps. */
#include <tern/layer.h>
#include <tern/layers/pool.h>
#include <string.h>

static tern_status global_avg_pool_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return tern_pool_plan_global(self, spec, err);
}

/* Numbers of each channel in row i that are no padding. */
static size_t numbers(const tern_global_pool *p, const size_t *length, size_t i) {
    return (length ? length[i] : p->steps) * p->each;
}

TERN_CLONES static void add_rows(const tern_real *restrict x, size_t rows, size_t n, tern_real *restrict sum) {
    for (size_t i = 0; i < rows; i++, x += n)
        for (size_t k = 0; k < n; k++) sum[k] += x[k];
}

static void global_avg_pool_forward(const void *self, const tern_forward *f) {
    const tern_global_pool *p = self;
    if (p->data_format == TERN_CHANNELS_FIRST) {
        tern_avg_pool(&p->pool, TERN_COUNT_INSIDE, tern_tensor_count(f->y), f->x[0]->data, f->y->data);
        return;
    }
    size_t room = (f->length ? f->steps : p->steps) * p->each * p->channels;
    tern_tensor_fill(f->y, 0);
    for (size_t i = 0; i < f->rows; i++) {
        size_t n = numbers(p, f->length, i);
        tern_real *y = f->y->data + i * p->channels;
        add_rows(f->x[0]->data + i * room, n, p->channels, y);
        for (size_t c = 0; c < p->channels; c++) y[c] /= (tern_real)n;
    }
}

static void global_avg_pool_backward(const void *self, const tern_backward *b) {
    const tern_global_pool *p = self;
    if (!b->dx[0]) return;
    if (p->data_format == TERN_CHANNELS_FIRST) {
        tern_avg_pool_gradient(&p->pool, TERN_COUNT_INSIDE, tern_tensor_count(b->dy), b->dy->data, b->dx[0]->data);
        return;
    }
    size_t room = (b->length ? b->steps : p->steps) * p->each;
    for (size_t i = 0; i < b->rows; i++) {
        size_t n = numbers(p, b->length, i);
        const tern_real *dy = b->dy->data + i * p->channels;
        tern_real *dx = b->dx[0]->data + i * room * p->channels;
        for (size_t k = 0; k < n; k++)
            for (size_t c = 0; c < p->channels; c++) dx[k * p->channels + c] = dy[c] / (tern_real)n;
        memset(dx + n * p->channels, 0, (room - n) * p->channels * sizeof *dx);
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
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    NULL,
};

static tern_operand global_avg_pool_lower(const void *self, tern_lowering *l) {
    return tern_pool_lower_global(self, l, TERN_POOL_MEAN_PADDED);
}

const tern_layer_type tern_layer_global_avg_pool = {
    .base = {TERN_LAYER, "global_avg_pool", aliases,
             "The mean of each channel: [C, ...] becomes [C]; of sequences, [T, C], over their steps.",
             sizeof(tern_global_pool), options, examples},
    .flags = TERN_SEQUENCES,
    .plan = global_avg_pool_plan,
    .forward = global_avg_pool_forward,
    .backward = global_avg_pool_backward,
    .lower = global_avg_pool_lower,
};
