/* augmented_rows.c - a sample is fetched as it is, changed in the data's own units, and then scaled as the model asks;
 * each worker does so for its own rows. */
#include "augmented_rows.h"

#include "rows.h"

#include <string.h>

static const tern__augment *augment_of(const tern_model *m, size_t k) {
    return &tern__config_input(&m->config, k)->augment;
}

bool tern__augments(const tern_model *m) {
    for (size_t k = 0; k < m->inputs; k++)
        if (augment_of(m, k)->given) return true;
    return false;
}

static bool mixes(const tern_model *m) { return m->config.input.augment.given && m->config.input.augment.mixup > 0; }

tern_status tern__augmented_target(const tern_model *m, const tern_dataset *d, tern_target *kind, tern_error *err) {
    tern_shape out = tern_model_output(m);
    if (!mixes(m) || (m->losses == 1 && *kind != TERN_TARGET_CLASSES)) return TERN_OK;
    *kind = TERN_TARGET_VALUES;
    if (m->losses == 1 && tern__model_loss(m)->targets & TERN_TARGET_VALUES && tern_shape_count(&d->y->shape) == 1 &&
        out.rank == 1)
        return TERN_OK;
    size_t depth = tern_error_enter(err, "input", 0), inner = tern_error_enter(err, "augment", 0);
    tern_status status =
        tern_error_add(err, TERN_ERROR_MODEL, "mixup",
                       "makes shares of classes of the targets, which %s does not take here; cross_entropy does, on an "
                       "output of one number for each class",
                       m->losses == 1 ? tern__model_loss(m)->base.name : "a sum of losses");
    tern_error_leave(err, inner);
    tern_error_leave(err, depth);
    return status;
}

tern_status tern__augmented_rows_make(tern__augmented_rows *a, const tern_model *m, const tern_rows *rows, size_t batch,
                                      tern__arena *arena, tern_error *err) {
    tern_shape out = tern_model_output(m);
    const tern_array *y = rows->d->y;
    *a = (tern__augmented_rows){.rows = rows, .m = m, .mixes = mixes(m)};
    bool shares = a->mixes && tern_dtype_is_integer(y->dtype) && tern_shape_count(&y->shape) == 1 &&
                  tern__model_loss(m)->targets & TERN_TARGET_CLASSES;
    if (shares) a->labels = tern_shape_count(&out), a->spec = m->measured.loss[0].spec;
    a->random = (tern_random){.seed = m->config.seed, .purpose = TERN_RANDOM_AUGMENT};
    for (size_t k = 0; k < m->inputs; k++) {
        size_t count = tern_shape_count(&m->input[k].shape);
        if (a->room < count) a->room = count;
    }
    a->raw = tern__arena_alloc(arena, 2 * batch * a->room, sizeof *a->raw, err);
    return a->raw ? TERN_OK : TERN_ERROR_MEMORY;
}

/* ---- one row ---- */

/* Adds share times a row's target to y, which begins at 0. A label to be ignored is a share of no class. */
static void add_target(const tern__augmented_rows *a, size_t i, double share, tern_real *y) {
    const tern_array *from = a->rows->d->y;
    size_t n = tern_shape_count(&from->shape), row = a->rows->row[a->rows->first + i];
    for (size_t k = 0; k < n; k++) {
        double v = tern__rows_target(a->rows, 0, row, k);
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
    size_t partner, count = tern_shape_count(&a->m->input[0].shape);
    double share = tern__augment_mix(augment_of(a->m, 0), &a->random, i, a->n, &partner);
    if (weight) *weight = (tern_real)(share * weight_of(a, i) + (1 - share) * weight_of(a, partner));
    tern_array_gather(a->rows->d->x, a->rows->row + a->rows->first + partner, 1, other);
    for (size_t k = 0; k < count; k++) x[k] = (tern_real)(share * (double)x[k] + (1 - share) * (double)other[k]);
    if (!y) return;
    add_target(a, i, share, y);
    add_target(a, partner, 1 - share, y);
}

/* The rows of input k. */
static void gather_input(const tern__augmented_rows *a, size_t k, const tern_gather *to) {
    const tern__augment *augment = augment_of(a->m, k);
    const tern_shape *sample = &a->m->input[k].shape;
    const tern_scaling *scaling = &to->scaling[k];
    const size_t *rows = a->rows->row + a->rows->first + to->first;
    size_t count = tern_shape_count(sample), inner = count / scaling->channels;
    tern_random random = a->random;
    random.index = (uint32_t)k;
    if (!augment->given) {
        tern_array_gather_scaled(a->rows->x[k], rows, to->n, scaling->channels, inner, scaling->gain, scaling->shift,
                                 to->x[k]);
        return;
    }
    for (size_t i = 0; i < to->n; i++) {
        size_t row = to->first + i;
        tern_real *raw = a->raw + 2 * row * a->room, *x = raw + a->room, *out = to->x[k] + i * count;
        tern_array_gather(a->rows->x[k], rows + i, 1, raw);
        tern__augment_sample(augment, sample, &random, row, raw, x);
        if (a->mixes) {
            size_t targets = a->labels ? a->labels : tern_shape_count(&a->rows->d->y->shape);
            mix(a, row, raw, x, to->y ? to->y[0] + i * targets : NULL, to->weight ? to->weight + i : NULL);
        }
        for (size_t j = 0; j < count; j++)
            out[j] = (tern_real)((double)x[j] * scaling->gain[j / inner] + scaling->shift[j / inner]);
    }
}

static void gather(const void *source, const tern_gather *to) {
    const tern__augmented_rows *a = source;
    const size_t *rows = a->rows->row + a->rows->first + to->first;
    for (size_t k = 0; to->y && k < a->rows->targets; k++) {
        const tern_array *y = a->rows->y[k];
        if (!a->mixes) tern_array_gather(y, rows, to->n, to->y[k]);
        else memset(to->y[k], 0, to->n * (a->labels ? a->labels : tern_shape_count(&y->shape)) * sizeof *to->y[k]);
    }
    if (to->weight) tern_array_gather(a->rows->w, rows, to->n, to->weight);
    for (size_t k = 0; k < a->m->inputs; k++) gather_input(a, k, to);
}

tern_batch tern__augmented_batch(tern__augmented_rows *a, tern_batch batch, size_t step) {
    a->random.step = (uint32_t)step;
    a->n = batch.n;
    batch.gather = gather;
    batch.source = a;
    return batch;
}
