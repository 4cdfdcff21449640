/* centered_add - y = w (a - mean of a) + b for two inputs a and b: a shortcut b, and a branch a that may add no offset
 * to it.
 *
 * The mean, one for each feature, is that of the whole batch; for evaluation a running one is kept, as batch
 * normalisation does. With n rows:  da = w (dy - mean of dy),  db = dy,  dw = sum dy (a - mean of a). Where the running
 * mean is frozen, it serves in training, too, and da = w dy. */
#include <tern/layer.h>

typedef struct centered_add {
    double momentum, init;
    size_t features; /* planned: numbers of a sample */
} centered_add;

enum { A, B };         /* inputs */
enum { W };            /* parameters */
enum { RUNNING_MEAN }; /* states */

static tern_status centered_add_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    centered_add *c = self;
    char a[TERN_SHAPE_TEXT], b[TERN_SHAPE_TEXT];
    if (!tern_shape_equal(&spec->in[A], &spec->in[B]))
        return tern_error_add(err, TERN_ERROR_MODEL, "inputs", "have the shapes %s and %s, but must have the same",
                              tern_shape_text(&spec->in[A], a), tern_shape_text(&spec->in[B], b));
    spec->out = spec->in[A];
    c->features = tern_shape_count(&spec->out);
    tern_shape each = {1, {c->features}};
    spec->param[W] = (tern_param){.name = "weight", .shape = each, .fill = TERN_FILL_CONSTANT, .a = c->init};
    spec->state[RUNNING_MEAN] = (tern_param){.name = "running_mean", .shape = each};
    spec->accumulators = c->features + 1; /* of each feature, and the rows */
    return TERN_OK;
}

/* Each worker has some rows of the batch. It adds up its own; the framework adds up the workers'. */
static void add_rows(size_t rows, size_t n, const tern_real *x, double *accumulators) {
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < n; k++) accumulators[k] += (double)x[i * n + k];
    accumulators[n] += (double)rows;
}

static void centered_add_forward_accumulate(const void *self, const tern_forward *f) {
    const centered_add *c = self;
    if (f->training) add_rows(f->rows, c->features, f->x[A]->data, f->accumulators);
}

/* The state is written by one worker alone, the one with the first row; nobody reads it when training. */
static void remember(const centered_add *c, const tern_forward *f) {
    tern_real *mean = f->state[RUNNING_MEAN].data;
    for (size_t k = 0; k < c->features; k++)
        mean[k] = (tern_real)((1 - c->momentum) * (double)mean[k] +
                              c->momentum * f->accumulators[k] / f->accumulators[c->features]);
}

static void centered_add_forward(const void *self, const tern_forward *f) {
    const centered_add *c = self;
    const tern_real *a = f->x[A]->data, *b = f->x[B]->data, *w = f->param[W].data;
    const double *total = f->accumulators;
    size_t n = c->features;
    for (size_t i = 0; i < f->rows; i++, a += n, b += n)
        for (size_t k = 0; k < n; k++) {
            tern_real mean = f->training ? (tern_real)(total[k] / total[n]) : f->state[RUNNING_MEAN].data[k];
            f->y->data[i * n + k] = w[k] * (a[k] - mean) + b[k];
        }
    if (f->training && f->row == 0) remember(c, f);
}

static void centered_add_backward_accumulate(const void *self, const tern_backward *b) {
    const centered_add *c = self;
    add_rows(b->rows, c->features, b->dy->data, b->accumulators);
}

static void centered_add_backward(const void *self, const tern_backward *b) {
    const centered_add *c = self;
    const tern_real *a = b->x[A]->data, *dy = b->dy->data, *w = b->param[W].data;
    const double *of_a = b->forward_accumulators, *of_dy = b->accumulators;
    size_t n = c->features;
    for (size_t i = 0; i < b->rows; i++, a += n, dy += n)
        for (size_t k = 0; k < n; k++) {
            tern_real mean = b->training ? (tern_real)(of_a[k] / of_a[n]) : b->state[RUNNING_MEAN].data[k];
            tern_real mean_dy = b->training ? (tern_real)(of_dy[k] / of_dy[n]) : 0;
            b->dparam[W].data[k] += dy[k] * (a[k] - mean);
            if (b->dx[A]) b->dx[A]->data[i * n + k] = w[k] * (dy[k] - mean_dy);
        }
    if (b->dx[B]) tern_tensor_copy(b->dy, b->dx[B]);
}

static const tern_option options[] = {
    TERN_REAL(centered_add, momentum, 0.1, 0, 1, "How much of a batch's mean goes into the running mean."),
    TERN_REAL(centered_add, init, 1, -1e30, 1e30, "What the weight starts from."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {4}}, {1, {4}}}},
    {"{\"momentum\": 0.5, \"init\": -0.3}", {{2, {2, 3}}, {2, {2, 3}}}},
    {0},
};

const tern_layer_type tern_layer_centered_add = {
    .base = {TERN_LAYER, "centered_add", NULL,
             "Adds a branch without its mean to a shortcut: y = w (a - mean of a) + b.", sizeof(centered_add), options,
             examples},
    .flags = TERN_READS_X,
    .least_inputs = 2,
    .most_inputs = 2,
    .plan = centered_add_plan,
    .forward = centered_add_forward,
    .backward = centered_add_backward,
    .forward_accumulate = centered_add_forward_accumulate,
    .backward_accumulate = centered_add_backward_accumulate,
};

TERN_PLUGIN(&tern_layer_centered_add.base);
