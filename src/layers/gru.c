/* gru - gated recurrent unit (Cho et al. 2014; as in cuDNN and PyTorch, r acts after the product with W_hh):
 *
 *   a = W_ih x + b_ih,   p = W_hh h + b_hh,   r = sigmoid(a_r + p_r),   z = sigmoid(a_z + p_z),   n = tanh(a_n + r p_n)
 *   h' = (1 - z) n + z h */
#include <tern/math.h>
#include <tern/layers/recurrent.h>

TERN_CLONES static void gru_step(const void *self, tern_cell_step *s) {
    (void)self;
    size_t H = s->hidden;
    tern_gemm(1, &s->h, TERN_N, s->w_hh, TERN_T, 0, &s->keep); /* p = W_hh h          */
    if (s->b_hh) tern_tensor_add_row(s->b_hh, &s->keep);       /* p += b_hh           */
    for (size_t row = 0; row < s->rows; row++) {
        tern_real *r = s->a.data + row * 3 * H, *z = r + H, *n = z + H, *h_next = s->h_next.data + row * H;
        const tern_real *p = s->keep.data + row * 3 * H, *p_n = p + 2 * H, *h = s->h.data + row * H;
        for (size_t j = 0; j < 2 * H; j++) r[j] += p[j]; /* z is behind r */
        tern_sigmoid(2 * H, r, r);
        for (size_t j = 0; j < H; j++) n[j] += r[j] * p_n[j];
        tern_tanh(H, n, n);
        for (size_t j = 0; j < H; j++) h_next[j] = (1 - z[j]) * n[j] + z[j] * h[j]; /* h' = (1 - z) n + z h */
    }
}

/* One row of the way back: the gates become the gradients of a, p those of p; dh keeps what goes straight to h. */
TERN_CLONES static void row_back(size_t H, const tern_real *restrict h, tern_real *restrict dh, tern_real *restrict r,
                                 tern_real *restrict z, tern_real *restrict n, tern_real *restrict p_r,
                                 tern_real *restrict p_z, tern_real *restrict p_n) {
    for (size_t j = 0; j < H; j++) {
        tern_real dz = dh[j] * (h[j] - n[j]), dn = dh[j] * (1 - z[j]) * (1 - n[j] * n[j]), dr = dn * p_n[j];
        dh[j] *= z[j];
        p_n[j] = dn * r[j];
        n[j] = dn;
        r[j] = p_r[j] = dr * r[j] * (1 - r[j]);
        z[j] = p_z[j] = dz * z[j] * (1 - z[j]);
    }
}

static void gru_step_back(const void *self, tern_cell_step *s) {
    (void)self;
    size_t H = s->hidden;
    for (size_t row = 0; row < s->rows; row++) {
        tern_real *r = s->a.data + row * 3 * H, *p = s->keep.data + row * 3 * H;
        row_back(H, s->h.data + row * H, s->dh.data + row * H, r, r + H, r + 2 * H, p, p + H, p + 2 * H);
    }
    tern_gemm(1, &s->keep, TERN_N, s->w_hh, TERN_N, 1, &s->dh); /* dh += dp W_hh        */
}

static const tern_cell cell = {
    .gates = 3, .keep = 3, .separate_hidden_bias = true, .step = gru_step, .step_back = gru_step_back};

static tern_status gru_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    return tern_recurrent_plan(self, &cell, spec, err);
}

static void gru_forward(const void *self, const tern_forward *f) { tern_recurrent_forward(self, &cell, f); }

static void gru_backward(const void *self, const tern_backward *b) { tern_recurrent_backward(self, &cell, b); }

static void gru_one_step(const void *self, const tern_layer_step *s) { tern_recurrent_step(self, &cell, s); }

static const tern_option options[] = {TERN_RECURRENT_OPTIONS, {0}};

static const tern_example examples[] = {
    {"{\"hidden_size\": 4}", {{2, {5, 3}}}},
    {"{\"hidden_size\": 3, \"return_sequences\": false, \"bias\": false}", {{2, {4, 2}}}},
    {"{\"hidden_size\": 2, \"num_layers\": 2, \"bidirectional\": true, \"dropout\": 0.3}", {{2, {3, 3}}}},
    {0},
};

static tern_operand gru_lower(const void *self, tern_lowering *l) { return tern_recurrent_lower(self, TERN_GRU, l); }

const tern_layer_type tern_layer_gru = {
    .base = {TERN_LAYER, "gru", NULL, "Gated recurrent unit: h' = (1 - z) n + z h, with z, r and n of x and h.",
             sizeof(tern_recurrent), options, examples},
    .flags = TERN_SKIPS_FROZEN | TERN_SEQUENCES,
    .random = true,
    .plan = gru_plan,
    .forward = gru_forward,
    .backward = gru_backward,
    .step = gru_one_step,
    .lower = gru_lower,
};
