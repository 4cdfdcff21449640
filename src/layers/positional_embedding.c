/* positional_embedding - y[t] = x[t] + p[t]: tells what follows where in the sequence a vector stands.
 *
 *   learned:     p = the first rows of the weight (Gehring et al. 2017)
 *   sinusoidal:  p[t, 2k] = sin(t w), p[t, 2k + 1] = cos(t w), w = 10000^(-2k / E) (Vaswani et al. 2017) */
#include <tern/layer.h>
#include <math.h>
#include <string.h>

typedef struct positional_embedding {
    int kind;
    size_t max_len;
    tern_object init;
    size_t steps, embed; /* planned */
} positional_embedding;

enum { W };
enum { LEARNED, SINUSOIDAL };
enum { STRIP = 32, FRESH = 64 }; /* waves side by side; steps after which they are computed anew */
static const char *const kinds[] = {"learned", "sinusoidal", NULL};

static tern_status positional_embedding_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    positional_embedding *p = self;
    char text[TERN_SHAPE_TEXT];
    const tern_shape *in = &spec->in[0];
    if (in->rank != 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes sequences, [steps, features], but the input is %s",
                              tern_shape_text(in, text));
    if (p->max_len && p->max_len < in->dim[0])
        return tern_error_add(err, TERN_ERROR_MODEL, "max_len", "is %zu, but the input %s has %zu steps", p->max_len,
                              tern_shape_text(in, text), in->dim[0]);
    p->steps = in->dim[0];
    p->embed = in->dim[1];
    spec->out = *in;
    if (p->kind == SINUSOIDAL && p->init.type)
        return tern_error_add(err, TERN_ERROR_MODEL, "init", "starts a weight, but the sinusoidal kind has none");
    if (p->kind == SINUSOIDAL) spec->scratch = p->steps * p->embed;
    else
        spec->param[W] = (tern_param){.name = "weight",
                                      .shape = {2, {p->max_len ? p->max_len : p->steps, p->embed}},
                                      .fill = TERN_FILL_NORMAL,
                                      .b = 0.02,
                                      .init = &p->init};
    spec->work = (double)tern_shape_count(in);
    spec->step_most = p->steps;
    return TERN_OK;
}

/* p[t, first + 0 .. first + 2 n - 1], each step from the one before by the formulas for the sum of two angles. */
TERN_CLONES static void waves(const positional_embedding *p, size_t first, size_t n, tern_real *table) {
    double w[STRIP], s[STRIP], c[STRIP], sin_w[STRIP], cos_w[STRIP];
    for (size_t k = 0; k < n; k++) {
        w[k] = pow(10000, -(double)(first + 2 * k) / (double)p->embed);
        sin_w[k] = sin(w[k]), cos_w[k] = cos(w[k]);
    }
    for (size_t t = 0; t < p->steps; t++) {
        for (size_t k = 0; k < n && t % FRESH == 0; k++) s[k] = sin((double)t * w[k]), c[k] = cos((double)t * w[k]);
        for (size_t k = 0; k < n; k++) {
            size_t at = first + 2 * k;
            table[t * p->embed + at] = (tern_real)s[k];
            if (at + 1 < p->embed) table[t * p->embed + at + 1] = (tern_real)c[k];
            double next = s[k] * cos_w[k] + c[k] * sin_w[k];
            c[k] = c[k] * cos_w[k] - s[k] * sin_w[k];
            s[k] = next;
        }
    }
}

static void positional_embedding_forward(const void *self, const tern_forward *f) {
    const positional_embedding *p = self;
    size_t count = tern_tensor_count(f->y) / f->rows;
    for (size_t first = 0; p->kind == SINUSOIDAL && first < p->embed; first += 2 * STRIP) {
        size_t n = (p->embed - first + 1) / 2;
        waves(p, first, n < STRIP ? n : STRIP, f->scratch);
    }
    tern_tensor positions = {{1, {count}}, p->kind == SINUSOIDAL ? f->scratch : f->param[W].data};
    tern_tensor y = tern_tensor_matrix(f->y, f->rows, count);
    tern_tensor_copy(f->x[0], f->y);
    tern_tensor_add_row(&positions, &y);
}

static void positional_embedding_step(const void *self, const tern_layer_step *s) {
    const positional_embedding *p = self;
    size_t E = p->embed;
    tern_tensor y = tern_tensor_matrix(s->y, s->rows, E), position = {{1, {E}}, s->scratch};
    if (p->kind == LEARNED) position.data = s->param[W].data + s->at * E;
    for (size_t k = 0; p->kind == SINUSOIDAL && k < E; k++) {
        double angle = (double)s->at * pow(10000, -(double)(k / 2 * 2) / (double)E);
        position.data[k] = (tern_real)(k % 2 ? cos(angle) : sin(angle));
    }
    tern_tensor_copy(s->x[0], s->y);
    tern_tensor_add_row(&position, &y);
}

static void positional_embedding_backward(const void *self, const tern_backward *b) {
    const positional_embedding *p = self;
    size_t count = tern_tensor_count(b->dy) / b->rows;
    if (p->kind == LEARNED) {
        tern_tensor dy = tern_tensor_matrix(b->dy, b->rows, count), dw = {{1, {count}}, b->dparam[W].data};
        tern_tensor_sum_rows(&dy, &dw);
    }
    if (b->dx[0]) tern_tensor_copy(b->dy, b->dx[0]);
}

static const tern_option options[] = {
    TERN_CHOICE(positional_embedding, kind, LEARNED, kinds,
                "A learned vector for each step, or fixed sine and cosine waves."),
    TERN_SIZE(positional_embedding, max_len, 0, 1, 1 << 24,
              "Rows of the learned weight; left out: as many as the input's steps."),
    TERN_OBJECT(positional_embedding, init, TERN_INITIALIZER,
                "How the weight starts; left out: normal, deviation 0.02."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{2, {5, 3}}}},
    {"{\"max_len\": 6}", {{2, {4, 2}}}},
    {"{\"kind\": \"sinusoidal\"}", {{2, {7, 5}}}},
    {0},
};

static tern_operand positional_embedding_lower(const void *self, tern_lowering *l) {
    const positional_embedding *p = self;
    tern_operand operand[2] = {l->x[0]};
    tern_real *table = tern_lower_constant(l, TERN_SHAPE(p->steps, p->embed), &operand[1]);
    for (size_t first = 0; table && p->kind == SINUSOIDAL && first < p->embed; first += 2 * STRIP) {
        size_t n = (p->embed - first + 1) / 2;
        waves(p, first, n < STRIP ? n : STRIP, table);
    }
    if (table && p->kind == LEARNED)
        memcpy(table, tern_lower_data(l, l->param[W]), p->steps * p->embed * sizeof *table);
    return tern_lower_formula(l, 2, operand, "x + y");
}

const tern_layer_type tern_layer_positional_embedding = {
    .base = {TERN_LAYER, "positional_embedding", (const char *const[]){"positional_encoding", NULL},
             "Adds to each step of a sequence a vector that stands for its position: y[t] = x[t] + p[t].",
             sizeof(positional_embedding), options, examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .plan = positional_embedding_plan,
    .forward = positional_embedding_forward,
    .backward = positional_embedding_backward,
    .step = positional_embedding_step,
    .lower = positional_embedding_lower,
};
