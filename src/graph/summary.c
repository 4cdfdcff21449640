/* summary.c - sums up a model; see summary.h. */
#include "summary.h"

#include "object_copy.h"
#include "partition.h"

#include <tern/optimizer.h>
#include <tern/schedule.h>

static size_t count_weights(const tern_model *m, size_t n, const size_t *weight) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += m->weight[weight[i]].count;
    return count;
}

static tern_status sum_layer(const tern_model *m, size_t i, tern__summary *s, tern_error *err) {
    const tern__node *node = &m->node[i];
    tern__layer_summary *l = &s->layer[i];
    *l = (tern__layer_summary){.name = node->name, .type = node->type->base.name, .out = node->out};
    l->params = count_weights(m, node->params, node->param);
    l->states = count_weights(m, node->states, node->state);
    s->params += l->params;
    s->states += l->states;
    if (node->inputs == 1 && node->input[0] == i) return TERN_OK;
    l->inputs = node->inputs;
    l->input = tern__arena_alloc(&s->arena, node->inputs, sizeof *l->input, err);
    if (!l->input) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < node->inputs; k++) l->input[k] = node->input[k] ? m->node[node->input[k] - 1].name : "input";
    return TERN_OK;
}

/* How many arrays the optimizer keeps. A schedule that cycles the momentum may make it keep one more. */
static tern_status count_slots(const tern_model *m, tern__summary *s, tern_error *err) {
    tern_object optimizer, schedule;
    tern_status status = tern__object_copy(&m->config.optimizer, &s->arena, &optimizer, err);
    if (!status) status = tern__object_copy(&m->config.schedule, &s->arena, &schedule, err);
    if (status || !optimizer.type) return status;
    const tern_schedule_type *type = (const tern_schedule_type *)schedule.type;
    tern_schedule_spec ticks = {.total = 1};
    size_t depth = tern_error_enter(err, "schedule", 0);
    if (type && type->plan) status = type->plan(schedule.self, &ticks, err);
    tern_error_leave(err, depth);
    tern_optimizer_spec spec = {.cycled = ticks.cycles};
    depth = tern_error_enter(err, "optimizer", 0);
    if (!status) status = ((const tern_optimizer_type *)optimizer.type)->plan(optimizer.self, &spec, err);
    tern_error_leave(err, depth);
    s->slots = spec.slots;
    return status;
}

/* What fit takes beside the trainer: a run to validate with, its predictions and targets, and the weights of the best
 * epoch. */
static size_t fit_bytes(const tern_model *m, const tern__summary *s) {
    tern_shape out = tern_model_output(m);
    size_t best = (m->params + m->states) * sizeof(tern_real);
    if (!m->config.data.valid.type && m->config.train.validation_split <= 0) return best;
    return s->run_bytes +
           s->batch * (tern_shape_count(&out) + tern_shape_count(&m->measured.loss[0].spec.target)) * sizeof(tern_real);
}

static tern_status sum_memory(const tern_model *m, size_t threads, tern__summary *s, tern_error *err) {
    size_t weights = (m->params + m->states) * sizeof(tern_real);
    tern__partition cut;
    s->batch = m->config.train.batch_size;
    tern__purpose predict = {.own_input = true}, train = {.training = true, .own_input = true};
    tern_status status = tern__partition_make(m, s->batch, threads, predict, &cut, err);
    if (status) return status;
    s->run_bytes = weights + cut.bytes;
    if (!m->config.loss.type || !m->config.optimizer.type) return TERN_OK;
    status = tern__partition_make(m, s->batch, threads, train, &cut, err);
    if (status) return status;
    s->pass_bytes = cut.pass_bytes;
    s->tensor_bytes = cut.tensor_bytes;
    s->train_bytes = weights + cut.bytes + (s->slots * m->gradients + m->states) * sizeof(tern_real) + fit_bytes(m, s);
    return TERN_OK;
}

tern_status tern__summary_make(const tern_model *m, size_t threads, tern__summary *out, tern_error *err) {
    *out = (tern__summary){.layers = m->nodes};
    out->layer = tern__arena_alloc(&out->arena, m->nodes, sizeof *out->layer, err);
    tern_status status = out->layer ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < m->nodes; i++) status = sum_layer(m, i, out, err);
    out->weight_bytes = (out->params + out->states) * sizeof(tern_real);
    if (!status) status = count_slots(m, out, err);
    return status ? status : sum_memory(m, threads, out, err);
}

tern_status tern__summary_check(const tern_model *m, tern_error *err) {
    tern__purpose purpose = {.training = m->config.loss.type && m->config.optimizer.type, .own_input = true};
    tern__partition cut;
    tern_status status = tern__model_check_memory(m, err);
    if (!status) status = tern__partition_make(m, m->config.train.batch_size, 0, purpose, &cut, err);
    return status ? status : tern__partition_check(m, &cut, err);
}

void tern__summary_free(tern__summary *s) { tern__arena_free(&s->arena); }
