/* arrays - several arrays, each by a reader of its own: {"inputs": {"image": {...}, "age": {...}}, "targets": {...}}.
 */
#include "arrays.h"

#include "dataset_from_columns.h"
#include "memory.h"
#include "table_source.h"

#include <math.h>
#include <string.h>

/* ---- one more ---- */

static void release(void *dataset) { tern_dataset_free(dataset); }

/* A dataset of so many samples, as yet without arrays. */
static tern_dataset *make(size_t n, tern_error *err) {
    tern_array none = {.dtype = TERN_F32};
    tern_dataset *d = tern_dataset_borrow(n, &none, NULL, err);
    if (d) d->inputs = 0;
    return d;
}

/* A table's columns are numbers of any kind; where all of a target's are whole, they may be classes. */
static tern_status make_whole(tern_dataset *d, tern_array *a, tern_error *err) {
    size_t n = d->n * tern_shape_count(&a->shape);
    if (a->fetch || tern_dtype_is_integer(a->dtype)) return TERN_OK;
    for (size_t i = 0; i < n; i++) {
        double v = tern_array_get(a, i);
        if (!(v == floor(v) && fabs(v) < 0x1p53)) return TERN_OK;
    }
    int64_t *whole = tern__alloc(n, sizeof *whole, err);
    if (!whole) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) whole[i] = (int64_t)tern_array_get(a, i);
    a->dtype = TERN_I64;
    a->data = whole;
    return tern__dataset_own(d, whole, tern__free, err);
}

static tern_status add(tern_dataset *d, const tern_dataset *part, const char *name, bool target, tern_error *err) {
    if (part->n != d->n)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.64s\" has %zu samples, but those before it have %zu",
                              name, part->n, d->n);
    char *own = tern__alloc(strlen(name) + 1, 1, err);
    if (!own) return TERN_ERROR_MEMORY;
    memcpy(own, name, strlen(name));
    tern_status status = tern__dataset_own(d, own, tern__free, err);
    if (status) return status;
    bool from_x = !target || !part->targets;
    tern_array array = from_x ? *part->x : *part->y;
    array.name = own;
    if (target && from_x) {
        if (array.shape.rank) array.labels = 0; /* those are its columns, and no classes */
        if ((status = make_whole(d, &array, err))) return status;
    }
    if (d->overlap < part->overlap) d->overlap = part->overlap;
    if (part->weights && !d->weights && (status = tern_dataset_add_weight(d, part->w, err))) return status;
    return target ? tern_dataset_add_target(d, &array, err) : tern_dataset_add_input(d, &array, err);
}

tern_dataset *tern__dataset_take(tern_dataset *d, tern_dataset *part, const char *name, bool target, tern_error *err) {
    if (!d && !(d = make(part->n, err))) return tern_dataset_free(part), NULL;
    tern_status status = tern__dataset_own(d, part, release, err);
    if (!status) status = add(d, part, name, target, err);
    if (!status) return d;
    tern_dataset_free(d);
    return NULL;
}

/* ---- all ---- */

static tern_dataset *read_list(tern_dataset *d, const tern_named *named, bool target, const tern__arrays_source *source,
                               tern_error *err) {
    const tern_object *reader = named->item;
    size_t depth = tern_error_enter(err, target ? "targets" : "inputs", 0);
    bool failed = false;
    for (size_t k = 0; k < named->n && !failed; k++) {
        size_t inner = tern_error_enter(err, named->name[k], 0);
        tern_dataset *part = source->read(source->user, &reader[k], named->name[k], target, err);
        if (part) d = tern__dataset_take(d, part, named->name[k], target, err);
        else tern_dataset_free(d), d = NULL;
        failed = !d;
        tern_error_leave(err, inner);
    }
    tern_error_leave(err, depth);
    return d;
}

tern_dataset *tern__arrays_read(const tern__arrays *a, const tern__arrays_source *source, tern_error *err) {
    tern_dataset *d = read_list(NULL, &a->inputs, false, source, err);
    return d && a->targets.n ? read_list(d, &a->targets, true, source, err) : d;
}

/* ---- the type: as files are, for no model ---- */

typedef struct place {
    const char *dir;
    bool safe;
} place;

static tern_dataset *read_plain(void *user, const tern_object *reader, const char *name, bool target, tern_error *err) {
    const place *at = user;
    const tern_reader_type *type = (const tern_reader_type *)reader->type;
    (void)name;
    return target && type->table ? tern__table_read_answers(type, reader->self, at->dir, at->safe, err)
                                 : type->read(reader->self, at->dir, at->safe, err);
}

static tern_dataset *arrays_read(const void *self, const char *dir, bool safe, tern_error *err) {
    place at = {dir, safe};
    return tern__arrays_read(self, &(tern__arrays_source){read_plain, &at}, err);
}

static const tern_option options[] = {
    TERN_NAMED_OBJECTS(tern__arrays, inputs, TERN_READER, "The inputs of the model, by name, and where each is.",
                       .required = true, .least = 1, .most = TERN_MAX_INPUTS),
    TERN_NAMED_OBJECTS(tern__arrays, targets, TERN_READER, "Its targets, likewise.", .most = TERN_MAX_LOSSES),
    {0},
};

static const tern_example examples[] = {
    {"{\"inputs\": {\"image\": {\"type\": \"npy\", \"x\": \"image.npy\"}, \"age\": {\"type\": \"npy\", \"x\": "
     "\"age.npy\"}}, \"targets\": {\"digit\": {\"type\": \"npy\", \"x\": \"digit.npy\"}}}",
     {{0}}},
    {0},
};

const tern_reader_type tern_reader_arrays = {
    .base = {TERN_READER, "arrays", NULL,
             "Several inputs and targets, each by a reader of its own; what an object without a \"type\" is.",
             sizeof(tern__arrays), options, examples},
    .read = arrays_read,
};
