/* dataset_check.c - whether a dataset fits a model: its shapes, lengths, indices and targets. */
#include "rows.h"

#include "error_scope.h"
#include "labels.h"
#include "lengths.h"
#include "outliers.h"
#include "text.h"

#include <tern/fit.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whether the samples of input k hold no other numbers than every layer that reads them as indices takes. */
static tern_status check_indices(const tern_model *m, size_t k, const tern_array *x, size_t n, tern_error *err) {
    const tern__node *strictest = tern__index_reader(m, k);
    if (!strictest) return TERN_OK;
    size_t count = tern_shape_count(&x->shape);
    for (size_t i = 0; i < n * count; i++) {
        double v = tern_array_get(x, i);
        bool whole = v >= 0 && v == floor(v);
        if (whole && v < (double)strictest->indices) continue;
        char larger[64] = "";
        if (whole && v < 1e9) snprintf(larger, sizeof larger, "; enlarge the layer to take %.0f and more", v);
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "row %zu of %s (counted from 0) holds %.10g; accepted are whole numbers "
                              "from 0 to %zu, which layer \"%s\" (%s) reads%s",
                              i / count, m->inputs > 1 ? m->input[k].name : "x", v, strictest->indices - 1,
                              strictest->name, strictest->type->base.name, larger);
    }
    return TERN_OK;
}

/* What messages call an input of the model. */
static const char *input_text(const tern_model *m, size_t k, char out[TERN_MAX_NAME + 16]) {
    *out = 0;
    tern__text_add(out, TERN_MAX_NAME + 16, m->inputs > 1 ? "input \"%s\"" : "input", m->input[k].name);
    return out;
}

/* The sizes but for those of 1. */
static tern_shape squeeze(const tern_shape *s) {
    tern_shape out = {0};
    for (size_t i = 0; i < s->rank; i++)
        if (s->dim[i] != 1) out.dim[out.rank++] = s->dim[i];
    return out;
}

bool tern__reordered(const tern_shape *a, const tern_shape *b) {
    tern_shape x = squeeze(a), y = squeeze(b);
    return x.rank > 1 && y.rank > 1 && tern_shape_count(a) == tern_shape_count(b) && !tern_shape_equal(&x, &y);
}

/* Whether the steps of sequences are of the shape of the model's, and how many there are at most. */
static tern_status check_steps(const tern_model *m, size_t k, const tern_shape *shape, tern_error *err) {
    const tern_shape *input = &m->input[k].shape;
    char name[TERN_MAX_NAME + 16], found[TERN_SHAPE_TEXT], expected[TERN_SHAPE_TEXT];
    bool same = shape->rank > 0 && tern_shape_count(shape) / shape->dim[0] == tern_shape_count(input) / input->dim[0];
    if (same && shape->dim[0] <= input->dim[0]) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "a sequence of the data is up to %s, but the model's %s takes up to %s%s",
                          tern_shape_text(shape, found), input_text(m, k, name), tern_shape_text(input, expected),
                          same ? ": give it a larger max_length" : "");
}

/* Whether the samples of input k are of its shape, whatever sizes of 1 there are, or flat. */
static tern_status check_shape(const tern_model *m, size_t k, const tern_shape *shape, tern_error *err) {
    const tern_shape *input = &m->input[k].shape;
    char name[TERN_MAX_NAME + 16];
    char found[TERN_SHAPE_TEXT], expected[TERN_SHAPE_TEXT];
    bool reordered = tern__reordered(shape, input);
    if (m->input[k].sequences) return check_steps(m, k, shape, err);
    if (tern_shape_count(shape) == tern_shape_count(input) && !reordered) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL, "a sample of the data is %s, %zu numbers, but the model's %s is %s, %zu numbers%s",
        tern_shape_text(shape, found), tern_shape_count(shape), input_text(m, k, name),
        tern_shape_text(input, expected), tern_shape_count(input), reordered ? " in another order" : "");
}

/* Sequences of a fixed shape are all of its length: nothing is padded unasked. */
static tern_status check_lengths(const tern_model *m, size_t k, const tern_array *x, size_t n, tern_error *err) {
    char name[TERN_MAX_NAME + 16], shape[TERN_SHAPE_TEXT];
    if (m->input[k].sequences) return tern__lengths_check(x, n, err);
    for (size_t i = 0; x->length && i < n; i++)
        if (x->length[i] != x->shape.dim[0])
            return tern_error_add(
                err, TERN_ERROR_DATA, NULL,
                "row %zu (counted from 0) has %zu steps, but the model's %s is %s, of %zu steps each; "
                "sequences of any length have the shape [null, ...] and a \"max_length\"",
                i, x->length[i], input_text(m, k, name), tern_shape_text(&m->input[k].shape, shape), x->shape.dim[0]);
    return TERN_OK;
}

/* Completes a message about data: which it is. */
static tern_status say_where(const tern_dataset *d, tern_status status, tern_error *err) {
    if (status == TERN_ERROR_DATA && d->from) tern__error_append(err, " (in %s)", d->from);
    return status;
}

static tern_status check_inputs(const tern_dataset *d, const tern_model *m, tern_error *err) {
    const tern_array *x[TERN_MAX_INPUTS] = {0};
    if (!d->n) return tern_error_add(err, TERN_ERROR_DATA, NULL, "the data has no samples");
    tern_status status = tern__bind_inputs(m, d, x, err);
    for (size_t k = 0; !status && k < m->inputs; k++) {
        status = check_shape(m, k, &x[k]->shape, err);
        if (!status) status = check_lengths(m, k, x[k], d->n, err);
        if (!status) status = check_indices(m, k, x[k], d->n, err);
        if (!status) status = tern__inputs_check(x[k], d->n, err);
    }
    return status;
}

tern_status tern_dataset_check_input(const tern_dataset *d, const tern_model *m, tern_error *err) {
    return say_where(d, check_inputs(d, m, err), err);
}

tern_status tern__refuse_nonfinite(const tern_dataset *d, size_t row, const char *what, tern_error *err) {
    tern_status status = tern_error_add(err, TERN_ERROR_DATA, NULL,
                                        "the %s of row %zu (counted from 0) is not finite (NaN or infinite): the "
                                        "numbers of the row are far from those of training, or the weights are not "
                                        "finite themselves",
                                        what, row);
    return say_where(d, status, err);
}

/* The steps of a target each of which is one, at most; 1: it is one; 0: it has none, but should. */
static size_t targets_steps(const tern_model *m, size_t k, const tern_array *y) {
    if (!m->measured.loss[k].steps) return 1;
    return y->shape.rank ? y->shape.dim[0] : 0;
}

/* Sequences and their targets have the same steps. */
static tern_status check_target_steps(const tern_model *m, size_t k, const tern_array *const *x, const tern_array *y,
                                      size_t n, tern_error *err) {
    size_t input = m->target_lengths[k], row = 0;
    for (size_t i = 0; input == TERN__NOWHERE && y->length && i < n; i++)
        if (y->length[i] != y->shape.dim[0])
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "the target of row %zu (counted from 0) has %zu steps, another has %zu; accepted are "
                                  "as many in each, but for those of sequences of any length",
                                  i, y->length[i], y->shape.dim[0]);
    if (input == TERN__NOWHERE) return TERN_OK;
    while (row < n && tern__array_length(x[input], row) == tern__array_length(y, row)) row++;
    if (row == n) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "row %zu (counted from 0) has %zu steps, but its target has %zu; accepted is one for each "
                          "step",
                          row, tern__array_length(x[input], row), tern__array_length(y, row));
}

/* Whether the targets are of one of the kinds that loss k takes: class indices where both could be meant and they are
 * integers. */
static bool fits(const tern_model *m, size_t k, const tern_array *y, tern_target kind, tern_loss_spec *spec,
                 tern_status *status) {
    tern__arena arena = {0};
    tern__targets targets;
    tern_target kinds[TERN_MAX_LOSSES] = {0};
    for (size_t i = 0; i < m->losses; i++) /* losses of one target read it alike */
        if (m->loss[i].target == m->loss[k].target && m->measured.loss[i].type->targets & kind) kinds[i] = kind;
    bool taken = m->measured.loss[k].type->targets & kind;
    tern_status made = taken ? tern__targets_make(m, kinds, &arena, &targets, NULL) : TERN_OK;
    bool planned = taken && !made;
    if (made == TERN_ERROR_MEMORY) *status = made;
    if (planned) *spec = targets.loss[k].spec;
    tern__arena_free(&arena);
    if (!planned) return false;
    if (kind == TERN_TARGET_CLASSES && !tern_dtype_is_integer(y->dtype)) return false;
    size_t steps = targets_steps(m, k, y);
    return steps && tern_shape_count(&y->shape) / steps == tern_shape_count(&spec->target);
}

/* Of classes by name, how they would fit outputs; "" of other targets. */
static void add_way_out(const tern_model *m, char *text, size_t size) {
    const tern__target *t = &m->config.fitted.target;
    size_t classes = t->classes.n, outputs = tern_shape_count(&m->measured.loss[0].spec.pred);
    if (m->losses > 1 || !classes) return;
    if (t->encode == TERN__TARGET_INDEX && outputs > 1)
        tern__text_add(text, size, "; \"encode\": \"one_hot\" in \"target\" makes a number of each of its %zu classes",
                       classes);
    if (t->encode != TERN__TARGET_ONE_HOT) return;
    tern__text_add(text, size, "; its %zu classes are encoded one-hot: give the last layer %zu outputs", classes,
                   classes);
    if (classes == 2)
        tern__text_add(text, size, ", or one and the target \"encode\": \"index\", which makes 0 and 1 of them");
}

static tern_status refuse_target(const tern_model *m, size_t k, const tern_array *y, tern_error *err) {
    const tern_loss_type *loss = m->measured.loss[k].type;
    char target[TERN_SHAPE_TEXT], output[TERN_SHAPE_TEXT], name[TERN_MAX_NAME + 16] = "";
    const tern_shape *out = &m->measured.loss[k].spec.pred;
    if (m->losses > 1) tern__text_add(name, sizeof name, " for loss \"%s\"", m->loss[k].name);
    const tern__loss *planned = &m->measured.loss[k];
    char numbers[48] = "", way_out[200] = "";
    add_way_out(m, way_out, sizeof way_out);
    if (planned->spec.kind == TERN_TARGET_CLASSES || planned->target_count == tern_shape_count(out))
        tern__text_add(numbers, sizeof numbers, "as many numbers as the output has");
    else tern__text_add(numbers, sizeof numbers, "numbers, %zu for each row", planned->target_count);
    bool classes = loss->targets & TERN_TARGET_CLASSES, values = loss->targets & TERN_TARGET_VALUES;
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL, "a target of the data%s is %s of %s, but %s on an output of %s takes %s%s%s%s",
        name, tern_shape_text(&y->shape, target), tern_dtype_name(y->dtype), loss->base.name,
        tern_shape_text(out, output), classes ? "class indices (integers, one for each group of outputs)" : "",
        classes && values ? ", or " : "", values ? numbers : "", way_out);
}

/* Which kind of target loss k has in the data. */
static tern_status find_kind(const tern_dataset *d, const tern_model *m, size_t k, const tern_array *y,
                             tern_target *kind, tern_error *err) {
    tern_loss_spec spec;
    tern_status status = TERN_OK;
    *kind = fits(m, k, y, TERN_TARGET_CLASSES, &spec, &status) ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES;
    if (!status && *kind == TERN_TARGET_CLASSES)
        return tern__labels_check(y, d->n, spec.classes, spec.has_ignore, spec.ignore, err);
    bool values = !status && fits(m, k, y, TERN_TARGET_VALUES, &spec, &status);
    if (status) return tern_error_add(err, status, NULL, "not enough memory for the targets");
    if (!values) return refuse_target(m, k, y, err);
    return tern__targets_check(y, d->n, spec.least, spec.most, m->measured.loss[k].type->base.name, err);
}

static tern_status check_targets(const tern_dataset *d, const tern_model *m, tern_target kind[TERN_MAX_LOSSES],
                                 tern_error *err) {
    tern_status status = check_inputs(d, m, err);
    if (status) return status;
    if (!m->losses) return tern_error_add(err, TERN_ERROR_MODEL, "loss", "is missing: nothing says what is measured");
    const tern_array *y[TERN_MAX_INPUTS], *x[TERN_MAX_INPUTS];
    if ((status = tern__bind_targets(m, d, y, err)) || (status = tern__bind_inputs(m, d, x, err))) return status;
    for (size_t i = 0; i < d->weights; i++)
        if ((status = tern__weights_check(&d->w[i], d->n, err))) return status;
    for (size_t k = 0; !status && k < m->losses; k++) {
        kind[k] = m->measured.loss[k].spec.kind;
        size_t target = m->loss[k].target;
        if (target == TERN__NOWHERE) continue;
        status = find_kind(d, m, k, y[target], &kind[k], err);
        if (!status) status = check_target_steps(m, target, x, y[target], d->n, err);
    }
    return status;
}

tern_status tern_dataset_target(const tern_dataset *d, const tern_model *m, tern_target kind[TERN_MAX_LOSSES],
                                tern_error *err) {
    return say_where(d, check_targets(d, m, kind, err), err);
}

tern_status tern_dataset_check(const tern_dataset *d, const tern_model *m, tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    tern_status status = tern_dataset_target(d, m, kind, err);
    if (status) return status;
    const tern_rows all = tern_dataset_rows(d, m, NULL, d->n);
    return say_where(d, tern__rows_count(&all, m, kind, "train on, or to measure", err), err);
}
