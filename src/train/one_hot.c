/* one_hot.c - class indices for a loss that takes no classes; see one_hot.h. */
#include "one_hot.h"

#include "dataset_from_columns.h"
#include "labels.h"
#include "memory.h"

#include <string.h>

tern_status tern__one_hot(const tern_model *m, tern_dataset *d, tern_error *err) {
    const tern_loss_type *loss = tern__model_loss(m);
    if (!loss || m->losses != 1 || d->targets != 1 || !loss->one_hot) return TERN_OK;
    if (m->measured.loss[0].steps) return TERN_OK;
    const tern_shape *out = &m->measured.loss[0].spec.pred;
    size_t classes = m->measured.loss[0].target_count;
    if (out->rank != 1 || classes < 2 || tern_shape_count(&d->y->shape) != 1) return TERN_OK;
    if (!d->y->data || !tern_dtype_is_integer(d->y->dtype) || m->config.target.given) return TERN_OK;
    tern_status status = tern__labels_check(d->y, d->n, classes, false, 0, err);
    int8_t *code = status ? NULL : tern__alloc(d->n, classes, err);
    if (!code) return status ? status : TERN_ERROR_MEMORY;
    for (size_t i = 0; i < d->n; i++) code[i * classes + (size_t)tern_array_get(d->y, i)] = 1;
    tern_array given = {.dtype = TERN_I8, .shape = {1, {classes}}, .data = code, .name = d->y->name, .one_hot = true};
    given.labels = d->y->labels, given.label = d->y->label;
    status = tern__dataset_own(d, code, tern__free, err);
    if (status) return status;
    *d->y = given;
    tern_error_warn(err, NULL, "%s takes no class indices: the %zu classes are encoded one-hot", loss->base.name,
                    classes);
    return TERN_OK;
}

int64_t *tern__one_hot_indices(const tern_dataset *d, tern_status *status, tern_error *err) {
    if (d->targets != 1 || !d->y->one_hot) return NULL;
    size_t classes = tern_shape_count(&d->y->shape);
    const int8_t *code = d->y->data;
    int64_t *index = tern__alloc(d->n, sizeof *index, err);
    if (!index) *status = TERN_ERROR_MEMORY;
    for (size_t i = 0; index && i < d->n; i++) {
        const int8_t *one = memchr(code + i * classes, 1, classes);
        if (!one) return tern__free(index), NULL;
        index[i] = one - (code + i * classes);
    }
    return index;
}
