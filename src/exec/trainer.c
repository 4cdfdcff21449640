/* trainer.c - a training step: one fork and join, in which each worker takes its slice from the data to its gradient,
 * and then all together add up, measure and apply the gradients (update.c), each its own part of the parameters. */
#include "trainer_internal.h"

#include "object_copy.h"
#include "pass.h"

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

/* "norm" are all parameters of a normalisation, "bias" every bias, a normalisation's too. */
static bool excluded(const tern__optimizer_common *common, const tern_param *p) {
    bool bias = p->group == TERN_GROUP_BIAS || !strcmp(p->name, "bias"), norm = p->group == TERN_GROUP_NORM;
    for (size_t i = 0; i < common->decay_exclude.n; i++) {
        const char *name = common->decay_exclude.v[i];
        if ((bias && !strcmp(name, "bias")) || (norm && !strcmp(name, "norm"))) return true;
    }
    return false;
}

static tern_status plan_optimizer(tern_trainer *t, tern_error *err) {
    const tern_model *m = t->m;
    tern_status status = tern__object_copy(&m->config.optimizer, &t->arena, &t->optimizer, err);
    if (status) return status;
    const tern_object *o = &t->optimizer;
    size_t depth = tern_error_enter(err, "schedule", 0);
    t->base_lr = option_lr(o);
    status = tern__trainer_plan_schedule(t, err);
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
    if (!(t->decay = tern__arena_alloc(&t->arena, m->weights, sizeof *t->decay, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < m->weights; i++) t->decay[i] = !excluded(o->common, &m->weight[i].param);
    return TERN_OK;
}

static tern_status allocate(tern_trainer *t, tern_error *err) {
    size_t slices = t->group.slices;
    tern_status status =
        tern__targets_allocate(&t->targets, t->m->targets, t->options.batch_size, &t->arena, &t->target, err);
    t->tally = tern__arena_alloc(&t->arena, slices, sizeof *t->tally, err);
    t->norm2 = tern__arena_alloc(&t->arena, slices, sizeof *t->norm2, err);
    t->bad_node = tern__arena_alloc(&t->arena, 2 * slices, sizeof *t->bad_node, err);
    t->state = tern__arena_alloc(&t->arena, t->m->states, sizeof *t->state, err);
    if (status || !t->tally || !t->norm2 || !t->bad_node || !t->state) return TERN_ERROR_MEMORY;
    t->bad_row = t->bad_node + slices;
    for (size_t k = 0; !status && k < slices; k++) status = tern__tally_make(&t->targets, &t->arena, &t->tally[k], err);
    if (!status) status = tern__tally_make(&t->targets, &t->arena, &t->total, err);
    if (status || !t->options.accumulates) return status;
    if (!(t->kept = tern__alloc(t->m->params, sizeof *t->kept, err))) return TERN_ERROR_MEMORY;
    return tern__tally_make(&t->targets, &t->arena, &t->kept_total, err);
}

tern_status tern__trainer_make(tern_trainer **out, tern_model *m, const tern_trainer_options *options,
                               tern_error *err) {
    tern_trainer *t = *out = tern__alloc(1, sizeof *t, err);
    if (!t) return TERN_ERROR_MEMORY;
    t->m = m;
    if (options) t->options = *options;
    t->options.batch_size = option_size(t->options.batch_size, m->config.train.batch_size, 64);
    t->last_norm = (double)NAN;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_status status = need(&m->config.loss, "loss", err), second = TERN_OK;
    if (!t->options.gradients_only) second = need(&m->config.optimizer, "optimizer", err);
    if (!status && !second && !m->node[m->nodes - 1].needs_backward)
        status = tern_error_add(err, TERN_ERROR_MODEL, "layers", "has nothing to train: no layer with weights");
    status = status ? status : second;
    if (!status) status = tern__targets_make(m, t->options.target, &t->arena, &t->targets, err);
    if (!status && !t->options.gradients_only) status = plan_optimizer(t, err);
    if (!status)
        status = tern__worker_group_make(&t->group, m, t->options.batch_size, t->options.threads, true, true, err);
    if (!status) status = allocate(t, err);
    tern__error_scope_leave(err, &before);
    if (!status) return TERN_OK;
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
    tern__free(t->kept);
    tern__arena_free(&t->arena);
    tern__free(t);
}

/* ---- one worker's part of a step ---- */

/* The slice's rows of a loss's target. */
static tern_tensor slice_target(const tern_trainer *t, const tern__slice *s, const tern__loss *loss) {
    return (tern_tensor){tern_shape_batch(&loss->spec.target, s->rows),
                         t->target[loss->target].data + s->row * loss->target_count};
}

/* The slice's rows, and its part of the losses' divisors: those are of the whole batch, so all say theirs while they
 * are still together. */
static void slice_gather(tern_trainer *t, size_t worker) {
    tern__slice *s = &t->group.slice[worker];
    bool wait = false;
    tern__slice_input(s, t->batch, t->target);
    for (size_t i = 0; i < t->targets.losses; i++) {
        const tern__loss *loss = &t->targets.loss[i];
        tern_tensor target = slice_target(t, s, loss);
        t->tally[worker].weight[i] = tern__loss_weight(loss, &s->value[loss->value], &target);
        wait = wait || loss->type->weight;
    }
    if (wait) tern__workers_barrier(t->group.workers, worker);
}

static void slice_loss(tern_trainer *t, size_t worker) {
    tern__slice *s = &t->group.slice[worker];
    for (size_t i = 0; i < t->targets.losses; i++) {
        const tern__loss *loss = &t->targets.loss[i];
        tern_tensor *pred = &s->value[loss->value], target = slice_target(t, s, loss);
        double weight = loss->type->weight ? tern__trainer_weight(t, i)
                                           : (double)(t->batch->n * (tern_tensor_count(pred) / s->rows));
        double norm = tern__loss_norm(loss, weight, t->batch->n);
        t->tally[worker].loss[i] = loss->type->eval(loss->self, pred, &target, norm, &s->gradient[loss->value]);
    }
}

static void slice_metrics(tern_trainer *t, size_t worker) {
    tern__slice *s = &t->group.slice[worker];
    double *accumulators = t->tally[worker].accumulators;
    memset(accumulators, 0, t->targets.accumulators * sizeof *accumulators);
    for (size_t i = 0; i < t->targets.losses; i++) {
        const tern__loss *loss = &t->targets.loss[i];
        tern_tensor target = slice_target(t, s, loss);
        tern__metrics_add(&t->targets, i, &s->value[loss->value], &target, accumulators);
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
    double norm = sqrt(tern__total(t->norm2, t->group.active)), loss = tern__trainer_loss(t);
    bool finite = isfinite(norm) && isfinite(loss);
    if (finite && t->finish) t->finish(t, worker, norm);
    tern__timer_mark(timer, stages + TERN__UPDATE);
    if (worker) return;
    t->loss = loss;
    t->total_norm = norm;
    t->finite = finite;
}

/* What all slices together measured. */
static void total_tally(tern_trainer *t) {
    tern__tally_clear(&t->total);
    for (size_t k = 0; k < t->group.active; k++) tern__tally_add(&t->targets, &t->tally[k], &t->total);
    t->total.rows = t->batch->n;
    for (size_t i = 0; i < t->targets.losses; i++)
        t->total.loss[i] *= tern__loss_norm(&t->targets.loss[i], t->total.weight[i], t->total.rows);
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
    total_tally(t);
    t->last_norm = t->total_norm;
    return TERN_OK;
}

tern_status tern_trainer_step(tern_trainer *t, const tern_batch *batch, tern_step *out, tern_error *err) {
    assert(!t->options.gradients_only && "a trainer with an optimizer");
    tern_status status = tern__trainer_pass(t, batch, tern__trainer_update, err);
    if (status) return status;
    t->step++;
    if (out) *out = (tern_step){t->step, t->loss, t->lr, t->total_norm};
    return TERN_OK;
}

tern_status tern_trainer_backward(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err) {
    tern_status status = tern__trainer_pass(t, batch, NULL, err);
    if (!status && loss) *loss = t->loss;
    return status;
}

tern_tensor tern_trainer_gradient(const tern_trainer *t, size_t i) { return t->group.slice[0].dweight[i]; }
