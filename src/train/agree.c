/* agree.c - whether data is like what the model was trained on; see agree.h. */
#include "agree.h"

#include "array_fit.h"
#include "dataset_from_columns.h"
#include "fitted.h"
#include "lengths.h"
#include "outliers.h"
#include "rows.h"
#include "text.h"

#include <math.h>
#include <string.h>

/* How much larger or smaller numbers are when it is no chance: bytes against numbers from 0 to 1 are 255. */
static const double FAR = 30, VERY_FAR = 100;

/* ---- the targets ---- */

static tern_status check_classes(const tern_model *m, const tern_array *y, tern_error *err) {
    const tern_strings *classes = &m->config.fitted.target.classes;
    const tern_loss_type *loss = tern__model_loss(m);
    if (y->labels && !classes->n)
        return tern_error_add(
            err, TERN_ERROR_DATA, NULL,
            "has classes by name (\"%.64s\" and others), but the model was trained on numbers: it does "
            "not know which is which",
            y->label[0]);
    if (classes->n && !y->labels && loss && loss->targets & TERN_TARGET_CLASSES && tern_dtype_is_integer(y->dtype))
        tern_error_warn(err, NULL,
                        "has classes as numbers, and the model was trained on names: 0 is taken for \"%.64s\"",
                        classes->v[0]);
    return TERN_OK;
}

/* ---- the layout ---- */

static tern_status check_layout(const tern_model *m, const tern_array *x, tern_error *err) {
    const tern_shape *trained = &m->config.fitted.input.shape;
    char found[TERN_SHAPE_TEXT], before[TERN_SHAPE_TEXT];
    if (!tern__reordered(&x->shape, trained)) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL,
        "a sample is %s; the model was trained on samples of %s: the same count of numbers in another "
        "order",
        tern_shape_text(&x->shape, found), tern_shape_text(trained, before));
}

/* Columns that had names are told by these, and an array has none. */
static void say_unnamed(const tern_model *m, const tern_array *x, tern_error *err) {
    const tern_strings *names = &m->config.fitted.input.names;
    if (names->n && !x->labels && !x->columns)
        tern_error_warn(
            err, NULL,
            "x is an array without names, but the model was trained on named columns: its numbers are taken in "
            "their order, \"%.64s\" first",
            names->v[0]);
}

/* ---- colours ---- */

/* Pictures of a kind that training had none of. A model that reads gray ones makes them of any in colour: what is gray
 * is then nothing new. */
static void say_colours(const tern_model *m, const tern_dataset *d, tern_error *err) {
    const tern__fitted_input *f = &m->config.fitted.input;
    const tern_shape *input = &m->input[0].shape;
    size_t gray;
    if (!tern__dataset_gray(d, &gray) || !f->dtype) return;
    if (f->gray == 0 && gray && input->rank == 3 && input->dim[0] == 3)
        tern_error_warn(err, NULL, "%zu of %zu images are gray; those of training were in colour", gray, d->n);
    if (f->gray == 1 && gray < d->n)
        tern_error_warn(err, NULL, "%zu of %zu images are in colour; those of training were gray", d->n - gray, d->n);
}

/* ---- the range ---- */

/* Numbers below 0 where training had none: bytes read as signed ones, or numbers from -1 to 1 for some from 0 to 1. */
static tern_status check_sign(const tern__fitted_input *f, const tern_array *x, double least, double most,
                              tern_error *err) {
    if (!(f->least >= 0) || !(least < 0)) return TERN_OK;
    if (f->dtype[0] == 'u')
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "x is %s from %.6g to %.6g; the model was trained on %s, which has nothing below 0: were "
                              "bytes read as signed ones?",
                              tern_dtype_name(x->dtype), least, most, f->dtype);
    if (-least > f->most / 2)
        tern_error_warn(err, NULL,
                        "x goes from %.6g to %.6g; in training nothing was below %.6g: is it scaled otherwise?", least,
                        most, f->least);
    return TERN_OK;
}

/* The distances of channel c's numbers from their center, in scales, evenly spread where there are very many: what pads
 * a sequence is none of them. */
static size_t measure(const tern_array *x, size_t n, const tern__channel_layout *l, size_t c, double center,
                      double scale, size_t room, double *distance) {
    size_t each = l->outer * l->inner, count = tern_shape_count(&x->shape), step = n * each / room + 1, measured = 0;
    for (size_t i = 0; i < n * each; i += step) {
        size_t row = i / each, at = (i % each / l->inner * l->n + c) * l->inner + i % l->inner;
        if (at / (count / x->shape.dim[0]) >= tern__array_length(x, row)) continue;
        distance[measured++] = fabs(tern_array_get(x, row * count + at) - center) / scale;
    }
    return measured;
}

/* Says which is the first channel of a known scale that is in another unit, and how many are; whether there is one. */
static bool say_far(const tern_model *m, const tern_array *x, size_t n, tern_error *err) {
    enum { ROOM = 1 << 14 };
    const tern__fitted_input *f = &m->config.fitted.input;
    if (!f->scale.n || !x->data || !x->shape.rank) return false;
    const tern__channel_layout layout = tern__channels_layout(&x->shape, (tern__channels)f->channels);
    double *distance = layout.n == f->scale.n ? tern__alloc(ROOM, sizeof *distance, NULL) : NULL, median = 0;
    size_t far = 0, first = 0;
    for (size_t c = 0; distance && c < layout.n; c++) {
        size_t measured = measure(x, n, &layout, c, f->center.v[c], f->scale.v[c], ROOM, distance);
        double now = tern__far(distance, measured);
        if (now > 0 && !far++) first = c, median = now;
    }
    tern__free(distance);
    char what[128] = "";
    if (x->labels == layout.n) tern__text_add(what, sizeof what, "column \"%.64s\"", x->label[first]);
    else tern__text_add(what, sizeof what, "channel %zu of x (counted from 0)", first);
    if (far > 1) tern__text_add(what, sizeof what, ", as %zu of %zu do,", far, layout.n);
    size_t numbers = n * layout.outer * layout.inner;
    if (far) tern__far_say(what, median, numbers, f->center.v[first], f->scale.v[first], err);
    return far > 0;
}

static tern_status check_range(const tern_model *m, const tern_array *x, size_t n, tern_error *err) {
    enum { FEW = 256 };
    const tern__fitted_input *f = &m->config.fitted.input;
    double least, most, trained = fmax(fabs(f->least), fabs(f->most));
    tern__array_range(x, n, &least, &most);
    double now = fmax(fabs(least), fabs(most));
    if (!f->dtype || !(trained > 0) || !(now > 0) || tern_model_describe(m).indices) return TERN_OK;
    bool float_now = !tern_dtype_is_integer(x->dtype), float_then = !strncmp(f->dtype, "float", 5);
    bool small = now * FAR <= trained && n * tern_shape_count(&x->shape) >= FEW, large = now >= FAR * trained;
    if (float_now != float_then && (small || large))
        return tern_error_add(
            err, TERN_ERROR_DATA, NULL,
            "x is %s from %.6g to %.6g; the model was trained on %s from %.6g to %.6g: are they scaled "
            "otherwise?",
            tern_dtype_name(x->dtype), least, most, f->dtype, f->least, f->most);
    bool said = say_far(m, x, n, err);
    if (!said && ((small && now * VERY_FAR <= trained) || now >= VERY_FAR * trained))
        tern_error_warn(err, NULL,
                        "x goes from %.6g to %.6g; in training it went from %.6g to %.6g: is it in the same unit?",
                        least, most, f->least, f->most);
    return check_sign(f, x, least, most, err);
}

tern_status tern__agree(const tern_model *m, const tern_dataset *d, tern_error *err) {
    if (!m->config.fitted.input.given || tern__described(m) || d->inputs > 1 || d->targets > 1) return TERN_OK;
    tern_status status = check_layout(m, d->x, err);
    if (!status) say_unnamed(m, d->x, err), say_colours(m, d, err);
    if (!status && d->targets) status = check_classes(m, d->y, err);
    return status ? status : check_range(m, d->x, d->n, err);
}
