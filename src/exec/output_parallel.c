/* output_parallel.c - a first layer with more weights than numbers pass through it: the workers share it by outputs,
 * and not by rows.
 *
 * By rows each worker would read all weights for its few rows and make a gradient as large, and all these would be
 * added up in the end. By outputs each reads only its share of the weights and makes the gradient of just that, from
 * all rows. For this the workers meet when x is there, when y is, and when dy is. It is only for the first layer with
 * weights, whose dx, a sum over all outputs, nobody needs. */
#include "slice.h"

#include <string.h>

/* ---- making ---- */

/* Whether part of the outputs is the same layer with part of the weights, and nothing else of it is to be shared. */
static bool divides(const tern__node *node) {
    size_t alone = node->saves + node->states + node->sums + node->scratch + node->scratch_row;
    return node->type->flags & TERN_BY_OUTPUT && node->inputs == 1 && !alone && !node->type->random;
}

static size_t outputs(const tern__node *node) { return node->out.dim[node->out.rank - 1]; }

static size_t input_count(const tern_model *m) {
    tern_shape input = tern_model_input(m);
    return tern_shape_count(&input);
}

ptrdiff_t tern__output_parallel_choose(const tern_model *m, size_t batch, size_t slices) {
    size_t i = 0, weights = 0;
    while (i < m->nodes && !m->node[i].needs_backward) i++;
    if (slices < 2 || i == m->nodes || !divides(&m->node[i])) return TERN__ROWS_ONLY;
    const tern__node *node = &m->node[i];
    size_t from = node->input[0];
    while (from && m->node[from - 1].type->flags & TERN_VIEW) from = m->node[from - 1].input[0];
    for (size_t k = 0; k < node->params; k++) weights += m->weight[node->first_param + k].count;
    bool pays =
        weights > batch * (input_count(m) + tern_shape_count(&node->out)) && outputs(node) >= slices * TERN__ALIGN;
    return from || !pays ? TERN__ROWS_ONLY : (ptrdiff_t)i;
}

size_t tern__output_parallel_numbers(const tern_model *m, ptrdiff_t node, size_t batch) {
    if (node == TERN__ROWS_ONLY) return 0;
    return batch * (input_count(m) + 2 * tern_shape_count(&m->node[node].out)) + 2 * TERN__ALIGN; /* aligned each */
}

tern_status tern__output_parallel_make(tern__output_parallel *w, const tern_model *m, ptrdiff_t node, size_t batch,
                                       size_t slices, tern_error *err) {
    *w = (tern__output_parallel){.node = node};
    if (node == TERN__ROWS_ONLY) return TERN_OK;
    size_t params = m->node[node].params;
    tern_tensor *tensors = tern__arena_alloc(&w->arena, 2 * slices * params, sizeof *tensors, err);
    w->shard = tern__arena_alloc(&w->arena, slices, sizeof *w->shard, err);
    w->memory = tern__alloc(tern__output_parallel_numbers(m, node, batch), sizeof *w->memory, err);
    if (!tensors || !w->shard || !w->memory) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < slices; k++) {
        w->shard[k].param = tensors + 2 * k * params;
        w->shard[k].dparam = w->shard[k].param + params;
    }
    return TERN_OK;
}

void tern__output_parallel_free(tern__output_parallel *w) {
    tern__free(w->memory);
    tern__arena_free(&w->arena);
}

/* ---- cutting ---- */

static size_t aligned(size_t numbers) { return (numbers + TERN__ALIGN - 1) / TERN__ALIGN * TERN__ALIGN; }

/* A share's rows of a weight. */
static tern_tensor part_of(const tern_tensor *whole, const tern__shard *s) {
    tern_tensor part = {whole->shape, whole->data + s->begin * (tern_tensor_count(whole) / whole->shape.dim[0])};
    part.shape.dim[0] = s->end - s->begin;
    return part;
}

/* Binds a share to the arrays; `slice`, the first one, has what all have in common. */
static void bind_share(tern__output_parallel *w, tern__shard *s, const tern__slice *slice, tern_real *y,
                       tern_real *dy) {
    const tern__node *node = &slice->m->node[w->node];
    const tern_forward *f = &slice->f[w->node];
    const tern_backward *b = &slice->b[w->node];
    tern_shape shape = tern_shape_batch(&node->out, w->rows);
    shape.dim[shape.rank - 1] = s->end - s->begin;
    size_t before = w->rows * (tern_shape_count(&node->out) / outputs(node)) * s->begin;
    s->y = (tern_tensor){shape, y + before};
    s->dy = (tern_tensor){shape, dy + before};
    for (size_t k = 0; k < node->params; k++) {
        s->param[k] = part_of(&f->param[k], s);
        s->dparam[k] = part_of(&b->dparam[k], s);
    }
    s->f = (tern_forward){.rows = w->rows, .x = w->x_list, .y = &s->y, .param = s->param, .training = true};
    s->b = (tern_backward){
        .rows = w->rows, .x = w->x_list, .dy = &s->dy, .param = s->param, .dparam = s->dparam, .dx = w->dx_list};
}

void tern__output_parallel_cut(tern__worker_group *t, size_t rows) {
    tern__output_parallel *w = &t->output_parallel;
    const tern__slice *first = &t->slice[0];
    if (w->node == TERN__ROWS_ONLY || (w->rows == rows && w->active == t->active)) return;
    const tern__node *node = &first->m->node[w->node];
    w->rows = rows;
    w->active = t->active;
    for (size_t k = 0; k < t->active; k++) tern__slice_bind(&t->slice[k], w->memory, NULL);
    w->x = (tern_tensor){first->value[node->input[0]].shape, w->memory};
    w->x.shape.dim[0] = rows;
    w->x_list[0] = &w->x;
    tern_real *y = w->memory + aligned(rows * input_count(first->m)),
              *dy = y + aligned(rows * tern_shape_count(&node->out));
    size_t blocks = outputs(node) / TERN__ALIGN;
    for (size_t k = 0; k < t->active; k++) {
        tern__shard *s = &w->shard[k];
        s->begin = blocks * k / t->active * TERN__ALIGN;
        s->end = k + 1 < t->active ? blocks * (k + 1) / t->active * TERN__ALIGN : outputs(node);
        bind_share(w, s, first, y, dy);
    }
}

/* ---- passes ---- */

bool tern__output_parallel_has(const tern__worker_group *t, size_t i) {
    return t->output_parallel.node == (ptrdiff_t)i && t->active > 1;
}

bool tern__output_parallel_part(const tern__worker_group *t, size_t worker, size_t weight, size_t *begin, size_t *end) {
    if (t->output_parallel.node == TERN__ROWS_ONLY || t->active == 1) return false;
    const tern_model *m = t->slice[0].m;
    const tern__node *node = &m->node[t->output_parallel.node];
    if (weight - node->first_param >= node->params) return false; /* the difference wraps round below the first */
    const tern__shard *s = &t->output_parallel.shard[worker];
    size_t inner = m->weight[weight].count / outputs(node);
    *begin = s->begin * inner;
    *end = s->end * inner;
    return true;
}

/* Copies a slice's rows of all shares into `own`, or with `back` from there. */
static void exchange(const tern__worker_group *t, const tern__slice *slice, const tern_tensor *own, bool back) {
    size_t lines = tern_tensor_rows(own), width = tern_tensor_cols(own), first = slice->row * (lines / slice->rows);
    for (size_t k = 0; k < t->active; k++) {
        const tern__shard *s = &t->output_parallel.shard[k];
        size_t n = s->end - s->begin;
        tern_real *there = (back ? s->dy.data : s->y.data) + first * n, *here = own->data + s->begin;
        for (size_t i = 0; i < lines; i++, there += n, here += width)
            memcpy(back ? there : here, back ? here : there, n * sizeof *here);
    }
}

void tern__output_parallel_forward(tern__worker_group *t, size_t worker) {
    const tern__slice *slice = &t->slice[worker];
    const tern__node *node = &slice->m->node[t->output_parallel.node];
    tern__workers_barrier(t->workers, worker);
    node->type->forward(node->self, &t->output_parallel.shard[worker].f);
    tern__workers_barrier(t->workers, worker);
    exchange(t, slice, &slice->value[t->output_parallel.node + 1], false);
}

void tern__output_parallel_scatter(tern__worker_group *t, size_t worker) {
    const tern__slice *slice = &t->slice[worker];
    exchange(t, slice, &slice->gradient[t->output_parallel.node + 1], true);
}

void tern__output_parallel_backward(tern__worker_group *t, size_t worker) {
    if (t->output_parallel.node == TERN__ROWS_ONLY || t->active == 1) return;
    tern__slice *slice = &t->slice[worker];
    const tern__node *node = &slice->m->node[t->output_parallel.node];
    tern__shard *s = &t->output_parallel.shard[worker];
    for (size_t k = 0; k < node->params && !(node->type->flags & TERN_SETS_GRADIENT); k++)
        tern_tensor_fill(&s->dparam[k], 0);
    node->type->backward(node->self, &s->b);
    tern__timer_mark(slice->timer, slice->m->nodes + (size_t)t->output_parallel.node);
}
