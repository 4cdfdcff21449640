/* stepper.c - see stepper.h. Layers that reach into other steps say how they go on by their `step`; of all others
 * forward takes a step as a sequence of one. */
#include "stepper.h"

#include "fitted.h"
#include "object_copy.h"
#include "scale_input.h"

#include <string.h>

typedef enum kind { STILL, STEPS, SO_FAR } kind;

struct tern__stepper {
    const tern_model *m;
    size_t input, rows, at, most;
    tern__arena arena;
    kind *kind;            /* [values] */
    size_t *axis;          /* [values] of those that have steps, the dimension that these are along */
    tern_tensor *value;    /* [values] */
    const void **self;     /* [nodes] a plan's own for those that have steps, else the model's */
    tern_tensor *weight;   /* [uses] */
    const tern_tensor **x; /* [reads] */
    tern_real **memory;    /* [nodes] */
    tern_real *scratch;
    double *accumulators;
    size_t *steps, **length; /* [inputs] of those that stand still, as in a slice */
    size_t *ones;            /* [rows] */
};

/* ---- which values have steps ---- */

/* A plan on its way. */
typedef struct planner {
    tern__stepper *s;
    size_t scratch, accumulators; /* the largest */
    tern_layer_spec *spec;
    tern_error *err;
} planner;

static tern_status refuse(const planner *p, size_t i, const char *why) {
    const tern__node *node = &p->s->m->node[i];
    return tern_error_add(p->err, TERN_ERROR_MODEL, NULL, "layer \"%s\" (%s) %s", node->name, node->type->base.name,
                          why);
}

/* NULL: each of its inputs is what it has to be. */
static const char *refuse_inputs(const planner *p, const tern__node *node) {
    bool crosses = node->type->flags & TERN_CROSS && node->inputs > 1;
    for (size_t k = 0; k < node->inputs; k++) {
        size_t v = node->input[k];
        if (p->s->kind[v] != (crosses && k ? STILL : STEPS))
            return crosses ? "looks at steps that are not there yet" : "joins steps with what is none";
        if (p->s->axis[v]) return "reads steps that are not the first dimension";
    }
    return NULL;
}

/* Plans a layer that reads steps, its own options for itself, as one of sequences of any length. */
static tern_status plan_steps(planner *p, size_t i) {
    const tern_model *m = p->s->m;
    const tern__node *node = &m->node[i];
    const tern_layer_type *type = node->type;
    const char *why = refuse_inputs(p, node);
    const tern_object original = {.type = &type->base, .self = node->self};
    tern_object own;
    if (why) return refuse(p, i, why);
    *p->spec = (tern_layer_spec){
        .inputs = node->inputs, .sequences = true, .in_indices = tern__fitted_indices(m, node->input[0])};
    for (size_t k = 0; k < node->inputs; k++) p->spec->in[k] = tern__value_shape(m, node->input[k]);
    if (tern__object_copy(&original, &p->s->arena, &own, p->err)) return TERN_ERROR_MEMORY;
    if (type->plan(own.self, p->spec, NULL) || !(type->step || type->flags & TERN_STEPWISE || p->spec->within_steps) ||
        type->forward_accumulate)
        return refuse(p, i, "makes each step of all steps");
    if (p->spec->looks_ahead) return refuse(p, i, "looks at later steps, too");
    p->s->self[i] = own.self;
    size_t most = p->spec->step_most, v = tern__node_value(m, i);
    if (most && (!p->s->most || most < p->s->most)) p->s->most = most;
    bool sequences = type->flags & TERN_STEPWISE || p->spec->out_sequences;
    p->s->kind[v] = sequences ? STEPS : SO_FAR;
    p->s->axis[v] = sequences ? p->spec->step_axis : 0;
    p->s->memory[i] = tern__arena_alloc(&p->s->arena, p->s->rows * p->spec->step_memory, sizeof(tern_real), p->err);
    return p->s->memory[i] ? TERN_OK : TERN_ERROR_MEMORY;
}

static void note_most(size_t *most, size_t n) {
    if (*most < n) *most = n;
}

/* The memory of the rows' values: of a step, or whole. */
static tern_status take_value(planner *p, size_t v) {
    tern__stepper *s = p->s;
    tern_shape sample = tern__value_shape(s->m, v);
    if (s->kind[v] == STEPS) sample.dim[s->axis[v]] = 1;
    s->value[v].shape = tern_shape_batch(&sample, s->rows);
    s->value[v].data = tern__arena_alloc(&s->arena, tern_tensor_count(&s->value[v]), sizeof(tern_real), p->err);
    return s->value[v].data ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status plan_node(planner *p, size_t i) {
    tern__stepper *s = p->s;
    const tern__node *node = &s->m->node[i];
    size_t v = tern__node_value(s->m, i), row = node->scratch_row + node->evaluation_row;
    bool steps = false;
    s->self[i] = node->self;
    s->kind[v] = STILL;
    for (size_t k = 0; k < node->inputs; k++) {
        kind from = s->kind[node->input[k]];
        steps = steps || from == STEPS;
        if (from != STILL) s->kind[v] = SO_FAR;
        s->x[node->first_read + k] = &s->value[node->input[k]];
    }
    tern_status status = steps ? plan_steps(p, i) : TERN_OK;
    note_most(&p->scratch, node->scratch + s->rows * row);
    if (steps) note_most(&p->scratch, p->spec->scratch + s->rows * (p->spec->scratch_row + p->spec->evaluation_row));
    note_most(&p->accumulators, node->accumulators);
    for (size_t k = 0; k < node->params + node->states; k++)
        s->weight[node->first_use + k] = tern__weight_tensor(s->m, &s->m->weight[node->param[k]]);
    return status ? status : take_value(p, v);
}

static tern_status plan(planner *p) {
    tern__stepper *s = p->s;
    const tern_model *m = s->m;
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < m->inputs; k++) {
        s->kind[k] = k == s->input ? STEPS : STILL;
        status = take_value(p, k);
    }
    if (!m->input[s->input].sequences && m->scaling[s->input].channels > 1)
        status = tern_error_add(p->err, TERN_ERROR_MODEL, NULL, "input \"%s\" scales each step by numbers of its own",
                                m->input[s->input].name);
    for (size_t i = 0; !status && i < m->nodes; i++) status = plan_node(p, i);
    if (!status && (m->outputs != 1 || s->kind[m->result[0].value] == STILL))
        status = tern_error_add(p->err, TERN_ERROR_MODEL, NULL, "the model has not one output that goes by \"%s\"",
                                m->input[s->input].name);
    return status;
}

/* ---- making ---- */

static bool allocate_lists(tern__stepper *s, tern_error *err) {
    const tern_model *m = s->m;
    tern__arena *a = &s->arena;
    size_t values = tern__values(m);
    return (s->kind = tern__arena_alloc(a, values, sizeof *s->kind, err)) &&
           (s->axis = tern__arena_alloc(a, values, sizeof *s->axis, err)) &&
           (s->value = tern__arena_alloc(a, values, sizeof *s->value, err)) &&
           (s->self = tern__arena_alloc(a, m->nodes, sizeof *s->self, err)) &&
           (s->weight = tern__arena_alloc(a, m->uses, sizeof *s->weight, err)) &&
           (s->x = tern__arena_alloc(a, m->reads, sizeof *s->x, err)) &&
           (s->memory = tern__arena_alloc(a, m->nodes, sizeof *s->memory, err)) &&
           (s->steps = tern__arena_alloc(a, m->inputs, sizeof *s->steps, err)) &&
           (s->length = tern__arena_alloc(a, m->inputs, sizeof *s->length, err)) &&
           (s->ones = tern__arena_alloc(a, s->rows, sizeof *s->ones, err));
}

static tern_status make(tern__stepper *s, tern_error *err) {
    planner p = {.s = s, .err = err, .spec = tern__alloc(1, sizeof *p.spec, err)};
    tern_status status = p.spec && allocate_lists(s, err) ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < s->m->inputs; k++)
        if (!(s->length[k] = tern__arena_alloc(&s->arena, s->rows, sizeof *s->length[k], err)))
            status = TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < s->rows; i++) s->ones[i] = 1;
    if (!status) status = plan(&p);
    tern__free(p.spec);
    if (!status && (!(s->scratch = tern__arena_alloc(&s->arena, p.scratch, sizeof *s->scratch, err)) ||
                    !(s->accumulators = tern__arena_alloc(&s->arena, p.accumulators, sizeof *s->accumulators, err))))
        status = TERN_ERROR_MEMORY;
    return status;
}

tern__stepper *tern__stepper_new(const tern_model *m, size_t input, size_t rows, tern_error *err) {
    if (tern__scaling_check(m, err) || tern_gemm_check(err)) return NULL;
    tern__stepper *s = tern__alloc(1, sizeof *s, err);
    if (!s) return NULL;
    s->m = m, s->input = input, s->rows = rows;
    if (!make(s, err)) return s;
    tern__stepper_free(s);
    return NULL;
}

void tern__stepper_free(tern__stepper *s) {
    if (!s) return;
    tern__arena_free(&s->arena);
    tern__free(s);
}

size_t tern__stepper_most(const tern__stepper *s) { return s->most; }

/* ---- running ---- */

/* By forward: a value as a whole, or a step as a sequence of one. */
static void run_forward(tern__stepper *s, size_t i, bool steps) {
    const tern__node *node = &s->m->node[i];
    size_t from = node->lengths_read, other = node->other_lengths;
    tern_forward f = {.rows = s->rows,
                      .x = &s->x[node->first_read],
                      .y = &s->value[tern__node_value(s->m, i)],
                      .param = &s->weight[node->first_use],
                      .state = &s->weight[node->first_use + node->params],
                      .accumulators = s->accumulators,
                      .scratch = s->scratch};
    if (steps) f.steps = f.other_steps = 1, f.length = f.other_length = s->ones;
    else if (from != TERN__NOWHERE) f.steps = s->steps[from], f.length = s->length[from];
    if (!steps && other != TERN__NOWHERE) f.other_steps = s->steps[other], f.other_length = s->length[other];
    if (node->type->forward_accumulate) {
        memset(s->accumulators, 0, node->accumulators * sizeof *s->accumulators);
        node->type->forward_accumulate(s->self[i], &f);
    }
    node->type->forward(s->self[i], &f);
}

static void run_step(tern__stepper *s, size_t i) {
    const tern__node *node = &s->m->node[i];
    size_t other = node->other_lengths;
    tern_layer_step step = {.rows = s->rows,
                            .at = s->at,
                            .x = &s->x[node->first_read],
                            .y = &s->value[tern__node_value(s->m, i)],
                            .param = &s->weight[node->first_use],
                            .memory = s->memory[i],
                            .scratch = s->scratch};
    if (node->type->flags & TERN_CROSS && node->inputs > 1 && other != TERN__NOWHERE)
        step.other_steps = s->steps[other], step.other_length = s->length[other];
    node->type->step(s->self[i], &step);
}

static void run_node(tern__stepper *s, size_t i) {
    const tern__node *node = &s->m->node[i];
    tern_tensor *y = &s->value[tern__node_value(s->m, i)];
    bool steps = s->kind[node->input[0]] == STEPS;
    if (steps && node->type->step) run_step(s, i);
    else if (node->type->flags & TERN_VIEW)
        memcpy(y->data, s->value[node->input[0]].data, tern_tensor_count(y) * sizeof *y->data);
    else run_forward(s, i, steps);
}

/* Gives the values that stand still the rows' lengths. */
static void set_lengths(tern__stepper *s, const tern_tensor *x, const size_t *const *length) {
    const tern_model *m = s->m;
    for (size_t k = 0; k < m->inputs; k++) {
        if (!m->input[k].sequences || k == s->input) continue;
        s->steps[k] = 0;
        for (size_t i = 0; i < s->rows; i++) {
            size_t n = length && length[k] ? length[k][i] : x[k].shape.dim[1];
            s->length[k][i] = n;
            note_most(&s->steps[k], n);
        }
    }
    for (size_t v = 0; v < tern__values(m); v++) {
        size_t k = tern__value_lengths(m, v);
        if (s->kind[v] == STILL && k != TERN__NOWHERE) s->value[v].shape.dim[1] = s->steps[k];
    }
}

void tern__stepper_begin(tern__stepper *s, const tern_tensor *x, const size_t *const *length) {
    const tern_model *m = s->m;
    s->at = 0;
    set_lengths(s, x, length);
    for (size_t k = 0; k < m->inputs; k++) {
        const tern__rows rows = {0, s->rows, s->steps[k], s->length[k]};
        if (k != s->input) tern__scale_input(m, k, x[k].data, &rows, s->value[k].data);
    }
    for (size_t i = 0; i < m->nodes; i++)
        if (s->kind[tern__node_value(m, i)] == STILL) run_node(s, i);
}

const tern_tensor *tern__stepper_next(tern__stepper *s, const tern_real *x) {
    const tern_model *m = s->m;
    tern__scale_step(m, s->input, s->rows, x, s->value[s->input].data);
    for (size_t i = 0; i < m->nodes; i++)
        if (s->kind[tern__node_value(m, i)] != STILL) run_node(s, i);
    s->at++;
    return &s->value[m->result[0].value];
}
