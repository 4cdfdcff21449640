/* slice.c - lays a worker's tensors over its plan once, and then only walks the layers: a pass looks up nothing and
 * allocates nothing. */
#include "slice.h"

#include "scale_input.h"

#include <string.h>

/* ---- making ---- */

static tern_tensor at(const tern__slice *s, const tern_shape *sample, size_t offset) {
    return (tern_tensor){tern_shape_batch(sample, s->capacity), offset == TERN__NOWHERE ? NULL : s->memory + offset};
}

/* The arrays of tensors and structs that point into the memory. */
static bool allocate_lists(tern__slice *s, tern_error *err) {
    const tern_model *m = s->m;
    tern__arena *p = &s->arena;
    size_t inputs = m->reads, accumulators = m->accumulators;
    return (s->value = tern__arena_alloc(p, tern__values(m), sizeof *s->value, err)) &&
           (s->gradient = tern__arena_alloc(p, tern__values(m), sizeof *s->gradient, err)) &&
           (s->loss_gradient = tern__arena_alloc(p, m->losses, sizeof *s->loss_gradient, err)) &&
           (s->extra = tern__arena_alloc(p, inputs, sizeof *s->extra, err)) &&
           (s->save = tern__arena_alloc(p, m->saves, sizeof *s->save, err)) &&
           (s->weight = tern__arena_alloc(p, m->uses, sizeof *s->weight, err)) &&
           (s->dweight = tern__arena_alloc(p, m->uses, sizeof *s->dweight, err)) &&
           (s->x = tern__arena_alloc(p, inputs, sizeof *s->x, err)) &&
           (s->back_x = tern__arena_alloc(p, inputs, sizeof *s->back_x, err)) &&
           (s->dx = tern__arena_alloc(p, inputs, sizeof *s->dx, err)) &&
           (s->in = tern__arena_alloc(p, m->inputs, sizeof *s->in, err)) &&
           (s->target = tern__arena_alloc(p, m->targets, sizeof *s->target, err)) &&
           (s->f = tern__arena_alloc(p, m->nodes, sizeof *s->f, err)) &&
           (s->b = tern__arena_alloc(p, m->nodes, sizeof *s->b, err)) &&
           (s->accumulators = tern__arena_alloc(p, 2 * accumulators, sizeof *s->accumulators, err)) &&
           (s->totals = tern__arena_alloc(p, 2 * accumulators, sizeof *s->totals, err)) &&
           (s->steps = tern__arena_alloc(p, m->inputs, sizeof *s->steps, err)) &&
           (s->length = tern__arena_alloc(p, m->inputs, sizeof *s->length, err));
}

static void lay_values(tern__slice *s, bool training) {
    const tern_model *m = s->m;
    for (size_t v = 0; v < tern__values(m); v++) {
        tern_shape shape = tern__value_shape(m, v);
        s->value[v] = at(s, &shape, s->plan.value[v]);
        s->gradient[v] = at(s, &shape, s->plan.gradient[v]);
    }
    for (size_t k = 0; training && k < m->losses; k++) {
        tern_shape shape = tern__value_shape(m, m->loss[k].value);
        s->loss_gradient[k] = at(s, &shape, s->plan.loss[k]);
    }
}

/* The weights of a node, in the list of all uses. */
static void lay_weights(tern__slice *s, const tern__node *node) {
    for (size_t k = 0; k < node->params + node->states; k++) {
        const tern__weight *w = &s->m->weight[node->param[k]]; /* states follow in the same list */
        size_t use = node->first_use + k;
        s->weight[use] = tern__weight_tensor(s->m, w);
        s->dweight[use].shape = w->param.shape;
        if (!s->gradients) continue;
        if (s->plan.aside[use] != TERN__NOWHERE) s->dweight[use].data = s->memory + s->plan.aside[use];
        else if (w->gradient != TERN__NOWHERE) s->dweight[use].data = s->gradients + w->gradient;
    }
}

/* Fills in what forward and backward of node i will be given. */
static void bind_node(tern__slice *s, size_t i, bool training) {
    const tern__node *node = &s->m->node[i];
    size_t out = tern__node_value(s->m, i), input = node->first_read, save = node->first_save,
           accumulators = node->first_accumulator;
    unsigned flags = node->type->flags;
    for (size_t k = 0; k < node->inputs; k++) {
        size_t v = node->input[k];
        s->x[input + k] = &s->value[v];
        s->back_x[input + k] = flags & TERN_READS_X ? &s->value[v] : NULL;
        if (!training) continue;
        s->extra[input + k] = at(s, &s->value[v].shape, TERN__NOWHERE);
        s->extra[input + k].shape = s->value[v].shape;
        bool beside = s->plan.extra[input + k] != TERN__NOWHERE;
        if (beside) s->extra[input + k].data = s->memory + s->plan.extra[input + k];
        s->dx[input + k] = beside ? &s->extra[input + k] : s->gradient[v].data ? &s->gradient[v] : NULL;
    }
    for (size_t k = 0; training && k < node->saves; k++)
        s->save[save + k] = at(s, &node->save[k], s->plan.save[save + k]);
    tern_random random = {.seed = s->m->config.seed, .purpose = TERN_RANDOM_LAYER, .index = (uint32_t)i};
    size_t f = s->plan.scratch[0][i], b = s->plan.scratch[1][i];
    s->f[i] = (tern_forward){.x = &s->x[input],
                             .y = &s->value[out],
                             .param = &s->weight[node->first_use],
                             .state = &s->weight[node->first_use + node->params],
                             .save = training ? &s->save[save] : NULL,
                             .training = training && !node->keeps_states,
                             .random = random,
                             .accumulators = s->totals + accumulators,
                             .scratch = f != TERN__NOWHERE ? s->memory + f : NULL};
    s->b[i] = (tern_backward){.x = &s->back_x[input],
                              .y = flags & TERN_READS_Y ? &s->value[out] : NULL,
                              .dy = &s->gradient[out],
                              .param = &s->weight[node->first_use],
                              .dparam = &s->dweight[node->first_use],
                              .state = &s->weight[node->first_use + node->params],
                              .save = &s->save[save],
                              .dx = &s->dx[input],
                              .training = training && !node->keeps_states,
                              .random = random,
                              .accumulators = s->totals + s->m->accumulators + accumulators,
                              .forward_accumulators = s->totals + accumulators,
                              .scratch = b != TERN__NOWHERE ? s->memory + b : NULL};
}

tern_status tern__slice_make(tern__slice *s, const tern_model *m, size_t rows, tern__purpose purpose, tern_error *err) {
    bool training = purpose.training;
    s->m = m;
    s->capacity = rows;
    if (tern__memory_plan_make(m, rows, purpose, &s->arena, &s->plan, err) || !allocate_lists(s, err))
        return TERN_ERROR_MEMORY;
    if (!(s->memory = tern__alloc(s->plan.size, sizeof *s->memory, err))) return TERN_ERROR_MEMORY;
    if (training && !(s->gradients = tern__alloc(m->gradients, sizeof *s->gradients, err))) return TERN_ERROR_MEMORY;
    lay_values(s, training);
    for (size_t i = 0; i < m->nodes; i++) {
        lay_weights(s, &m->node[i]);
        bind_node(s, i, training);
    }
    return TERN_OK;
}

void tern__slice_free(tern__slice *s) {
    tern__free(s->memory);
    tern__free(s->gradients);
    tern__arena_free(&s->arena);
}

/* ---- rows ---- */

/* The gradients of a value's sequences, and what losses and readers write beside, get the value's steps. */
static void set_steps(tern__slice *s) {
    const tern_model *m = s->m;
    for (size_t v = 0; v < tern__values(m); v++) {
        size_t k = tern__value_lengths(m, v);
        if (k != TERN__NOWHERE) s->value[v].shape.dim[1] = s->gradient[v].shape.dim[1] = s->steps[k];
    }
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__node *node = &m->node[i];
        size_t from = node->lengths_read, other = node->other_lengths;
        if (from != TERN__NOWHERE) {
            s->f[i].steps = s->b[i].steps = s->steps[from];
            s->f[i].length = s->b[i].length = s->length[from];
        }
        if (other != TERN__NOWHERE) {
            s->f[i].other_steps = s->b[i].other_steps = s->steps[other];
            s->f[i].other_length = s->b[i].other_length = s->length[other];
        }
        for (size_t k = 0; k < node->inputs; k++) {
            size_t own = tern__value_lengths(m, node->input[k]);
            if (own != TERN__NOWHERE) s->extra[node->first_read + k].shape.dim[1] = s->steps[own];
        }
    }
    for (size_t k = 0; k < m->losses; k++) {
        size_t from = tern__value_lengths(m, m->loss[k].value);
        if (from != TERN__NOWHERE) s->loss_gradient[k].shape.dim[1] = s->steps[from];
    }
}

static void take_lengths(tern__slice *s, const tern__lengths *lengths) {
    for (size_t k = 0; k < s->m->inputs; k++) {
        s->steps[k] = lengths->steps[k];
        s->length[k] = lengths->length[k] ? lengths->length[k] + s->row : NULL;
    }
    set_steps(s);
}

void tern__slice_set_rows(tern__slice *s, size_t row, size_t rows, const tern__lengths *lengths, uint32_t step) {
    const tern_model *m = s->m;
    bool same = s->rows == rows;
    s->row = row;
    s->rows = rows;
    for (size_t i = 0; i < m->nodes; i++) {
        s->f[i].row = s->b[i].row = row;
        s->f[i].random.step = s->b[i].random.step = step;
        if (same) continue;
        s->f[i].rows = s->b[i].rows = rows;
    }
    if (m->sequences) take_lengths(s, lengths);
    if (same) return;
    for (size_t v = 0; v < tern__values(m); v++) s->value[v].shape.dim[0] = s->gradient[v].shape.dim[0] = rows;
    for (size_t k = 0; k < m->losses; k++) s->loss_gradient[k].shape.dim[0] = rows;
    for (size_t k = 0; k < m->reads; k++) s->extra[k].shape.dim[0] = rows;
    for (size_t k = 0; k < m->saves; k++) s->save[k].shape.dim[0] = rows;
}

void tern__slice_bind(tern__slice *s, size_t row, const tern_real *x, tern_real *y) {
    const tern_model *m = s->m;
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    for (size_t v = 0; v < tern__values(m); v++) {
        /* A layer never writes over the model's input (memory_plan.c), so the const is kept in effect. */
        if (s->plan.is_input[v]) s->value[v].data = (tern_real *)(uintptr_t)(x + row * tern_shape_count(&in));
        if (s->plan.is_output[v]) s->value[v].data = y + row * tern_shape_count(&out);
    }
}

/* Each row as long as it can be, with zeros behind its own steps. */
static void copy_sequences(const tern__slice *s, size_t value, tern_real *y) {
    tern_shape sample = tern__value_shape(s->m, value);
    size_t k = tern__value_lengths(s->m, value), count = tern_shape_count(&sample), step = count / sample.dim[0];
    const tern_real *from = s->value[value].data;
    y += s->row * count;
    for (size_t i = 0; i < s->rows; i++, y += count, from += s->steps[k] * step) {
        size_t n = s->length[k][i] * step;
        memcpy(y, from, n * sizeof *y);
        memset(y + n, 0, (count - n) * sizeof *y);
    }
}

void tern__slice_copy(const tern__slice *s, size_t value, tern_real *y) {
    if (tern__value_lengths(s->m, value) != TERN__NOWHERE) {
        copy_sequences(s, value, y);
        return;
    }
    size_t count = tern_tensor_count(&s->value[value]);
    memcpy(y + s->row * (count / s->rows), s->value[value].data, count * sizeof *y);
}

void tern__slice_input(tern__slice *s, const tern_batch *batch, const tern_tensor *target, tern_real *weight) {
    const tern_model *m = s->m;
    if (!s->rows) return;
    for (size_t k = 0; k < m->inputs; k++) s->in[k] = s->value[k].data;
    for (size_t k = 0; target && k < m->targets; k++)
        s->target[k] = target[k].data + s->row * (tern_tensor_count(&target[k]) / target[k].shape.dim[0]);
    if (batch->gather) {
        tern_gather rows = {.first = s->row,
                            .n = s->rows,
                            .scaling = m->scaling,
                            .x = s->in,
                            .y = target ? s->target : NULL,
                            .weight = weight ? weight + s->row : NULL,
                            .steps = s->steps,
                            .y_steps = m->target_steps};
        batch->gather(batch->source, &rows);
        return;
    }
    for (size_t k = 0; k < m->inputs; k++) {
        const tern__rows rows = {s->row, s->rows, s->steps[k], s->length[k]};
        tern__scale_input(m, k, batch->x[k].data, &rows, s->in[k]);
    }
    for (size_t k = 0; target && k < m->targets; k++) {
        size_t count = tern_tensor_count(&target[k]) / target[k].shape.dim[0];
        memcpy(s->target[k], batch->y[k].data + s->row * count, s->rows * count * sizeof *s->target[k]);
    }
    if (weight) memcpy(weight + s->row, batch->weight->data + s->row, s->rows * sizeof *weight);
}
