/* dataset.c - samples in memory; see tern/dataset.h. */
#include "dataset_from_columns.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

/* What a dataset owns. */
typedef struct owned {
    void *x, *y; /* NULL: the caller's */
    tern__arena names;
} owned;

tern_dataset *tern_dataset_borrow(size_t n, const tern_column *x, const tern_column *y, tern_error *err) {
    assert(x);
    tern_dataset *d = tern__alloc(1, sizeof *d, err);
    owned *o = d ? tern__alloc(1, sizeof *o, err) : NULL;
    if (!o) return tern__free(d), NULL;
    *d = (tern_dataset){.n = n, .x = *x, .memory = o};
    if (y) d->y = *y;
    return d;
}

/* Room for the n samples of a column. */
static void *take(size_t n, const tern_column *c, tern_error *err) {
    size_t count;
    if (tern_shape_count_checked(&c->shape, SIZE_MAX / 8, &count))
        return tern__alloc(n, count * tern_dtype_size(c->dtype), err);
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %zu samples", n);
    return NULL;
}

tern_dataset *tern_dataset_new(size_t n, const tern_column *x, const tern_column *y, tern_error *err) {
    tern_dataset *d = tern_dataset_borrow(n, x, y, err);
    if (!d) return NULL;
    owned *o = d->memory;
    o->x = take(n, x, err);
    if (o->x && y) o->y = take(n, y, err);
    if (!o->x || (y && !o->y)) return tern_dataset_free(d), NULL;
    d->x.data = o->x;
    d->y.data = o->y;
    return d;
}

tern_dataset *tern__dataset_from_columns(size_t n, const tern_column *x, size_t n_y, const tern_column *y,
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
    tern__free(o->x);
    tern__free(o->y);
    tern__arena_free(&o->names);
    tern__free(o);
    tern__free(d);
}

/* Copies of names, in the dataset's own memory; NULL where there is none. */
static const char *const *copy_names(tern_dataset *d, size_t n, const char *const *names, tern_error *err) {
    tern__arena *arena = &((owned *)d->memory)->names;
    const char **copies = tern__arena_alloc(arena, n, sizeof *copies, err);
    for (size_t i = 0; copies && i < n; i++) {
        copies[i] = tern__arena_text(arena, names[i], strlen(names[i]), err);
        if (!copies[i]) return NULL;
    }
    return copies;
}

tern_status tern_dataset_name_classes(tern_dataset *d, size_t n, const char *const *names, tern_error *err) {
    const char *const *copies = copy_names(d, n, names, err);
    if (!copies) return TERN_ERROR_MEMORY;
    d->classes = n;
    d->class_names = copies;
    return TERN_OK;
}

tern_status tern_dataset_name_columns(tern_dataset *d, size_t n, const char *const *names, tern_error *err) {
    const char *const *copies = copy_names(d, n, names, err);
    if (!copies) return TERN_ERROR_MEMORY;
    d->columns = n;
    d->column_names = copies;
    return TERN_OK;
}
