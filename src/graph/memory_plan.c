/* memory_plan.c - liveness: each buffer has a first and a last moment, and buffers whose times do not meet share a
 * place.
 *
 * Time runs 0 .. n-1 through the forwards, n is the loss, and n+1 .. 2n go through the backwards, last layer first. */
#include "memory_plan.h"

#include "buffer_times.h"

typedef tern__buffer_time buffer;

typedef struct planner {
    const tern_model *m;
    size_t rows, n; /* n: nodes */
    bool training;
    tern__arena *arena;
    tern__memory_plan *out;
    tern_error *err;
    buffer *buffer;
    size_t buffers, room;
    size_t *last;         /* [values] when each is last read */
    size_t *home, *dhome; /* [values] the buffer of each, of its gradient */
    bool failed;
} planner;

static size_t backward_time(const planner *p, size_t node) { return 2 * p->n - node; }

static size_t value_of(const planner *p, size_t node) { return tern__node_value(p->m, node); }

static size_t value_count(const planner *p, size_t value) {
    tern_shape shape = tern__value_shape(p->m, value);
    return tern_shape_count(&shape);
}

/* The numbers that a tensor takes up, which go into the sum of all. */
static size_t count_tensor(planner *p, size_t per_row, size_t fixed) {
    size_t numbers = (per_row * p->rows + fixed + TERN__ALIGN - 1) / TERN__ALIGN * TERN__ALIGN;
    p->out->sum += numbers;
    return numbers;
}

static size_t add_buffer(planner *p, size_t per_row, size_t fixed, size_t start, size_t end) {
    if (p->buffers == p->room) {
        buffer *grown = tern__realloc(p->buffer, p->room, 2 * p->room + 16, sizeof *grown, p->err);
        if (!grown) {
            p->failed = true;
            return 0;
        }
        p->buffer = grown;
        p->room = 2 * p->room + 16;
    }
    p->buffer[p->buffers] = (buffer){count_tensor(p, per_row, fixed), start, end, TERN__NOWHERE};
    return p->buffers++;
}

static void read_at(planner *p, size_t value, size_t time) {
    if (p->last[value] < time) p->last[value] = time;
}

static void find_last_reads(planner *p) {
    for (size_t i = 0; i < p->n; i++) {
        const tern__node *node = &p->m->node[i];
        bool back = p->training && node->needs_backward;
        for (size_t k = 0; k < node->inputs; k++) {
            read_at(p, node->input[k], i);
            if (back && node->type->flags & TERN_READS_X) read_at(p, node->input[k], backward_time(p, i));
        }
        if (back && node->type->flags & TERN_READS_Y) read_at(p, value_of(p, i), backward_time(p, i));
    }
    read_at(p, value_of(p, p->n - 1), p->n);
    for (size_t k = 0; p->training && k < p->m->losses; k++) {
        const tern__loss_place *loss = &p->m->loss[k];
        read_at(p, loss->value, p->n);
        if (loss->input != TERN__NOWHERE) read_at(p, loss->input, p->n);
    }
    for (size_t k = 0; k < p->out->results; k++) read_at(p, p->m->result[k].value, p->n);
}

/* Whether node i may write its output over its first input: nothing else there is read from now on. */
static bool may_overwrite(const planner *p, size_t i) {
    const tern__node *node = &p->m->node[i];
    size_t home = p->home[node->input[0]];
    if (!(node->type->flags & TERN_IN_PLACE) || home < p->m->inputs || p->buffer[home].end > i) return false;
    for (size_t k = 1; k < node->inputs; k++)
        if (p->home[node->input[k]] == home) return false;
    return true;
}

static void place_values(planner *p) {
    for (size_t k = 0; k < p->m->inputs; k++) p->home[k] = add_buffer(p, value_count(p, k), 0, 0, p->last[k]);
    for (size_t i = 0; i < p->n && !p->failed; i++) {
        const tern__node *node = &p->m->node[i];
        size_t v = value_of(p, i);
        if (node->type->flags & TERN_VIEW || may_overwrite(p, i)) {
            p->home[v] = p->home[node->input[0]];
            buffer *shared = &p->buffer[p->home[v]];
            if (shared->end < p->last[v]) shared->end = p->last[v];
            if (!(node->type->flags & TERN_VIEW)) count_tensor(p, value_count(p, v), 0);
        } else {
            p->home[v] = add_buffer(p, value_count(p, v), 0, i, p->last[v]);
        }
    }
}

static bool needs_gradient(const planner *p, size_t value) {
    const tern__node *maker = tern__value_node(p->m, value);
    return maker && maker->needs_backward;
}

/* The place of the gradient of value `v`, which node i writes: over that of its output, or a new one. */
static size_t gradient_home(planner *p, size_t i, size_t v, bool over) {
    size_t now = backward_time(p, i);
    if (!over) return add_buffer(p, value_count(p, v), 0, now, now);
    if (!(p->m->node[i].type->flags & TERN_VIEW)) count_tensor(p, value_count(p, v), 0);
    return p->dhome[value_of(p, i)];
}

/* The gradient of a value lives until its maker goes backward. */
static void keep_gradient(const planner *p, size_t v) {
    if (!p->failed) p->buffer[p->dhome[v]].end = backward_time(p, v - p->m->inputs);
}

/* The first loss of a value writes its gradient, others write beside it. */
static void place_loss_gradients(planner *p) {
    for (size_t k = 0; k < p->m->losses; k++) {
        size_t v = p->m->loss[k].value;
        p->out->loss[k] = TERN__NOWHERE;
        if (!needs_gradient(p, v)) continue;
        size_t home = add_buffer(p, value_count(p, v), 0, p->n, p->n);
        if (p->dhome[v] != TERN__NOWHERE) p->out->loss[k] = home;
        else p->dhome[v] = home, keep_gradient(p, v);
    }
}

/* Gives the gradient of each value a place: where its last reader, the first to go backward, writes it. Later writers
 * write beside it. */
static void place_gradients(planner *p, size_t *extra_home) {
    place_loss_gradients(p);
    for (size_t i = p->n; i-- > 0 && !p->failed;) {
        const tern__node *node = &p->m->node[i];
        for (size_t k = 0; node->needs_backward && k < node->inputs; k++) {
            size_t v = node->input[k], input = node->first_read;
            if (!needs_gradient(p, v)) continue;
            bool over = k == 0 && node->type->flags & (TERN_VIEW | TERN_IN_PLACE);
            if (p->dhome[v] != TERN__NOWHERE) {
                extra_home[input + k] = gradient_home(p, i, v, over);
                continue;
            }
            p->dhome[v] = gradient_home(p, i, v, over);
            keep_gradient(p, v);
        }
    }
}

/* ---- offsets ---- */

/* A value that the caller has in memory of its own. */
static void leave_out(planner *p, size_t home) {
    p->out->sum -= p->buffer[home].size;
    p->buffer[home].size = 0;
}

static size_t offset_of(const planner *p, size_t home) {
    return home == TERN__NOWHERE ? TERN__NOWHERE : p->buffer[home].offset;
}

static size_t *list(planner *p, size_t n) {
    size_t *numbers = tern__arena_alloc(p->arena, n, sizeof *numbers, p->err);
    if (!numbers) p->failed = true;
    return numbers;
}

static bool *marks(planner *p) {
    bool *marks = tern__arena_alloc(p->arena, tern__values(p->m), sizeof *marks, p->err);
    if (!marks) p->failed = true;
    return marks;
}

/* Whether a layer makes a gradient where it can't be left: of a frozen parameter, or over that which another layer has
 * made of one that they share. */
static bool makes_aside(const planner *p, size_t i, const tern__weight *w) {
    unsigned flags = p->m->node[i].type->flags;
    if (w->gradient == TERN__NOWHERE) return !(flags & TERN_SKIPS_FROZEN);
    return flags & TERN_SETS_GRADIENT && w->last_use != i;
}

static void place_aside(planner *p, size_t i) {
    const tern__node *node = &p->m->node[i];
    size_t back = backward_time(p, i);
    for (size_t k = 0; k < node->params; k++) {
        const tern__weight *w = &p->m->weight[node->param[k]];
        if (makes_aside(p, i, w)) p->out->aside[node->first_use + k] = add_buffer(p, 0, w->count, back, back);
    }
}

/* Saves and scratch, node by node; first their buffers, later their offsets. */
static void place_rest(planner *p) {
    for (size_t u = 0; u < p->m->uses; u++) p->out->aside[u] = TERN__NOWHERE;
    for (size_t i = 0; i < p->n && !p->failed; i++) {
        const tern__node *node = &p->m->node[i];
        bool backward = p->training && node->needs_backward;
        size_t back = backward_time(p, i);
        for (size_t k = 0; p->training && k < node->saves; k++)
            p->out->save[node->first_save + k] =
                add_buffer(p, tern_shape_count(&node->save[k]), 0, i, backward ? back : i);
        if (backward) place_aside(p, i);
        p->out->scratch[0][i] = p->out->scratch[1][i] = TERN__NOWHERE;
        size_t row = node->scratch_row + (p->training && !node->keeps_states ? 0 : node->evaluation_row);
        if (!node->scratch && !row) continue;
        p->out->scratch[0][i] = add_buffer(p, row, node->scratch, i, i);
        if (backward) p->out->scratch[1][i] = add_buffer(p, row, node->scratch, back, back);
    }
}

/* Turns lists of buffers into lists of offsets. */
static void resolve(const planner *p, size_t *homes, size_t n) {
    for (size_t i = 0; i < n; i++) homes[i] = offset_of(p, homes[i]);
}

static void resolve_all(const planner *p) {
    const tern_model *m = p->m;
    const tern__memory_plan *out = p->out;
    resolve(p, out->value, tern__values(m));
    resolve(p, out->gradient, tern__values(m));
    resolve(p, out->extra, m->reads);
    resolve(p, out->loss, p->training ? m->losses : 0);
    resolve(p, out->save, p->training ? m->saves : 0);
    resolve(p, out->aside, p->training ? m->uses : 0);
    resolve(p, out->scratch[0], p->n);
    resolve(p, out->scratch[1], p->training ? p->n : 0);
}

/* Which values lie in the caller's memory: the input, and when not training the output, if there is just one of each.
 */
static void bind_outside(planner *p, bool own_input) {
    size_t last = value_of(p, p->n - 1);
    for (size_t v = 0; v < tern__values(p->m); v++) {
        p->out->is_input[v] = !own_input && p->home[v] == p->home[0];
        p->out->is_output[v] =
            !p->training && !p->out->results && p->home[v] == p->home[last] && p->home[v] >= p->m->inputs;
    }
    if (!own_input) leave_out(p, p->home[0]);
    if (p->out->is_output[last]) leave_out(p, p->home[last]);
}

tern_status tern__memory_plan_make(const tern_model *m, size_t rows, tern__purpose purpose, tern__arena *arena,
                                   tern__memory_plan *out, tern_error *err) {
    bool training = purpose.training;
    planner p = {.m = m, .rows = rows, .n = m->nodes, .training = training, .arena = arena, .out = out, .err = err};
    size_t values = tern__values(m), results = purpose.results ? purpose.results : m->outputs;
    *out = (tern__memory_plan){.extra = list(&p, m->reads),
                               .save = list(&p, m->saves),
                               .aside = list(&p, m->uses),
                               .loss = list(&p, m->losses),
                               .scratch = {list(&p, p.n), list(&p, p.n)},
                               .results = training || (results == 1 && !m->sequences) ? 0 : results,
                               .is_input = marks(&p),
                               .is_output = marks(&p)};
    p.last = list(&p, values);
    p.home = out->value = list(&p, values);
    p.dhome = out->gradient = list(&p, values);
    if (!p.failed) {
        find_last_reads(&p);
        place_values(&p);
        for (size_t v = 0; v < values; v++) p.dhome[v] = TERN__NOWHERE;
        for (size_t k = 0; k < m->reads; k++) out->extra[k] = TERN__NOWHERE;
        if (training && !p.failed) place_gradients(&p, out->extra);
        place_rest(&p);
    }
    if (!p.failed) bind_outside(&p, purpose.own_input);
    if (!p.failed) p.failed = tern__buffers_place(p.buffers, p.buffer, &out->size, err) != TERN_OK;
    if (!p.failed) resolve_all(&p);
    tern__free(p.buffer);
    return p.failed ? TERN_ERROR_MEMORY : TERN_OK;
}
