/* batch_norm - y = (x - mean) / sqrt(var + eps) w + b for each channel, over all samples and places of the batch (Ioffe
 * and Szegedy 2015). When evaluating, running averages take the place of the batch's. A batch that has a single value
 * in a channel (one sample of a vector) can't be normalised: PyTorch refuses it, here y = b, and the running averages
 * stay as they are.
 *
 * Longer than 300 lines: batch and running averages, each way, for vectors and planes. */
#include <tern/layer.h>
#include <tern/layers/norm.h>
#include <math.h>

typedef struct batch_norm {
    size_t num_features;
    double eps, momentum;
    bool cumulative, affine, track_running_stats;
    size_t channels, inner; /* planned: a sample is [channels, inner] */
} batch_norm;

enum { W, B };
enum { RUNNING_MEAN, RUNNING_VAR, NUM_BATCHES_TRACKED };
/* The accumulators: how many values a channel has, then a list for each of these, [channels] long: forward's are the
 * mean of these values and the sum of their squared distances from it, so that no digits are lost wherever the mean
 * lies. */
enum { CENTER, SPREAD, LISTS, SUM = CENTER, DOT = SPREAD };
enum { MEAN, SCALE, SLOPE, BIAS, COEFFICIENTS }; /* in scratch, [channels] long each */

#define DEFAULT_MOMENTUM 0.1

static tern_status check_momentum(const batch_norm *n, tern_error *err) {
    if (n->cumulative && n->momentum != DEFAULT_MOMENTUM)
        return tern_error_add(err, TERN_ERROR_MODEL, "momentum",
                              "is %g, but \"cumulative\" gives every batch the same weight", n->momentum);
    if (n->momentum >= 0.5)
        tern_error_warn(err, "momentum",
                        "is %g: the weight of the new batch, as in PyTorch. Keras' momentum is the weight of "
                        "the old average: %g there is %g here",
                        n->momentum, n->momentum, 1 - n->momentum);
    return TERN_OK;
}

static tern_status batch_norm_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    batch_norm *n = self;
    size_t channels = spec->in[0].dim[0];
    if (n->num_features && n->num_features != channels)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_features",
                              "is %zu, but the input has %zu channels, its first "
                              "dimension",
                              n->num_features, channels);
    tern_status status = check_momentum(n, err);
    if (status) return status;

    n->channels = channels;
    n->inner = tern_shape_count(&spec->in[0]) / channels;
    spec->out = spec->in[0];
    spec->accumulators = 1 + LISTS * channels;
    spec->scratch = COEFFICIENTS * channels;
    tern_shape each = {1, {channels}};
    if (n->affine) {
        spec->param[W] = (tern_param){.name = "weight", .shape = each, .a = 1, .group = TERN_GROUP_NORM};
        spec->param[B] = (tern_param){.name = "bias", .shape = each, .group = TERN_GROUP_NORM};
    }
    if (n->track_running_stats) {
        spec->state[RUNNING_MEAN] = (tern_param){.name = "running_mean", .shape = each};
        spec->state[RUNNING_VAR] = (tern_param){.name = "running_var", .shape = each, .a = 1};
        spec->state[NUM_BATCHES_TRACKED] =
            (tern_param){.name = "num_batches_tracked", .shape = {1, {1}}, .integer = true};
    }
    return TERN_OK;
}

/* ---- statistics ---- */

static bool uses_batch(const batch_norm *n, bool training) { return training || !n->track_running_stats; }

static double *list(const batch_norm *n, double *accumulators, size_t which) {
    return accumulators + 1 + which * n->channels;
}

static tern_real *coefficients(const batch_norm *n, tern_real *scratch, size_t which) {
    return scratch + which * n->channels;
}

/* Mean and biased variance of channel c from forward's totals. */
static void channel_moments(const batch_norm *n, const double *totals, size_t c, double *mean, double *var) {
    *mean = totals[1 + CENTER * n->channels + c];
    *var = totals[1 + SPREAD * n->channels + c] / totals[0];
}

/* Those that y went by: the batch's, or the running averages. */
static void used_moments(const batch_norm *n, const double *batch, const tern_tensor *state, size_t c, double *mean,
                         double *var) {
    if (batch) channel_moments(n, batch, c, mean, var);
    else *mean = (double)state[RUNNING_MEAN].data[c], *var = (double)state[RUNNING_VAR].data[c];
}

/* Chan, Golub and LeVeque 1979: two sets' means and squared distances as those of both together. */
static void batch_norm_merge(const void *self, double *into, const double *from) {
    const batch_norm *n = self;
    double a = into[0], b = from[0], all = a + b;
    if (b == 0) return;
    double *center = list(n, into, CENTER), *spread = list(n, into, SPREAD);
    for (size_t c = 0; c < n->channels; c++) {
        double d = from[1 + CENTER * n->channels + c] - center[c];
        center[c] += d * (b / all);
        spread[c] += from[1 + SPREAD * n->channels + c] + d * (a * b / all) * d;
    }
    into[0] = all;
}

/* x is [rows, n]: sums of (x - shift) and of its square down the columns. Four rows at a time, for less traffic. */
TERN_CLONES static void column_sums(size_t rows, size_t n, const tern_real *x, const tern_real *shift,
                                    double *restrict sum, double *restrict square) {
    size_t i = 0;
    for (; i + 4 <= rows; i += 4, x += 4 * n) {
        for (size_t c = 0; c < n; c++) {
            double s = (double)shift[c], d = (double)x[c] - s, e = (double)x[c + n] - s;
            double f = (double)x[c + 2 * n] - s, g = (double)x[c + 3 * n] - s;
            sum[c] += (d + e) + (f + g);
            square[c] += (d * d + e * e) + (f * f + g * g);
        }
    }
    for (; i < rows; i++, x += n) {
        for (size_t c = 0; c < n; c++) {
            double d = (double)x[c] - (double)shift[c];
            sum[c] += d;
            square[c] += d * d;
        }
    }
}

/* Around the first value, which is within sqrt(n) deviations of the mean. */
static void batch_norm_forward_accumulate(const void *self, const tern_forward *f) {
    const batch_norm *n = self;
    if (!uses_batch(n, f->training)) return;
    const tern_real *x = f->x[0]->data;
    tern_real *shift = coefficients(n, f->scratch, MEAN);
    double *sum = list(n, f->accumulators, CENTER), *square = list(n, f->accumulators, SPREAD),
           count = (double)(f->rows * n->inner);
    f->accumulators[0] = count;
    for (size_t c = 0; c < n->channels; c++) shift[c] = x[c * n->inner];
    if (n->inner == 1) column_sums(f->rows, n->channels, x, shift, sum, square);
    for (size_t i = 0; n->inner > 1 && i < f->rows; i++)
        for (size_t c = 0; c < n->channels; c++, x += n->inner)
            tern_norm_sums(n->inner, x, (double)shift[c], &sum[c], &square[c]);
    for (size_t c = 0; c < n->channels; c++) {
        double mean = sum[c] / count, spread = square[c] - sum[c] * mean;
        sum[c] = (double)shift[c] + mean;
        square[c] = spread < 0 ? 0 : spread; /* NaN stays */
    }
}

/* running = (1 - momentum) running + momentum new, the variance unbiased. A single value has none: it teaches nothing.
 */
static void update_running(const batch_norm *n, const tern_forward *f) {
    double count = f->accumulators[0];
    if (count < 2) return;
    tern_real *mean = f->state[RUNNING_MEAN].data, *var = f->state[RUNNING_VAR].data;
    tern_real *tracked = f->state[NUM_BATCHES_TRACKED].data;
    *tracked += 1;
    double momentum = n->cumulative ? 1 / (double)*tracked : n->momentum;
    for (size_t c = 0; c < n->channels; c++) {
        double m, v;
        channel_moments(n, f->accumulators, c, &m, &v);
        mean[c] = (tern_real)((1 - momentum) * (double)mean[c] + momentum * m);
        var[c] = (tern_real)((1 - momentum) * (double)var[c] + momentum * v * count / (count - 1));
    }
}

/* ---- forward and backward ---- */

TERN_CLONES static void scale_columns(size_t rows, size_t n, const tern_real *x, const tern_real *mean,
                                      const tern_real *scale, const tern_real *bias, tern_real *y) {
    for (size_t i = 0; i < rows; i++, x += n, y += n)
        for (size_t c = 0; c < n; c++) y[c] = (x[c] - mean[c]) * scale[c] + bias[c];
}

static void batch_norm_forward(const void *self, const tern_forward *f) {
    const batch_norm *n = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data, *mean = coefficients(n, f->scratch, MEAN), *scale = coefficients(n, f->scratch, SCALE);
    tern_real *bias = coefficients(n, f->scratch, BIAS);
    const double *batch = uses_batch(n, f->training) ? f->accumulators : NULL;
    for (size_t c = 0; c < n->channels; c++) {
        double m, v;
        used_moments(n, batch, f->state, c, &m, &v);
        double slope = (n->affine ? (double)f->param[W].data[c] : 1) / sqrt(v + n->eps);
        mean[c] = (tern_real)m;
        scale[c] = (tern_real)slope;
        bias[c] = (tern_real)((n->affine ? (double)f->param[B].data[c] : 0) - tern_norm_rest(m) * slope);
    }
    if (f->training && n->track_running_stats && f->row == 0) update_running(n, f);

    if (n->inner == 1) {
        scale_columns(f->rows, n->channels, x, mean, scale, bias, y);
        return;
    }
    for (size_t i = 0; i < f->rows; i++)
        for (size_t c = 0; c < n->channels; c++, x += n->inner, y += n->inner)
            tern_norm_scale(n->inner, x, mean[c], scale[c], bias[c], y);
}

TERN_CLONES static void column_dots(size_t rows, size_t n, const tern_real *x, const tern_real *mean,
                                    const tern_real *dy, double *restrict sum, double *restrict dot) {
    for (size_t i = 0; i < rows; i++, x += n, dy += n) {
        for (size_t c = 0; c < n; c++) {
            sum[c] += (double)dy[c];
            dot[c] += (double)dy[c] * (double)(x[c] - mean[c]);
        }
    }
}

static void batch_norm_backward_accumulate(const void *self, const tern_backward *b) {
    const batch_norm *n = self;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    const double *batch = uses_batch(n, b->training) ? b->forward_accumulators : NULL;
    tern_real *mean = coefficients(n, b->scratch, MEAN);
    double *sum = list(n, b->accumulators, SUM), *dot = list(n, b->accumulators, DOT), m, v;
    for (size_t c = 0; c < n->channels; c++) used_moments(n, batch, b->state, c, &m, &v), mean[c] = (tern_real)m;
    if (n->inner == 1) column_dots(b->rows, n->channels, x, mean, dy, sum, dot);
    for (size_t i = 0; n->inner > 1 && i < b->rows; i++)
        for (size_t c = 0; c < n->channels; c++, x += n->inner, dy += n->inner)
            tern_norm_dots(n->inner, x, mean[c], dy, &sum[c], &dot[c]);
    for (size_t c = 0; c < n->channels && batch; c++)
        used_moments(n, batch, b->state, c, &m, &v), dot[c] -= tern_norm_rest(m) * sum[c];
}

TERN_CLONES static void gradient_columns(size_t rows, size_t n, const tern_real *x, const tern_real *mean,
                                         const tern_real *dy, const tern_real *scale, const tern_real *slope,
                                         const tern_real *bias, tern_real *dx) {
    for (size_t i = 0; i < rows; i++, x += n, dy += n, dx += n)
        for (size_t c = 0; c < n; c++) dx[c] = scale[c] * dy[c] + (slope[c] * (x[c] - mean[c]) + bias[c]);
}

/* With h = (x - mean) r, r = 1 / sqrt(var + eps), means over the batch: dx = w r (dy - mean dy - h mean (h dy)), or w r
 * dy by running averages; dw = sum of h dy and db = sum of dy, totals already: the first slice adds them. */
static void batch_norm_backward(const void *self, const tern_backward *b) {
    const batch_norm *n = self;
    const double *sum = list(n, b->accumulators, SUM), *dot = list(n, b->accumulators, DOT),
                 *batch = uses_batch(n, b->training) ? b->forward_accumulators : NULL;
    tern_real *mean = coefficients(n, b->scratch, MEAN), *scale = coefficients(n, b->scratch, SCALE);
    tern_real *slope = coefficients(n, b->scratch, SLOPE), *bias = coefficients(n, b->scratch, BIAS);
    for (size_t c = 0; c < n->channels; c++) {
        double m, v;
        used_moments(n, batch, b->state, c, &m, &v);
        double r = 1 / sqrt(v + n->eps), wr = n->affine ? (double)b->param[W].data[c] * r : r;
        mean[c] = (tern_real)m;
        scale[c] = (tern_real)wr;
        double steep = batch ? -wr * r * r * dot[c] / *batch : 0;
        slope[c] = (tern_real)steep;
        bias[c] = (tern_real)(batch ? -wr * sum[c] / *batch - tern_norm_rest(m) * steep : 0);
        if (!n->affine || b->row) continue;
        b->dparam[W].data[c] += (tern_real)(dot[c] * r);
        b->dparam[B].data[c] += (tern_real)sum[c];
    }
    if (!b->dx[0]) return;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    if (n->inner == 1) {
        gradient_columns(b->rows, n->channels, x, mean, dy, scale, slope, bias, dx);
        return;
    }
    for (size_t i = 0; i < b->rows; i++)
        for (size_t c = 0; c < n->channels; c++, x += n->inner, dy += n->inner, dx += n->inner)
            tern_norm_gradient(n->inner, x, mean[c], dy, scale[c], slope[c], bias[c], dx);
}

static const tern_option options[] = {
    TERN_SIZE(batch_norm, num_features, 0, 1, 1 << 24, "Number of channels; inferred, and checked where given."),
    TERN_REAL(batch_norm, eps, 1e-5, 0, 1, "Added to the variance.", .alias = "epsilon"),
    TERN_REAL(
        batch_norm, momentum, DEFAULT_MOMENTUM, 0, 1,
        "Weight of the new batch in the running averages; in Keras the word means the weight of the old average."),
    TERN_BOOL(batch_norm, cumulative, false,
              "All batches count alike in the running averages: PyTorch's momentum None."),
    TERN_BOOL(batch_norm, affine, true,
              "Multiply by a learned weight and add a learned bias, one of each for a channel."),
    TERN_BOOL(batch_norm, track_running_stats, true,
              "Keep running averages for evaluation; without them evaluation, too, goes by the batch at hand."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"affine\": false}", {{1, {3}}}},
    {"{\"momentum\": 0.3, \"eps\": 0.001}", {{2, {3, 7}}}},
    {"{\"cumulative\": true}", {{3, {2, 5, 7}}}},
    {"{\"affine\": false, \"track_running_stats\": false}", {{3, {3, 2, 2}}}},
    {0},
};

/* What forward does with x, channel by channel, in evaluation: (x - mean) scale + bias. */
static tern_operand batch_norm_lower(const void *self, tern_lowering *l) {
    const batch_norm *n = self;
    if (!n->track_running_stats) return tern_lower_refuse(l, "keeps no running averages: it needs a batch to go by");
    const tern_real *mean = tern_lower_data(l, l->state[RUNNING_MEAN]),
                    *var = tern_lower_data(l, l->state[RUNNING_VAR]);
    const tern_real *w = n->affine ? tern_lower_data(l, l->param[W]) : NULL;
    const tern_real *b = n->affine ? tern_lower_data(l, l->param[B]) : NULL;
    tern_operand operand[3] = {l->x[0]};
    tern_real *scale = tern_lower_constant(l, TERN_SHAPE(n->channels), &operand[1]);
    tern_real *bias = tern_lower_constant(l, TERN_SHAPE(n->channels), &operand[2]);
    for (size_t c = 0; scale && bias && c < n->channels; c++) {
        double slope = (w ? (double)w[c] : 1) / sqrt((double)var[c] + n->eps);
        scale[c] = (tern_real)slope;
        bias[c] = (tern_real)((b ? (double)b[c] : 0) - (double)mean[c] * slope);
    }
    return tern_lower_formula(l, 3, operand, "x * y + z");
}

const tern_layer_type tern_layer_batch_norm = {
    .base = {TERN_LAYER, "batch_norm",
             (const char *const[]){"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "BatchNormalization", NULL},
             "Normalises each channel over the batch: y = (x - mean) / sqrt(var + eps) w + b.", sizeof(batch_norm),
             options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE,
    .plan = batch_norm_plan,
    .forward = batch_norm_forward,
    .backward = batch_norm_backward,
    .forward_accumulate = batch_norm_forward_accumulate,
    .merge = batch_norm_merge,
    .backward_accumulate = batch_norm_backward_accumulate,
    .lower = batch_norm_lower,
};
