/* recurrent.c - stacks of recurrent cells in one direction or both; see tern/layers/recurrent.h.
 *
 * Everything in here is time-major, so that the rows of one time, and of all times, are each one dense matrix
 * (recurrent_memory.h). A layer multiplies its whole input by W_ih at once and steps through time; on the way back it
 * makes each weight's gradient in one product. */
#include "recurrent_memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { W_IH, W_HH, B_IH, B_HH }; /* of one layer and direction */

/* Where the parameters of layer `l` in direction `d` begin. */
static size_t first_param(const tern_recurrent *r, size_t l, size_t d) {
    return (l * tern__directions(r) + d) * (r->bias ? 4 : 2);
}

static tern_tensor matrix(tern_real *data, size_t rows, size_t cols) { return (tern_tensor){{2, {rows, cols}}, data}; }

/* The step of time t. */
static tern_cell_step step_at(const tern_recurrent *r, const tern_cell *cell, const tern__recurrent_memory *m,
                              const tern__track *k, size_t t, size_t d, const tern_tensor *param) {
    size_t H = r->hidden_size, G = cell->gates * H, K = cell->keep * H, n = tern__rows_at(m, t),
           first = tern__first_at(m, t), before = tern__state_before(m, t, d) * H,
           after = tern__state_after(r, m, t, d) * H;
    tern_cell_step s = {.rows = n,
                        .hidden = H,
                        .w_hh = &param[W_HH],
                        .b_hh = r->bias ? &param[B_HH] : NULL,
                        .a = matrix(k->a + first * G, n, G),
                        .h = matrix(k->h + before, n, H),
                        .h_next = matrix(k->h + after, n, H)};
    if (K) s.keep = matrix(k->keep + first * K, n, K);
    if (k->c) s.c = matrix(k->c + before, n, H), s.c_next = matrix(k->c + after, n, H);
    return s;
}

/* ---- plan ---- */

static tern_status check(const tern_recurrent *r, const tern_shape *in, tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    size_t states;
    if (in->rank != 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes sequences, [steps, features], but the input is %s",
                              tern_shape_text(in, text));
    if (r->input_size && r->input_size != in->dim[1])
        return tern_error_add(err, TERN_ERROR_MODEL, "input_size",
                              "is %zu, but the input %s has %zu in its last dimension", r->input_size,
                              tern_shape_text(in, text), in->dim[1]);
    tern_shape all = {2, {in->dim[0], tern__directions(r) * r->hidden_size}};
    if (!tern_shape_count_checked(&all, (size_t)1 << 31, &states))
        return tern_error_add(err, TERN_ERROR_MODEL, "hidden_size",
                              "is %zu, which in %zu steps makes more than 2^31 elements", r->hidden_size, in->dim[0]);
    if (r->dropout > 0 && r->num_layers == 1)
        tern_error_warn(err, "dropout", "has no effect: it is applied between layers, and num_layers is 1");
    return TERN_OK;
}

static void plan_params(const tern_recurrent *r, const tern_cell *cell, size_t l, size_t d, tern_param *param) {
    static const char *const names[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    const tern_object *init[] = {&r->init, r->recurrent_init.type ? &r->recurrent_init : &r->init, &r->bias_init,
                                 &r->bias_init};
    size_t H = r->hidden_size, cols[] = {tern__inputs(r, l), H};
    double bound = 1 / sqrt((double)H);
    for (size_t k = 0; k < (r->bias ? 4 : 2); k++) {
        tern_shape shape = {k < B_IH ? 2 : 1, {cell->gates * H, k < B_IH ? cols[k] : 0}};
        param[k] = (tern_param){.shape = shape,
                                .fill = TERN_FILL_UNIFORM,
                                .a = -bound,
                                .b = bound,
                                .init = init[k],
                                .group = k < B_IH ? TERN_GROUP_WEIGHT : TERN_GROUP_BIAS};
        snprintf(param[k].name, sizeof param[k].name, "%s_l%zu%s", names[k], l, d ? "_reverse" : "");
    }
}

tern_status tern_recurrent_plan(void *self, const tern_cell *cell, tern_layer_spec *spec, tern_error *err) {
    tern_recurrent *r = self;
    tern_status status = check(r, &spec->in[0], err);
    if (status) return status;
    size_t T = spec->in[0].dim[0], H = r->hidden_size, D = tern__directions(r) * H;
    r->steps = T;
    r->sequences = spec->sequences;
    r->features = spec->in[0].dim[1];
    spec->out_sequences = r->return_sequences;
    spec->out = r->return_sequences ? TERN_SHAPE(T, D) : TERN_SHAPE(D);
    size_t saved = 0;
    double work = 0;
    for (size_t l = 0; l < r->num_layers; l++) {
        for (size_t d = 0; d < tern__directions(r); d++) plan_params(r, cell, l, d, &spec->param[first_param(r, l, d)]);
        saved += tern__layer_size(r, cell, l);
        work += (double)T * (double)(cell->gates * D) * (double)(tern__inputs(r, l) + H);
    }
    spec->work = work;
    spec->save[0] = TERN_SHAPE(saved);
    spec->evaluation_row = tern__evaluation_size(r, cell);
    spec->scratch = cell->gates * H; /* forward: the sum of two biases; backward: its gradient */
    spec->scratch_row = 2 * H;       /* backward: dh and dc */
    if (spec->sequences) spec->scratch += T + 1, spec->scratch_row++; /* how they are packed */
    spec->looks_ahead = r->bidirectional;
    spec->step_memory = r->num_layers * tern__states(cell) * H;
    return TERN_OK;
}

/* ---- forward ---- */

/* The input of layer 0 out of x, or dx out of its gradient: from batch-major to time-major, and back. */
static void to_time_major(const tern_recurrent *r, const tern__recurrent_memory *m, const tern_real *x, tern_real *to) {
    size_t F = r->features;
    for (size_t t = 0; t < m->steps; t++)
        for (size_t j = 0, n = tern__rows_at(m, t); j < n; j++, to += F)
            memcpy(to, x + (tern__row_of(m, j) * m->room + t) * F, F * sizeof *to);
}

static void to_batch_major(const tern_recurrent *r, const tern__recurrent_memory *m, const tern_real *from,
                           tern_real *dx) {
    size_t F = r->features;
    if (m->order) memset(dx, 0, m->rows * m->room * F * sizeof *dx);
    for (size_t t = 0; t < m->steps; t++)
        for (size_t j = 0, n = tern__rows_at(m, t); j < n; j++, from += F)
            memcpy(dx + (tern__row_of(m, j) * m->room + t) * F, from, F * sizeof *dx);
}

/* Where the states of layer `l` after time t go, or their gradients come from: the next layer's input, or y. `first` is
 * the first row that has one; `row` the elements from one row to the next, where they lie in the rows' order. */
typedef struct output {
    tern_real *data;
    size_t first, row;
    bool ordered; /* as in y, not as in here */
} output;

static output output_at(const tern_recurrent *r, const tern_cell *cell, const tern__recurrent_memory *m, size_t l,
                        size_t t, size_t d, tern_real *y) {
    size_t H = r->hidden_size, D = tern__directions(r) * H, n = tern__rows_at(m, t);
    if (l + 1 < r->num_layers)
        return (output){tern__layer_input(r, cell, m, l + 1) + tern__first_at(m, t) * D + d * H, 0, D, false};
    if (r->return_sequences) return (output){y + t * D + d * H, 0, m->room * D, true};
    if (d) return (output){y + H, t ? n : 0, D, true};
    return (output){y, t + 1 < m->steps ? tern__rows_at(m, t + 1) : 0, D, true}; /* those that end here */
}

static tern_real *output_row(const tern__recurrent_memory *m, const output *o, size_t j) {
    return o->data + (o->ordered ? tern__row_of(m, j) : j) * o->row;
}

static void add_biases(const tern_recurrent *r, const tern_cell *cell, const tern_tensor *param, tern_real *scratch,
                       tern_tensor *a) {
    if (!r->bias) return;
    tern_tensor b = {param[B_IH].shape, scratch};
    tern_tensor_copy(&param[B_IH], &b);
    if (!cell->separate_hidden_bias) tern_tensor_add(&param[B_HH], &b);
    tern_tensor_add_row(&b, a);
}

static void forward_track(const tern_recurrent *r, const tern_cell *cell, const tern_forward *f,
                          const tern__recurrent_memory *m, size_t l, size_t d) {
    size_t T = m->steps, H = r->hidden_size, G = cell->gates * H, all = tern__first_at(m, T);
    const tern_tensor *param = &f->param[first_param(r, l, d)];
    tern__track k = tern__track_of(r, cell, m, l, d);
    tern_tensor x = matrix(tern__layer_input(r, cell, m, l), all, tern__inputs(r, l)), a = matrix(k.a, all, G);
    tern_gemm(1, &x, TERN_N, &param[W_IH], TERN_T, 0, &a); /* a = x W_ih^T, of all times */
    add_biases(r, cell, param, f->scratch, &a);

    for (size_t i = 0; i < T; i++) {
        size_t t = d ? T - 1 - i : i;
        tern__state_take(r, m, k.h, i, d);
        if (k.c) tern__state_take(r, m, k.c, i, d);
        tern_cell_step s = step_at(r, cell, m, &k, t, d, param);
        cell->step(r, &s);
        output out = output_at(r, cell, m, l, t, d, f->y->data);
        for (size_t j = out.first; j < s.rows; j++)
            memcpy(output_row(m, &out, j), s.h_next.data + j * H, H * sizeof *out.data);
    }
}

/* Dropout on the output of layer `l`, or on its gradient: each element of each sample has a random number of its own.
 */
static void drop(const tern_recurrent *r, const tern_random *random, size_t first_row, const tern__recurrent_memory *m,
                 size_t l, tern_real *x) {
    size_t D = tern__directions(r) * r->hidden_size, sample = r->steps * D;
    for (size_t t = 0; t < m->steps; t++)
        for (size_t j = 0, n = tern__rows_at(m, t); j < n; j++, x += D) {
            size_t row = first_row + tern__row_of(m, j);
            uint64_t first = ((uint64_t)row * (r->num_layers - 1) + l) * sample + t * D;
            tern_random_dropout(random, first, D, r->dropout, x, x);
        }
}

void tern_recurrent_forward(const void *self, const tern_cell *cell, const tern_forward *f) {
    const tern_recurrent *r = self;
    tern__recurrent_memory memory = tern__recurrent_packed(r, cell, f->rows, f->length, f->steps, f->scratch),
                           *m = &memory;
    m->kept = f->training;
    m->data = f->training ? f->save[0].data : f->scratch + tern__recurrent_scratch(r, cell, f->rows);
    if (r->return_sequences && m->order) tern_tensor_fill(f->y, 0);
    to_time_major(r, m, f->x[0]->data, tern__layer_input(r, cell, m, 0));
    for (size_t l = 0; l < r->num_layers; l++) {
        for (size_t d = 0; d < tern__directions(r); d++) forward_track(r, cell, f, m, l, d);
        if (f->training && r->dropout > 0 && l + 1 < r->num_layers)
            drop(r, &f->random, f->row, m, l, tern__layer_input(r, cell, m, l + 1));
    }
}

void tern_recurrent_step(const void *self, const tern_cell *cell, const tern_layer_step *s) {
    const tern_recurrent *r = self;
    size_t n = s->rows, H = r->hidden_size, G = cell->gates * H, K = cell->keep * H, state = n * H;
    tern_real *a = s->scratch + G, *keep = a + n * G, *next = keep + n * K, *h = s->memory;
    if (!s->at) memset(h, 0, r->num_layers * tern__states(cell) * state * sizeof *h);
    tern_tensor x = matrix(s->x[0]->data, n, r->features);
    for (size_t l = 0; l < r->num_layers; l++, h += tern__states(cell) * state) {
        const tern_tensor *param = &s->param[first_param(r, l, 0)];
        tern_cell_step step = {.rows = n,
                               .hidden = H,
                               .w_hh = &param[W_HH],
                               .b_hh = r->bias ? &param[B_HH] : NULL,
                               .a = matrix(a, n, G),
                               .keep = matrix(keep, n, K),
                               .h = matrix(h, n, H),
                               .h_next = matrix(next, n, H)};
        if (cell->cell_state) step.c = matrix(h + state, n, H), step.c_next = matrix(next + state, n, H);
        tern_gemm(1, &x, TERN_N, &param[W_IH], TERN_T, 0, &step.a);
        add_biases(r, cell, param, s->scratch, &step.a);
        cell->step(r, &step);
        memcpy(h, next, tern__states(cell) * state * sizeof *h);
        x = step.h;
    }
    memcpy(s->y->data, x.data, state * sizeof *x.data);
}

/* ---- backward ---- */

TERN_CLONES static void add_gradient(size_t n, const tern_real *from, tern_real *restrict to) {
    for (size_t j = 0; j < n; j++) to[j] += from[j];
}

static void add_bias_gradients(const tern_cell *cell, const tern_tensor *da, const tern_tensor *dstate,
                               tern_tensor *dparam, tern_real *scratch) {
    if (cell->separate_hidden_bias) {
        if (dparam[B_IH].data) tern_tensor_sum_rows(da, &dparam[B_IH]);
        if (dparam[B_HH].data) tern_tensor_sum_rows(dstate, &dparam[B_HH]);
        return;
    }
    tern_tensor db = {dparam[B_IH].shape, scratch}; /* one sum for both */
    tern_tensor_fill(&db, 0);
    tern_tensor_sum_rows(da, &db);
    if (dparam[B_IH].data) tern_tensor_add(&db, &dparam[B_IH]);
    if (dparam[B_HH].data) tern_tensor_add(&db, &dparam[B_HH]);
}

static void backward_track(const tern_recurrent *r, const tern_cell *cell, const tern_backward *b,
                           const tern__recurrent_memory *m, size_t l, size_t d) {
    size_t T = m->steps, n = m->rows, H = r->hidden_size, G = cell->gates * H, all = tern__first_at(m, T);
    const tern_tensor *param = &b->param[first_param(r, l, d)];
    tern_tensor *dparam = &b->dparam[first_param(r, l, d)];
    tern__track k = tern__track_of(r, cell, m, l, d);
    tern_tensor dh = matrix(b->scratch + G, n, H), dc = matrix(dh.data + n * H, n, H);
    tern_tensor_fill(&dh, 0);
    tern_tensor_fill(&dc, 0);
    for (size_t i = T; i-- > 0;) {
        size_t t = d ? T - 1 - i : i;
        tern_cell_step s = step_at(r, cell, m, &k, t, d, param);
        s.dh = matrix(dh.data, s.rows, H), s.dc = matrix(dc.data, s.rows, H);
        output dout = output_at(r, cell, m, l, t, d, b->dy->data);
        for (size_t j = dout.first; j < s.rows; j++) add_gradient(H, output_row(m, &dout, j), dh.data + j * H);
        cell->step_back(r, &s);
    }
    tern_tensor x = matrix(tern__layer_input(r, cell, m, l), all, tern__inputs(r, l)),
                h = matrix(k.h + tern__state_before(m, 0, d) * H, all, H);
    tern_tensor da = matrix(k.a, all, G), dstate = cell->separate_hidden_bias ? matrix(k.keep, all, G) : da;
    if (dparam[W_IH].data) tern_gemm(1, &da, TERN_T, &x, TERN_N, 1, &dparam[W_IH]);     /* dW_ih += da^T x */
    if (dparam[W_HH].data) tern_gemm(1, &dstate, TERN_T, &h, TERN_N, 1, &dparam[W_HH]); /* dW_hh += da^T h */
    if (r->bias) add_bias_gradients(cell, &da, &dstate, dparam, b->scratch);
}

/* The gradient of a layer's input takes its place: x is not needed any more. */
static void backward_input(const tern_recurrent *r, const tern_cell *cell, const tern_backward *b,
                           const tern__recurrent_memory *m, size_t l) {
    size_t all = tern__first_at(m, m->steps);
    tern_tensor dx = matrix(tern__layer_input(r, cell, m, l), all, tern__inputs(r, l));
    for (size_t d = 0; d < tern__directions(r); d++) {
        tern_tensor da = matrix(tern__track_of(r, cell, m, l, d).a, all, cell->gates * r->hidden_size);
        tern_gemm(1, &da, TERN_N, &b->param[first_param(r, l, d) + W_IH], TERN_N, d ? 1 : 0, &dx); /* dx = da W_ih */
    }
}

void tern_recurrent_backward(const void *self, const tern_cell *cell, const tern_backward *b) {
    const tern_recurrent *r = self;
    tern__recurrent_memory memory = tern__recurrent_packed(r, cell, b->rows, b->length, b->steps, b->scratch),
                           *m = &memory;
    m->kept = true;
    m->data = b->save[0].data;
    for (size_t l = r->num_layers; l-- > 0;) {
        for (size_t d = 0; d < tern__directions(r); d++) backward_track(r, cell, b, m, l, d);
        if (l || b->dx[0]) backward_input(r, cell, b, m, l);
        if (l && r->dropout > 0) drop(r, &b->random, b->row, m, l - 1, tern__layer_input(r, cell, m, l));
    }
    if (b->dx[0]) to_batch_major(r, m, tern__layer_input(r, cell, m, 0), b->dx[0]->data);
}
