/* predictor.c - the forward pass in evaluation mode. */
#include "predictor_internal.h"

#include "pass.h"
#include "rows_check.h"

#include <string.h>

struct tern_predictor {
    const tern_model *m;
    tern__worker_group group;
    tern__purpose purpose;
    const tern_batch *batch; /* of the current pass, and where it goes */
    const tern_tensor *y;    /* [results] */
    const tern_tensor *target;
};

static tern_status make(tern_predictor *r, size_t max_rows, size_t threads, tern_error *err) {
    if (!max_rows)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a predictor for 0 rows; it takes at least 1 at a time");
    return tern__worker_group_make(&r->group, r->m, max_rows, threads, r->purpose, NULL, err);
}

static tern_predictor *new_run(const tern_model *m, size_t max_rows, size_t threads, tern__purpose purpose,
                               tern_error *err) {
    if (tern__scaling_check(m, err)) return NULL;
    tern_predictor *r = tern__alloc(1, sizeof *r, err);
    if (!r) return NULL;
    r->m = m;
    r->purpose = purpose;
    if (!make(r, max_rows, threads, err)) return r;
    tern_predictor_free(r);
    return NULL;
}

tern_predictor *tern_predictor_new(const tern_model *m, size_t max_rows, size_t threads, tern_error *err) {
    tern__purpose purpose = {.own_input = m->inputs > 1 || m->sequences || !tern__scaling_plain(&m->scaling[0]),
                             .results = m->outputs};
    return new_run(m, max_rows, threads, purpose, err);
}

tern_predictor *tern__predictor_new_gathering(const tern_model *m, size_t max_rows, size_t threads, size_t results,
                                              tern_error *err) {
    return new_run(m, max_rows, threads, (tern__purpose){.own_input = true, .results = results}, err);
}

void tern_predictor_free(tern_predictor *r) {
    if (!r) return;
    tern__worker_group_free(&r->group);
    tern__free(r);
}

static void forward_task(void *arg, size_t worker) {
    tern_predictor *r = arg;
    const tern_model *m = r->m;
    tern__slice *s = &r->group.slice[worker];
    tern__slice_bind(s, s->row, r->purpose.own_input ? NULL : r->batch->x->data, r->y->data);
    if (r->purpose.own_input) tern__slice_input(s, r->batch, r->target, NULL);
    tern__pass_forward(&r->group, worker);
    for (size_t k = 0; k < s->plan.results; k++) tern__slice_copy(s, m->result[k].value, r->y[k].data);
    size_t last = tern__node_value(m, m->nodes - 1);
    /* nothing but views: the output is the input */
    if (!s->plan.results && !s->plan.is_output[last]) tern__slice_copy(s, last, r->y->data);
}

void tern__predictor_batch(tern_predictor *r, const tern_batch *batch, const tern_tensor *y,
                           const tern_tensor *target) {
    r->batch = batch;
    r->y = y;
    r->target = target;
    tern__worker_group_cut(&r->group, batch, 0);
    tern__workers_do(r->group.workers, r->group.active, forward_task, r);
}

const size_t *tern__predictor_lengths(const tern_predictor *r, size_t input) { return r->group.lengths.length[input]; }

tern_status tern_predictor_forward_sequences(tern_predictor *r, const tern_tensor *x, const size_t *const *length,
                                             tern_tensor *y, tern_error *err) {
    const tern_batch batch = {.n = x->shape.rank ? x->shape.dim[0] : 0, .x = x, .length = length};
    size_t n = batch.n, most = r->group.partition.batch;
    if (!n || n > most)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%zu rows; the predictor takes 1 to %zu at a time", n, most);
    tern_status status = tern__check_inputs(r->m, &batch, err);
    if (!status) status = tern__check_outputs(r->m, y, n, err);
    if (!status) tern__predictor_batch(r, &batch, y, NULL);
    return status;
}

tern_status tern_predictor_forward(tern_predictor *r, const tern_tensor *x, tern_tensor *y, tern_error *err) {
    return tern_predictor_forward_sequences(r, x, NULL, y, err);
}
