/* dense - y = x W^T + b, applied to the last dimension. */
#include <tern/layer.h>
#include <math.h>

typedef struct dense {
    size_t out_features, in_features;
    bool bias;
    tern_object init, bias_init;
} dense;

enum { W, B };

static tern_status dense_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    const dense *d = self;
    size_t last = spec->in[0].rank - 1, in = spec->in[0].dim[last];
    if (d->in_features && d->in_features != in)
        return tern_error_add(err, TERN_ERROR_MODEL, "in_features",
                              "is %zu, but the input has %zu in its last dimension", d->in_features, in);
    if (spec->sequences && !last)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "goes by the features of each step, of which these sequences have none: [null, F]");
    spec->out = spec->in[0];
    spec->out.dim[last] = d->out_features;

    double bound = 1 / sqrt((double)in);
    spec->param[W] = (tern_param){.name = "weight",
                                  .shape = {2, {d->out_features, in}},
                                  .fill = TERN_FILL_UNIFORM,
                                  .a = -bound,
                                  .b = bound,
                                  .init = &d->init};
    if (d->bias)
        spec->param[B] = (tern_param){.name = "bias",
                                      .shape = {1, {d->out_features}},
                                      .fill = TERN_FILL_UNIFORM,
                                      .a = -bound,
                                      .b = bound,
                                      .init = &d->bias_init,
                                      .group = TERN_GROUP_BIAS};
    return TERN_OK;
}

static void dense_forward(const void *self, const tern_forward *f) {
    const dense *d = self;
    tern_gemm(1, f->x[0], TERN_N, &f->param[W], TERN_T, 0, f->y); /* y = x W^T */
    if (d->bias) tern_tensor_add_row(&f->param[B], f->y);         /* y += b    */
}

static void dense_backward(const void *self, const tern_backward *b) {
    const dense *d = self;
    if (b->dparam[W].data) tern_gemm(1, b->dy, TERN_T, b->x[0], TERN_N, 0, &b->dparam[W]); /* dW = dy^T x       */
    if (d->bias && b->dparam[B].data) {
        tern_tensor_fill(&b->dparam[B], 0);
        tern_tensor_sum_rows(b->dy, &b->dparam[B]); /* db = rows of dy   */
    }
    if (b->dx[0]) tern_gemm(1, b->dy, TERN_N, &b->param[W], TERN_N, 0, b->dx[0]); /* dx = dy W         */
}

static const tern_option options[] = {
    TERN_SIZE_REQUIRED(dense, out_features, 1, 1 << 24, "Number of outputs.", .alias = "units"),
    TERN_SIZE(dense, in_features, 0, 1, 1 << 24, "Number of inputs; inferred, and checked where given."),
    TERN_BOOL(dense, bias, true, "Add a learned bias to every output.", .alias = "use_bias"),
    TERN_OBJECT(dense, init, TERN_INITIALIZER, "How the weight starts; left out: uniform within 1/sqrt(inputs)."),
    TERN_OBJECT(dense, bias_init, TERN_INITIALIZER, "How the bias starts; left out: uniform within 1/sqrt(inputs)."),
    {0},
};

static const tern_example examples[] = {
    {"{\"out_features\": 3}", {{1, {4}}}},
    {"{\"out_features\": 2, \"bias\": false}", {{2, {3, 5}}}},
    {0},
};

static tern_operand dense_lower(const void *self, tern_lowering *l) {
    const dense *d = self;
    return tern_lower_product(l, l->x[0], l->param[W], d->bias ? l->param[B] : TERN_NO_OPERAND);
}

const tern_layer_type tern_layer_dense = {
    .base = {TERN_LAYER, "dense", (const char *const[]){"Linear", "fully_connected", "fc", NULL},
             "Multiplies by a weight matrix and adds a bias: y = x W^T + b.", sizeof(dense), options, examples},
    .flags = TERN_READS_X | TERN_BY_OUTPUT | TERN_SETS_GRADIENT | TERN_SKIPS_FROZEN | TERN_STEPWISE,
    .plan = dense_plan,
    .forward = dense_forward,
    .backward = dense_backward,
    .lower = dense_lower,
};
