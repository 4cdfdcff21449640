/* rows.c - from a dataset's rows to what a step takes, and whether they fit the model at all. */
#include "rows.h"

#include "labels.h"
#include "outliers.h"

#include <tern/fit.h>

#include <math.h>

static void gather(const void *source, const tern_gather *to) {
    const tern_rows *r = source;
    const tern_scaling *scaling = &to->scaling[0];
    const size_t *row = r->row + r->first + to->first;
    tern_array_gather_scaled(r->d->x, row, to->n, scaling->channels,
                             tern_shape_count(&r->d->x->shape) / scaling->channels, scaling->gain, scaling->shift,
                             to->x[0]);
    if (to->y) tern_array_gather(r->d->y, row, to->n, to->y[0]);
}

tern_batch tern_rows_batch(tern_rows *r, size_t first, size_t most) {
    r->first = first;
    size_t left = r->n - first;
    return (tern_batch){.n = left < most ? left : most, .gather = gather, .source = r, .rows = r->row + first};
}

/* Whether the samples hold no other numbers than every layer that reads them as indices takes. */
static tern_status check_indices(const tern_model *m, const tern_dataset *d, tern_error *err) {
    const tern__node *strictest = NULL;
    for (size_t i = 0; i < m->nodes; i++)
        if (m->node[i].indices && (!strictest || m->node[i].indices < strictest->indices)) strictest = &m->node[i];
    if (!strictest) return TERN_OK;
    size_t count = tern_shape_count(&d->x->shape);
    for (size_t i = 0; i < d->n * count; i++) {
        double v = tern_array_get(d->x, i);
        if (v >= 0 && v < (double)strictest->indices && v == floor(v)) continue;
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "row %zu of x (counted from 0) holds %.10g; accepted are whole numbers "
                              "from 0 to %zu, which layer \"%s\" (%s) reads",
                              i / count, v, strictest->indices - 1, strictest->name, strictest->type->base.name);
    }
    return TERN_OK;
}

tern_status tern_dataset_check_input(const tern_dataset *d, const tern_model *m, tern_error *err) {
    char found[TERN_SHAPE_TEXT], expected[TERN_SHAPE_TEXT];
    tern_shape input = tern_model_input(m);
    if (!d->n) return tern_error_add(err, TERN_ERROR_DATA, NULL, "the data has no samples");
    if (tern_shape_count(&d->x->shape) == tern_shape_count(&input)) {
        tern_status status = check_indices(m, d, err);
        return status ? status : tern__inputs_check(d, err);
    }
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "a sample of the data is %s, %zu numbers, but the model's input is %s, %zu numbers",
                          tern_shape_text(&d->x->shape, found), tern_shape_count(&d->x->shape),
                          tern_shape_text(&input, expected), tern_shape_count(&input));
}

/* Whether the targets are of one of the kinds that the loss takes: class indices where both could be meant and they are
 * integers. */
static bool fits(const tern_model *m, const tern_dataset *d, tern_target kind, tern_loss_spec *spec) {
    tern__arena arena = {0};
    tern__targets targets;
    bool planned = tern__model_loss(m)->targets & kind && !tern__targets_make(m, kind, &arena, &targets, NULL);
    if (planned) *spec = targets.loss[0].spec;
    tern__arena_free(&arena);
    if (!planned) return false;
    if (kind == TERN_TARGET_CLASSES && !tern_dtype_integer(d->y->dtype)) return false;
    return tern_shape_count(&d->y->shape) == tern_shape_count(&spec->target);
}

static tern_status refuse_target(const tern_model *m, const tern_dataset *d, tern_error *err) {
    const tern_loss_type *loss = tern__model_loss(m);
    char target[TERN_SHAPE_TEXT], output[TERN_SHAPE_TEXT];
    tern_shape out = tern_model_output(m);
    bool classes = loss->targets & TERN_TARGET_CLASSES, values = loss->targets & TERN_TARGET_VALUES;
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL, "a target of the data is %s of %s, but %s on an output of %s takes %s%s%s",
        tern_shape_text(&d->y->shape, target), tern_dtype_name(d->y->dtype), loss->base.name,
        tern_shape_text(&out, output), classes ? "class indices (integers, one for each group of outputs)" : "",
        classes && values ? ", or " : "", values ? "as many numbers as the output has" : "");
}

tern_status tern_dataset_target(const tern_dataset *d, const tern_model *m, tern_target *kind, tern_error *err) {
    tern_status status = tern_dataset_check_input(d, m, err);
    if (status) return status;
    if (!m->config.loss.type)
        return tern_error_add(err, TERN_ERROR_MODEL, "loss", "is missing: nothing says what is measured");
    if (!d->targets) return tern_error_add(err, TERN_ERROR_DATA, NULL, "the data has no targets");
    tern_loss_spec spec;
    *kind = fits(m, d, TERN_TARGET_CLASSES, &spec) ? TERN_TARGET_CLASSES : TERN_TARGET_VALUES;
    if (*kind == TERN_TARGET_CLASSES)
        return tern__labels_check(d->y, d->n, spec.classes, spec.has_ignore, spec.ignore, err);
    if (!fits(m, d, TERN_TARGET_VALUES, &spec)) return refuse_target(m, d, err);
    return tern__targets_check(d->y, d->n, spec.least, spec.most, m->config.loss.type->name, err);
}

tern_status tern_dataset_check(const tern_dataset *d, const tern_model *m, tern_error *err) {
    tern_target kind;
    return tern_dataset_target(d, m, &kind, err);
}
