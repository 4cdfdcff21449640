/* scaling.c - an input's preprocessing as x * gain + shift, channel by channel. */
#include "graph.h"

/* Of pictures the first dimension; of sequences of any length the last: the features of a step. */
static size_t channels_of(const tern__graph_input *input) {
    return input->shape.dim[input->sequences ? input->shape.rank - 1 : 0];
}

static tern_status check_channels(const tern__graph_input *input, const char *key, size_t n, tern_error *err) {
    if (n == 1 || (n == channels_of(input) && (!input->sequences || input->shape.rank > 1))) return TERN_OK;
    char text[TERN_SHAPE_TEXT];
    return tern_error_add(err, TERN_ERROR_MODEL, key,
                          "has %zu numbers; accepted is one, or one per channel (the %s dimension) of %s", n,
                          input->sequences ? "last" : "first", tern_shape_text(&input->shape, text));
}

/* What is learned takes the place of what is given. */
static tern_status check_normalize(const tern_model *m, size_t k, const tern__input *in, tern_error *err) {
    bool given = in->scale != 1 || in->mean.n != 1 || in->std.n != 1 || *in->mean.v != 0 || *in->std.v != 1;
    if (!in->normalize && m->config.fitted.input.scale.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalize",
                              "is none, but the model was fitted to inputs that were normalized");
    if (!in->normalize) return TERN_OK;
    if (m->input[k].sequences)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalize",
                              "is not learned of sequences of any length; give mean and std");
    if (m->config.inputs.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalize",
                              "is learned for the one \"input\" of a model; for one of several inputs give scale, mean "
                              "and std");
    if (given)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalize",
                              "takes the place of scale, mean and std: give it alone, or only those");
    return TERN_OK;
}

static tern_status check_input(const tern_model *m, size_t k, const tern__input *in, tern_error *err) {
    tern_status status = check_channels(&m->input[k], "mean", in->mean.n, err),
                second = check_channels(&m->input[k], "std", in->std.n, err);
    tern_status third = tern__augment_check(&in->augment, &m->input[k].shape, err),
                fourth = check_normalize(m, k, in, err);
    return status ? status : second ? second : third ? third : fourth;
}

static tern_status make(tern_model *m, size_t k, size_t channels, double **gain, double **shift, tern_error *err) {
    *gain = tern__arena_alloc(&m->arena, channels, sizeof **gain, err);
    *shift = tern__arena_alloc(&m->arena, channels, sizeof **shift, err);
    m->scaling[k] = (tern_scaling){channels, *gain, *shift};
    return *gain && *shift ? TERN_OK : TERN_ERROR_MEMORY;
}

/* (x * scale - mean) / std. */
static tern_status scale_by_file(tern_model *m, size_t k, const tern__input *in, tern_error *err) {
    double *gain, *shift;
    size_t n = in->mean.n > in->std.n ? in->mean.n : in->std.n;
    /* in a sequence each number has its own, so that a shorter one has the first of them */
    size_t channels = n > 1 && m->input[k].sequences ? tern_shape_count(&m->input[k].shape) : n;
    if (make(m, k, channels, &gain, &shift, err)) return TERN_ERROR_MEMORY;
    for (size_t c = 0; c < channels; c++) {
        double mean = in->mean.v[in->mean.n > 1 ? c % n : 0], std = in->std.v[in->std.n > 1 ? c % n : 0];
        gain[c] = in->scale / std;
        shift[c] = -mean / std;
    }
    return TERN_OK;
}

/* (x - center) / scale. Where channels are the last dimension, each number of a sample has its own. */
static tern_status scale_by_data(tern_model *m, tern_error *err) {
    const tern__fitted_input *f = &m->config.fitted.input;
    tern__channel_layout layout = tern__channels_layout(&m->config.input.shape, (tern__channels)f->channels);
    double *gain, *shift;
    char shape[TERN_SHAPE_TEXT];
    if (f->scale.n != layout.n || f->center.n != layout.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "fitted",
                              "has scales of %zu channels, but the input, %s, has %zu: it was fitted to other data",
                              f->scale.n, tern_shape_text(&m->config.input.shape, shape), layout.n);
    if (make(m, 0, layout.outer * layout.n, &gain, &shift, err)) return TERN_ERROR_MEMORY;
    for (size_t c = 0; c < layout.outer * layout.n; c++) {
        gain[c] = 1 / f->scale.v[c % layout.n];
        shift[c] = -f->center.v[c % layout.n] / f->scale.v[c % layout.n];
    }
    return TERN_OK;
}

static tern_status make_input(tern_model *m, size_t k, tern_error *err) {
    const tern__input *in = tern__config_input(&m->config, k);
    if (!m->input[k].shape.rank) return TERN_OK; /* said already */
    tern_status status = check_input(m, k, in, err);
    if (status) return status;
    bool learned = m->config.fitted.input.scale.n && in->normalize;
    bool table = tern__target_is_table(&m->config.target); /* whose columns are normalized as they come */
    m->unscaled = m->unscaled || (in->normalize && !learned && !table);
    return learned ? scale_by_data(m, err) : scale_by_file(m, k, in, err);
}

tern_status tern__scaling_make(tern_model *m, tern_error *err) {
    tern_status status = TERN_OK;
    m->unscaled = false;
    if (!(m->scaling = tern__arena_alloc(&m->arena, m->inputs, sizeof *m->scaling, err))) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < m->inputs; k++) {
        size_t depth = tern__config_enter_input(&m->config, k, err);
        tern_status made = make_input(m, k, err);
        if (made) status = made;
        tern_error_leave(err, depth);
    }
    return status;
}

const tern__target *tern__target_of_array(const tern_model *m, size_t count) {
    const tern__fitted *f = &m->config.fitted;
    return !f->input.columns.n && tern__target_is_scaled(&f->target, count) ? &f->target : NULL;
}

bool tern__target_unknown(const tern_model *m) {
    const tern__target *t = &m->config.target;
    return t->normalize && !tern__target_is_table(t) && !m->config.fitted.target.normalize;
}

tern_status tern__scaling_check(const tern_model *m, tern_error *err) {
    if (!m->unscaled && !tern__target_unknown(m)) return TERN_OK;
    size_t depth = tern_error_enter(err, m->unscaled ? "input" : "target", 0);
    tern_status status =
        tern_error_add(err, TERN_ERROR_MODEL, "normalize",
                       "was never fitted to data, which training does first: give the model of a run, or its weights");
    tern_error_leave(err, depth);
    return status;
}

bool tern__scaling_plain(const tern_scaling *s) {
    bool plain = true;
    for (size_t c = 0; c < s->channels; c++) plain = plain && s->gain[c] == 1 && s->shift[c] == 0;
    return plain;
}
