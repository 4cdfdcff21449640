/* instance_norm - y = (x - mean) / sqrt(var + eps) w + b for each channel of each sample (Ulyanov et al. 2016). */
#include <tern/layer.h>
#include <tern/layers/norm.h>
#include <math.h>

typedef struct instance_norm {
    size_t num_features;
    double eps;
    bool affine;
    size_t channels, inner; /* planned: a sample is [channels, inner] */
} instance_norm;

enum { W, B };
enum { MEAN, REST, INVERSE }; /* saves, of each channel: the mean, what it lost by rounding, 1 / sqrt(var + eps) */

static tern_status instance_norm_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    instance_norm *n = self;
    const tern_shape *in = &spec->in[0];
    n->channels = in->dim[0];
    n->inner = tern_shape_count(in) / n->channels;
    if (n->inner == 1) {
        char text[TERN_SHAPE_TEXT];
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "instance_norm needs more than one number in a channel ([channels, "
                              "length] or [channels, height, width]), but a sample is %s",
                              tern_shape_text(in, text));
    }
    if (n->num_features && n->num_features != n->channels)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_features",
                              "is %zu, but the input has %zu channels, its first "
                              "dimension",
                              n->num_features, n->channels);
    spec->out = *in;
    spec->save[MEAN] = spec->save[REST] = spec->save[INVERSE] = TERN_SHAPE(n->channels);
    if (n->affine) {
        spec->param[W] =
            (tern_param){.name = "weight", .shape = TERN_SHAPE(n->channels), .a = 1, .group = TERN_GROUP_NORM};
        spec->param[B] = (tern_param){.name = "bias", .shape = TERN_SHAPE(n->channels), .group = TERN_GROUP_NORM};
    }
    return TERN_OK;
}

static void instance_norm_forward(const void *self, const tern_forward *f) {
    const instance_norm *n = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0; i < f->rows * n->channels; i++, x += n->inner, y += n->inner) {
        size_t c = i % n->channels;
        double mean, var;
        tern_norm_moments(n->inner, x, &mean, &var);
        double r = 1 / sqrt(var + n->eps), rest = tern_norm_rest(mean);
        double scale = n->affine ? (double)f->param[W].data[c] * r : r,
               bias = n->affine ? (double)f->param[B].data[c] : 0;
        tern_norm_scale(n->inner, x, (tern_real)mean, (tern_real)scale, (tern_real)(bias - rest * scale), y);
        if (!f->training) continue;
        f->save[MEAN].data[i] = (tern_real)mean;
        f->save[REST].data[i] = (tern_real)rest;
        f->save[INVERSE].data[i] = (tern_real)r;
    }
}

/* With h = (x - mean) r, r = 1 / sqrt(var + eps), and means over the channel: dx = w r (dy - mean dy - h mean (h dy)).
 */
static void instance_norm_backward(const void *self, const tern_backward *b) {
    const instance_norm *n = self;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    for (size_t i = 0; i < b->rows * n->channels; i++, x += n->inner, dy += n->inner) {
        size_t c = i % n->channels;
        tern_real mean = b->save[MEAN].data[i];
        double r = (double)b->save[INVERSE].data[i], rest = (double)b->save[REST].data[i];
        double wr = r, sum = 0, dot = 0, count = (double)n->inner;
        tern_norm_dots(n->inner, x, mean, dy, &sum, &dot);
        dot -= rest * sum;
        if (n->affine) {
            wr *= (double)b->param[W].data[c];
            b->dparam[W].data[c] += (tern_real)(dot * r);
            b->dparam[B].data[c] += (tern_real)sum;
        }
        double slope = -wr * r * r * dot / count, bias = -wr * sum / count - rest * slope;
        if (b->dx[0])
            tern_norm_gradient(n->inner, x, mean, dy, (tern_real)wr, (tern_real)slope, (tern_real)bias,
                               b->dx[0]->data + i * n->inner);
    }
}

static const tern_option options[] = {
    TERN_SIZE(instance_norm, num_features, 0, 1, 1 << 24, "Number of channels; inferred, and checked where given."),
    TERN_REAL(instance_norm, eps, 1e-5, 0, 1, "Added to the variance.", .alias = "epsilon"),
    TERN_BOOL(instance_norm, affine, false,
              "Multiply by a learned weight and add a learned bias, one of each for a channel."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{2, {3, 7}}}},
    {"{\"affine\": true}", {{3, {2, 5, 7}}}},
    {"{\"affine\": true, \"eps\": 0.01}", {{2, {2, 2}}}},
    {0},
};

static tern_operand instance_norm_lower(const void *self, tern_lowering *l) {
    const instance_norm *n = self;
    const tern_operand none[2] = {TERN_NO_OPERAND, TERN_NO_OPERAND};
    return tern_lower_normalize(l, l->x[0], n->inner, n->inner, n->eps, true, n->affine ? l->param : none);
}

const tern_layer_type tern_layer_instance_norm = {
    .base = {TERN_LAYER, "instance_norm",
             (const char *const[]){"InstanceNorm1d", "InstanceNorm2d", "InstanceNormalization", NULL},
             "Normalises each channel of each sample: y = (x - mean) / sqrt(var + eps) w + b.", sizeof(instance_norm),
             options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE,
    .plan = instance_norm_plan,
    .forward = instance_norm_forward,
    .backward = instance_norm_backward,
    .lower = instance_norm_lower,
};
