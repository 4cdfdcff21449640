/* layer_harness.c - a layer on its own, with memory of its own; see layer_harness.h. */
#include "layer_harness.h"

#include "object_copy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_TENSORS = 2 * TERN_MAX_INPUTS + 2 + 2 * TERN_MAX_PARAMS + TERN_MAX_STATES + TERN_MAX_SAVES + 1 };

/* ---- the list of tensors ---- */

static void list(tern__harness *p, tern_tensor *tensor, tern_shape shape, const char *name, bool constant_forward,
                 bool constant_backward) {
    tern__harness_tensor *t = &p->tensor[p->n++];
    *t = (tern__harness_tensor){
        .tensor = tensor, .constant_forward = constant_forward, .constant_backward = constant_backward};
    snprintf(t->name, sizeof t->name, "%s", name);
    tensor->shape = shape;
}

static void list_batch(tern__harness *p, tern_tensor *tensor, const tern_shape *sample, const char *name, size_t k,
                       bool constant_forward, bool constant_backward) {
    char numbered[32];
    snprintf(numbered, sizeof numbered, "%s[%zu]", name, k);
    list(p, tensor, tern_shape_batch(sample, p->rows), numbered, constant_forward, constant_backward);
}

static void list_tensors(tern__harness *p) {
    const tern_layer_spec *s = &p->spec;
    for (size_t k = 0; k < s->inputs; k++) {
        list_batch(p, &p->x[k], &s->in[k], "x", k, true, true);
        list_batch(p, &p->dx[k], &s->in[k], "dx", k, true, false);
    }
    list(p, &p->y, tern_shape_batch(&s->out, p->rows), "y", false, true);
    list(p, &p->dy, tern_shape_batch(&s->out, p->rows), "dy", true, true);
    for (size_t k = 0; k < TERN_MAX_PARAMS && s->param[k].shape.rank; k++, p->params++) {
        char gradient[48];
        snprintf(gradient, sizeof gradient, "d %s", s->param[k].name);
        list(p, &p->param[k], s->param[k].shape, s->param[k].name, true, true);
        list(p, &p->dparam[k], s->param[k].shape, gradient, true, false);
    }
    for (size_t k = 0; k < TERN_MAX_STATES && s->state[k].shape.rank; k++, p->states++)
        list(p, &p->state[k], s->state[k].shape, s->state[k].name, false, true);
    for (size_t k = 0; k < TERN_MAX_SAVES && s->save[k].rank; k++, p->saves++)
        list_batch(p, &p->save[k], &s->save[k], "save", k, false, false);
    size_t scratch = s->scratch + p->rows * (s->scratch_row + s->evaluation_row);
    if (scratch) list(p, &p->scratch, TERN_SHAPE(scratch), "scratch", false, false);
}

/* ---- memory ---- */

/* Whole guard zones, so that every tensor begins at a multiple of 64 bytes. */
static size_t padded(const tern_tensor *t) {
    return (tern_tensor_count(t) + TERN__GUARDS - 1) / TERN__GUARDS * TERN__GUARDS + TERN__GUARDS;
}

/* What the tensors lie in, all NaN. */
static tern_status make_memory(tern__harness *p, tern_error *err) {
    p->count = TERN__GUARDS;
    for (size_t i = 0; i < p->n; i++) p->count += padded(p->tensor[i].tensor);
    p->memory = tern__alloc(p->count, sizeof *p->memory, err);
    if (!p->memory) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < p->count; i++) p->memory[i] = TERN__GUARD;
    tern_real *at = p->memory + TERN__GUARDS;
    for (size_t i = 0; i < p->n; i++) {
        p->tensor[i].tensor->data = at;
        tern_tensor_fill(p->tensor[i].tensor, (tern_real)NAN);
        at += padded(p->tensor[i].tensor);
    }
    return TERN_OK;
}

/* From a spec with what is given. */
static tern_status prepare(tern__harness *p, const tern_object *layer, tern_error *err) {
    tern_object own;
    tern_status status = tern__object_copy(layer, &p->arena, &own, err);
    if (status) return status;
    p->self = own.self;
    status = p->type->plan(own.self, &p->spec, err);
    if (status) return status;
    p->unwanted[0] = p->spec.indices > 0;

    p->tensor = tern__alloc(MOST_TENSORS, sizeof *p->tensor, err);
    p->accumulators = tern__alloc(2 * p->spec.accumulators, sizeof *p->accumulators, err);
    if (!p->tensor || !p->accumulators) return TERN_ERROR_MEMORY;
    list_tensors(p);
    return make_memory(p, err);
}

static void begin(tern__harness *p, const tern_object *layer, size_t inputs, const tern_shape *in, size_t rows) {
    *p = (tern__harness){.type = (const tern_layer_type *)layer->type,
                         .rows = rows,
                         .random = {.seed = 1, .purpose = TERN_RANDOM_LAYER, .step = 1}};
    p->spec.inputs = inputs;
    memcpy(p->spec.in, in, inputs * sizeof *in);
}

tern_status tern__harness_open(tern__harness *p, const tern_object *layer, size_t inputs, const tern_shape *in,
                               size_t rows, tern_error *err) {
    begin(p, layer, inputs, in, rows);
    return prepare(p, layer, err);
}

tern_status tern__harness_open_sequences(tern__harness *p, const tern_object *layer, size_t inputs,
                                         const tern_shape *in, size_t rows, tern_error *err) {
    begin(p, layer, inputs, in, rows);
    p->spec.sequences = true;
    if (!(p->length = tern__arena_alloc(&p->arena, rows, sizeof *p->length, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < rows; i++) p->length[i] = 1 + (2 * i + 1) % in->dim[0]; /* in no order */
    bool crosses = p->type->flags & TERN_CROSS && inputs > 1;
    if (crosses && !(p->other_length = tern__arena_alloc(&p->arena, rows, sizeof *p->other_length, err)))
        return TERN_ERROR_MEMORY;
    for (size_t i = 0; crosses && i < rows; i++) p->other_length[i] = 1 + (3 * i + 2) % in[1].dim[0];
    return prepare(p, layer, err);
}

void tern__harness_close(tern__harness *p) {
    tern__free(p->memory);
    tern__free(p->accumulators);
    tern__free(p->tensor);
    tern__arena_free(&p->arena);
    *p = (tern__harness){0};
}

void tern__harness_in_place(tern__harness *p) {
    unsigned flags = p->type->flags;
    if (!(flags & TERN_IN_PLACE)) return;
    if (!(flags & TERN_READS_X)) p->y.data = p->x[0].data;
    p->dx[0].data = p->dy.data;
}

const char *tern__harness_damage(const tern__harness *p) {
    const tern_real *at = p->memory, *end = p->memory + TERN__GUARDS;
    for (size_t i = 0; i <= p->n; i++) {
        for (; at < end; at++)
            if (!(*at == TERN__GUARD)) return p->tensor[i ? i - 1 : 0].name;
        if (i == p->n) break;
        at = end + tern_tensor_count(p->tensor[i].tensor);
        end += padded(p->tensor[i].tensor);
    }
    return NULL;
}

/* ---- numbers ---- */

/* Normal numbers around `mean`; `index` keeps the tensors apart. */
static void fill_normal(tern_tensor *t, double mean, double deviation, uint32_t index) {
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER, .index = index};
    size_t n = tern_tensor_count(t);
    tern_random_normal(&random, 0, n, t->data);
    for (size_t i = 0; i < n; i++) t->data[i] = (tern_real)(mean + deviation * (double)t->data[i]);
}

/* Whole numbers from 0 to most - 1. */
static void fill_indices(tern_tensor *t, size_t most) {
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER};
    size_t n = tern_tensor_count(t);
    tern_random_uniform(&random, 0, n, t->data);
    for (size_t i = 0; i < n; i++) t->data[i] = (tern_real)floor((double)t->data[i] * (double)most);
}

static bool sequences_out(const tern__harness *p) { return p->spec.out_sequences || p->type->flags & TERN_STEPWISE; }

/* Padding has no gradient. */
static void clear_padding(const tern__harness *p, tern_tensor *dy) {
    size_t steps = dy->shape.dim[1], step = tern_tensor_count(dy) / p->rows / steps;
    for (size_t i = 0; i < p->rows; i++)
        memset(dy->data + (i * steps + p->length[i]) * step, 0, (steps - p->length[i]) * step * sizeof *dy->data);
}

void tern__harness_fill(tern__harness *p) {
    for (size_t k = 0; k < p->spec.inputs; k++) fill_normal(&p->x[k], 0, 1, (uint32_t)k);
    if (p->spec.indices) fill_indices(&p->x[0], p->spec.indices);
    for (size_t k = 0; k < p->params; k++) {
        const tern_param *param = &p->spec.param[k];
        /* A matrix so small that y is of the order of x. */
        double fan = (double)tern_shape_count(&param->shape) / (double)param->shape.dim[0];
        double mean = param->fill == TERN_FILL_CONSTANT ? param->a : 0;
        fill_normal(&p->param[k], mean, fmin(0.5, 1 / sqrt(fan)), (uint32_t)(100 + k));
    }
    for (size_t k = 0; k < p->states; k++) tern_tensor_fill(&p->state[k], (tern_real)p->spec.state[k].a);
    /* From 0.5 to 1.5 and of either sign: no element of y counts for little. */
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER, .index = 200};
    size_t n = tern_tensor_count(&p->dy);
    tern_random_uniform(&random, 0, n, p->dy.data);
    for (size_t i = 0; i < n; i++) {
        double u = 2 * (double)p->dy.data[i] - 1;
        p->dy.data[i] = (tern_real)(u < 0 ? u - 0.5 : u + 0.5);
    }
    if (p->length && sequences_out(p)) clear_padding(p, &p->dy);
}

/* ---- the framework's steps ---- */

static tern_forward forward_of(tern__harness *p, const tern_tensor **x, bool training) {
    for (size_t k = 0; k < p->spec.inputs; k++) x[k] = &p->x[k];
    return (tern_forward){.rows = p->rows,
                          .row = p->row,
                          .x = x,
                          .y = &p->y,
                          .param = p->param,
                          .state = p->state,
                          .save = training ? p->save : NULL,
                          .accumulators = p->spec.accumulators ? p->accumulators : NULL,
                          .length = p->length,
                          .steps = p->length ? p->spec.in->dim[0] : 0,
                          .other_length = p->other_length,
                          .other_steps = p->other_length ? p->spec.in[1].dim[0] : 0,
                          .scratch = p->scratch.data,
                          .training = training && !p->keeps_states,
                          .random = p->random};
}

static tern_backward backward_of(tern__harness *p, const tern_tensor **x, tern_tensor **dx) {
    for (size_t k = 0; k < p->spec.inputs; k++) {
        x[k] = p->type->flags & TERN_READS_X ? &p->x[k] : NULL;
        dx[k] = p->unwanted[k] ? NULL : &p->dx[k];
    }
    for (size_t k = 0; k < p->params; k++) {
        p->asked[k] = p->dparam[k];
        if (p->frozen[k] && p->type->flags & TERN_SKIPS_FROZEN) p->asked[k].data = NULL;
    }
    return (tern_backward){.rows = p->rows,
                           .row = p->row,
                           .length = p->length,
                           .steps = p->length ? p->spec.in->dim[0] : 0,
                           .training = !p->keeps_states,
                           .scratch = p->scratch.data,
                           .x = x,
                           .y = p->type->flags & TERN_READS_Y ? &p->y : NULL,
                           .dy = &p->dy,
                           .param = p->param,
                           .dparam = p->asked,
                           .state = p->state,
                           .save = p->save,
                           .dx = dx,
                           .accumulators = p->spec.accumulators ? p->accumulators : NULL,
                           .forward_accumulators = p->spec.accumulators ? p->accumulators + p->spec.accumulators : NULL,
                           .other_length = p->other_length,
                           .other_steps = p->other_length ? p->spec.in[1].dim[0] : 0,
                           .random = p->random};
}

void tern__harness_forward_accumulate(tern__harness *p, bool training) {
    if (!p->type->forward_accumulate) return;
    const tern_tensor *x[TERN_MAX_INPUTS] = {0};
    tern_forward f = forward_of(p, x, training);
    memset(p->accumulators, 0, p->spec.accumulators * sizeof *p->accumulators);
    p->type->forward_accumulate(p->self, &f);
}

void tern__harness_forward(tern__harness *p, bool training) {
    const tern_tensor *x[TERN_MAX_INPUTS] = {0};
    tern_forward f = forward_of(p, x, training);
    if (p->spec.accumulators)
        memcpy(p->accumulators + p->spec.accumulators, p->accumulators, p->spec.accumulators * sizeof *p->accumulators);
    if (p->type->flags & TERN_VIEW) memcpy(p->y.data, p->x[0].data, tern_tensor_count(&p->y) * sizeof *p->y.data);
    else p->type->forward(p->self, &f);
}

void tern__harness_backward_accumulate(tern__harness *p) {
    if (!p->type->backward_accumulate) return;
    const tern_tensor *x[TERN_MAX_INPUTS] = {0};
    tern_tensor *dx[TERN_MAX_INPUTS] = {0};
    tern_backward b = backward_of(p, x, dx);
    memset(p->accumulators, 0, p->spec.accumulators * sizeof *p->accumulators);
    p->type->backward_accumulate(p->self, &b);
}

void tern__harness_backward(tern__harness *p) {
    const tern_tensor *x[TERN_MAX_INPUTS] = {0};
    tern_tensor *dx[TERN_MAX_INPUTS] = {0};
    tern_backward b = backward_of(p, x, dx);
    if (!(p->type->flags & TERN_VIEW)) p->type->backward(p->self, &b);
    else if (!p->unwanted[0]) memcpy(p->dx[0].data, p->dy.data, tern_tensor_count(&p->dy) * sizeof *p->dy.data);
}
