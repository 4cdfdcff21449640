/* dataset.c - samples in memory; see tern/dataset.h. */
#include "dataset_from_columns.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

/* What a dataset owns. */
typedef struct owned {
    void *x, *y; /* data of the first input and target; NULL: the caller's */
    tern__arena labels;
} owned;

/* Puts a copy behind the arrays of a list. */
static tern_status append(tern_array **list, size_t *n, const tern_array *array, tern_error *err) {
    tern_array *grown = tern__realloc(*list, *n, *n + 1, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    *list = grown;
    grown[(*n)++] = *array;
    return TERN_OK;
}

tern_status tern_dataset_add_input(tern_dataset *d, const tern_array *x, tern_error *err) {
    return append(&d->x, &d->inputs, x, err);
}

tern_status tern_dataset_add_target(tern_dataset *d, const tern_array *y, tern_error *err) {
    return append(&d->y, &d->targets, y, err);
}

tern_dataset *tern_dataset_borrow(size_t n, const tern_array *x, const tern_array *y, tern_error *err) {
    tern_dataset *d = tern__alloc(1, sizeof *d, err);
    if (!d) return NULL;
    *d = (tern_dataset){.n = n, .memory = tern__alloc(1, sizeof(owned), err)};
    tern_status status = d->memory ? tern_dataset_add_input(d, x, err) : TERN_ERROR_MEMORY;
    if (!status && y) status = tern_dataset_add_target(d, y, err);
    return status ? tern_dataset_free(d), NULL : d;
}

/* Room for the n samples of an array. */
static void *allocate(size_t n, const tern_array *a, tern_error *err) {
    size_t count;
    if (tern_shape_count_checked(&a->shape, SIZE_MAX / 8, &count))
        return tern__alloc(n, count * tern_dtype_size(a->dtype), err);
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %zu samples", n);
    return NULL;
}

/* An array of the same kind, without what the other points to. */
static tern_array bare(const tern_array *a) {
    return (tern_array){.dtype = a->dtype, .shape = a->shape, .name = a->name};
}

tern_dataset *tern_dataset_new(size_t n, const tern_array *x, const tern_array *y, tern_error *err) {
    tern_array bare_x = bare(x), bare_y = y ? bare(y) : bare_x;
    tern_dataset *d = tern_dataset_borrow(n, &bare_x, y ? &bare_y : NULL, err);
    if (!d) return NULL;
    owned *o = d->memory;
    o->x = allocate(n, x, err);
    if (o->x && y) o->y = allocate(n, y, err);
    if (!o->x || (y && !o->y)) return tern_dataset_free(d), NULL;
    d->x->data = o->x;
    if (y) d->y->data = o->y;
    return d;
}

tern_dataset *tern__dataset_from_columns(size_t n, const tern_array *x, size_t n_y, const tern_array *y,
                                         tern_error *err) {
    tern_dataset *d = NULL;
    if (y->data && n != n_y) tern_error_add(err, TERN_ERROR_DATA, "y", "has %zu samples, but x has %zu", n_y, n);
    else d = tern_dataset_borrow(n, x, y->data ? y : NULL, err);
    if (d) {
        *(owned *)d->memory = (owned){.x = x->data, .y = y->data};
    } else {
        tern__free(x->data);
        tern__free(y->data);
    }
    return d;
}

void tern_dataset_free(tern_dataset *d) {
    if (!d) return;
    owned *o = d->memory;
    if (o) {
        tern__free(o->x);
        tern__free(o->y);
        tern__arena_free(&o->labels);
    }
    tern__free(o);
    tern__free(d->x);
    tern__free(d->y);
    tern__free(d);
}

tern_status tern_dataset_label(tern_dataset *d, tern_array *array, size_t n, const char *const *labels,
                               tern_error *err) {
    tern__arena *arena = &((owned *)d->memory)->labels;
    const char **copies = tern__arena_alloc(arena, n, sizeof *copies, err);
    if (!copies) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (!(copies[i] = tern__arena_text(arena, labels[i], strlen(labels[i]), err))) return TERN_ERROR_MEMORY;
    array->labels = n;
    array->label = copies;
    return TERN_OK;
}
