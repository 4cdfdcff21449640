/* dataset.c - samples in memory; see tern/dataset.h. */
#include "dataset_from_columns.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

typedef struct owned {
    void *memory;
    void (*release)(void *memory);
} owned;

/* What a dataset owns. */
typedef struct holdings {
    size_t n;
    owned *item; /* [n] */
    tern__arena labels;
    const double *times; /* among the items */
    bool pictures;
    size_t gray; /* of the pictures */
} holdings;

tern_status tern__dataset_own(tern_dataset *d, void *memory, void (*release)(void *memory), tern_error *err) {
    holdings *h = d->memory;
    owned *grown = tern__realloc(h->item, h->n, h->n + 1, sizeof *grown, err);
    if (!grown) return release(memory), TERN_ERROR_MEMORY;
    h->item = grown;
    grown[h->n++] = (owned){memory, release};
    return TERN_OK;
}

tern_status tern__dataset_keep_times(tern_dataset *d, double *times, tern_error *err) {
    tern_status status = tern__dataset_own(d, times, tern__free, err);
    if (!status) ((holdings *)d->memory)->times = times;
    return status;
}

const double *tern__dataset_times(const tern_dataset *d) { return ((const holdings *)d->memory)->times; }

void tern__dataset_say_gray(tern_dataset *d, size_t gray) {
    holdings *h = d->memory;
    h->pictures = true, h->gray = gray;
}

bool tern__dataset_gray(const tern_dataset *d, size_t *gray) {
    const holdings *h = d->memory;
    *gray = h ? h->gray : 0;
    return h && h->pictures;
}

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

tern_status tern_dataset_add_weight(tern_dataset *d, const tern_array *w, tern_error *err) {
    return append(&d->w, &d->weights, w, err);
}

tern_dataset *tern_dataset_borrow(size_t n, const tern_array *x, const tern_array *y, tern_error *err) {
    tern_dataset *d = tern__alloc(1, sizeof *d, err);
    if (!d) return NULL;
    *d = (tern_dataset){.n = n, .memory = tern__alloc(1, sizeof(holdings), err)};
    tern_status status = d->memory ? tern_dataset_add_input(d, x, err) : TERN_ERROR_MEMORY;
    if (!status && y) status = tern_dataset_add_target(d, y, err);
    return status ? tern_dataset_free(d), NULL : d;
}

/* Gives an array of the dataset room for its n samples. */
static tern_status allocate(tern_dataset *d, tern_array *a, tern_error *err) {
    size_t count;
    if (!tern_shape_count_checked(&a->shape, SIZE_MAX / 8, &count))
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %zu samples", d->n);
    a->data = tern__alloc(d->n, count * tern_dtype_size(a->dtype), err);
    return a->data ? tern__dataset_own(d, a->data, tern__free, err) : TERN_ERROR_MEMORY;
}

/* An array of the same kind, without what the other points to. */
static tern_array bare(const tern_array *a) {
    return (tern_array){.dtype = a->dtype, .shape = a->shape, .name = a->name};
}

tern_dataset *tern_dataset_new(size_t n, const tern_array *x, const tern_array *y, tern_error *err) {
    tern_array bare_x = bare(x), bare_y = y ? bare(y) : bare_x;
    tern_dataset *d = tern_dataset_borrow(n, &bare_x, y ? &bare_y : NULL, err);
    if (!d) return NULL;
    tern_status status = allocate(d, d->x, err);
    if (!status && y) status = allocate(d, d->y, err);
    return status ? tern_dataset_free(d), NULL : d;
}

tern_dataset *tern__dataset_from_columns(size_t n, const tern_array *x, size_t n_y, const tern_array *y,
                                         tern_error *err) {
    tern_dataset *d = NULL;
    if (y->data && n != n_y) tern_error_add(err, TERN_ERROR_DATA, "y", "has %zu samples, but x has %zu", n_y, n);
    else d = tern_dataset_borrow(n, x, y->data ? y : NULL, err);
    if (!d) {
        tern__free(x->data);
        tern__free(y->data);
        return NULL;
    }
    tern_status status = tern__dataset_own(d, x->data, tern__free, err);
    tern_status second = y->data ? tern__dataset_own(d, y->data, tern__free, err) : TERN_OK;
    return status || second ? tern_dataset_free(d), NULL : d;
}

tern_status tern__dataset_weigh(tern_dataset *d, size_t n, tern_array *w, tern_error *err) {
    char shape[TERN_SHAPE_TEXT];
    tern_status status = tern__dataset_own(d, w->data, tern__free, err);
    if (status) return status;
    if (n != d->n)
        return tern_error_add(err, TERN_ERROR_DATA, "sample_weight", "has %zu numbers, but x has %zu samples", n, d->n);
    if (tern_shape_count(&w->shape) != 1)
        return tern_error_add(err, TERN_ERROR_DATA, "sample_weight", "is %s for each sample; one number is accepted",
                              tern_shape_text(&w->shape, shape));
    w->name = "sample_weight";
    return tern_dataset_add_weight(d, w, err);
}

tern_dataset *tern__dataset_weighed(tern_dataset *d, size_t n, tern_array *w, tern_error *err) {
    if (!d) return tern__free(w->data), NULL;
    if (!w->data || !tern__dataset_weigh(d, n, w, err)) return d;
    tern_dataset_free(d);
    return NULL;
}

void tern_dataset_free(tern_dataset *d) {
    if (!d) return;
    holdings *h = d->memory;
    for (size_t i = 0; h && i < h->n; i++) h->item[i].release(h->item[i].memory);
    if (h) {
        tern__free(h->item);
        tern__arena_free(&h->labels);
    }
    tern__free(h);
    tern__free(d->x);
    tern__free(d->y);
    tern__free(d->w);
    tern__free(d);
}

/* Copies of names that live as long as the dataset; NULL: no memory. */
static const char **copy_names(tern_dataset *d, size_t n, const char *const *names, tern_error *err) {
    tern__arena *arena = &((holdings *)d->memory)->labels;
    const char **copies = tern__arena_alloc(arena, n, sizeof *copies, err);
    for (size_t i = 0; copies && i < n; i++)
        if (!(copies[i] = tern__arena_text(arena, names[i], strlen(names[i]), err))) return NULL;
    return copies;
}

tern_status tern_dataset_label(tern_dataset *d, tern_array *array, size_t n, const char *const *labels,
                               tern_error *err) {
    const char **copies = copy_names(d, n, labels, err);
    if (!copies) return TERN_ERROR_MEMORY;
    array->labels = n;
    array->label = copies;
    return TERN_OK;
}

tern_status tern_dataset_name_columns(tern_dataset *d, tern_array *array, size_t n, const char *const *names,
                                      tern_error *err) {
    const char **copies = copy_names(d, n, names, err);
    if (!copies) return TERN_ERROR_MEMORY;
    array->columns = n;
    array->column = copies;
    return TERN_OK;
}

tern_status tern_dataset_name_samples(tern_dataset *d, const char *const *names, tern_error *err) {
    return (d->id = copy_names(d, d->n, names, err)) ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__dataset_set_from(tern_dataset *d, const char *from, tern_error *err) {
    const char **copy = copy_names(d, 1, &from, err);
    if (copy) d->from = *copy;
    return copy ? TERN_OK : TERN_ERROR_MEMORY;
}
