/* draft_arrays.c - arrays of samples and their targets, NPY or IDX; see draft_internal.h. */
#include "draft_internal.h"

#include "file.h"
#include "npz.h"

#include <tern/inspect.h>

#include <string.h>

/* Arrays of an archive, by name; NULL: the file is none, or has only one. */
typedef struct arrays {
    const char *x, *y;
} arrays;

static void write_files(tern__draft *d, tern__buffer *options, const arrays *a) {
    tern__json_writer w = {.write = tern__buffer_write, .to = options};
    tern__json_open(&w, NULL, '{');
    tern__json_add_text(&w, "x", d->path);
    if (d->targets) tern__json_add_text(&w, "y", d->targets);
    if (a->x) tern__json_add_text(&w, "array", a->x);
    if (a->y) tern__json_add_text(&w, "y_array", a->y);
    tern__json_close_bracket(&w, '}');
}

static tern_dataset *read_arrays(tern__draft *d) {
    const tern_reader_type *type = (const tern_reader_type *)d->object.type;
    return type->read(d->object.self, d->base, false, d->err);
}

/* ---- targets ---- */

static tern_status refuse(tern__draft *d, const char *what) {
    return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "the targets of \"%.256s\" %s", d->targets, what);
}

static tern_status classify(tern__draft *d, const tern_array *y, const tern_array_stats *s) {
    bool labels = tern_dtype_is_integer(y->dtype) && tern_shape_count(&y->shape) == 1 && s->min >= 0;
    if (!labels || s->max >= 100000)
        return refuse(d, tern__draft_text(d, "are %g to %g, %s; classes are whole numbers from 0, one a sample", s->min,
                                          s->max, tern_dtype_name(y->dtype)));
    d->outputs = (size_t)s->max + 1;
    size_t most = 0, least = s->n, largest = 0, smallest = 0;
    for (size_t i = 0; i < s->values; i++) {
        if (s->count[i] > most) most = s->count[i], largest = i;
        if (s->count[i] && s->count[i] < least) least = s->count[i], smallest = i;
    }
    tern__draft_shares(d, s->n, tern__draft_text(d, "%zu", largest), most, tern__draft_text(d, "%zu", smallest), least);
    tern__draft_note(d, "classification: classes 0 to %g; the largest class has %.1f %% of the samples%s", s->max,
                     100.0 * (double)most / (double)s->n,
                     s->from_one ? "; the labels seem to start at 1, and class 0 is never used" : "");
    return TERN_OK;
}

static tern_status choose_task(tern__draft *d, const tern_array *y, const tern_array_stats *s) {
    size_t values = tern_shape_count(&y->shape);
    bool flags = values > 1 && s->values == 2 && s->value[0] == 0 && s->value[1] == 1;
    bool labels = tern_dtype_is_integer(y->dtype) && values == 1 && s->min >= 0 && s->values;
    if (d->task == TERN__TASK_UNKNOWN)
        d->task = flags ? TERN__TASK_MULTILABEL : labels ? TERN__TASK_CLASSIFICATION : TERN__TASK_REGRESSION;
    d->outputs = values;
    if (s->nans || s->infs) return refuse(d, "are not finite everywhere");
    if (s->min == s->max) return refuse(d, tern__draft_text(d, "are all %g: there is nothing to learn", s->min));
    switch (d->task) {
    case TERN__TASK_CLASSIFICATION: return classify(d, y, s);
    case TERN__TASK_MULTILABEL:
        if (!flags) return refuse(d, "are no labels of 0 and 1, several a sample");
        tern__draft_note(d, "multilabel: any of the %zu labels may hold of a sample", values);
        return TERN_OK;
    case TERN__TASK_REGRESSION:
        tern__draft_note(d, "regression: %zu number%s a sample, %g to %g", values, values == 1 ? "" : "s", s->min,
                         s->max);
        return TERN_OK;
    default:
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL,
                              "a series is a table with a row for each moment; arrays have their targets apart");
    }
}

/* ---- inputs ---- */

/* Channels last, as many programs write colours. */
static bool is_picture(const tern_shape *s, bool *last) {
    enum { LEAST = 8 };
    const size_t *dim = s->dim;
    *last = s->rank == 3 && dim[2] <= 4 && dim[0] > 4;
    if (s->rank == 2) return dim[0] >= LEAST && dim[1] >= LEAST;
    if (s->rank != 3) return false;
    return *last ? dim[0] >= LEAST && dim[1] >= LEAST : dim[0] <= 4 && dim[1] >= LEAST && dim[2] >= LEAST;
}

static tern_status write_model(tern__draft *d, const tern_dataset *data) {
    tern_shape shape = data->x->shape;
    bool last, picture = is_picture(&shape, &last);
    if (!shape.rank) shape = (tern_shape){1, {1}};
    if (picture && shape.rank == 2) shape = (tern_shape){3, {1, shape.dim[0], shape.dim[1]}};
    tern__draft_begin(d);
    tern__draft_input(d, &shape, picture && last);
    if (picture) tern__draft_picture_layers(d, &shape, last);
    else tern__draft_dense_layers(d, data->n, tern_shape_count(&shape), shape.rank > 1);
    return tern__draft_end(d, data->n);
}

static tern_status draft(tern__draft *d, const tern_dataset *data) {
    char shape[TERN_SHAPE_TEXT];
    tern_array_stats y;
    const tern_array *x = data->x;
    d->shown.rows = data->n;
    d->shown.found =
        tern__draft_text(d, "%s: %zu samples of %s, %s", d->path, data->n,
                         x->shape.rank ? tern_shape_text(&x->shape, shape) : "one number", tern_dtype_name(x->dtype));
    if (!data->targets)
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL,
                              "which are the targets of \"%.256s\"? Name their file, too: tern init X Y", d->path);
    tern_status status = tern_array_inspect(data->y, data->n, &y, d->err);
    if (!status) status = choose_task(d, data->y, &y);
    return status ? status : write_model(d, data);
}

static tern_status draft_arrays(tern__draft *d, const char *reader, const arrays *a) {
    d->reader = reader;
    if (d->o->target)
        return tern_error_add(
            d->err, TERN_ERROR_USAGE, NULL,
            "--target names a column of a table; the targets of arrays are a second file: tern init X Y");
    write_files(d, &d->options, a);
    tern_status status = tern__draft_reader(d);
    tern_dataset *data = status ? NULL : read_arrays(d);
    status = data ? draft(d, data) : TERN_ERROR_DATA;
    tern_dataset_free(data);
    return status;
}

/* ---- archives ---- */

/* What inputs and targets of the samples that train, validate and test are called in an archive. */
static bool find_arrays(const tern__zip *z, bool targets, arrays found[3]) {
    static const arrays usual[][3] = {
        {{"x", "y"}},
        {{"X", "y"}},
        {{"x_train", "y_train"}, {"x_val", "y_val"}, {"x_test", "y_test"}},
        {{"X_train", "y_train"}, {"X_val", "y_val"}, {"X_test", "y_test"}},
        {{"data", "target"}},
        {{"arr_0", "arr_1"}}, /* numpy.savez(path, x, y) */
    };
    for (size_t k = 0; k < sizeof usual / sizeof *usual; k++) {
        bool listed = !strcmp(usual[k]->x, "arr_0") && tern__zip_count(z) > 2;
        if (listed || !tern__npz_has(z, usual[k]->x) || (targets && !tern__npz_has(z, usual[k]->y))) continue;
        for (size_t i = 0; i < 3; i++) {
            const arrays *a = &usual[k][i];
            bool there = !i || (a->x && tern__npz_has(z, a->x) && tern__npz_has(z, a->y));
            found[i] = there ? *a : (arrays){0};
        }
        return true;
    }
    return false;
}

static tern_status refuse_archive(tern__draft *d, const tern__zip *z) {
    char names[300];
    tern__npz_list(z, names, sizeof names);
    return tern_error_add(
        d->err, TERN_ERROR_DATA, NULL,
        "which arrays of \"%.200s\" are inputs and targets? It has %s; found by their names are x and "
        "y, X and y, x_train and y_train (with x_test and y_test, x_val and y_val), data and target, "
        "or arr_0 and arr_1 alone",
        d->path, names);
}

/* Whose targets are in a file of their own, where that is named. */
static tern_status draft_archive(tern__draft *d, const tern__zip *z) {
    bool apart = d->targets;
    arrays found[3] = {{0}};
    bool known = find_arrays(z, !apart, found);
    if (!known && tern__zip_count(z) > 1) return refuse_archive(d, z);
    if (apart || !known) return draft_arrays(d, "npy", &(arrays){found->x, NULL});
    d->targets = d->path;
    if (found[1].x) write_files(d, &d->valid, &found[1]);
    if (found[2].x) write_files(d, &d->test, &found[2]);
    return draft_arrays(d, "npy", found);
}

/* ---- each reader ---- */

tern_status tern__draft_npy(tern__draft *d) { return draft_arrays(d, "npy", &(arrays){0}); }

tern_status tern__draft_npz(tern__draft *d) {
    char *path = tern__path_join(d->base, d->path, false, NULL, d->err);
    tern__zip *z = path ? tern__zip_open(path, d->err) : NULL;
    tern__free(path);
    tern_status status = z ? draft_archive(d, z) : TERN_ERROR_DATA;
    tern__zip_free(z);
    return status;
}

tern_status tern__draft_idx(tern__draft *d) { return draft_arrays(d, "idx", &(arrays){0}); }
