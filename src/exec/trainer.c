/* trainer.c - a training step: one fork and join, in which each worker takes its slice from the data to its gradient,
 * and then all together add up, measure and apply the gradients (update.c), each its own part of the parameters. */
#include "trainer_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- making ---- */

static tern_status need(const tern_object *o, const char *key, tern_error *err) {
    return o->type ? TERN_OK : tern_error_add(err, TERN_ERROR_MODEL, key, "is missing: training needs it");
}

static size_t option_size(size_t given, size_t file, size_t fallback) { return given ? given : file ? file : fallback; }

/* The optimizer's own option `lr`, found by its row. */
static double option_lr(const tern_object *o) {
    for (const tern_option *row = o->type->options; row && row->name; row++)
        if (!strcmp(row->name, "lr") && row->kind == TERN_OPTION_REAL)
            return *(const double *)((const char *)o->self + row->offset);
    return 0;
}

static bool excluded(const tern__optimizer_common *common, tern_group group) {
    static const char *const names[] = {
        [TERN_GROUP_WEIGHT] = "", [TERN_GROUP_BIAS] = "bias", [TERN_GROUP_NORM] = "norm"};
    for (size_t i = 0; i < common->decay_exclude.n; i++)
        if (!strcmp(common->decay_exclude.v[i], names[group])) return true;
    return false;
}

static tern_status plan_optimizer(tern_trainer *t, tern_error *err) {
    const tern_model *m = t->m;
    const tern_object *o = &m->config.optimizer;
    size_t depth = tern_error_enter(err, "schedule", 0);
    t->base_lr = option_lr(o);
    tern_status status = tern__trainer_plan_schedule(t, err);
    tern_error_leave(err, depth);
    if (status) return status;
    depth = tern_error_enter(err, "optimizer", 0);
    status = ((const tern_optimizer_type *)o->type)->plan(o->self, &t->slots, err);
    tern_error_leave(err, depth);
    if (status) return status;
    for (size_t k = 0; k < t->slots.slots; k++) {
        if (!(t->slot[k] = tern__alloc(m->params, sizeof *t->slot[k], err))) return TERN_ERROR_MEMORY;
        for (size_t i = 0; i < m->params; i++) t->slot[k][i] = (tern_real)t->slots.slot_value[k];
    }
    if (!(t->decay = tern__alloc(m->weights, sizeof *t->decay, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < m->weights; i++) t->decay[i] = !excluded(o->common, m->weight[i].param.group);
    return TERN_OK;
}

static tern_status plan_targets(tern_trainer *t, tern_error *err) {
    size_t metrics = t->m->config.metrics.n;
    if (!(t->sum = tern__alloc(metrics, sizeof *t->sum, err))) return TERN_ERROR_MEMORY;
    tern_status status = tern__model_plan_targets(t->m, t->options.target, &t->loss_spec, t->sum, err);
    if (status) return status;
    for (size_t i = 0; i < metrics; i++) t->n_sums += t->sum[i];
    t->target_count = tern_shape_count(&t->loss_spec.target);
    return TERN_OK;
}

static tern_status allocate(tern_trainer *t, tern_error *err) {
    size_t slices = t->group.slices;
    t->target = tern__alloc(t->options.batch_size * t->target_count, sizeof *t->target, err);
    t->weight = tern__alloc(3 * slices, sizeof *t->weight, err);
    t->sums = tern__alloc(slices * t->n_sums, sizeof *t->sums, err);
    t->bad_node = tern__alloc(2 * slices, sizeof *t->bad_node, err);
    t->state = tern__alloc(t->m->states, sizeof *t->state, err);
    if (!t->target || !t->weight || !t->sums || !t->bad_node || !t->state) return TERN_ERROR_MEMORY;
    if (t->options.accumulates && !(t->kept = tern__alloc(t->m->params, sizeof *t->kept, err)))
        return TERN_ERROR_MEMORY;
    t->loss = t->weight + slices;
    t->norm2 = t->loss + slices;
    t->bad_row = t->bad_node + slices;
    return TERN_OK;
}

tern_status tern__trainer_make(tern_trainer **out, tern_model *m, const tern_trainer_options *options,
                               tern_error *err) {
    tern_trainer *t = *out = tern__alloc(1, sizeof *t, err);
    if (!t) return TERN_ERROR_MEMORY;
    t->m = m;
    if (options) t->options = *options;
    t->options.batch_size = option_size(t->options.batch_size, m->config.train.batch_size, 64);
    t->last_norm = (double)NAN;
    tern_status status = need(&m->config.loss, "loss", err), second = TERN_OK;
    if (!t->options.gradients_only) second = need(&m->config.optimizer, "optimizer", err);
    if (!status && !second && !m->node[m->nodes - 1].needs_backward)
        status = tern_error_add(err, TERN_ERROR_MODEL, "layers", "has nothing to train: no layer with weights");
    status = status ? status : second;
    if (!status) status = plan_targets(t, err);
    if (!status && !t->options.gradients_only) status = plan_optimizer(t, err);
    if (!status)
        status = tern__worker_group_make(&t->group, m, t->options.batch_size, t->options.threads, true, true, err);
    if (!status) status = allocate(t, err);
    if (!status) return TERN_OK;
    tern__json_locate(&m->json, err);
    tern_trainer_free(t);
    *out = NULL;
    return status;
}

tern_trainer *tern_trainer_new(tern_model *m, const tern_trainer_options *options, tern_error *err) {
    tern_trainer *t;
    return tern__trainer_make(&t, m, options, err) ? NULL : t;
}

void tern_trainer_free(tern_trainer *t) {
    if (!t) return;
    tern__worker_group_free(&t->group);
    for (size_t k = 0; k < TERN_MAX_SLOTS; k++) tern__free(t->slot[k]);
    tern__free(t->decay);
    tern__free(t->target);
    tern__free(t->weight);
    tern__free(t->sums);
    tern__free(t->sum);
    tern__free(t->bad_node);
    tern__free(t->state);
    tern__free(t->kept);
    tern__free(t);
}

/* ---- one worker's part of a step ---- */

static tern_tensor slice_target(const tern_trainer *t, const tern__slice *s) {
    return (tern_tensor){tern_shape_batch(&t->loss_spec.target, s->rows), t->target + s->row * t->target_count};
}

/* The slice's rows, and its part of the loss's divisor: that is of the whole batch, so all say theirs while they are
 * still together. */
static void slice_gather(tern_trainer *t, size_t worker) {
    const tern_model *m = t->m;
    tern__slice *s = &t->group.slice[worker];
    tern__slice_input(s, t->batch, t->target, t->target_count);
    tern_tensor target = slice_target(t, s);
    t->weight[worker] = tern__loss_weight(m, &s->value[m->nodes], &target);
    if (tern__model_loss(m)->weight) tern__workers_barrier(t->group.workers, worker);
}

static void slice_loss(tern_trainer *t, size_t worker) {
    const tern_model *m = t->m;
    tern__slice *s = &t->group.slice[worker];
    tern_tensor *pred = &s->value[m->nodes], target = slice_target(t, s);
    double weight = (double)(t->batch->n * (tern_tensor_count(pred) / s->rows)), norm;
    if (tern__model_loss(m)->weight) weight = tern__total(t->weight, t->group.active);
    norm = tern__loss_norm(m, weight, t->batch->n);
    t->loss[worker] = tern__model_loss(m)->eval(m->config.loss.self, pred, &target, norm, &s->gradient[m->nodes]);
}

static void slice_metrics(tern_trainer *t, size_t worker) {
    const tern_model *m = t->m;
    tern__slice *s = &t->group.slice[worker];
    tern_tensor target = slice_target(t, s);
    double *sums = t->sums + worker * t->n_sums;
    memset(sums, 0, t->n_sums * sizeof *sums);
    for (size_t i = 0; i < m->config.metrics.n; sums += t->sum[i++]) {
        const tern_object *o = &m->config.metrics.item[i];
        ((const tern_metric_type *)o->type)->add(o->self, &s->value[m->nodes], &target, sums);
    }
}

static void step_task(void *arg, size_t worker) {
    tern_trainer *t = arg;
    tern__timer *timer = t->group.slice[worker].timer;
    size_t stages = 2 * t->m->nodes;
    if (timer) timer->last = tern__clock();
    slice_gather(t, worker);
    tern__timer_mark(timer, stages + TERN__GATHER);
    tern__slice_forward(&t->group, worker);
    slice_loss(t, worker);
    slice_metrics(t, worker);
    tern__timer_mark(timer, stages + TERN__LOSS);
    tern__slice_backward(&t->group, worker);
    tern__workers_barrier(t->group.workers, worker);
    tern__timer_mark(timer, stages + TERN__WAIT);
    tern__output_parallel_backward(&t->group, worker);
    tern__trainer_reduce(t, worker);
    tern__workers_barrier(t->group.workers, worker);
    tern__timer_mark(timer, stages + TERN__REDUCE);
    /* Each worker adds up the same numbers in the same order, so that all decide alike. */
    double norm = sqrt(tern__total(t->norm2, t->group.active)), loss = tern__total(t->loss, t->group.active);
    bool finite = isfinite(norm) && isfinite(loss);
    if (finite && t->finish) t->finish(t, worker, norm);
    tern__timer_mark(timer, stages + TERN__UPDATE);
    if (worker) return;
    t->total_norm = norm;
    t->finite = finite;
}

/* ---- steps ---- */

void tern__trainer_restore_states(tern_trainer *t) { memcpy(t->m->state, t->state, t->m->states * sizeof *t->state); }

tern_status tern__trainer_pass(tern_trainer *t, const tern_batch *batch, tern__finish *finish, tern_error *err) {
    if (!batch->n || batch->n > t->options.batch_size)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a batch of %zu rows; the trainer takes 1 to %zu", batch->n,
                              t->options.batch_size);
    t->batch = batch;
    t->finish = finish;
    tern__trainer_tick(t);
    memcpy(t->state, t->m->state, t->m->states * sizeof *t->state);
    tern__worker_group_cut(
        &t->group, batch->n,
        (uint32_t)(t->step + 0x9E3779B9 * t->pieces)); /* each batch of an update draws its own numbers */
    tern__workers_do(t->group.workers, t->group.active, step_task, t);
    if (!t->finite || !finish) tern__trainer_restore_states(t);
    if (!t->finite) return tern__trainer_find_nonfinite(t, err);
    t->total_weight = tern__total(t->weight, t->group.active);
    t->total_loss = tern__total(t->loss, t->group.active) * tern__loss_norm(t->m, t->total_weight, batch->n);
    t->last_norm = t->total_norm;
    for (size_t k = 1; k < t->group.active; k++)
        for (size_t i = 0; i < t->n_sums; i++) t->sums[i] += t->sums[k * t->n_sums + i];
    return TERN_OK;
}

tern_status tern_trainer_step(tern_trainer *t, const tern_batch *batch, tern_step *out, tern_error *err) {
    assert(!t->options.gradients_only && "a trainer with an optimizer");
    tern_status status = tern__trainer_pass(t, batch, tern__trainer_update, err);
    if (status) return status;
    t->step++;
    if (out) *out = (tern_step){t->step, tern__total(t->loss, t->group.active), t->lr, t->total_norm};
    return TERN_OK;
}

tern_status tern_trainer_backward(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err) {
    tern_status status = tern__trainer_pass(t, batch, NULL, err);
    if (!status && loss) *loss = tern__total(t->loss, t->group.active);
    return status;
}

tern_tensor tern_trainer_gradient(const tern_trainer *t, size_t i) { return t->group.slice[0].dweight[i]; }

const double *tern__trainer_sums(const tern_trainer *t) { return t->sums; }
