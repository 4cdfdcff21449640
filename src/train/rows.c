/* rows.c - from a dataset's rows to what a step takes, and whether they fit the model at all. */
#include "rows.h"

#include "labels.h"
#include "outliers.h"
#include "text.h"

#include <tern/fit.h>

#include <math.h>
#include <string.h>

/* ---- binding ---- */

static const tern_array *find_array(size_t n, const tern_array *arrays, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (arrays[i].name && !strcmp(arrays[i].name, name)) return &arrays[i];
    return NULL;
}

static tern_status refuse_arrays(const char *what, const char *name, size_t n, const tern_array *arrays,
                                 tern_error *err) {
    char there[240] = "";
    for (size_t i = 0; i < n; i++)
        tern__text_add(there, sizeof there, "%s%s", i ? ", " : "",
                       arrays[i].name ? arrays[i].name : "(without a name)");
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "the model reads the %s \"%s\", the data has: %s", what, name,
                          there);
}

tern_status tern__bind_inputs(const tern_model *m, const tern_dataset *d, const tern_array **x, tern_error *err) {
    for (size_t k = 0; k < m->inputs; k++) {
        const char *name = m->input[k].name;
        x[k] = m->inputs == 1 && d->inputs == 1 ? d->x : find_array(d->inputs, d->x, name);
        if (!x[k]) return refuse_arrays("input", name, d->inputs, d->x, err);
    }
    return TERN_OK;
}

tern_status tern__bind_targets(const tern_model *m, const tern_dataset *d, const tern_array **y, tern_error *err) {
    if (!d->targets) return tern_error_add(err, TERN_ERROR_DATA, NULL, "the data has no targets");
    for (size_t k = 0; k < m->targets; k++) {
        y[k] = m->targets == 1 && d->targets == 1 ? d->y : find_array(d->targets, d->y, m->target[k]);
        if (!y[k]) return refuse_arrays("target", m->target[k], d->targets, d->y, err);
    }
    return TERN_OK;
}

tern_rows tern_dataset_rows(const tern_dataset *d, const tern_model *m, const size_t *row, size_t n) {
    tern_rows rows = {.d = d, .row = row, .n = n, .inputs = m->inputs};
    tern__bind_inputs(m, d, rows.x, NULL);
    if (!tern__bind_targets(m, d, rows.y, NULL)) rows.targets = m->targets;
    if (d->weights) rows.w = d->w;
    return rows;
}

/* ---- batches ---- */

static void gather(const void *source, const tern_gather *to) {
    const tern_rows *r = source;
    const size_t *row = r->row + r->first + to->first;
    for (size_t k = 0; k < r->inputs; k++) {
        const tern_scaling *s = &to->scaling[k];
        size_t inner = tern_shape_count(&r->x[k]->shape) / s->channels;
        tern_array_gather_scaled(r->x[k], row, to->n, s->channels, inner, s->gain, s->shift, to->x[k]);
    }
    for (size_t k = 0; to->y && k < r->targets; k++) tern_array_gather(r->y[k], row, to->n, to->y[k]);
    if (to->weight) tern_array_gather(r->w, row, to->n, to->weight);
}

tern_batch tern_rows_batch(tern_rows *r, size_t first, size_t most) {
    r->first = first;
    size_t left = r->n - first;
    return (tern_batch){.n = left < most ? left : most,
                        .gather = gather,
                        .source = r,
                        .weighted = r->w != NULL,
                        .rows = r->row + first};
}

/* Whether the samples hold no other numbers than every layer that reads them as indices takes. */
static tern_status check_indices(const tern_model *m, const tern_array *x, size_t n, tern_error *err) {
    const tern__node *strictest = NULL;
    for (size_t i = 0; i < m->nodes; i++)
        if (m->node[i].indices && (!strictest || m->node[i].indices < strictest->indices)) strictest = &m->node[i];
    if (!strictest) return TERN_OK;
    size_t count = tern_shape_count(&x->shape);
    for (size_t i = 0; i < n * count; i++) {
        double v = tern_array_get(x, i);
        if (v >= 0 && v < (double)strictest->indices && v == floor(v)) continue;
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "row %zu of x (counted from 0) holds %.10g; accepted are whole numbers "
                              "from 0 to %zu, which layer \"%s\" (%s) reads",
                              i / count, v, strictest->indices - 1, strictest->name, strictest->type->base.name);
    }
    return TERN_OK;
}

tern_status tern_dataset_check_input(const tern_dataset *d, const tern_model *m, tern_error *err) {
    const tern_array *x[TERN_MAX_INPUTS];
    char found[TERN_SHAPE_TEXT], expected[TERN_SHAPE_TEXT];
    if (!d->n) return tern_error_add(err, TERN_ERROR_DATA, NULL, "the data has no samples");
    tern_status status = tern__bind_inputs(m, d, x, err);
    for (size_t k = 0; !status && k < m->inputs; k++) {
        const tern_shape *shape = &x[k]->shape, *input = &m->input[k].shape;
        if (tern_shape_count(shape) != tern_shape_count(input))
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "a sample of the data is %s, %zu numbers, but the model's input is %s, %zu numbers",
                                  tern_shape_text(shape, found), tern_shape_count(shape),
                                  tern_shape_text(input, expected), tern_shape_count(input));
        status = check_indices(m, x[k], d->n, err);
        if (!status) status = tern__inputs_check(x[k], d->n, err);
    }
    return status;
}

/* Whether the targets are of one of the kinds that the loss takes: class indices where both could be meant and they are
 * integers. */
static bool fits(const tern_model *m, const tern_array *y, tern_target kind, tern_loss_spec *spec) {
    tern__arena arena = {0};
    tern__targets targets;
    bool planned = tern__model_loss(m)->targets & kind && !tern__targets_make(m, kind, &arena, &targets, NULL);
    if (planned) *spec = targets.loss[0].spec;
    tern__arena_free(&arena);
    if (!planned) return false;
    if (kind == TERN_TARGET_CLASSES && !tern_dtype_is_integer(y->dtype)) return false;
    return tern_shape_count(&y->shape) == tern_shape_count(&spec->target);
}

static tern_status refuse_target(const tern_model *m, const tern_array *y, tern_error *err) {
    const tern_loss_type *loss = tern__model_loss(m);
    char target[TERN_SHAPE_TEXT], output[TERN_SHAPE_TEXT];
    tern_shape out = tern_model_output(m);
    bool classes = loss->targets & TERN_TARGET_CLASSES, values = loss->targets & TERN_TARGET_VALUES;
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL, "a target of the data is %s of %s, but %s on an output of %s takes %s%s%s",
        tern_shape_text(&y->shape, target), tern_dtype_name(y->dtype), loss->base.name, tern_shape_text(&out, output),
        classes ? "class indices (integers, one for each group of outputs)" : "", classes && values ? ", or " : "",
        values ? "as many numbers as the output has" : "");
}

tern_status tern_dataset_target(const tern_dataset *d, const tern_model *m, tern_target *kind, tern_error *err) {
    tern_status status = tern_dataset_check_input(d, m, err);
    if (status) return status;
    if (!m->config.loss.type)
        return tern_error_add(err, TERN_ERROR_MODEL, "loss", "is missing: nothing says what is measured");
    const tern_array *bound[TERN_MAX_INPUTS], *y;
    if ((status = tern__bind_targets(m, d, bound, err))) return status;
    for (size_t i = 0; i < d->weights; i++)
        if ((status = tern__weights_check(&d->w[i], d->n, err))) return status;
    tern_loss_spec spec;
    y = bound[0];
    *kind = fits(m, y, TERN_TARGET_CLASSES, &spec) ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES;
    if (*kind == TERN_TARGET_CLASSES)
        return tern__labels_check(y, d->n, spec.classes, spec.has_ignore, spec.ignore, err);
    if (!fits(m, y, TERN_TARGET_VALUES, &spec)) return refuse_target(m, y, err);
    return tern__targets_check(y, d->n, spec.least, spec.most, m->config.loss.type->name, err);
}

tern_status tern_dataset_check(const tern_dataset *d, const tern_model *m, tern_error *err) {
    tern_target kind;
    return tern_dataset_target(d, m, &kind, err);
}
