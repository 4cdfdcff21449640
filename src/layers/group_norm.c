/* group_norm - y = (x - mean) / sqrt(var + eps) w + b over groups of a sample's channels (Wu and He 2018). */
#include <tern/layer.h>
#include <tern/layers/norm.h>
#include <math.h>

typedef struct group_norm {
    size_t num_groups, num_channels;
    double eps;
    bool affine;
    size_t channels, inner; /* planned: a group is [channels, inner] */
} group_norm;

enum { W, B };
enum { MEAN, REST, INVERSE }; /* saves, of each group: the mean, what it lost by rounding, 1 / sqrt(var + eps) */

static tern_status group_norm_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    group_norm *g = self;
    size_t channels = spec->in[0].dim[0];
    if (g->num_channels && g->num_channels != channels)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_channels",
                              "is %zu, but the input has %zu channels, its first "
                              "dimension",
                              g->num_channels, channels);
    if (channels % g->num_groups)
        return tern_error_add(err, TERN_ERROR_MODEL, "num_groups",
                              "is %zu, which does not divide the input's %zu channels", g->num_groups, channels);
    g->channels = channels / g->num_groups;
    g->inner = tern_shape_count(&spec->in[0]) / channels;
    spec->out = spec->in[0];
    spec->save[MEAN] = spec->save[REST] = spec->save[INVERSE] = TERN_SHAPE(g->num_groups);
    if (g->affine) {
        spec->param[W] =
            (tern_param){.name = "weight", .shape = TERN_SHAPE(channels), .a = 1, .group = TERN_GROUP_NORM};
        spec->param[B] = (tern_param){.name = "bias", .shape = TERN_SHAPE(channels), .group = TERN_GROUP_NORM};
    }
    return TERN_OK;
}

static void group_norm_forward(const void *self, const tern_forward *f) {
    const group_norm *g = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0; i < f->rows * g->num_groups; i++) {
        size_t n = g->channels * g->inner, first = i % g->num_groups * g->channels;
        double mean, var;
        tern_norm_moments(n, x, &mean, &var);
        double r = 1 / sqrt(var + g->eps), rest = tern_norm_rest(mean);
        if (!g->affine) tern_norm_scale(n, x, (tern_real)mean, (tern_real)r, (tern_real)(-rest * r), y);
        for (size_t c = 0; g->affine && c < g->channels; c++) {
            double scale = r * (double)f->param[W].data[first + c], bias = (double)f->param[B].data[first + c];
            tern_norm_scale(g->inner, x + c * g->inner, (tern_real)mean, (tern_real)scale,
                            (tern_real)(bias - rest * scale), y + c * g->inner);
        }
        x += n, y += n;
        if (!f->training) continue;
        f->save[MEAN].data[i] = (tern_real)mean;
        f->save[REST].data[i] = (tern_real)rest;
        f->save[INVERSE].data[i] = (tern_real)r;
    }
}

/* Group `i` of the slice, that of channel `first` on: adds to dw and db; writes dx where it is not NULL.
 * With h = (x - mean) r, r = 1 / sqrt(var + eps), and means over the group: dx = r (w dy - mean (w dy) - h mean (h w
 * dy)). */
static void group_gradient(const group_norm *g, const tern_backward *b, size_t i, tern_real *dx) {
    size_t n = g->channels * g->inner, first = i % g->num_groups * g->channels;
    const tern_real *x = b->x[0]->data + i * n, *dy = b->dy->data + i * n, mean = b->save[MEAN].data[i];
    double r = (double)b->save[INVERSE].data[i], rest = (double)b->save[REST].data[i], sum = 0, dot = 0;
    if (!g->affine) tern_norm_dots(n, x, mean, dy, &sum, &dot), dot -= rest * sum;
    for (size_t c = 0; g->affine && c < g->channels; c++) {
        double own_sum = 0, own_dot = 0, w = (double)b->param[W].data[first + c];
        tern_norm_dots(g->inner, x + c * g->inner, mean, dy + c * g->inner, &own_sum, &own_dot);
        own_dot -= rest * own_sum;
        b->dparam[W].data[first + c] += (tern_real)(own_dot * r);
        b->dparam[B].data[first + c] += (tern_real)own_sum;
        sum += w * own_sum;
        dot += w * own_dot;
    }
    if (!dx) return;
    double steep = -r * r * r * dot / (double)n;
    tern_real slope = (tern_real)steep, bias = (tern_real)(-r * sum / (double)n - rest * steep);
    if (!g->affine) tern_norm_gradient(n, x, mean, dy, (tern_real)r, slope, bias, dx);
    for (size_t c = 0, at = 0; g->affine && c < g->channels; c++, at += g->inner) {
        tern_real scale = (tern_real)(r * (double)b->param[W].data[first + c]);
        tern_norm_gradient(g->inner, x + at, mean, dy + at, scale, slope, bias, dx + at);
    }
}

static void group_norm_backward(const void *self, const tern_backward *b) {
    const group_norm *g = self;
    for (size_t i = 0; i < b->rows * g->num_groups; i++)
        group_gradient(g, b, i, b->dx[0] ? b->dx[0]->data + i * g->channels * g->inner : NULL);
}

static const tern_option options[] = {
    TERN_SIZE_REQUIRED(group_norm, num_groups, 1, 1 << 24, "Number of groups, which divides the number of channels.",
                       .alias = "groups"),
    TERN_SIZE(group_norm, num_channels, 0, 1, 1 << 24, "Number of channels; inferred, and checked where given."),
    TERN_REAL(group_norm, eps, 1e-5, 0, 1, "Added to the variance.", .alias = "epsilon"),
    TERN_BOOL(group_norm, affine, true,
              "Multiply by a learned weight and add a learned bias, one of each for a channel."),
    {0},
};

static const tern_example examples[] = {
    {"{\"num_groups\": 2}", {{1, {6}}}},
    {"{\"num_groups\": 1, \"eps\": 0.01}", {{2, {3, 7}}}},
    {"{\"num_groups\": 3}", {{3, {6, 3, 5}}}},
    {"{\"num_groups\": 2, \"affine\": false}", {{3, {4, 2, 3}}}},
    {0},
};

static tern_operand group_norm_lower(const void *self, tern_lowering *l) {
    const group_norm *n = self;
    const tern_operand none[2] = {TERN_NO_OPERAND, TERN_NO_OPERAND};
    return tern_lower_normalize(l, l->x[0], n->channels * n->inner, n->inner, n->eps, true,
                                n->affine ? l->param : none);
}

const tern_layer_type tern_layer_group_norm = {
    .base = {TERN_LAYER, "group_norm", (const char *const[]){"GroupNormalization", NULL},
             "Normalises groups of a sample's channels: y = (x - mean) / sqrt(var + eps) w + b.", sizeof(group_norm),
             options, examples},
    .flags = TERN_READS_X | TERN_IN_PLACE,
    .plan = group_norm_plan,
    .forward = group_norm_forward,
    .backward = group_norm_backward,
    .lower = group_norm_lower,
};
