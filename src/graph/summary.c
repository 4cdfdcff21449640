/* summary.c - sums up a model. */
#include "graph.h"
#include "object_copy.h"
#include "partition.h"

#include <tern/optimizer.h>
#include <tern/schedule.h>
#include <tern/summary.h>

/* What a caller holds begins with the summary. */
typedef struct report {
    tern_summary sum;
    tern__arena arena;
} report;

/* Shared ones count for the layer that has them first. */
static size_t count_weights(const tern_model *m, size_t node, size_t n, const size_t *weight) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += m->weight[weight[i]].owner == node ? m->weight[weight[i]].count : 0;
    return count;
}

static tern_status sum_layer(const tern_model *m, size_t i, report *r, tern_layer_summary *l, tern_error *err) {
    const tern__node *node = &m->node[i];
    *l = (tern_layer_summary){.name = node->name, .type = node->type->base.name, .out = node->out};
    l->params = count_weights(m, i, node->params, node->param);
    l->states = count_weights(m, i, node->states, node->state);
    for (size_t k = 0; k < node->params; k++) {
        const tern__weight *w = &m->weight[node->param[k]];
        if (w->frozen && w->owner == i) l->frozen += w->count;
        if (w->owner != i) l->weights_of = m->node[w->owner].name;
    }
    r->sum.params += l->params;
    r->sum.frozen += l->frozen;
    r->sum.states += l->states;
    if (node->inputs == 1 && node->input[0] == tern__node_value(m, i) - 1 && (i || m->inputs == 1)) return TERN_OK;
    const char **input = tern__arena_alloc(&r->arena, node->inputs, sizeof *input, err);
    if (!input) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < node->inputs; k++) {
        const tern__node *maker = tern__value_node(m, node->input[k]);
        input[k] = maker ? maker->name : m->input[node->input[k]].name;
    }
    l->inputs = node->inputs;
    l->input = input;
    return TERN_OK;
}

/* How many arrays the optimizer keeps. A schedule that cycles the momentum may make it keep one more. */
static tern_status count_slots(const tern_model *m, report *r, tern_error *err) {
    tern_object optimizer, schedule;
    tern_status status = tern__object_copy(&m->config.optimizer, &r->arena, &optimizer, err);
    if (!status) status = tern__object_copy(&m->config.schedule, &r->arena, &schedule, err);
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
    r->sum.slots = spec.slots + (m->config.train.given && m->config.train.ema.given);
    return status;
}

/* What fit takes beside the trainer: a run to validate with, its predictions and targets, and the weights of the best
 * epoch. */
static size_t fit_bytes(const tern_model *m, const tern_summary *s) {
    size_t best = (m->params + m->states) * sizeof(tern_real), numbers = 0;
    if (!m->config.data.valid.type && m->config.train.validation_split <= 0 && !m->config.train.folds.given)
        return best;
    for (size_t k = 0; k < m->results; k++) {
        tern_shape shape = tern__value_shape(m, m->result[k].value);
        numbers += tern_shape_count(&shape);
    }
    for (size_t k = 0; k < m->losses; k++) numbers += m->measured.loss[k].target_count;
    return s->predict_bytes + s->batch * numbers * sizeof(tern_real);
}

static tern_status sum_memory(const tern_model *m, size_t threads, tern_summary *s, tern_error *err) {
    size_t weights = (m->params + m->states) * sizeof(tern_real);
    tern__partition cut;
    s->batch = m->config.train.batch_size;
    tern__purpose predict = {.own_input = true}, train = {.training = true, .own_input = true};
    tern_status status = tern__partition_make(m, s->batch, threads, predict, &cut, err);
    if (status) return status;
    s->predict_bytes = weights + cut.bytes;
    if (!m->losses || !m->config.optimizer.type) return TERN_OK;
    status = tern__partition_make(m, s->batch, threads, train, &cut, err);
    if (status) return status;
    s->pass_bytes = cut.pass_bytes;
    s->tensor_bytes = cut.tensor_bytes;
    s->train_bytes = weights + cut.bytes + (s->slots * m->gradients + m->states) * sizeof(tern_real) + fit_bytes(m, s);
    return TERN_OK;
}

/* Of a model whose columns were never fitted there is no more to be said than what its layers are. */
static tern_status list_layers(const tern_model *m, report *r, tern_error *err) {
    const tern_objects *layers = &m->config.layers;
    tern_layer_summary *layer = tern__arena_alloc(&r->arena, layers->n, sizeof *layer, err);
    for (size_t i = 0; layer && i < layers->n; i++) {
        const tern__layer_common *common = layers->item[i].common;
        layer[i] = (tern_layer_summary){.name = common->name ? common->name : "", .type = layers->item[i].type->name};
    }
    r->sum.layers = layers->n, r->sum.layer = layer;
    return layer ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status sum_up(const tern_model *m, size_t threads, report *r, tern_error *err) {
    if (m->unfitted) return list_layers(m, r, err);
    tern_layer_summary *layer = tern__arena_alloc(&r->arena, m->nodes, sizeof *layer, err);
    tern_status status = layer ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < m->nodes; i++) status = sum_layer(m, i, r, &layer[i], err);
    r->sum.layers = m->nodes;
    r->sum.layer = layer;
    r->sum.weight_bytes = (r->sum.params + r->sum.states) * sizeof(tern_real);
    if (!status) status = count_slots(m, r, err);
    return status ? status : sum_memory(m, threads, &r->sum, err);
}

tern_summary *tern_summary_new(const tern_model *m, size_t threads, tern_error *err) {
    report *r = tern__alloc(1, sizeof *r, err);
    if (!r) return NULL;
    r->sum.memory = r;
    if (!sum_up(m, threads, r, err)) return &r->sum;
    tern_summary_free(&r->sum);
    return NULL;
}

void tern_summary_free(tern_summary *s) {
    if (!s) return;
    report *r = s->memory;
    tern__arena_free(&r->arena);
    tern__free(r);
}

tern_status tern_model_check(const tern_model *m, tern_error *err) {
    if (m->unfitted) return TERN_OK;
    tern__purpose purpose = {.training = m->losses && m->config.optimizer.type, .own_input = true};
    tern__partition cut;
    if (tern__model_check_memory(m, err)) return TERN_ERROR_MODEL;
    tern_status status = tern__partition_make(m, m->config.train.batch_size, 0, purpose, &cut, err);
    if (status) return status;
    return tern__partition_check(m, &cut, err) ? TERN_ERROR_MODEL : TERN_OK;
}
