/* multi_head_attention - attention (Vaswani et al. 2017): each step of a sequence, the query, gathers from all steps of
 * one, itself or another, what concerns it.
 *
 *   q = x W_q^T + b_q,   [k v] likewise of x or of the sequence that it looks at
 *   P = softmax(q k^T / sqrt(d) + mask),   o = P v,   y = o W_out^T + b_out
 *
 * P and o for each of the heads, on their d = E / heads columns of q, k, v and o. W_in is W_q, W_k and W_v, one below
 * the other. Longer than 300 lines: forward and backward of a head are to be read beside
 * each other. */
#include <tern/layer.h>
#include <tern/math.h>
#include <math.h>
#include <string.h>

typedef struct multi_head_attention {
    size_t num_heads, embed_dim;
    bool causal, bias;
    double dropout;
    int mask; /* mask_kind */
    size_t window;
    tern_object init, out_init, bias_init;
    /* planned: inputs without the mask, T of the query, T of what it looks at, and E */
    size_t inputs, steps, seen, embed;
    size_t mask_head,
        mask_step; /* numbers of the mask from one head, or step of the query, to the next; 0: all share */
} multi_head_attention;

typedef enum mask_kind { NO_MASK, ADDITIVE, BOOLEAN } mask_kind;
static const char *const mask_words[] = {"none", "additive", "boolean", NULL};

enum { W_IN, W_OUT, B_IN, B_OUT }; /* as they lie here; in files they go by their names */
enum { QKV, WEIGHTS, O };          /* saves */
enum { Q, K, V };

/* ---- plan ---- */

static tern_status check_heads(const multi_head_attention *m, const tern_shape *in, tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    tern_shape_text(in, text);
    if (m->embed_dim && m->embed_dim != in->dim[1])
        return tern_error_add(err, TERN_ERROR_MODEL, "embed_dim",
                              "is %zu, but the input %s has %zu in its last dimension", m->embed_dim, text, in->dim[1]);
    if (in->dim[1] % m->num_heads)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_heads",
                              "is %zu, which does not divide the input's last dimension: %s", m->num_heads, text);
    return TERN_OK;
}

/* What is looked at: the query itself, another sequence, or one for the keys and one for the values. */
static tern_status check_seen(const multi_head_attention *m, const tern_layer_spec *spec, tern_error *err) {
    const tern_shape *in = spec->in, *last = &in[m->inputs - 1];
    size_t weights;
    for (size_t k = 1; k < m->inputs; k++)
        if (in[k].rank != 2 || in[k].dim[1] != in->dim[1] || in[k].dim[0] != last->dim[0])
            return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                  "takes a query and what it looks at, all of %zu features, keys and values of as many "
                                  "steps",
                                  in->dim[1]);
    if ((m->causal || m->window) && m->inputs > 1)
        return tern_error_add(err, TERN_ERROR_MODEL, m->causal ? "causal" : "window",
                              "is for a sequence that looks at itself; here it looks at another");
    if (!tern_shape_count_checked(&TERN_SHAPE(m->num_heads, in->dim[0], last->dim[0]), (size_t)1 << 31, &weights))
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "has more than 2^31 weights for the %zu steps of its input and %zu that they look at",
                              in->dim[0], last->dim[0]);
    return TERN_OK;
}

/* How the mask, the last input, is read: [S], [T, S] or [heads, T, S]. */
static tern_status plan_mask(multi_head_attention *m, const tern_layer_spec *spec, tern_error *err) {
    const tern_shape *mask = &spec->in[spec->inputs - 1];
    size_t T = spec->in->dim[0], S = spec->in[m->inputs - 1].dim[0];
    const tern_shape accepted[] = {TERN_SHAPE(S), TERN_SHAPE(T, S), TERN_SHAPE(m->num_heads, T, S)};
    char text[4][TERN_SHAPE_TEXT];
    size_t rank = mask->rank;
    m->mask_step = rank > 1 ? S : 0, m->mask_head = rank > 2 ? T * S : 0;
    if (spec->sequences)
        return tern_error_add(err, TERN_ERROR_MODEL, "mask",
                              "is for sequences of a fixed length; of others their padding is left out as it is");
    if (rank <= 3 && tern_shape_equal(mask, &accepted[rank - 1])) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "mask",
                          "of %zu steps for %zu is %s, %s or %s (heads), but the last input is %s", T, S,
                          tern_shape_text(&accepted[0], text[0]), tern_shape_text(&accepted[1], text[1]),
                          tern_shape_text(&accepted[2], text[2]), tern_shape_text(mask, text[3]));
}

static tern_status check(multi_head_attention *m, const tern_layer_spec *spec, tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    m->inputs = spec->inputs - (m->mask != NO_MASK);
    if (!m->inputs || m->inputs > 3)
        return tern_error_add(err, TERN_ERROR_MODEL, m->inputs ? NULL : "mask",
                              m->inputs ? "takes a query, keys and values; a fourth input is a \"mask\""
                                        : "is the last of several inputs; here there is one");
    if (spec->in->rank != 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes sequences, [steps, features], but the input is %s",
                              tern_shape_text(spec->in, text));
    tern_status status = check_heads(m, spec->in, err);
    if (!status) status = check_seen(m, spec, err);
    return status || !m->mask ? status : plan_mask(m, spec, err);
}

static tern_status multi_head_attention_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    multi_head_attention *m = self;
    tern_status status = check(m, spec, err);
    if (status) return status;
    size_t T = m->steps = spec->in[0].dim[0], E = m->embed = spec->in[0].dim[1];
    size_t S = m->seen = spec->in[m->inputs - 1].dim[0], qkv = (T + 2 * S) * E;
    double xavier = sqrt(6.0 / (double)(E + 3 * E)), bound = 1 / sqrt((double)E);
    spec->param[W_IN] = (tern_param){.name = "in_proj_weight",
                                     .shape = {2, {3 * E, E}},
                                     .fill = TERN_FILL_UNIFORM,
                                     .a = -xavier,
                                     .b = xavier,
                                     .init = &m->init};
    spec->param[W_OUT] = (tern_param){.name = "out_proj.weight",
                                      .shape = {2, {E, E}},
                                      .fill = TERN_FILL_UNIFORM,
                                      .a = -bound,
                                      .b = bound,
                                      .init = &m->out_init};
    if (m->bias) {
        spec->param[B_IN] = (tern_param){
            .name = "in_proj_bias", .shape = {1, {3 * E}}, .init = &m->bias_init, .group = TERN_GROUP_BIAS};
        spec->param[B_OUT] =
            (tern_param){.name = "out_proj.bias", .shape = {1, {E}}, .init = &m->bias_init, .group = TERN_GROUP_BIAS};
    }
    spec->out = spec->in[0];
    spec->out_sequences = true;
    spec->save[QKV] = TERN_SHAPE(qkv);
    spec->save[WEIGHTS] = TERN_SHAPE(m->num_heads, T, S);
    spec->save[O] = TERN_SHAPE(T, E);
    spec->scratch = 2 * T * S;       /* of one head: P, or P after dropout and dP */
    spec->scratch_row = qkv + T * E; /* forward, where nothing is saved: q k v and o; backward: their gradients */
    spec->work = (double)E * ((double)qkv + (double)T * ((double)E + 2 * (double)S));
    spec->looks_ahead = m->inputs == 1 && !m->causal;
    spec->step_memory = 2 * S * E; /* keys and values */
    spec->step_most = m->inputs == 1 ? T : 0;
    return TERN_OK;
}

/* ---- where things are ---- */

/* The steps of a pass: of the query and of what it looks at, rows of each with room for so many. */
typedef struct extent {
    size_t rows, steps, seen;
    const size_t *length, *seen_length; /* NULL: each row has all */
} extent;

static extent extent_of(const multi_head_attention *m, size_t rows, const size_t *length, size_t steps,
                        const size_t *other_length, size_t other_steps) {
    extent e = {rows, length ? steps : m->steps, m->seen, length, length};
    if (m->inputs > 1) e.seen_length = other_length;
    if (e.seen_length) e.seen = m->inputs > 1 ? other_steps : steps;
    return e;
}

/* q, k and v of all rows: beside each other where all are made of one input, else one behind the other. */
typedef struct projections {
    tern_real *of[3];
    size_t stride;
} projections;

static projections lay_out(const multi_head_attention *m, const extent *e, tern_real *data) {
    size_t E = m->embed;
    if (m->inputs == 1) return (projections){{data, data + E, data + 2 * E}, 3 * E};
    tern_real *k = data + e->rows * e->steps * E;
    return (projections){{data, k, k + e->rows * e->seen * E}, E};
}

static size_t qkv_count(const multi_head_attention *m, const extent *e) {
    return e->rows * (e->steps + 2 * e->seen) * m->embed;
}

/* A head of one row: its own steps, and those of what it looks at. */
typedef struct head_place {
    size_t row, head, steps, seen;
} head_place;

static head_place place(const extent *e, size_t row, size_t head) {
    return (head_place){row, head, e->length ? e->length[row] : e->steps,
                        e->seen_length ? e->seen_length[row] : e->seen};
}

/* Its columns of q, k or v, and of o. */
static tern_matrix columns(const multi_head_attention *m, const extent *e, const projections *p, head_place h,
                           int which) {
    size_t d = m->embed / m->num_heads, room = which == Q ? e->steps : e->seen;
    return (tern_matrix){which == Q ? h.steps : h.seen, d, p->stride,
                         p->of[which] + h.row * room * p->stride + h.head * d};
}

static tern_matrix output_columns(const multi_head_attention *m, const extent *e, const tern_tensor *o, head_place h) {
    size_t d = m->embed / m->num_heads;
    return (tern_matrix){h.steps, d, m->embed, o->data + h.row * e->steps * m->embed + h.head * d};
}

/* Of each step for each that it looks at. */
static tern_matrix weights(head_place h, tern_real *data) { return (tern_matrix){h.steps, h.seen, h.seen, data}; }

/* Where the weights of a head are kept. */
static tern_real *weights_kept(const multi_head_attention *m, const tern_tensor *save, head_place h) {
    return save[WEIGHTS].data + (h.row * m->num_heads + h.head) * m->steps * m->seen;
}

/* ---- one head of one row ---- */

static tern_real scale(const multi_head_attention *m) {
    return (tern_real)(1 / sqrt((double)(m->embed / m->num_heads)));
}

/* Dropout on the weights of a head: the same in forward and backward, whatever the slice. `row`: of the batch. */
static void drop(const multi_head_attention *m, const tern_random *random, size_t row, head_place h, const tern_real *x,
                 tern_real *y) {
    size_t n = m->steps * m->seen;
    tern_random_dropout(random, ((uint64_t)(row + h.row) * m->num_heads + h.head) * n, h.steps * h.seen, m->dropout, x,
                        y);
}

/* The first step that step t may look at. */
static size_t first_seen(const multi_head_attention *m, size_t t) {
    return m->window && t >= m->window ? t + 1 - m->window : 0;
}

/* No step looks at those after it, or at those that far away. */
static void hide_steps(const multi_head_attention *m, size_t T, tern_real *scores) {
    for (size_t t = 0; t < T; t++) {
        size_t first = first_seen(m, t),
               end = m->causal || !m->window || t + m->window > T ? m->causal ? t + 1 : T : t + m->window;
        for (size_t other = 0; other < T; other++)
            if (other < first || other >= end) scores[t * T + other] = -(tern_real)INFINITY;
    }
}

/* Where the mask of a head of a row begins. */
static tern_real *mask_of(const multi_head_attention *m, const tern_tensor *mask, head_place h) {
    return mask->data + h.row * (tern_tensor_count(mask) / mask->shape.dim[0]) + h.head * m->mask_head;
}

static void add_mask(const multi_head_attention *m, head_place h, const tern_real *mask, tern_real *scores) {
    for (size_t t = 0; t < h.steps; t++, mask += m->mask_step, scores += h.seen)
        for (size_t s = 0; s < h.seen; s++) {
            if (m->mask == ADDITIVE) scores[s] += mask[s];
            else if (mask[s] != 0) scores[s] = -(tern_real)INFINITY;
        }
}

/* P of the scores. Of a step that may look at none it is 0, where PyTorch has NaN. */
static void softmax_seen(const multi_head_attention *m, size_t T, size_t S, tern_real *p) {
    size_t blocked = 0;
    if (m->mask != BOOLEAN) {
        tern_softmax(T, S, 1, p, p);
        return;
    }
    for (size_t t = 0; t < T; t++, p += S, blocked = 0) {
        for (size_t s = 0; s < S; s++) blocked += p[s] == -(tern_real)INFINITY;
        if (blocked < S) tern_softmax(1, S, 1, p, p);
        else memset(p, 0, S * sizeof *p);
    }
}

/* Heads and steps that share a number of the mask add their gradients to it. */
static void mask_backward(const multi_head_attention *m, head_place h, const tern_real *dp, tern_real *dmask) {
    for (size_t t = 0; t < h.steps; t++, dmask += m->mask_step, dp += h.seen)
        for (size_t s = 0; s < h.seen; s++) dmask[s] += dp[s];
}

static void head_forward(const multi_head_attention *m, const tern_forward *f, const extent *e, const projections *qkv,
                         head_place h, tern_tensor *o) {
    tern_real *p = f->training ? weights_kept(m, f->save, h) : f->scratch, *kept = p;
    tern_gemm_strided(scale(m), columns(m, e, qkv, h, Q), TERN_N, columns(m, e, qkv, h, K), TERN_T, 0, weights(h, p));
    if (m->mask) add_mask(m, h, mask_of(m, f->x[m->inputs], h), p);
    if (m->causal || m->window) hide_steps(m, h.steps, p);
    softmax_seen(m, h.steps, h.seen, p); /* P = softmax(q k^T / sqrt d + mask) */
    if (f->training && m->dropout > 0) drop(m, &f->random, f->row, h, p, kept = f->scratch);
    tern_gemm_strided(1, weights(h, kept), TERN_N, columns(m, e, qkv, h, V), TERN_N, 0,
                      output_columns(m, e, o, h)); /* o = P v */
}

/* dp = p (dp - sum of p dp), row by row. */
TERN_CLONES static void softmax_backward(size_t T, size_t S, const tern_real *restrict p, tern_real *restrict dp) {
    for (size_t t = 0; t < T; t++, p += S, dp += S) {
        double sum = 0;
        for (size_t j = 0; j < S; j++) sum += (double)p[j] * (double)dp[j];
        for (size_t j = 0; j < S; j++) dp[j] = p[j] * (dp[j] - (tern_real)sum);
    }
}

static void head_backward(const multi_head_attention *m, const tern_backward *b, const extent *e,
                          const projections *qkv, const projections *dqkv, head_place h, const tern_tensor *d_o) {
    tern_real *p = weights_kept(m, b->save, h), *dp = b->scratch, *kept = p;
    tern_matrix dout = output_columns(m, e, d_o, h);
    if (m->dropout > 0) drop(m, &b->random, b->row, h, p, kept = dp + m->steps * m->seen);
    tern_gemm_strided(1, weights(h, kept), TERN_T, dout, TERN_N, 0, columns(m, e, dqkv, h, V)); /* dv = P^T do */
    tern_gemm_strided(1, dout, TERN_N, columns(m, e, qkv, h, V), TERN_T, 0, weights(h, dp));    /* dP = do v^T */
    if (m->dropout > 0) drop(m, &b->random, b->row, h, dp, dp);
    softmax_backward(h.steps, h.seen, p, dp); /* now d(q k^T)  */
    if (m->mask == ADDITIVE && b->dx[m->inputs]) mask_backward(m, h, dp, mask_of(m, b->dx[m->inputs], h));
    tern_gemm_strided(scale(m), weights(h, dp), TERN_N, columns(m, e, qkv, h, K), TERN_N, 0, columns(m, e, dqkv, h, Q));
    tern_gemm_strided(scale(m), weights(h, dp), TERN_T, columns(m, e, qkv, h, Q), TERN_N, 0, columns(m, e, dqkv, h, K));
}

/* ---- all of them ---- */

/* The input that q, k or v is made of. */
static size_t source(const multi_head_attention *m, size_t which) { return which < m->inputs ? which : m->inputs - 1; }

/* Those of W_in, or of b_in, that make q, k or v; of one input, that make all three. */
static tern_tensor rows_of(const multi_head_attention *m, const tern_tensor *t, size_t which) {
    size_t n = (m->inputs == 1 ? 3 : 1) * m->embed, each = tern_tensor_count(t) / (3 * m->embed);
    tern_tensor out = {{2, {n, each}}, t->data ? t->data + which * m->embed * each : NULL};
    return out;
}

static tern_tensor projected(const multi_head_attention *m, const extent *e, const projections *p, size_t which) {
    return (tern_tensor){{2, {e->rows * (which == Q ? e->steps : e->seen), (m->inputs == 1 ? 3 : 1) * m->embed}},
                         p->of[which]};
}

/* How many products make q, k and v. */
static size_t products(const multi_head_attention *m) { return m->inputs == 1 ? 1 : 3; }

static tern_tensor all_o(const multi_head_attention *m, const extent *e, tern_real *data) {
    return (tern_tensor){{2, {e->rows * e->steps, m->embed}}, data};
}

static void multi_head_attention_forward(const void *self, const tern_forward *f) {
    const multi_head_attention *m = self;
    const extent e = extent_of(m, f->rows, f->length, f->steps, f->other_length, f->other_steps);
    tern_real *scratch = f->scratch + 2 * m->steps * m->seen;
    const projections qkv = lay_out(m, &e, f->training ? f->save[QKV].data : scratch);
    tern_tensor o = all_o(m, &e, f->training ? f->save[O].data : scratch + qkv_count(m, &e));
    for (size_t k = 0; k < products(m); k++) { /* q = x W_q^T + b_q, ... */
        tern_tensor to = projected(m, &e, &qkv, k), w = rows_of(m, &f->param[W_IN], k);
        tern_gemm(1, f->x[source(m, k)], TERN_N, &w, TERN_T, 0, &to);
        if (!m->bias) continue;
        tern_tensor b = rows_of(m, &f->param[B_IN], k);
        tern_tensor_add_row(&b, &to);
    }
    if (f->length) tern_tensor_fill(&o, 0); /* padding gathers nothing */
    for (size_t i = 0; i < f->rows; i++)
        for (size_t head = 0; head < m->num_heads; head++) head_forward(m, f, &e, &qkv, place(&e, i, head), &o);
    tern_gemm(1, &o, TERN_N, &f->param[W_OUT], TERN_T, 0, f->y); /* y = o W_out^T + b_out     */
    if (m->bias) tern_tensor_add_row(&f->param[B_OUT], f->y);
}

/* ---- one step ---- */

/* to = x W^T + b, for those rows of W_in and b_in that make q, k or v. */
static void project(const multi_head_attention *m, const tern_layer_step *s, const tern_tensor *x, size_t which,
                    tern_matrix to) {
    size_t E = m->embed;
    tern_matrix from = {to.rows, E, E, x->data}, w = {E, E, E, s->param[W_IN].data + which * E * E};
    tern_gemm_strided(1, from, TERN_N, w, TERN_T, 0, to);
    for (size_t i = 0; m->bias && i < to.rows; i++) {
        const tern_real *b = s->param[B_IN].data + which * E;
        for (size_t j = 0; j < E; j++) to.data[i * to.stride + j] += b[j];
    }
}

/* Keys and values: of the step behind those of earlier ones; of another sequence all, at the first step. */
static void keep_seen(const multi_head_attention *m, const tern_layer_step *s) {
    size_t E = m->embed, room = m->seen * E, n = s->rows;
    for (size_t which = K; which <= V; which++) {
        tern_real *kept = s->memory + (which - K) * n * room;
        if (m->inputs == 1) {
            project(m, s, s->x[0], which, (tern_matrix){n, E, room, kept + s->at * E});
        } else if (!s->at) {
            size_t steps = s->other_length ? s->other_steps : m->seen;
            for (size_t i = 0; i < n; i++) {
                const tern_tensor *x = s->x[which < m->inputs ? which : 1];
                tern_tensor row = {{2, {steps, E}}, x->data + i * steps * E};
                project(m, s, &row, which, (tern_matrix){steps, E, E, kept + i * room});
            }
        }
    }
}

static void multi_head_attention_step(const void *self, const tern_layer_step *s) {
    const multi_head_attention *m = self;
    size_t E = m->embed, d = E / m->num_heads, room = m->seen * E, n = s->rows;
    tern_real *p = s->scratch, *q = p + m->seen, *o = q + n * E;
    keep_seen(m, s);
    project(m, s, s->x[0], Q, (tern_matrix){n, E, E, q});
    for (size_t i = 0; i < n; i++) {
        size_t first = m->inputs == 1 ? first_seen(m, s->at) : 0, seen = m->inputs == 1    ? s->at + 1 - first
                                                                         : s->other_length ? s->other_length[i]
                                                                                           : m->seen;
        for (size_t head = 0; head < m->num_heads; head++) {
            size_t at = i * E + head * d, kept = i * room + first * E + head * d;
            tern_matrix key = {seen, d, E, s->memory + kept}, value = {seen, d, E, key.data + n * room};
            tern_matrix weights = {1, seen, seen, p};
            tern_gemm_strided(scale(m), (tern_matrix){1, d, d, q + at}, TERN_N, key, TERN_T, 0, weights);
            tern_softmax(1, seen, 1, p, p);
            tern_gemm_strided(1, weights, TERN_N, value, TERN_N, 0, (tern_matrix){1, d, d, o + at});
        }
    }
    tern_tensor out = {{2, {n, E}}, o}, y = {{2, {n, E}}, s->y->data};
    tern_gemm(1, &out, TERN_N, &s->param[W_OUT], TERN_T, 0, &y);
    if (m->bias) tern_tensor_add_row(&s->param[B_OUT], &y);
}

/* ---- back ---- */

/* From the gradients of q, k and v to those of W_in, b_in and the inputs. */
static void project_backward(const multi_head_attention *m, const tern_backward *b, const extent *e,
                             const projections *dqkv) {
    for (size_t k = 0; k < products(m); k++) {
        size_t from = source(m, k);
        tern_tensor d = projected(m, e, dqkv, k), w = rows_of(m, &b->param[W_IN], k),
                    dw = rows_of(m, &b->dparam[W_IN], k);
        if (dw.data) tern_gemm(1, &d, TERN_T, b->x[from], TERN_N, 1, &dw); /* dW_q += dq^T x, ... */
        bool second = k && source(m, k - 1) == from;
        if (b->dx[from]) tern_gemm(1, &d, TERN_N, &w, TERN_N, second, b->dx[from]); /* dx = dq W_q, ... */
        if (!m->bias || !b->dparam[B_IN].data) continue;
        tern_tensor db = rows_of(m, &b->dparam[B_IN], k);
        tern_tensor_sum_rows(&d, &db);
    }
}

static void multi_head_attention_backward(const void *self, const tern_backward *b) {
    const multi_head_attention *m = self;
    const extent e = extent_of(m, b->rows, b->length, b->steps, b->other_length, b->other_steps);
    tern_real *scratch = b->scratch + 2 * m->steps * m->seen;
    const projections qkv = lay_out(m, &e, b->save[QKV].data), dqkv = lay_out(m, &e, scratch);
    tern_tensor o = all_o(m, &e, b->save[O].data), d_o = all_o(m, &e, scratch + qkv_count(m, &e));
    if (e.length || e.seen_length) memset(scratch, 0, qkv_count(m, &e) * sizeof *scratch);
    if (m->mask && b->dx[m->inputs]) tern_tensor_fill(b->dx[m->inputs], 0);
    if (b->dparam[W_OUT].data)
        tern_gemm(1, b->dy, TERN_T, &o, TERN_N, 1, &b->dparam[W_OUT]); /* dW_out += dy^T o          */
    tern_gemm(1, b->dy, TERN_N, &b->param[W_OUT], TERN_N, 0, &d_o);    /* do = dy W_out             */
    for (size_t i = 0; i < b->rows; i++)
        for (size_t head = 0; head < m->num_heads; head++)
            head_backward(m, b, &e, &qkv, &dqkv, place(&e, i, head), &d_o);
    project_backward(m, b, &e, &dqkv);
    if (m->bias && b->dparam[B_OUT].data) tern_tensor_sum_rows(b->dy, &b->dparam[B_OUT]);
}

static const tern_option options[] = {
    TERN_SIZE_REQUIRED(multi_head_attention, num_heads, 1, 1 << 16,
                       "Heads; they share the input's last dimension evenly."),
    TERN_SIZE(multi_head_attention, embed_dim, 0, 1, 1 << 24,
              "The input's last dimension; inferred, and checked where given."),
    TERN_BOOL(multi_head_attention, causal, false, "Let no step look at those after it."),
    TERN_SIZE(multi_head_attention, window, 0, 1, 1 << 24,
              "Let a step look only at those less than this many away; left out: at all."),
    TERN_CHOICE(
        multi_head_attention, mask, NO_MASK, mask_words,
        "What the last input says, [S], [T, S] or [heads, T, S] for the T steps of the query and the S that they "
        "look at: numbers that are added to the scores, as PyTorch's attn_mask of numbers, or what is not to be "
        "looked at where it is not 0, as its boolean attn_mask and key_padding_mask. A step that may look at none "
        "gathers 0."),
    TERN_REAL(multi_head_attention, dropout, 0, 0, 1,
              "Probability of a weight, of one step for another, to be dropped."),
    TERN_BOOL(multi_head_attention, bias, true, "Add learned biases to q, k, v and the output.", .alias = "use_bias"),
    TERN_OBJECT(multi_head_attention, init, TERN_INITIALIZER, "How in_proj_weight starts; left out: xavier_uniform."),
    TERN_OBJECT(multi_head_attention, out_init, TERN_INITIALIZER,
                "How out_proj.weight starts; left out: uniform within 1/sqrt(embed_dim)."),
    TERN_OBJECT(multi_head_attention, bias_init, TERN_INITIALIZER, "How the biases start; left out: 0."),
    {0},
};

static const tern_example examples[] = {
    {"{\"num_heads\": 2}", {{2, {3, 4}}}},
    {"{\"num_heads\": 1, \"causal\": true, \"bias\": false}", {{2, {5, 3}}}},
    {"{\"num_heads\": 3, \"dropout\": 0.3}", {{2, {4, 6}}}},
    {"{\"num_heads\": 2}", {{2, {3, 4}}, {2, {5, 4}}}},
    {"{\"num_heads\": 1, \"dropout\": 0.3}", {{2, {4, 3}}, {2, {2, 3}}, {2, {2, 3}}}},
    {"{\"num_heads\": 2, \"window\": 2}", {{2, {5, 4}}}},
    {"{\"num_heads\": 2, \"mask\": \"additive\", \"causal\": true}", {{2, {3, 4}}, {2, {3, 3}}}},
    {"{\"num_heads\": 2, \"mask\": \"additive\"}", {{2, {3, 4}}, {2, {5, 4}}, {3, {2, 3, 5}}}},
    {"{\"num_heads\": 1, \"mask\": \"additive\", \"dropout\": 0.3}", {{2, {4, 3}}, {2, {2, 3}}, {2, {2, 3}}, {1, {2}}}},
    {0},
};

static tern_operand multi_head_attention_lower(const void *self, tern_lowering *l) {
    const multi_head_attention *m = self;
    if (m->mask) return tern_lower_refuse(l, "has a mask");
    if (m->inputs > 1) return tern_lower_refuse(l, "looks at another sequence than its own");
    if (m->window) return tern_lower_refuse(l, "looks at a window of steps");
    tern_operand qkv = tern_lower_product(l, l->x[0], l->param[W_IN], m->bias ? l->param[B_IN] : TERN_NO_OPERAND),
                 o = tern_lower_attention(l, qkv, m->num_heads, m->causal);
    return tern_lower_product(l, o, l->param[W_OUT], m->bias ? l->param[B_OUT] : TERN_NO_OPERAND);
}

const tern_layer_type tern_layer_multi_head_attention = {
    .base = {TERN_LAYER, "multi_head_attention", (const char *const[]){"self_attention", NULL},
             "Attention: each step gathers from all steps, its own sequence's or, of two or three inputs, those of the "
             "keys and values: y = softmax(q k^T / sqrt(d)) v for each head.",
             sizeof(multi_head_attention), options, examples},
    .flags = TERN_READS_X | TERN_SKIPS_FROZEN | TERN_SEQUENCES | TERN_CROSS,
    .least_inputs = 1,
    .most_inputs = 4,
    .random = true,
    .plan = multi_head_attention_plan,
    .forward = multi_head_attention_forward,
    .backward = multi_head_attention_backward,
    .step = multi_head_attention_step,
    .lower = multi_head_attention_lower,
};
