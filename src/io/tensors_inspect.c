/* tensors_inspect.c - the tensors of a safetensors file: names, types, shapes, ranges. */
#include "memory.h"
#include "safetensors.h"

#include <tern/inspect.h>

#include <math.h>

typedef struct report {
    tern_file_tensors result; /* first: what the caller holds */
    tern__arena arena;
    tern__safetensors *file;
} report;

static tern_status find_range(const tern__safetensors *f, size_t i, tern_file_tensor *t, tern_error *err) {
    size_t n = tern_shape_count(&t->shape);
    double *v = tern__alloc(n, sizeof *v, err);
    if (!v) return TERN_ERROR_MEMORY;
    t->min = t->max = (double)NAN;
    tern__safetensors_get_double(f, i, v);
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(v[k])) t->not_finite++;
        else t->min = fmin(t->min, v[k]), t->max = fmax(t->max, v[k]);
    }
    tern__free(v);
    return TERN_OK;
}

static tern_status read_all(report *r, tern_error *err) {
    size_t n = tern__safetensors_count(r->file);
    tern_file_tensor *tensor = tern__arena_alloc(&r->arena, n, sizeof *tensor, err);
    tern_status status = tensor ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        tensor[i] = (tern_file_tensor){.name = tern__safetensors_name(r->file, i),
                                       .dtype = tern__safetensors_dtype(r->file, i),
                                       .shape = tern__safetensors_shape(r->file, i)};
        status = find_range(r->file, i, &tensor[i], err);
    }
    r->result = (tern_file_tensors){.n = n, .tensor = tensor, .memory = r};
    return status;
}

tern_file_tensors *tern_file_tensors_open(const char *path, tern_error *err) {
    report *r = tern__alloc(1, sizeof *r, err);
    if (!r) return NULL;
    r->result.memory = r;
    tern_status status = tern__safetensors_open(path, &r->file, err);
    if (!status && !read_all(r, err)) return &r->result;
    tern_file_tensors_free(&r->result);
    return NULL;
}

void tern_file_tensors_free(tern_file_tensors *f) {
    if (!f) return;
    report *r = f->memory;
    tern__safetensors_free(r->file);
    tern__arena_free(&r->arena);
    tern__free(r);
}
