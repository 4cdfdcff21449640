/* multi_head_attention - self-attention (Vaswani et al. 2017): each step of a sequence gathers from all steps what
 * concerns it.
 *
 *   [q k v] = x W_in^T + b_in,   P = softmax(q k^T / sqrt(d)),   o = P v,   y = o W_out^T + b_out
 *
 * P and o for each of the heads, on their d = E / heads columns of q, k, v and o. */
#include <tern/layer.h>
#include <tern/math.h>
#include <math.h>
#include <string.h>

typedef struct multi_head_attention {
    size_t num_heads, embed_dim;
    bool causal, bias;
    double dropout;
    tern_object init, out_init, bias_init;
    size_t steps, embed; /* planned: T and E */
} multi_head_attention;

enum { W_IN, W_OUT, B_IN, B_OUT }; /* as they lie here; in files they go by their names */
enum { QKV, WEIGHTS, O };          /* saves */
enum { Q, K, V };

/* ---- plan ---- */

static tern_status check(const multi_head_attention *m, const tern_shape *in, tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    size_t weights;
    tern_shape_text(in, text);
    if (in->rank != 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes sequences, [steps, features], but the input is %s",
                              text);
    if (m->embed_dim && m->embed_dim != in->dim[1])
        return tern_error_add(err, TERN_ERROR_MODEL, "embed_dim",
                              "is %zu, but the input %s has %zu in its last dimension", m->embed_dim, text, in->dim[1]);
    if (in->dim[1] % m->num_heads)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_heads",
                              "is %zu, which does not divide the input's last dimension: %s", m->num_heads, text);
    if (!tern_shape_count_checked(&TERN_SHAPE(m->num_heads, in->dim[0], in->dim[0]), (size_t)1 << 31, &weights))
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "has more than 2^31 weights for the %zu steps of its input %s", in->dim[0], text);
    return TERN_OK;
}

static tern_status multi_head_attention_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    multi_head_attention *m = self;
    tern_status status = check(m, &spec->in[0], err);
    if (status) return status;
    size_t T = m->steps = spec->in[0].dim[0], E = m->embed = spec->in[0].dim[1];
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
    spec->save[QKV] = TERN_SHAPE(T, 3 * E);
    spec->save[WEIGHTS] = TERN_SHAPE(m->num_heads, T, T);
    spec->save[O] = TERN_SHAPE(T, E);
    spec->scratch = 2 * T * T;     /* of one head: P, or P after dropout and dP */
    spec->scratch_row = T * 4 * E; /* forward, where nothing is saved: q k v and o; backward: their gradients */
    spec->work = (double)T * (double)E * (4 * (double)E + 2 * (double)T);
    return TERN_OK;
}

/* ---- one head of one sample ---- */

/* A sample among its rows: which one, how many steps it has, and how many there is room for. */
typedef struct sample {
    size_t i, steps, room;
} sample;

static sample sample_at(const multi_head_attention *m, size_t i, const size_t *length, size_t steps) {
    return (sample){i, length ? length[i] : m->steps, length ? steps : m->steps};
}

/* Its columns of q, k or v, where a step has 3 E numbers, and of o, where it has E. */
static tern_matrix columns(const multi_head_attention *m, const tern_tensor *qkv, sample s, size_t which, size_t head) {
    size_t d = m->embed / m->num_heads, stride = 3 * m->embed;
    return (tern_matrix){s.steps, d, stride, qkv->data + s.i * s.room * stride + which * m->embed + head * d};
}

static tern_matrix output_columns(const multi_head_attention *m, const tern_tensor *o, sample s, size_t head) {
    size_t d = m->embed / m->num_heads;
    return (tern_matrix){s.steps, d, m->embed, o->data + s.i * s.room * m->embed + head * d};
}

static tern_matrix square(sample s, tern_real *data) { return (tern_matrix){s.steps, s.steps, s.steps, data}; }

static tern_real scale(const multi_head_attention *m) {
    return (tern_real)(1 / sqrt((double)(m->embed / m->num_heads)));
}

/* Dropout on the weights of a head: the same in forward and backward, whatever the slice. */
static void drop(const multi_head_attention *m, const tern_random *random, size_t row, size_t head, sample s,
                 const tern_real *x, tern_real *y) {
    size_t n = m->steps * m->steps;
    tern_random_dropout(random, ((uint64_t)row * m->num_heads + head) * n, s.steps * s.steps, m->dropout, x, y);
}

/* No step looks at those after it. */
static void hide_future(size_t T, tern_real *scores) {
    for (size_t t = 0; t < T; t++)
        for (size_t other = t + 1; other < T; other++) scores[t * T + other] = -(tern_real)INFINITY;
}

/* Where the weights of a head are kept. */
static tern_real *weights_of(const multi_head_attention *m, const tern_tensor *save, sample s, size_t head) {
    return save[WEIGHTS].data + (s.i * m->num_heads + head) * m->steps * m->steps;
}

static void head_forward(const multi_head_attention *m, const tern_forward *f, const tern_tensor *qkv, sample s,
                         size_t head, tern_tensor *o) {
    tern_real *p = f->training ? weights_of(m, f->save, s, head) : f->scratch, *kept = p;
    tern_gemm_strided(scale(m), columns(m, qkv, s, Q, head), TERN_N, columns(m, qkv, s, K, head), TERN_T, 0,
                      square(s, p));
    if (m->causal) hide_future(s.steps, p);
    tern_softmax(s.steps, s.steps, 1, p, p); /* P = softmax(q k^T / sqrt d) */
    if (f->training && m->dropout > 0) drop(m, &f->random, f->row + s.i, head, s, p, kept = f->scratch);
    tern_matrix v = columns(m, qkv, s, V, head);
    tern_gemm_strided(1, square(s, kept), TERN_N, v, TERN_N, 0, output_columns(m, o, s, head)); /* o = P v */
}

/* dp = p (dp - sum of p dp), row by row. */
TERN_CLONES static void softmax_backward(size_t T, const tern_real *restrict p, tern_real *restrict dp) {
    for (size_t t = 0; t < T; t++, p += T, dp += T) {
        double sum = 0;
        for (size_t j = 0; j < T; j++) sum += (double)p[j] * (double)dp[j];
        for (size_t j = 0; j < T; j++) dp[j] = p[j] * (dp[j] - (tern_real)sum);
    }
}

static void head_backward(const multi_head_attention *m, const tern_backward *b, sample s, size_t head,
                          const tern_tensor *d_o, const tern_tensor *dqkv) {
    const tern_tensor *qkv = &b->save[QKV];
    size_t row = b->row + s.i;
    tern_real *p = weights_of(m, b->save, s, head), *dp = b->scratch, *kept = p;
    tern_matrix dout = output_columns(m, d_o, s, head);
    if (m->dropout > 0) drop(m, &b->random, row, head, s, p, kept = dp + m->steps * m->steps);
    tern_gemm_strided(1, square(s, kept), TERN_T, dout, TERN_N, 0, columns(m, dqkv, s, V, head)); /* dv = P^T do   */
    tern_gemm_strided(1, dout, TERN_N, columns(m, qkv, s, V, head), TERN_T, 0, square(s, dp));    /* dP = do v^T   */
    if (m->dropout > 0) drop(m, &b->random, row, head, s, dp, dp);
    softmax_backward(s.steps, p, dp); /* now d(q k^T)  */
    tern_gemm_strided(scale(m), square(s, dp), TERN_N, columns(m, qkv, s, K, head), TERN_N, 0,
                      columns(m, dqkv, s, Q, head));
    tern_gemm_strided(scale(m), square(s, dp), TERN_T, columns(m, qkv, s, Q, head), TERN_N, 0,
                      columns(m, dqkv, s, K, head));
}

/* ---- all of them ---- */

/* q, k and v, and o, of all steps that there is room for: what forward saves, or in the scratch, o behind the others.
 */
static tern_tensor all_qkv(const multi_head_attention *m, tern_real *data, size_t steps) {
    return (tern_tensor){{2, {steps, 3 * m->embed}}, data};
}

static tern_tensor all_o(const multi_head_attention *m, tern_real *data, size_t steps) {
    return (tern_tensor){{2, {steps, m->embed}}, data};
}

static void multi_head_attention_forward(const void *self, const tern_forward *f) {
    const multi_head_attention *m = self;
    size_t steps = f->rows * (f->length ? f->steps : m->steps);
    tern_real *scratch = f->scratch + 2 * m->steps * m->steps;
    tern_tensor qkv = all_qkv(m, f->training ? f->save[QKV].data : scratch, steps);
    tern_tensor o = all_o(m, f->training ? f->save[O].data : scratch + steps * 3 * m->embed, steps);
    if (f->length) tern_tensor_fill(&o, 0);                          /* padding gathers nothing */
    tern_gemm(1, f->x[0], TERN_N, &f->param[W_IN], TERN_T, 0, &qkv); /* [q k v] = x W_in^T + b_in */
    if (m->bias) tern_tensor_add_row(&f->param[B_IN], &qkv);
    for (size_t i = 0; i < f->rows; i++)
        for (size_t head = 0; head < m->num_heads; head++)
            head_forward(m, f, &qkv, sample_at(m, i, f->length, f->steps), head, &o);
    tern_gemm(1, &o, TERN_N, &f->param[W_OUT], TERN_T, 0, f->y); /* y = o W_out^T + b_out     */
    if (m->bias) tern_tensor_add_row(&f->param[B_OUT], f->y);
}

static void multi_head_attention_backward(const void *self, const tern_backward *b) {
    const multi_head_attention *m = self;
    size_t steps = b->rows * (b->length ? b->steps : m->steps);
    tern_tensor dqkv = all_qkv(m, b->scratch + 2 * m->steps * m->steps, steps), o = all_o(m, b->save[O].data, steps),
                d_o = all_o(m, dqkv.data + steps * 3 * m->embed, steps);
    if (b->length) tern_tensor_fill(&dqkv, 0);
    if (b->dparam[W_OUT].data)
        tern_gemm(1, b->dy, TERN_T, &o, TERN_N, 1, &b->dparam[W_OUT]); /* dW_out += dy^T o          */
    tern_gemm(1, b->dy, TERN_N, &b->param[W_OUT], TERN_N, 0, &d_o);    /* do = dy W_out             */
    for (size_t i = 0; i < b->rows; i++)
        for (size_t head = 0; head < m->num_heads; head++)
            head_backward(m, b, sample_at(m, i, b->length, b->steps), head, &d_o, &dqkv);
    if (b->dparam[W_IN].data)
        tern_gemm(1, &dqkv, TERN_T, b->x[0], TERN_N, 1, &b->dparam[W_IN]);           /* dW_in += [dq dk dv]^T x   */
    if (b->dx[0]) tern_gemm(1, &dqkv, TERN_N, &b->param[W_IN], TERN_N, 0, b->dx[0]); /* dx = [dq dk dv] W_in      */
    if (!m->bias) return;
    if (b->dparam[B_OUT].data) tern_tensor_sum_rows(b->dy, &b->dparam[B_OUT]);
    if (b->dparam[B_IN].data) tern_tensor_sum_rows(&dqkv, &b->dparam[B_IN]);
}

static const tern_option options[] = {
    TERN_SIZE_REQUIRED(multi_head_attention, num_heads, 1, 1 << 16,
                       "Heads; they share the input's last dimension evenly."),
    TERN_SIZE(multi_head_attention, embed_dim, 0, 1, 1 << 24,
              "The input's last dimension; inferred, and checked where given."),
    TERN_BOOL(multi_head_attention, causal, false, "Let no step look at those after it."),
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
    {0},
};

static tern_operand multi_head_attention_lower(const void *self, tern_lowering *l) {
    const multi_head_attention *m = self;
    tern_operand qkv = tern_lower_product(l, l->x[0], l->param[W_IN], m->bias ? l->param[B_IN] : TERN_NO_OPERAND),
                 o = tern_lower_attention(l, qkv, m->num_heads, m->causal);
    return tern_lower_product(l, o, l->param[W_OUT], m->bias ? l->param[B_OUT] : TERN_NO_OPERAND);
}

const tern_layer_type tern_layer_multi_head_attention = {
    .base = {TERN_LAYER, "multi_head_attention", (const char *const[]){"self_attention", NULL},
             "Self-attention: each step gathers from all steps, y = softmax(q k^T / sqrt(d)) v for each head.",
             sizeof(multi_head_attention), options, examples},
    .flags = TERN_READS_X | TERN_SKIPS_FROZEN | TERN_SEQUENCES,
    .random = true,
    .plan = multi_head_attention_plan,
    .forward = multi_head_attention_forward,
    .backward = multi_head_attention_backward,
    .lower = multi_head_attention_lower,
};
