/* inspect_samples.c - tern inspect MODEL --samples N: what the network sees of its first training samples, after
 * resizing, changes at random and scaling, as one picture. */
#include "inspect.h"

#include "memory.h"
#include "output_path.h"

#include <tern/fit.h>
#include <tern/save.h>

#include <string.h>

/* The samples, in the order in which training takes them first. */
typedef struct view {
    const tern_model *m;
    const tern_dataset *d;
    tern_rows rows;
    tern_tensor x;
} view;

/* A vector may come from pictures: then those are shown. */
static tern_shape picture_shape(const view *v, size_t n) {
    tern_shape in = tern_model_input(v->m), data = v->d->x->shape;
    bool same = tern_shape_count(&in) == tern_shape_count(&data);
    return tern_shape_batch(in.rank < 2 && same && data.rank >= 2 ? &data : &in, n);
}

/* "cat", "7", "0.5, 1": the target of a row. */
static const char *label_text(const tern_dataset *d, size_t row, char out[TABLE_CELL]) {
    char name[TABLE_CELL];
    *out = 0;
    if (!d->targets) return out;
    size_t n = tern_shape_count(&d->y->shape);
    for (size_t k = 0; k < n && k < 8; k++) {
        double v = tern_array_get(d->y, row * n + k);
        if (n == 1 && v >= 0 && v < (double)d->y->labels)
            return tern__text_safe(d->y->label[(size_t)v], out, TABLE_CELL);
        snprintf(name, sizeof name, "%s%g", k ? ", " : "", v);
        strncat(out, name, TABLE_CELL - strlen(out) - 1);
    }
    return out;
}

static void print_samples(const view *v, const char *output) {
    table t;
    char cell[TABLE_CELL];
    printf("%s: %zu samples as the network sees them, row by row\n\n", tern__text_safe(output, cell, sizeof cell),
           v->rows.n);
    table_begin(&t, 3, (const char *const[]){">sample", ">row", "target"});
    for (size_t i = 0; i < v->rows.n; i++) {
        table_row(&t);
        table_set(&t, 0, "%zu", i);
        table_set(&t, 1, "%zu", v->rows.row[i]);
        table_set(&t, 2, "%s", label_text(v->d, v->rows.row[i], cell));
    }
    table_end(&t);
}

static void print_json(const view *v, const char *output) {
    json j = {0};
    char cell[TABLE_CELL];
    json_open(&j, NULL, '{');
    json_text(&j, "file", output);
    json_open(&j, "samples", '[');
    for (size_t i = 0; i < v->rows.n; i++) {
        json_open(&j, NULL, '{');
        json_size(&j, "row", v->rows.row[i]);
        json_text(&j, "target", label_text(v->d, v->rows.row[i], cell));
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    json_end();
}

/* The first rows of the first epoch. */
static tern_status take_rows(view *v, size_t most, size_t **rows, tern_error *err) {
    tern_split s;
    tern_status status = tern_dataset_split(v->d, v->m, &s, err);
    size_t n = s.trains < most ? s.trains : most, *order = tern__alloc(s.trains, sizeof *order, err);
    *rows = tern__alloc(n, sizeof **rows, err);
    if (!status && (!order || !*rows)) status = TERN_ERROR_MEMORY;
    if (!status) tern_shuffle(tern_model_describe(v->m).seed, 0, s.trains, order);
    for (size_t i = 0; !status && i < n; i++) (*rows)[i] = s.train[order[i]];
    tern__free(order);
    tern_split_free(&s);
    if (!status) v->rows = tern_dataset_rows(v->d, v->m, *rows, n);
    return status;
}

static tern_status show(view *v, const args *a, size_t samples, const char *output, tern_error *err) {
    size_t *rows = NULL;
    tern_shape in = tern_model_input(v->m);
    tern_status status = tern_dataset_check(v->d, v->m, err);
    if (!status) status = take_rows(v, samples, &rows, err);
    if (!status) {
        v->x.shape = tern_shape_batch(&in, v->rows.n);
        v->x.data = tern__alloc(tern_tensor_count(&v->x), sizeof *v->x.data, err);
        status = v->x.data ? tern_rows_view(&v->rows, v->m, true, &v->x, err) : TERN_ERROR_MEMORY;
    }
    if (!status) v->x.shape = picture_shape(v, v->rows.n);
    if (!status) status = tern_sheet_save(&v->x, output, err);
    if (!status && a->json) print_json(v, output);
    else if (!status) print_samples(v, output);
    tern__free(v->x.data);
    tern__free(rows);
    return status;
}

tern_status inspect_samples(const args *a, const char *data, size_t samples, const char *output, tern_error *err) {
    session s = {0};
    view v = {0};
    if (!output)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--samples needs --output FILE.png: where the picture goes");
    tern_status status = session_open(&s, a, err);
    tern_model_options options = session_options(&s, a);
    char path[PATH_SIZE];
    if (!status) status = find_run(a->operand.v[0], path, s.run, err);
    if (!status) status = session_take_model(&s, a, tern_model_open_fitted(path, &options, data, err), err);
    if (!status) status = check_output(output, &(sources){.model = s.model, .data = data}, err);
    tern_dataset *d = status ? NULL : tern_dataset_open(s.model, "train", data, err);
    if (!status && !d) status = TERN_ERROR_DATA;
    if (!status) status = tern_model_learn(s.model, d, err);
    v.m = s.model, v.d = d;
    if (!status) status = show(&v, a, samples, output, err);
    tern_dataset_free(d);
    session_close(&s);
    return status;
}
