/* agree.c - whether data is like what the model was trained on; see agree.h. */
#include "agree.h"

#include "fitted.h"
#include "rows.h"

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
    if ((small && now * VERY_FAR <= trained) || now >= VERY_FAR * trained)
        tern_error_warn(err, NULL,
                        "x goes from %.6g to %.6g; in training it went from %.6g to %.6g: is it in the same unit?",
                        least, most, f->least, f->most);
    return check_sign(f, x, least, most, err);
}

tern_status tern__agree(const tern_model *m, const tern_dataset *d, tern_error *err) {
    if (!m->config.fitted.input.given || tern__described(m) || d->inputs > 1 || d->targets > 1) return TERN_OK;
    tern_status status = check_layout(m, d->x, err);
    if (!status) say_unnamed(m, d->x, err);
    if (!status && d->targets) status = check_classes(m, d->y, err);
    return status ? status : check_range(m, d->x, d->n, err);
}
