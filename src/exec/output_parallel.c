/* output_parallel.c - each worker takes all rows to its outputs of a layer, and makes the gradient of just their
 * weights (partition.c says which layer, and why). For this the workers meet when x is there, when y is, and when dy
 * is. */
#include "output_parallel.h"

#include "worker_group.h"

#include <string.h>

/* One worker's outputs, `begin` to `end` - 1 of the layer's last dimension, for all rows of the batch: a layer of its
 * own. */
typedef struct shard {
    size_t begin, end;
    tern_tensor y, dy; /* [rows, ..., end - begin] */
    tern_tensor *param, *dparam;
    tern_forward f;
    tern_backward b;
} shard;

typedef struct output_parallel {
    tern__strategy base;
    const tern_model *m;
    const tern__node *node;
    size_t rows, active;
    tern_real *memory; /* x of all rows, then the shards' y, then their dy */
    shard *shard;      /* [slices] */
    tern_tensor x;
    const tern_tensor *x_list[1];
    tern_tensor *dx_list[1]; /* NULL: x is the model's input */
    tern__arena arena;
} output_parallel;

/* ---- cutting ---- */

static size_t aligned(size_t numbers) { return (numbers + TERN__ALIGN - 1) / TERN__ALIGN * TERN__ALIGN; }

/* A shard's rows of a weight. */
static tern_tensor rows_of(const tern_tensor *whole, const shard *s) {
    tern_tensor part = {whole->shape, whole->data + s->begin * (tern_tensor_count(whole) / whole->shape.dim[0])};
    part.shape.dim[0] = s->end - s->begin;
    return part;
}

/* Binds a shard to the arrays; `slice`, the first one, has what all have in common. */
static void bind(output_parallel *o, shard *s, const tern__slice *slice, tern_real *y, tern_real *dy) {
    const tern__node *node = o->node;
    const tern_forward *f = &slice->f[o->base.node];
    const tern_backward *b = &slice->b[o->base.node];
    tern_shape shape = tern_shape_batch(&node->out, o->rows);
    shape.dim[shape.rank - 1] = s->end - s->begin;
    size_t before = o->rows * (tern_shape_count(&node->out) / tern__by_output_count(node)) * s->begin;
    s->y = (tern_tensor){shape, y + before};
    s->dy = (tern_tensor){shape, dy + before};
    for (size_t k = 0; k < node->params; k++) {
        s->param[k] = rows_of(&f->param[k], s);
        s->dparam[k] = rows_of(&b->dparam[k], s);
    }
    s->f = (tern_forward){.rows = o->rows, .x = o->x_list, .y = &s->y, .param = s->param, .training = true};
    s->b = (tern_backward){
        .rows = o->rows, .x = o->x_list, .dy = &s->dy, .param = s->param, .dparam = s->dparam, .dx = o->dx_list};
}

static void cut(tern__strategy *self, tern__worker_group *g, size_t rows) {
    output_parallel *o = (output_parallel *)self;
    if (o->rows == rows && o->active == g->active) return;
    o->rows = rows;
    o->active = g->active;
    for (size_t k = 0; k < g->active; k++) tern__slice_bind(&g->slice[k], g->slice[k].row - g->row, o->memory, NULL);
    o->x = (tern_tensor){g->slice[0].value[o->node->input[0]].shape, o->memory};
    o->x.shape.dim[0] = rows;
    o->x_list[0] = &o->x;
    tern_real *y = o->memory + aligned(rows * tern_shape_count(&o->m->input[0].shape)),
              *dy = y + aligned(rows * tern_shape_count(&o->node->out));
    size_t outputs = tern__by_output_count(o->node), blocks = outputs / TERN__ALIGN;
    for (size_t k = 0; k < g->active; k++) {
        shard *s = &o->shard[k];
        s->begin = blocks * k / g->active * TERN__ALIGN;
        s->end = k + 1 < g->active ? blocks * (k + 1) / g->active * TERN__ALIGN : outputs;
        bind(o, s, &g->slice[0], y, dy);
    }
}

static bool part(const tern__strategy *self, size_t worker, size_t weight, size_t *begin, size_t *end) {
    const output_parallel *o = (const output_parallel *)self;
    size_t k = 0;
    while (k < o->node->params && o->node->param[k] != weight) k++;
    if (k == o->node->params) return false;
    const shard *s = &o->shard[worker];
    size_t inner = o->m->weight[weight].count / tern__by_output_count(o->node);
    *begin = s->begin * inner;
    *end = s->end * inner;
    return true;
}

/* ---- passes ---- */

/* Copies a slice's rows of all shards into `own` (y), or scatters them from there (dy). */
static void exchange(const output_parallel *o, const tern__worker_group *g, const tern__slice *slice,
                     const tern_tensor *own, bool scatter) {
    size_t lines = tern_tensor_rows(own), width = tern_tensor_cols(own),
           first = (slice->row - g->row) * (lines / slice->rows);
    for (size_t k = 0; k < o->active; k++) {
        const shard *s = &o->shard[k];
        size_t n = s->end - s->begin;
        tern_real *there = (scatter ? s->dy.data : s->y.data) + first * n, *here = own->data + s->begin;
        for (size_t i = 0; i < lines; i++, there += n, here += width)
            memcpy(scatter ? there : here, scatter ? here : there, n * sizeof *here);
    }
}

static void forward(tern__strategy *self, tern__worker_group *g, size_t worker) {
    output_parallel *o = (output_parallel *)self;
    const tern__slice *slice = &g->slice[worker];
    tern__workers_barrier(g->workers, worker);
    o->node->type->forward(o->node->self, &o->shard[worker].f);
    tern__workers_barrier(g->workers, worker);
    exchange(o, g, slice, &slice->value[tern__node_value(g->m, self->node)], false);
}

static void backward(tern__strategy *self, tern__worker_group *g, size_t worker) {
    const tern__slice *slice = &g->slice[worker];
    exchange((output_parallel *)self, g, slice, &slice->gradient[tern__node_value(g->m, self->node)], true);
}

static void finish(tern__strategy *self, tern__worker_group *g, size_t worker) {
    output_parallel *o = (output_parallel *)self;
    shard *s = &o->shard[worker];
    for (size_t k = 0; k < o->node->params && !(o->node->type->flags & TERN_SETS_GRADIENT); k++)
        tern_tensor_fill(&s->dparam[k], 0);
    o->node->type->backward(o->node->self, &s->b);
    tern__timer_mark(g->slice[worker].timer, o->m->nodes + self->node);
}

/* ---- making ---- */

static void free_all(tern__strategy *self) {
    output_parallel *o = (output_parallel *)self;
    tern__free(o->memory);
    tern__arena_free(&o->arena);
    tern__free(o);
}

tern__strategy *tern__output_parallel_new(const tern_model *m, const tern__partition *p, tern_error *err) {
    output_parallel *o = tern__alloc(1, sizeof *o, err);
    if (!o) return NULL;
    *o = (output_parallel){.base = {(size_t)p->by_output, cut, forward, backward, finish, part, free_all},
                           .m = m,
                           .node = &m->node[p->by_output]};
    size_t params = o->node->params;
    tern_tensor *tensors = tern__arena_alloc(&o->arena, 2 * p->slices * params, sizeof *tensors, err);
    o->shard = tern__arena_alloc(&o->arena, p->slices, sizeof *o->shard, err);
    o->memory = tern__alloc(tern__by_output_numbers(m, p->by_output, p->batch), sizeof *o->memory, err);
    if (!tensors || !o->shard || !o->memory) {
        free_all(&o->base);
        return NULL;
    }
    for (size_t k = 0; k < p->slices; k++) {
        o->shard[k].param = tensors + 2 * k * params;
        o->shard[k].dparam = o->shard[k].param + params;
    }
    return &o->base;
}
