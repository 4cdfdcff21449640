/* lstm - long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 *
 *   a = W_ih x + b_ih + W_hh h + b_hh,   i = sigmoid(a_i),   f = sigmoid(a_f),   g = tanh(a_g),   o = sigmoid(a_o)
 *   c' = f c + i g,   h' = o tanh(c') */
#include <tern/initializer.h>
#include <tern/math.h>
#include <tern/layers/recurrent.h>
#include <math.h>
#include <string.h>

typedef struct lstm {
    tern_recurrent recurrent;
    double forget_bias;
    tern_object forget_init; /* planned: what starts bias_ih */
} lstm;

/* ---- the cell ---- */

TERN_CLONES static void lstm_step(const void *self, tern_cell_step *s) {
    (void)self;
    size_t H = s->hidden;
    tern_gemm(1, &s->h, TERN_N, s->w_hh, TERN_T, 1, &s->a); /* a += W_hh h         */
    for (size_t row = 0; row < s->rows; row++) {
        tern_real *i = s->a.data + row * 4 * H, *f = i + H, *g = f + H, *o = g + H;
        const tern_real *c = s->c.data + row * H;
        tern_real *c_next = s->c_next.data + row * H, *tanh_c = s->keep.data + row * H,
                  *h_next = s->h_next.data + row * H;
        tern_sigmoid(2 * H, i, i); /* f is behind i */
        tern_tanh(H, g, g);
        tern_sigmoid(H, o, o);
        for (size_t j = 0; j < H; j++) c_next[j] = f[j] * c[j] + i[j] * g[j]; /* c' = f c + i g      */
        tern_tanh(H, c_next, tanh_c);
        for (size_t j = 0; j < H; j++) h_next[j] = o[j] * tanh_c[j]; /* h' = o tanh(c')     */
    }
}

/* One row of the way back: dc becomes the gradient of c, the gates become those of a. */
TERN_CLONES static void row_back(size_t H, const tern_real *restrict c, const tern_real *restrict tanh_c,
                                 const tern_real *restrict dh, tern_real *restrict dc, tern_real *restrict i,
                                 tern_real *restrict f, tern_real *restrict g, tern_real *restrict o) {
    for (size_t j = 0; j < H; j++) {
        tern_real dc_next = dc[j] + dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
        tern_real di = dc_next * g[j], df = dc_next * c[j], dg = dc_next * i[j];
        dc[j] = dc_next * f[j];
        i[j] = di * i[j] * (1 - i[j]);
        f[j] = df * f[j] * (1 - f[j]);
        g[j] = dg * (1 - g[j] * g[j]);
        o[j] = dh[j] * tanh_c[j] * o[j] * (1 - o[j]);
    }
}

static void lstm_step_back(const void *self, tern_cell_step *s) {
    (void)self;
    size_t H = s->hidden;
    for (size_t row = 0; row < s->rows; row++) {
        tern_real *i = s->a.data + row * 4 * H, *f = i + H, *g = f + H, *o = g + H;
        row_back(H, s->c.data + row * H, s->keep.data + row * H, s->dh.data + row * H, s->dc.data + row * H, i, f, g,
                 o);
    }
    tern_gemm(1, &s->a, TERN_N, s->w_hh, TERN_N, 0, &s->dh); /* dh = da W_hh        */
}

static const tern_cell cell = {
    .gates = 4, .keep = 1, .cell_state = true, .step = lstm_step, .step_back = lstm_step_back};

/* ---- forget_bias: bias_ih as it would start, plus a number for the forget gates (Jozefowicz et al. 2015) ---- */

/* Needs no plan: what bias_init refuses for bias_ih it refuses for bias_hh, which has the same shape. */
static void forget_fill(const void *self, const tern_random *random, tern_tensor *b) {
    const lstm *l = self;
    const tern_object *chosen = &l->recurrent.bias_init;
    size_t H = l->recurrent.hidden_size;
    double bound = 1 / sqrt((double)H);
    if (chosen->type) {
        ((const tern_initializer_type *)chosen->type)->fill(chosen->self, random, b);
    } else {
        tern_random_uniform(random, 0, 4 * H, b->data);
        for (size_t j = 0; j < 4 * H; j++) b->data[j] = (tern_real)(bound * (2 * (double)b->data[j] - 1));
    }
    for (size_t j = H; j < 2 * H; j++) b->data[j] += (tern_real)l->forget_bias;
}

static const tern_initializer_type forget = {.base = {.kind = TERN_INITIALIZER, .name = "forget"}, .fill = forget_fill};

/* ---- the layer ---- */

static tern_status lstm_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    lstm *l = self;
    if (l->forget_bias != 0 && !l->recurrent.bias)
        return tern_error_add(err, TERN_ERROR_MODEL, "forget_bias",
                              "is %g, but without biases there is none to add it to", l->forget_bias);
    tern_status status = tern_recurrent_plan(self, &cell, spec, err);
    l->forget_init = (tern_object){.type = &forget.base, .self = l};
    for (size_t k = 0; !status && l->forget_bias != 0 && k < TERN_MAX_PARAMS; k++)
        if (!strncmp(spec->param[k].name, "bias_ih", 7)) spec->param[k].init = &l->forget_init;
    return status;
}

static void lstm_forward(const void *self, const tern_forward *f) { tern_recurrent_forward(self, &cell, f); }

static void lstm_backward(const void *self, const tern_backward *b) { tern_recurrent_backward(self, &cell, b); }

static void lstm_one_step(const void *self, const tern_layer_step *s) { tern_recurrent_step(self, &cell, s); }

static const tern_option options[] = {
    TERN_RECURRENT_OPTIONS,
    TERN_REAL(lstm, forget_bias, 0, -100, 100,
              "Added to what the forget gate's bias_ih starts from; 1 helps to remember."),
    {0},
};

static const tern_example examples[] = {
    {"{\"hidden_size\": 4}", {{2, {5, 3}}}},
    {"{\"hidden_size\": 3, \"return_sequences\": false, \"bias\": false}", {{2, {4, 2}}}},
    {"{\"hidden_size\": 2, \"num_layers\": 2, \"bidirectional\": true, \"dropout\": 0.3}", {{2, {3, 3}}}},
    {0},
};

static tern_operand lstm_lower(const void *self, tern_lowering *l) { return tern_recurrent_lower(self, TERN_LSTM, l); }

const tern_layer_type tern_layer_lstm = {
    .base = {TERN_LAYER, "lstm", NULL,
             "Long short-term memory: c' = f c + i g, h' = o tanh(c'), the gates i f g o from x and h.", sizeof(lstm),
             options, examples},
    .flags = TERN_SKIPS_FROZEN | TERN_SEQUENCES,
    .random = true,
    .plan = lstm_plan,
    .forward = lstm_forward,
    .backward = lstm_backward,
    .step = lstm_one_step,
    .lower = lstm_lower,
};
