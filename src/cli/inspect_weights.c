/* inspect_weights.c - tern inspect on a .safetensors file: names, types, shapes, ranges. */
#include "inspect_parts.h"

#include "commands.h"
#include "memory.h"
#include "safetensors.h"

#include <math.h>

/* What the numbers of a tensor are like. */
typedef struct range {
    double min, max;
    size_t not_finite;
} range;

static tern_status find_range(const tern__safetensors *f, size_t i, range *out, tern_error *err) {
    tern_shape shape = tern__safetensors_shape(f, i);
    size_t n = tern_shape_count(&shape);
    double *v = tern__alloc(n, sizeof *v, err);
    if (!v) return TERN_ERROR_MEMORY;
    *out = (range){.min = (double)NAN, .max = (double)NAN};
    tern__safetensors_get_double(f, i, v);
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(v[k])) out->not_finite++;
        else out->min = fmin(out->min, v[k]), out->max = fmax(out->max, v[k]);
    }
    tern__free(v);
    return TERN_OK;
}

static void add_row(table *t, const tern__safetensors *f, size_t i, const range *r) {
    char name[TABLE_CELL], text[TERN_SHAPE_TEXT], count[SHORT_TEXT];
    tern_shape shape = tern__safetensors_shape(f, i);
    table_row(t);
    table_set(t, 0, "%s", tern__text_safe(tern__safetensors_name(f, i), name, sizeof name));
    table_set(t, 1, "%s", tern__safetensors_dtype(f, i));
    table_set(t, 2, "%s", tern_shape_text(&shape, text));
    table_set(t, 3, "%s", count_text(tern_shape_count(&shape), count));
    table_set(t, 4, "%.4g", r->min);
    table_set(t, 5, "%.4g", r->max);
    if (r->not_finite) table_set(t, 6, "%zu", r->not_finite);
}

static void json_row(json *j, const tern__safetensors *f, size_t i, const range *r) {
    tern_shape shape = tern__safetensors_shape(f, i);
    json_open(j, NULL, '{');
    json_text(j, "name", tern__safetensors_name(f, i));
    json_text(j, "dtype", tern__safetensors_dtype(f, i));
    json_shape(j, "shape", &shape);
    json_size(j, "count", tern_shape_count(&shape));
    json_real(j, "min", r->min);
    json_real(j, "max", r->max);
    json_size(j, "not_finite", r->not_finite);
    json_close(j, '}');
}

static void end_json(json *j, const char *path, size_t total) {
    json_close(j, ']');
    json_text(j, "file", path);
    json_size(j, "count", total);
    json_close(j, '}');
    json_end();
}

static tern_status show(const tern__safetensors *f, const args *a, tern_error *err) {
    table t;
    json j = {0};
    size_t total = 0, n = tern__safetensors_count(f);
    tern_status status = TERN_OK;
    char path[PATH_SIZE], count[SHORT_TEXT];
    table_begin(&t, a->json ? 0 : 7,
                (const char *const[]){"tensor", "type", "shape", ">count", ">min", ">max", ">not finite"});
    if (a->json) json_open(&j, NULL, '{'), json_open(&j, "tensors", '[');
    for (size_t i = 0; !status && i < n; i++) {
        range r;
        tern_shape shape = tern__safetensors_shape(f, i);
        total += tern_shape_count(&shape);
        status = find_range(f, i, &r, err);
        if (status) continue;
        if (a->json) json_row(&j, f, i, &r);
        else add_row(&t, f, i, &r);
    }
    if (a->json) end_json(&j, a->operand.v[0], total);
    else
        printf("%s: %zu tensor%s, %s numbers\n\n", tern__text_safe(a->operand.v[0], path, sizeof path), n,
               n == 1 ? "" : "s", count_text(total, count));
    table_end(&t);
    return status;
}

tern_status inspect_weights(const args *a, tern_error *err) {
    tern__safetensors *f;
    tern_status status = tern__safetensors_open(a->operand.v[0], &f, err);
    if (!status) status = show(f, a, err);
    tern__safetensors_free(f);
    return status;
}
