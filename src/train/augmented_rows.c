/* augmented_rows.c - a sample is fetched as it is, changed in the data's own units, and then scaled as the model asks;
 * each worker does so for its own rows. */
#include "augmented_rows.h"

#include <string.h>

bool tern__augments(const tern_model *m) { return m->config.input.augment.given; }

tern_status tern__augmented_target(const tern_model *m, const tern_dataset *d, tern_target *kind, tern_error *err) {
    tern_shape out = tern_model_output(m);
    if (!tern__augments(m) || !(m->config.input.augment.mixup > 0) || *kind != TERN_TARGET_CLASSES) return TERN_OK;
    *kind = TERN_TARGET_VALUES;
    if (tern__model_loss(m)->targets & TERN_TARGET_VALUES && tern_shape_count(&d->y->shape) == 1 && out.rank == 1)
        return TERN_OK;
    size_t depth = tern_error_enter(err, "input", 0), inner = tern_error_enter(err, "augment", 0);
    tern_status status =
        tern_error_add(err, TERN_ERROR_MODEL, "mixup",
                       "makes shares of classes of the targets, which %s does not take here; cross_entropy does, on an "
                       "output of one number for each class",
                       m->config.loss.type->name);
    tern_error_leave(err, inner);
    tern_error_leave(err, depth);
    return status;
}

tern_status tern__augmented_rows_make(tern__augmented_rows *a, const tern_model *m, const tern_rows *rows, size_t batch,
                                      tern__arena *arena, tern_error *err) {
    tern_shape out = tern_model_output(m);
    const tern_array *y = rows->d->y;
    *a = (tern__augmented_rows){.rows = rows, .augment = &m->config.input.augment, .sample = tern_model_input(m)};
    bool shares = a->augment->mixup > 0 && tern_dtype_is_integer(y->dtype) && tern_shape_count(&y->shape) == 1 &&
                  m->config.loss.type && tern__model_loss(m)->targets & TERN_TARGET_CLASSES;
    if (shares) a->labels = tern_shape_count(&out), a->spec = m->measured.loss[0].spec;
    a->random = (tern_random){.seed = m->config.seed, .purpose = TERN_RANDOM_AUGMENT};
    a->raw = tern__arena_alloc(arena, 2 * batch * tern_shape_count(&a->sample), sizeof *a->raw, err);
    return a->raw ? TERN_OK : TERN_ERROR_MEMORY;
}

/* ---- one row ---- */

/* Adds share times a row's target to y, which begins at 0. A label to be ignored is a share of no class. */
static void add_target(const tern__augmented_rows *a, size_t i, double share, tern_real *y) {
    const tern_array *from = a->rows->d->y;
    size_t n = tern_shape_count(&from->shape), row = a->rows->row[a->rows->first + i];
    for (size_t k = 0; k < n; k++) {
        double v = tern_array_get(from, row * n + k);
        if (a->labels && a->spec.has_ignore && v == (double)a->spec.ignore) continue;
        if (a->labels) y[(size_t)v] += (tern_real)share;
        else y[k] += (tern_real)(share * v);
    }
}

static double weight_of(const tern__augmented_rows *a, size_t i) {
    return tern_array_get(a->rows->w, a->rows->row[a->rows->first + i]);
}

/* Mixes the changed sample x of row i with another of the batch, and their targets and weights. */
static void mix(const tern__augmented_rows *a, size_t i, tern_real *other, tern_real *x, tern_real *y,
                tern_real *weight) {
    size_t partner, count = tern_shape_count(&a->sample);
    double share = tern__augment_mix(a->augment, &a->random, i, a->n, &partner);
    if (weight) *weight = (tern_real)(share * weight_of(a, i) + (1 - share) * weight_of(a, partner));
    tern_array_gather(a->rows->d->x, a->rows->row + a->rows->first + partner, 1, other);
    for (size_t k = 0; k < count; k++) x[k] = (tern_real)(share * (double)x[k] + (1 - share) * (double)other[k]);
    if (!y) return;
    add_target(a, i, share, y);
    add_target(a, partner, 1 - share, y);
}

static void gather(const void *source, const tern_gather *to) {
    const tern__augmented_rows *a = source;
    const tern_scaling *scaling = &to->scaling[0];
    size_t count = tern_shape_count(&a->sample), inner = count / scaling->channels;
    size_t targets = a->labels ? a->labels : tern_shape_count(&a->rows->d->y->shape);
    if (to->y) memset(to->y[0], 0, to->n * targets * sizeof **to->y);
    for (size_t i = 0; i < to->n; i++) {
        size_t row = to->first + i;
        tern_real *raw = a->raw + 2 * row * count, *x = raw + count, *out = to->x[0] + i * count;
        tern_real *y = to->y ? to->y[0] + i * targets : NULL, *weight = to->weight ? to->weight + i : NULL;
        if (weight) *weight = (tern_real)weight_of(a, row);
        tern_array_gather(a->rows->d->x, a->rows->row + a->rows->first + row, 1, raw);
        tern__augment_sample(a->augment, &a->sample, &a->random, row, raw, x);
        if (a->augment->mixup > 0) mix(a, row, raw, x, y, weight);
        else if (y) add_target(a, row, 1, y);
        for (size_t k = 0; k < count; k++)
            out[k] = (tern_real)((double)x[k] * scaling->gain[k / inner] + scaling->shift[k / inner]);
    }
}

tern_batch tern__augmented_batch(tern__augmented_rows *a, tern_batch batch, size_t step) {
    a->random.step = (uint32_t)step;
    a->n = batch.n;
    batch.gather = gather;
    batch.source = a;
    return batch;
}
