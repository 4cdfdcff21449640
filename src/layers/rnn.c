/* rnn - the plain recurrent network (Elman 1990): h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu in place of tanh.
 */
#include <tern/math.h>
#include <tern/layers/recurrent.h>

typedef struct rnn {
    tern_recurrent recurrent;
    int nonlinearity;
} rnn;

enum { TANH, RELU };
static const char *const nonlinearities[] = {"tanh", "relu", NULL};

TERN_CLONES static void rnn_step(const void *self, tern_cell_step *s) {
    tern_gemm(1, &s->h, TERN_N, s->w_hh, TERN_T, 1, &s->a); /* a += W_hh h              */
    size_t n = s->rows * s->hidden;
    const tern_real *a = s->a.data;
    tern_real *h_next = s->h_next.data;
    if (((const rnn *)self)->nonlinearity == TANH) tern_tanh(n, a, h_next); /* h' = tanh a              */
    else
        for (size_t j = 0; j < n; j++) h_next[j] = a[j] < 0 ? 0 : a[j]; /* lets NaN through */
}

TERN_CLONES static void rnn_step_back(const void *self, tern_cell_step *s) {
    size_t n = s->rows * s->hidden;
    const tern_real *h_next = s->h_next.data, *dh = s->dh.data;
    tern_real *da = s->a.data;
    if (((const rnn *)self)->nonlinearity == TANH)
        for (size_t j = 0; j < n; j++) da[j] = dh[j] * (1 - h_next[j] * h_next[j]);
    else
        for (size_t j = 0; j < n; j++) da[j] = h_next[j] > 0 ? dh[j] : 0;
    tern_gemm(1, &s->a, TERN_N, s->w_hh, TERN_N, 0, &s->dh); /* dh = da W_hh             */
}

static const tern_cell cell = {.gates = 1, .step = rnn_step, .step_back = rnn_step_back};

static tern_status rnn_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return tern_recurrent_plan(self, &cell, spec, err);
}

static void rnn_forward(const void *self, const tern_forward *f) { tern_recurrent_forward(self, &cell, f); }

static void rnn_backward(const void *self, const tern_backward *b) { tern_recurrent_backward(self, &cell, b); }

static void rnn_one_step(const void *self, const tern_layer_step *s) { tern_recurrent_step(self, &cell, s); }

static const tern_option options[] = {
    TERN_RECURRENT_OPTIONS,
    TERN_CHOICE(rnn, nonlinearity, TANH, nonlinearities, "What is applied in each step."),
    {0},
};

static const tern_example examples[] = {
    {"{\"hidden_size\": 4}", {{2, {5, 3}}}},
    {"{\"hidden_size\": 3, \"nonlinearity\": \"relu\", \"return_sequences\": false, \"bias\": false}", {{2, {4, 2}}}},
    {"{\"hidden_size\": 2, \"num_layers\": 2, \"bidirectional\": true, \"dropout\": 0.3}", {{2, {3, 3}}}},
    {0},
};

static tern_operand rnn_lower(const void *self, tern_lowering *l) {
    return tern_recurrent_lower(self, ((const rnn *)self)->nonlinearity == TANH ? TERN_RNN_TANH : TERN_RNN_RELU, l);
}

const tern_layer_type tern_layer_rnn = {
    .base = {TERN_LAYER, "rnn", (const char *const[]){"SimpleRNN", NULL},
             "The plain recurrent network: h' = tanh(W_ih x + b_ih + W_hh h + b_hh).", sizeof(rnn), options, examples},
    .flags = TERN_SKIPS_FROZEN | TERN_SEQUENCES,
    .random = true,
    .plan = rnn_plan,
    .forward = rnn_forward,
    .backward = rnn_backward,
    .step = rnn_one_step,
    .lower = rnn_lower,
};
