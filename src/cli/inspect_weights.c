/* inspect_weights.c - tern inspect on a .safetensors file: names, types, shapes, ranges. */
#include "inspect.h"

#include "text.h"

static void add_row(table *t, const tern_file_tensor *f) {
    char name[TABLE_CELL], text[TERN_SHAPE_TEXT], count[SHORT_TEXT];
    table_row(t);
    table_set(t, 0, "%s", tern__text_safe(f->name, name, sizeof name));
    table_set(t, 1, "%s", f->dtype);
    table_set(t, 2, "%s", tern_shape_text(&f->shape, text));
    table_set(t, 3, "%s", count_text(tern_shape_count(&f->shape), count));
    table_set(t, 4, "%.4g", f->min);
    table_set(t, 5, "%.4g", f->max);
    if (f->not_finite) table_set(t, 6, "%zu", f->not_finite);
}

static void json_row(json *j, const tern_file_tensor *f) {
    json_open(j, NULL, '{');
    json_text(j, "name", f->name);
    json_text(j, "dtype", f->dtype);
    json_shape(j, "shape", &f->shape);
    json_size(j, "count", tern_shape_count(&f->shape));
    json_real(j, "min", f->min);
    json_real(j, "max", f->max);
    json_size(j, "not_finite", f->not_finite);
    json_close(j, '}');
}

static void print_text(const char *path, const tern_file_tensors *f, size_t total) {
    table t;
    char shown[PATH_SIZE], count[SHORT_TEXT];
    printf("%s: %zu tensor%s, %s elements\n\n", tern__text_safe(path, shown, sizeof shown), f->n, f->n == 1 ? "" : "s",
           count_text(total, count));
    table_begin(&t, 7, (const char *const[]){"tensor", "type", "shape", ">count", ">min", ">max", ">not finite"});
    for (size_t i = 0; i < f->n; i++) add_row(&t, &f->tensor[i]);
    table_end(&t);
}

static void print_json(const char *path, const tern_file_tensors *f, size_t total) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_open(&j, "tensors", '[');
    for (size_t i = 0; i < f->n; i++) json_row(&j, &f->tensor[i]);
    json_close(&j, ']');
    json_text(&j, "file", path);
    json_size(&j, "count", total);
    json_close(&j, '}');
    json_end();
}

tern_status inspect_weights(const args *a, const char *path, tern_error *err) {
    tern_file_tensors *f = tern_file_tensors_open(path, err);
    if (!f) return TERN_ERROR_DATA;
    size_t total = 0;
    for (size_t i = 0; i < f->n; i++) total += tern_shape_count(&f->tensor[i].shape);
    if (a->json) print_json(path, f, total);
    else print_text(path, f, total);
    tern_file_tensors_free(f);
    return TERN_OK;
}
