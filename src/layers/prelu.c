/* prelu - y = x > 0 ? x : a x with a learned slope a, one for all or one for each channel (He et al. 2015). */
#include <tern/layer.h>

typedef struct prelu {
    size_t num_parameters;
    double init;
    size_t inner; /* planned: numbers in a row that share a slope */
} prelu;

enum { A };
enum { LANES = 16 }; /* partial sums, so that a sum runs in vector registers */

static tern_status prelu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    prelu *p = self;
    size_t channels = spec->in[0].dim[0];
    if (p->num_parameters != 1 && p->num_parameters != channels)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_parameters",
                              "is %zu, but must be 1 or %zu, the input's channels", p->num_parameters, channels);
    p->inner = tern_shape_count(&spec->in[0]) / p->num_parameters;
    spec->out = spec->in[0];
    spec->param[A] =
        (tern_param){.name = "weight", .shape = {1, {p->num_parameters}}, .fill = TERN_FILL_CONSTANT, .a = p->init};
    return TERN_OK;
}

/* y = x > 0 ? v : a v: forward, where v is x, and dx, where v is dy. One number a slope, or one slope for all. y may be
 * v. */
TERN_CLONES static void rectify_row(size_t n, const tern_real *a, const tern_real *x, const tern_real *v,
                                    tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? v[i] : a[i] * v[i];
}

TERN_CLONES static void rectify_channel(size_t n, tern_real a, const tern_real *x, const tern_real *v, tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? v[i] : a * v[i];
}

static void rectify(const prelu *p, size_t rows, const tern_real *a, const tern_real *x, const tern_real *v,
                    tern_real *y) {
    size_t n = p->inner, channels = p->num_parameters;
    for (size_t row = 0, at = 0; row < rows; row++) {
        if (n == 1) {
            rectify_row(channels, a, x + at, v + at, y + at);
            at += channels;
        } else {
            for (size_t c = 0; c < channels; c++, at += n) rectify_channel(n, a[c], x + at, v + at, y + at);
        }
    }
}

/* da += min(x, 0) dy, again for one number a slope and for one slope. */
TERN_CLONES static void gradient_row(size_t n, const tern_real *x, const tern_real *dy, tern_real *restrict da) {
    for (size_t i = 0; i < n; i++) da[i] += (x[i] > 0 ? 0 : x[i]) * dy[i];
}

TERN_CLONES static tern_real gradient_channel(size_t n, const tern_real *x, const tern_real *dy) {
    tern_real lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) lane[k] += (x[i + k] > 0 ? 0 : x[i + k]) * dy[i + k];
    for (; i < n; i++) sum += (x[i] > 0 ? 0 : x[i]) * dy[i];
    for (size_t k = 0; k < LANES; k++) sum += lane[k];
    return sum;
}

static void prelu_forward(const void *self, const tern_forward *f) {
    rectify(self, f->rows, f->param[A].data, f->x[0]->data, f->x[0]->data, f->y->data);
}

static void prelu_backward(const void *self, const tern_backward *b) {
    const prelu *p = self;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    tern_real *da = b->dparam[A].data;
    size_t n = p->inner, channels = p->num_parameters;
    for (size_t row = 0, at = 0; row < b->rows; row++) {
        if (n == 1) {
            gradient_row(channels, x + at, dy + at, da);
            at += channels;
        } else {
            for (size_t c = 0; c < channels; c++, at += n) da[c] += gradient_channel(n, x + at, dy + at);
        }
    }
    if (b->dx[0]) rectify(p, b->rows, b->param[A].data, x, dy, b->dx[0]->data);
}

static const tern_option options[] = {
    TERN_SIZE(prelu, num_parameters, 1, 1, 1 << 24,
              "Learned slopes: 1, or one for each channel (the first dimension of a sample)."),
    TERN_REAL(prelu, init, 0.25, -1e30, 1e30, "What the slopes start from."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {7}}}},
    {"{\"num_parameters\": 4}", {{1, {4}}}},
    {"{\"num_parameters\": 2, \"init\": 0.1}", {{3, {2, 3, 5}}}},
    {0},
};

static tern_operand prelu_lower(const void *self, tern_lowering *l) {
    (void)self;
    return tern_lower_formula(l, 2, (tern_operand[]){l->x[0], l->param[A]}, "x > 0 ? x : y * x");
}

const tern_layer_type tern_layer_prelu = {
    .base = {TERN_LAYER, "prelu", NULL, "A leaky relu that learns its slope: y = x where x > 0, else a x.",
             sizeof(prelu), options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE,
    .plan = prelu_plan,
    .forward = prelu_forward,
    .backward = prelu_backward,
    .lower = prelu_lower,
};
