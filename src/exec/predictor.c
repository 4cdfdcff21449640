/* predictor.c - the forward pass in evaluation mode. */
#include "predictor_internal.h"

#include "pass.h"

#include <assert.h>
#include <string.h>

struct tern_predictor {
    const tern_model *m;
    tern__worker_group group;
    bool own_input;          /* the input is gathered or scaled into the plan, not read where the caller has it */
    const tern_batch *batch; /* of the pass in hand, and where it goes */
    tern_real *y;
    const tern_tensor *target;
};

static tern_predictor *new_run(const tern_model *m, size_t max_rows, size_t threads, bool own_input, tern_error *err) {
    tern_predictor *r = tern__alloc(1, sizeof *r, err);
    if (!r) return NULL;
    r->m = m;
    r->own_input = own_input;
    if (!tern__worker_group_make(&r->group, m, max_rows, threads, false, own_input, err)) return r;
    tern_predictor_free(r);
    return NULL;
}

tern_predictor *tern_predictor_new(const tern_model *m, size_t max_rows, size_t threads, tern_error *err) {
    return new_run(m, max_rows, threads, !tern__scaling_plain(&m->scaling[0]), err);
}

tern_predictor *tern__predictor_new_gathering(const tern_model *m, size_t max_rows, size_t threads, tern_error *err) {
    return new_run(m, max_rows, threads, true, err);
}

void tern_predictor_free(tern_predictor *r) {
    if (!r) return;
    tern__worker_group_free(&r->group);
    tern__free(r);
}

static void forward_task(void *arg, size_t worker) {
    tern_predictor *r = arg;
    tern__slice *s = &r->group.slice[worker];
    tern__slice_bind(s, r->own_input ? NULL : r->batch->x->data, r->y);
    if (r->own_input) tern__slice_input(s, r->batch, r->target);
    tern__slice_forward(&r->group, worker);
    if (s->plan.is_output[r->m->nodes]) return;
    tern_tensor *last = &s->value[r->m->nodes]; /* nothing but views: the output is the input */
    size_t count = tern_tensor_count(last);
    memcpy(r->y + s->row * (count / s->rows), last->data, count * sizeof *r->y);
}

void tern__predictor_batch(tern_predictor *r, const tern_batch *batch, tern_real *y, const tern_tensor *target) {
    r->batch = batch;
    r->y = y;
    r->target = target;
    tern__worker_group_cut(&r->group, batch->n, 0);
    tern__workers_do(r->group.workers, r->group.active, forward_task, r);
}

void tern_predictor_forward(tern_predictor *r, const tern_tensor *x, tern_tensor *y) {
    tern_batch batch = {.n = x->shape.dim[0], .x = x};
    assert(batch.n >= 1 && tern_tensor_count(x) == batch.n * tern_shape_count(&r->m->input[0].shape) &&
           "x is [n, input...]");
    tern__predictor_batch(r, &batch, y->data, NULL);
}
