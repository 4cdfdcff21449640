/* trainer.c - a training step: one fork and join, in which each worker takes its slice from the data to its gradient,
 * and then all together add up, measure and apply the gradients, each its own part of the parameters. */
#include "find_nonfinite.h"
#include "loss_weights.h"
#include "pass.h"
#include "reduce.h"

#include <math.h>
#include <string.h>

/* ---- making ---- */

static tern_status need(bool there, const char *key, tern_error *err) {
    return there ? TERN_OK : tern_error_add(err, TERN_ERROR_MODEL, key, "is missing: training needs it");
}

static tern_status check_model(const tern_model *m, bool gradients_only, tern_error *err) {
    tern_status status = need(m->losses, "loss", err), second = TERN_OK;
    if (!gradients_only) second = need(m->config.optimizer.type, "optimizer", err);
    if (!status && !second && !m->gradients)
        status = tern_error_add(err, TERN_ERROR_MODEL, "layers",
                                "has nothing to train: no layer with weights that are not frozen");
    tern_status third = tern__scaling_check(m, err), fourth = tern__class_weight_check(m, err);
    return status ? status : second ? second : third ? third : fourth;
}

static tern_status plan_optimizer(tern_trainer *t, tern_error *err) {
    size_t depth = tern_error_enter(err, "schedule", 0);
    tern_status status = tern__schedule_plan(&t->schedule, t->m, &t->options, tern__optimizer_lr(t->m), &t->arena, err);
    tern_error_leave(err, depth);
    if (status) return status;
    depth = tern_error_enter(err, "optimizer", 0);
    status = tern__optimizer_plan(&t->optimizer, t->m, t->schedule.cycles, &t->arena, err);
    tern_error_leave(err, depth);
    return status;
}

static tern_status allocate(tern_trainer *t, tern_error *err) {
    const tern_model *m = t->m;
    size_t slices = t->group.slices;
    tern_status status = tern__measure_allocate(&t->measure, &t->group, t->options.batch_size, &t->arena, err);
    t->state = tern__arena_alloc(&t->arena, m->states, sizeof *t->state, err);
    t->pass.norm2 = tern__arena_alloc(&t->arena, slices, sizeof *t->pass.norm2, err);
    double *norm2 = tern__arena_alloc(&t->arena, slices, sizeof *norm2, err);
    if (status || !t->state || !t->pass.norm2 || !norm2) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < slices; k++) t->pass.norm2[k] = norm2 + k;
    if (!t->options.accumulates) return TERN_OK;
    tern__accumulation *a = &t->accumulated;
    a->divisor = tern__arena_alloc(&t->arena, m->losses, sizeof *a->divisor, err);
    a->gradients = tern__alloc(m->gradients, sizeof *a->gradients, err);
    if (!a->divisor || !a->gradients) return TERN_ERROR_MEMORY;
    return tern__tally_make(&t->measure.targets, &t->arena, &a->total, err);
}

static tern_status plan(tern_trainer *t, tern_error *err) {
    tern_trainer_options *o = &t->options;
    tern__purpose purpose = {.training = true, .own_input = true};
    if (!o->batch_size) o->batch_size = t->m->config.train.batch_size ? t->m->config.train.batch_size : 64;
    if (o->comm && o->comm->ended)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a rank has failed: the others train on without it, anew");
    tern_status status = check_model(t->m, o->gradients_only, err);
    if (!status) status = tern__measure_plan(&t->measure, t->m, o->target, &t->arena, err);
    if (!status && !o->gradients_only) status = plan_optimizer(t, err);
    tern_comm *comm = o->comm && o->comm->size > 1 ? o->comm : NULL;
    if (!status) status = tern__worker_group_make(&t->group, t->m, o->batch_size, o->threads, purpose, comm, err);
    return status ? status : allocate(t, err);
}

tern_status tern__trainer_make(tern_trainer **out, tern_model *m, const tern_trainer_options *options,
                               tern_error *err) {
    tern_trainer *t = *out = tern__alloc(1, sizeof *t, err);
    if (!t) return TERN_ERROR_MEMORY;
    t->m = m;
    if (options) t->options = *options;
    t->last_norm = (double)NAN;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_status status = plan(t, err);
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
    tern__optimizer_free(&t->optimizer);
    tern__free(t->accumulated.gradients);
    tern__arena_free(&t->arena);
    tern__free(t);
}

/* ---- one worker's part of a step ---- */

/* Makes of each rank's gradients, losses and metrics those of the batch. States were moved where the batch's first row
 * is: on rank 0. */
static void join_ranks(tern_trainer *t, size_t worker) {
    tern__worker_group *g = &t->group;
    const tern_comm *c = g->comm;
    tern__workers_barrier(g->workers, worker);
    if (!worker) {
        c->sum(c->self, g->slice->gradients, t->m->gradients);
        if (t->m->states) c->broadcast(c->self, t->m->state, t->m->states * sizeof *t->m->state, 0);
        tern__measure_join(&t->measure, g);
    }
    tern__workers_barrier(g->workers, worker);
    *t->pass.norm2[worker] = tern__reduce_square_sum(g, worker);
}

static void step_task(void *arg, size_t worker) {
    tern_trainer *t = arg;
    tern__worker_group *g = &t->group;
    tern__timer *timer = g->slice[worker].timer;
    size_t stages = 2 * t->m->nodes;
    if (timer) timer->last = tern__clock();
    tern__measure_gather(&t->measure, g, worker);
    tern__timer_mark(timer, stages + TERN__GATHER);
    tern__pass_forward(g, worker);
    tern__measure_loss(&t->measure, g, worker);
    tern__measure_metrics(&t->measure, g, worker);
    tern__timer_mark(timer, stages + TERN__LOSS);
    tern__pass_backward(g, worker);
    tern__workers_barrier(g->workers, worker);
    tern__timer_mark(timer, stages + TERN__WAIT);
    tern__pass_finish(g, worker);
    *t->pass.norm2[worker] = tern__reduce_gradients(g, worker);
    if (g->comm) join_ranks(t, worker);
    /* Each worker adds up the same numbers in the same order, so that all decide alike. */
    double norm = tern__reduce_norm(g, worker, t->pass.norm2), loss = tern__measure_total_loss(&t->measure, g);
    tern__timer_mark(timer, stages + TERN__REDUCE);
    bool finite = isfinite(norm) && isfinite(loss);
    if (finite && t->pass.finish) t->pass.finish(t, worker, norm);
    tern__timer_mark(timer, stages + TERN__UPDATE);
    if (worker) return;
    t->pass.loss = loss;
    t->pass.norm = norm;
    t->pass.finite = finite;
}

void tern__trainer_apply(tern_trainer *t, size_t worker, double norm) {
    tern__optimizer_update(&t->optimizer, t->m, &t->group, worker, &t->schedule, norm, t->step + 1);
}

/* ---- steps ---- */

static void restore_states(tern_trainer *t) { memcpy(t->m->state, t->state, t->m->states * sizeof *t->state); }

tern_status tern__trainer_pass(tern_trainer *t, const tern_batch *batch, tern__finish *finish, tern_error *err) {
    tern_model *m = t->m;
    tern_status status = tern__measure_check(&t->measure, m, batch, t->options.batch_size, err);
    if (status) return status;
    t->measure.batch = batch;
    t->pass.finish = finish;
    tern__schedule_tick(&t->schedule, t->step);
    memcpy(t->state, m->state, m->states * sizeof *t->state);
    /* each batch of an update draws its own numbers */
    tern__worker_group_cut(&t->group, batch, (uint32_t)(t->step + 0x9E3779B9 * t->accumulated.batches));
    tern__workers_do(t->group.workers, t->group.active, step_task, t);
    if (!t->pass.finite || !finish) restore_states(t);
    if (!t->pass.finite) {
        status = tern__find_nonfinite(t, err);
        restore_states(t); /* the search moved them once more */
        return status;
    }
    tern__measure_total(&t->measure, &t->group);
    t->last_norm = t->pass.norm;
    return TERN_OK;
}

tern_status tern_trainer_step(tern_trainer *t, const tern_batch *batch, tern_step *out, tern_error *err) {
    if (t->options.gradients_only)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "this trainer was made for gradients only");
    tern_status status = tern__trainer_pass(t, batch, tern__trainer_apply, err);
    if (status) return status;
    t->step++;
    if (out) *out = (tern_step){t->step, t->pass.loss, t->schedule.lr, t->pass.norm};
    return TERN_OK;
}

tern_status tern_trainer_backward(tern_trainer *t, const tern_batch *batch, double *loss, tern_error *err) {
    tern_status status = tern__trainer_pass(t, batch, NULL, err);
    if (!status && loss) *loss = t->pass.loss;
    return status;
}

tern_status tern_trainer_swap_ema(tern_trainer *t, tern_error *err) {
    if (!t->optimizer.ema)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "there are no averages of the weights: the train block of the model has no \"ema\"");
    if (!t->step)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "there are no averages of the weights before the first step");
    tern__optimizer_swap_ema(&t->optimizer, t->m);
    return TERN_OK;
}

void tern_trainer_end_epoch(tern_trainer *t, double loss) { tern__schedule_end_epoch(&t->schedule, loss); }

tern_tensor tern_trainer_gradient(const tern_trainer *t, size_t i) {
    if (i >= t->m->weights) return (tern_tensor){{0}, NULL};
    const tern__weight *w = &t->m->weight[i];
    return (tern_tensor){w->param.shape,
                         w->gradient == TERN__NOWHERE ? NULL : t->group.slice[0].gradients + w->gradient};
}
