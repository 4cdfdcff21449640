/* c_plan.c - liveness of the values of a program for one sample; see c_plan.h. Time counts the operations. */
#include "c_plan.h"

#include "buffer_times.h"

typedef struct planner {
    tern__c_plan *out;
    const tern_program *p;
    size_t *home;              /* [values] the value whose memory it is */
    size_t *last;              /* [values] when that memory is last read */
    tern__buffer_time *buffer; /* [values + ops] of homes, then of scratch */
} planner;

/* ---- constants ---- */

static bool same(tern__c_constant a, tern__c_constant b) {
    return a.operand == b.operand && a.order == b.order && a.groups == b.groups;
}

tern__c_constant tern__c_constant_of(const tern__c_plan *plan, const tern_op *op, size_t k) {
    tern__c_constant c = {.operand = op->input[k]};
    (void)plan;
    if (op->kind == TERN_OP_PRODUCT && k == 1) c.order = TERN__C_PRODUCT;
    if (op->kind == TERN_OP_RECURRENT && (k - 1) % (op->as.recurrent.bias ? 4 : 2) < 2) c.order = TERN__C_PRODUCT;
    if (op->kind == TERN_OP_CONV && k == 1 && !op->as.conv.transposed && op->as.conv.conv.window.out[1] >= 3)
        c.order = TERN__C_CONV, c.groups = op->as.conv.conv.groups;
    return c;
}

size_t tern__c_find(const tern__c_plan *plan, tern__c_constant c) {
    size_t i = 0;
    while (i < plan->constants && !same(plan->constant[i], c)) i++;
    return i;
}

static size_t count_of(const tern_program *p, tern_operand v) { return tern_shape_count(&p->value[v].shape); }

static tern_status list_constants(tern__c_plan *out, tern_error *err) {
    const tern_program *p = out->p;
    size_t most = 0;
    for (size_t i = 0; i < p->ops; i++) most += p->op[i].inputs;
    if (!(out->constant = tern__arena_alloc(&out->memory, most, sizeof *out->constant, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < p->ops; i++) {
        const tern_op *op = &p->op[i];
        for (size_t k = 0; k < op->inputs; k++) {
            tern__c_constant c = tern__c_constant_of(out, op, k);
            if (!p->value[c.operand].data || tern__c_find(out, c) < out->constants) continue;
            out->constant[out->constants++] = c;
            out->flash += count_of(p, c.operand) * sizeof(float);
        }
        if (op->kind == TERN_OP_SCALE) out->flash += 2 * op->as.scale.n * sizeof(double);
    }
    return TERN_OK;
}

/* ---- memory ---- */

bool tern__c_border(const tern_conv *c, size_t *high, size_t *wide) {
    const tern_window *w = &c->window;
    *high = (w->out[0] - 1) * w->stride[0] + (w->kernel[0] - 1) * w->dilation[0] + 1;
    *wide = (w->out[1] - 1) * w->stride[1] + (w->kernel[1] - 1) * w->dilation[1] + 1;
    bool fits = !w->pad[0] && !w->pad[1] && *high <= w->in[0] && *wide <= w->in[1];
    if (fits) *high = w->in[0], *wide = w->in[1];
    return !fits;
}

size_t tern__c_scratch(const tern_program *p, const tern_op *op) {
    size_t high, wide, gates;
    switch (op->kind) {
    case TERN_OP_CONV:
        if (op->as.conv.transposed || !tern__c_border(&op->as.conv.conv, &high, &wide)) return 0;
        return op->as.conv.conv.groups * op->as.conv.conv.window.channels * high * wide;
    case TERN_OP_ATTENTION: return p->value[op->output].shape.dim[0];
    case TERN_OP_RECURRENT:
        gates = op->as.recurrent.cell == TERN_LSTM ? 4 : op->as.recurrent.cell == TERN_GRU ? 3 : 1;
        return (2 * gates + 2) * op->as.recurrent.hidden;
    default: return 0;
    }
}

/* Whether an operation may write over its first input, memory that nothing reads later. */
static bool overwrites(const planner *q, size_t i) {
    const tern_op *op = &q->p->op[i];
    bool elementwise = op->kind == TERN_OP_FORMULA || op->kind == TERN_OP_SCALE || op->kind == TERN_OP_SOFTMAX ||
                       op->kind == TERN_OP_NORMALIZE;
    size_t home = q->home[op->input[0]];
    if (!elementwise || q->p->value[op->input[0]].data || home < q->p->inputs || q->last[home] > i) return false;
    for (size_t k = 1; k < op->inputs; k++)
        if (q->home[op->input[k]] == home && op->kind != TERN_OP_FORMULA) return false;
    return true;
}

/* When each memory is last read: first of the values alone, going backward, as a view's reader is its home's. */
static void find_last_reads(planner *q) {
    const tern_program *p = q->p;
    for (size_t k = 0; k < p->outputs; k++) q->last[p->output[k].value] = p->ops;
    for (size_t i = p->ops; i-- > 0;) {
        const tern_op *op = &p->op[i];
        size_t time = op->kind == TERN_OP_RESHAPE && q->last[op->output] > i ? q->last[op->output] : i;
        for (size_t k = 0; k < op->inputs; k++)
            if (q->last[op->input[k]] < time) q->last[op->input[k]] = time;
    }
}

static void find_homes(planner *q) {
    const tern_program *p = q->p;
    for (size_t v = 0; v < p->values; v++) {
        q->home[v] = v;
        q->buffer[v] = (tern__buffer_time){count_of(p, v), 0, q->last[v], 0};
        if (p->value[v].data || v < p->inputs) q->buffer[v].size = 0;
    }
    for (size_t i = 0; i < p->ops; i++) {
        const tern_op *op = &p->op[i];
        q->buffer[op->output].start = i;
        if (q->buffer[op->output].end < i) q->buffer[op->output].end = i;
        if (op->kind != TERN_OP_RESHAPE && !overwrites(q, i)) continue;
        size_t home = q->home[op->output] = q->home[op->input[0]];
        q->buffer[op->output].size = 0;
        if (q->last[home] < q->last[op->output]) q->last[home] = q->last[op->output];
        if (q->buffer[home].end < q->last[home]) q->buffer[home].end = q->last[home];
    }
}

/* The caller's memory for what it asked for, where that has a memory of its own. */
static void give_outputs(planner *q) {
    const tern_program *p = q->p;
    for (size_t v = 0; v < p->values; v++) q->out->value[v] = (tern__c_place){TERN__C_ARENA, TERN_NO_OPERAND};
    for (size_t k = 0; k < p->inputs; k++) q->out->value[k] = (tern__c_place){TERN__C_INPUT, k};
    for (size_t k = 0; k < p->outputs; k++) {
        size_t home = q->home[p->output[k].value];
        if (home < p->inputs || q->out->value[home].room != TERN__C_ARENA) continue;
        if (count_of(p, home) != count_of(p, p->output[k].value)) continue;
        q->out->value[home] = (tern__c_place){TERN__C_OUTPUT, k};
        q->buffer[home].size = 0;
    }
}

static tern_status place(planner *q, tern_error *err) {
    const tern_program *p = q->p;
    for (size_t i = 0; i < p->ops; i++)
        q->buffer[p->values + i] = (tern__buffer_time){tern__c_scratch(p, &p->op[i]), i, i, 0};
    tern_status status = tern__buffers_place(p->values + p->ops, q->buffer, &q->out->arena, err);
    if (status) return status;
    for (size_t v = 0; v < p->values; v++)
        if (q->home[v] == v && q->out->value[v].room == TERN__C_ARENA) q->out->value[v].at = q->buffer[v].offset;
    for (size_t v = 0; v < p->values; v++) q->out->value[v] = q->out->value[q->home[v]];
    for (size_t i = 0; i < p->ops; i++) q->out->scratch[i] = q->buffer[p->values + i].offset;
    return TERN_OK;
}

tern_status tern__c_plan_make(const tern_program *p, tern__c_plan *out, tern_error *err) {
    *out = (tern__c_plan){.p = p};
    planner q = {.out = out, .p = p};
    out->value = tern__arena_alloc(&out->memory, p->values, sizeof *out->value, err);
    out->scratch = tern__arena_alloc(&out->memory, p->ops, sizeof *out->scratch, err);
    q.home = tern__arena_alloc(&out->memory, p->values, sizeof *q.home, err);
    q.last = tern__arena_alloc(&out->memory, p->values, sizeof *q.last, err);
    q.buffer = tern__arena_alloc(&out->memory, p->values + p->ops, sizeof *q.buffer, err);
    if (!out->value || !out->scratch || !q.home || !q.last || !q.buffer) return TERN_ERROR_MEMORY;
    tern_status status = list_constants(out, err);
    if (status) return status;
    find_last_reads(&q);
    find_homes(&q);
    give_outputs(&q);
    return place(&q, err);
}

void tern__c_plan_free(tern__c_plan *plan) { tern__arena_free(&plan->memory); }
