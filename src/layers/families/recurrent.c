/* recurrent.c - stacks of recurrent cells in one direction or both; see tern/layers/recurrent.h.
 *
 * Everything in here is time-major, [T, n, ...], so that the rows of one time, and of all times, are each one dense
 * matrix. A layer multiplies its whole input by W_ih at once and steps through time; on the way back it makes each
 * weight's gradient in one product. */
#include <tern/layers/recurrent.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { W_IH, W_HH, B_IH, B_HH }; /* of one layer and direction */

static size_t directions(const tern_recurrent *r) { return r->bidirectional ? 2 : 1; }

/* Features of one time that layer `l` reads. */
static size_t inputs(const tern_recurrent *r, size_t l) { return l ? directions(r) * r->hidden_size : r->features; }

/* Where the parameters of layer `l` in direction `d` begin. */
static size_t first_param(const tern_recurrent *r, size_t l, size_t d) {
    return (l * directions(r) + d) * (r->bias ? 4 : 2);
}

/* ---- memory: for each layer its input x, then a track for each direction ---- */

/* What one direction of one layer leaves behind, of all times. h and c have one time more: a first one of zeros. The
 * reverse direction goes from high to low, so that its zeros are the last. */
typedef struct track {
    tern_real *a, *keep, *h, *c;
} track;

/* Elements of a track, for each row of the batch. */
static size_t track_size(const tern_recurrent *r, const tern_cell *cell) {
    size_t T = r->steps, H = r->hidden_size;
    return T * (cell->gates + cell->keep) * H + (T + 1) * H * (cell->cell_state ? 2 : 1);
}

static size_t layer_size(const tern_recurrent *r, const tern_cell *cell, size_t l) {
    return r->steps * inputs(r, l) + directions(r) * track_size(r, cell);
}

/* Without a backward to come, one track serves all, and layers read and write two inputs in turn. */
static size_t input_size(const tern_recurrent *r) {
    size_t first = inputs(r, 0), other = r->num_layers > 1 ? inputs(r, 1) : 0;
    return r->steps * (first > other ? first : other);
}

static size_t evaluation_size(const tern_recurrent *r, const tern_cell *cell) {
    return input_size(r) * (r->num_layers > 1 ? 2 : 1) + track_size(r, cell);
}

typedef struct memory {
    tern_real *data;
    size_t rows;
    bool kept; /* for backward */
} memory;

static tern_real *layer_input(const tern_recurrent *r, const tern_cell *cell, memory m, size_t l) {
    size_t at = l ? layer_size(r, cell, 0) + (l - 1) * layer_size(r, cell, 1) : 0;
    return m.data + m.rows * (m.kept ? at : l % 2 * input_size(r));
}

static track track_of(const tern_recurrent *r, const tern_cell *cell, memory m, size_t l, size_t d) {
    size_t T = r->steps, n = m.rows, H = r->hidden_size;
    track k = {.a = m.kept ? layer_input(r, cell, m, l) + n * (T * inputs(r, l) + d * track_size(r, cell))
                           : m.data + n * (evaluation_size(r, cell) - track_size(r, cell))};
    k.h = k.a + n * T * cell->gates * H;
    k.keep = k.h + n * (T + 1) * H;
    k.c = cell->cell_state ? k.keep + n * T * cell->keep * H : NULL;
    return k;
}

static tern_tensor matrix(tern_real *data, size_t rows, size_t cols) { return (tern_tensor){{2, {rows, cols}}, data}; }

/* The step of time t. */
static tern_cell_step step_at(const tern_recurrent *r, const tern_cell *cell, const track *k, size_t n, size_t t,
                              size_t d, const tern_tensor *param) {
    size_t H = r->hidden_size, G = cell->gates * H, K = cell->keep * H, before = t + d, after = t + 1 - d;
    tern_cell_step s = {.rows = n,
                        .hidden = H,
                        .w_hh = &param[W_HH],
                        .b_hh = r->bias ? &param[B_HH] : NULL,
                        .a = matrix(k->a + t * n * G, n, G),
                        .h = matrix(k->h + before * n * H, n, H),
                        .h_next = matrix(k->h + after * n * H, n, H)};
    if (K) s.keep = matrix(k->keep + t * n * K, n, K);
    if (k->c) s.c = matrix(k->c + before * n * H, n, H), s.c_next = matrix(k->c + after * n * H, n, H);
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
    tern_shape all = {2, {in->dim[0], directions(r) * r->hidden_size}};
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
    size_t H = r->hidden_size, cols[] = {inputs(r, l), H};
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
    size_t T = spec->in[0].dim[0], H = r->hidden_size, D = directions(r) * H;
    r->steps = T;
    r->features = spec->in[0].dim[1];
    spec->out = r->return_sequences ? TERN_SHAPE(T, D) : TERN_SHAPE(D);
    size_t saved = 0;
    double work = 0;
    for (size_t l = 0; l < r->num_layers; l++) {
        for (size_t d = 0; d < directions(r); d++) plan_params(r, cell, l, d, &spec->param[first_param(r, l, d)]);
        saved += layer_size(r, cell, l);
        work += (double)T * (double)(cell->gates * D) * (double)(inputs(r, l) + H);
    }
    spec->work = work;
    spec->save[0] = TERN_SHAPE(saved);
    spec->evaluation_row = evaluation_size(r, cell);
    spec->scratch = cell->gates * H; /* forward: the sum of two biases; backward: its gradient */
    spec->scratch_row = 2 * H;       /* backward: dh and dc */
    return TERN_OK;
}

/* ---- forward ---- */

/* to[j, i] = from[i, j], each item `size` elements in a row: from batch-major to time-major, and back. */
static void swap_axes(size_t rows, size_t cols, size_t size, const tern_real *from, tern_real *to) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            memcpy(to + (j * rows + i) * size, from + (i * cols + j) * size, size * sizeof *to);
}

/* The [T, D] of each row within a tensor: the next layer's input, or y. */
typedef struct sequence {
    tern_real *data;
    size_t row, time; /* the elements from one row, and from one time, to the next */
} sequence;

static sequence output(const tern_recurrent *r, const tern_cell *cell, memory m, size_t l, tern_real *y) {
    size_t D = directions(r) * r->hidden_size;
    if (l + 1 < r->num_layers) return (sequence){layer_input(r, cell, m, l + 1), D, m.rows * D};
    return r->return_sequences ? (sequence){y, r->steps * D, D} : (sequence){y, D, 0};
}

/* Whether the output holds the state after time t of direction d. */
static bool is_output(const tern_recurrent *r, size_t l, size_t t, size_t d) {
    return l + 1 < r->num_layers || r->return_sequences || t == (d ? 0 : r->steps - 1);
}

static void add_biases(const tern_recurrent *r, const tern_cell *cell, const tern_tensor *param, tern_real *scratch,
                       tern_tensor *a) {
    if (!r->bias) return;
    tern_tensor b = {param[B_IH].shape, scratch};
    tern_tensor_copy(&param[B_IH], &b);
    if (!cell->separate_hidden_bias) tern_tensor_add(&param[B_HH], &b);
    tern_tensor_add_row(&b, a);
}

static void forward_track(const tern_recurrent *r, const tern_cell *cell, const tern_forward *f, memory m, size_t l,
                          size_t d) {
    size_t T = r->steps, n = m.rows, H = r->hidden_size, G = cell->gates * H;
    const tern_tensor *param = &f->param[first_param(r, l, d)];
    track k = track_of(r, cell, m, l, d);
    tern_tensor x = matrix(layer_input(r, cell, m, l), T * n, inputs(r, l)), a = matrix(k.a, T * n, G);
    tern_gemm(1, &x, TERN_N, &param[W_IH], TERN_T, 0, &a); /* a = x W_ih^T, of all times */
    add_biases(r, cell, param, f->scratch, &a);

    size_t zeros = d ? T * n * H : 0;
    memset(k.h + zeros, 0, n * H * sizeof *k.h);
    if (k.c) memset(k.c + zeros, 0, n * H * sizeof *k.c);
    sequence out = output(r, cell, m, l, f->y->data);
    for (size_t i = 0; i < T; i++) {
        size_t t = d ? T - 1 - i : i;
        tern_cell_step s = step_at(r, cell, &k, n, t, d, param);
        cell->step(r, &s);
        for (size_t row = 0; row < n && is_output(r, l, t, d); row++)
            memcpy(out.data + row * out.row + t * out.time + d * H, s.h_next.data + row * H, H * sizeof *out.data);
    }
}

/* Dropout on the output of layer `l`, or on its gradient: each element of each sample has a random number of its own.
 */
static void drop(const tern_recurrent *r, const tern_random *random, size_t first_row, size_t n, size_t l,
                 tern_real *x) {
    size_t D = directions(r) * r->hidden_size, sample = r->steps * D;
    for (size_t t = 0; t < r->steps; t++)
        for (size_t i = 0; i < n; i++, x += D) {
            uint64_t first = ((uint64_t)(first_row + i) * (r->num_layers - 1) + l) * sample + t * D;
            tern_random_dropout(random, first, D, r->dropout, x, x);
        }
}

void tern_recurrent_forward(const void *self, const tern_cell *cell, const tern_forward *f) {
    const tern_recurrent *r = self;
    memory m = {.data = f->training ? f->save[0].data : f->scratch + cell->gates * r->hidden_size,
                .rows = f->rows,
                .kept = f->training};
    swap_axes(m.rows, r->steps, r->features, f->x[0]->data, layer_input(r, cell, m, 0));
    for (size_t l = 0; l < r->num_layers; l++) {
        for (size_t d = 0; d < directions(r); d++) forward_track(r, cell, f, m, l, d);
        if (f->training && r->dropout > 0 && l + 1 < r->num_layers)
            drop(r, &f->random, f->row, m.rows, l, layer_input(r, cell, m, l + 1));
    }
}

/* ---- backward ---- */

TERN_CLONES static void add_gradient(size_t rows, size_t n, const tern_real *from, size_t stride,
                                     tern_real *restrict to) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) to[i * n + j] += from[i * stride + j];
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

static void backward_track(const tern_recurrent *r, const tern_cell *cell, const tern_backward *b, memory m, size_t l,
                           size_t d) {
    size_t T = r->steps, n = m.rows, H = r->hidden_size, G = cell->gates * H;
    const tern_tensor *param = &b->param[first_param(r, l, d)];
    tern_tensor *dparam = &b->dparam[first_param(r, l, d)];
    track k = track_of(r, cell, m, l, d);
    tern_tensor dh = matrix(b->scratch + G, n, H), dc = matrix(dh.data + n * H, n, H);
    tern_tensor_fill(&dh, 0);
    tern_tensor_fill(&dc, 0);
    sequence dout = output(r, cell, m, l, b->dy->data);
    for (size_t i = T; i-- > 0;) {
        size_t t = d ? T - 1 - i : i;
        tern_cell_step s = step_at(r, cell, &k, n, t, d, param);
        s.dh = dh, s.dc = dc;
        if (is_output(r, l, t, d)) add_gradient(n, H, dout.data + t * dout.time + d * H, dout.row, dh.data);
        cell->step_back(r, &s);
    }
    tern_tensor x = matrix(layer_input(r, cell, m, l), T * n, inputs(r, l)), h = matrix(k.h + d * n * H, T * n, H);
    tern_tensor da = matrix(k.a, T * n, G), dstate = cell->separate_hidden_bias ? matrix(k.keep, T * n, G) : da;
    if (dparam[W_IH].data) tern_gemm(1, &da, TERN_T, &x, TERN_N, 1, &dparam[W_IH]);     /* dW_ih += da^T x */
    if (dparam[W_HH].data) tern_gemm(1, &dstate, TERN_T, &h, TERN_N, 1, &dparam[W_HH]); /* dW_hh += da^T h */
    if (r->bias) add_bias_gradients(cell, &da, &dstate, dparam, b->scratch);
}

/* The gradient of a layer's input takes its place: x is not needed any more. */
static void backward_input(const tern_recurrent *r, const tern_cell *cell, const tern_backward *b, memory m, size_t l) {
    size_t T = r->steps, n = m.rows;
    tern_tensor dx = matrix(layer_input(r, cell, m, l), T * n, inputs(r, l));
    for (size_t d = 0; d < directions(r); d++) {
        tern_tensor da = matrix(track_of(r, cell, m, l, d).a, T * n, cell->gates * r->hidden_size);
        tern_gemm(1, &da, TERN_N, &b->param[first_param(r, l, d) + W_IH], TERN_N, d ? 1 : 0, &dx); /* dx = da W_ih */
    }
}

void tern_recurrent_backward(const void *self, const tern_cell *cell, const tern_backward *b) {
    const tern_recurrent *r = self;
    memory m = {.data = b->save[0].data, .rows = b->rows, .kept = true};
    for (size_t l = r->num_layers; l-- > 0;) {
        for (size_t d = 0; d < directions(r); d++) backward_track(r, cell, b, m, l, d);
        if (l || b->dx[0]) backward_input(r, cell, b, m, l);
        if (l && r->dropout > 0) drop(r, &b->random, b->row, m.rows, l - 1, layer_input(r, cell, m, l));
    }
    if (b->dx[0]) swap_axes(r->steps, m.rows, r->features, layer_input(r, cell, m, 0), b->dx[0]->data);
}
