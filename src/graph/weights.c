/* weights.c - weights in safetensors, under PyTorch's names and layouts, so that a state_dict goes both ways without
 * renaming. */
#include "weights.h"

#include "fitted.h"
#include "provenance.h"
#include "text.h"

#include <math.h>
#include <string.h>

tern_dtype tern__real_dtype(void) { return sizeof(tern_real) == sizeof(double) ? TERN_F64 : TERN_F32; }

/* ---- loading: everything is checked before anything is changed ---- */

static tern_status mismatch(tern_error *err, const char *path, const char *format, const char *name,
                            const char *detail) {
    char text[400] = "";
    tern__text_add(text, sizeof text, format, name, detail);
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s: %s", path, text);
}

bool tern__weight_has_shape(const tern__weight *w, const tern_shape *found) {
    if (w->param.integer && found->rank == 0) return true; /* a counter: [1] here, a single number in the file */
    return tern_shape_equal(&w->param.shape, found);
}

size_t tern__weight_in_file(const tern_model *m, size_t i, const tern__safetensors *file, const char *prefix) {
    char name[TERN_MAX_NAME + 96] = "";
    tern__text_add(name, sizeof name, "%s%s", prefix, m->weight[i].name);
    size_t at = tern__safetensors_find(file, name);
    for (const tern__alias *alias = m->alias; at == SIZE_MAX && alias; alias = alias->next) {
        if (alias->weight != i) continue;
        *name = 0;
        tern__text_add(name, sizeof name, "%s%s", prefix, alias->name);
        at = tern__safetensors_find(file, name);
    }
    return at;
}

static tern_status check_file(const tern_model *m, const tern__safetensors *file, const char *path, const char *prefix,
                              tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; i < m->weights; i++) {
        const tern__weight *w = &m->weight[i];
        char expected[TERN_SHAPE_TEXT], found[TERN_SHAPE_TEXT],
            detail[2 * TERN_SHAPE_TEXT + 32] = "", name[TERN_MAX_NAME + 96] = "";
        tern__text_add(name, sizeof name, "%s%s", prefix, w->name);
        size_t at = tern__weight_in_file(m, i, file, prefix);
        if (at == SIZE_MAX) {
            status = mismatch(err, path, "lacks \"%s\"%s, which the model has", name, "");
            continue;
        }
        tern_shape shape = tern__safetensors_shape(file, at);
        if (tern__weight_has_shape(w, &shape)) continue;
        tern__text_add(detail, sizeof detail, "%s, the model's is %s", tern_shape_text(&shape, found),
                       tern_shape_text(&w->param.shape, expected));
        status = mismatch(err, path, "\"%s\" is of shape %s", name, detail);
    }
    return status;
}

/* What the file has and the model has not. */
static tern_status check_unexpected(const tern_model *m, const tern__safetensors *file, const char *path,
                                    tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; i < tern__safetensors_count(file); i++) {
        const char *name = tern__safetensors_name(file, i);
        tern_weight w;
        if (!tern_model_find_weight(m, name, &w))
            status = mismatch(err, path, "has \"%s\"%s, which the model has not", name, "");
    }
    return status;
}

/* A weight that layers share may stand under the names of several, as in a state_dict of PyTorch; they agree. */
static tern_status check_shared(const tern_model *m, const tern__safetensors *file, const char *path, tern_error *err) {
    tern_status status = TERN_OK;
    for (const tern__alias *alias = m->alias; alias; alias = alias->next) {
        size_t n = m->weight[alias->weight].count, own = tern__weight_in_file(m, alias->weight, file, ""),
               at = tern__safetensors_find(file, alias->name);
        if (at == SIZE_MAX || own == SIZE_MAX || at == own) continue;
        tern_shape a = tern__safetensors_shape(file, at), b = tern__safetensors_shape(file, own);
        double *x = tern__alloc(2 * n, sizeof *x, err);
        if (!x) return TERN_ERROR_MEMORY;
        bool same = tern_shape_equal(&a, &b) && tern_shape_count(&a) == n;
        if (same) tern__safetensors_get_double(file, at, x), tern__safetensors_get_double(file, own, x + n);
        if (!same || memcmp(x, x + n, n * sizeof *x) != 0)
            status = mismatch(err, path, "\"%s\" and \"%s\" differ, but the model's layers share them", alias->name,
                              m->weight[alias->weight].name);
        tern__free(x);
    }
    return status;
}

tern_status tern__weights_take(tern_model *m, const tern__safetensors *file, const char *path, const char *prefix,
                               tern_error *err) {
    tern_status status = check_file(m, file, path, prefix, err);
    if (!*prefix) {
        tern_status unexpected = check_unexpected(m, file, path, err), shared = check_shared(m, file, path, err);
        if (!status) status = unexpected ? unexpected : shared;
    }
    for (size_t i = 0; !status && i < m->weights; i++)
        tern__safetensors_get(file, tern__weight_in_file(m, i, file, prefix),
                              tern__weight_tensor(m, &m->weight[i]).data);
    return status;
}

static tern_status load(tern_model *m, const char *path, bool start, tern_error *err) {
    tern__safetensors *file;
    tern_status status = tern__safetensors_open(path, &file, err);
    if (!status && !start) status = tern__provenance_check(m, file, path, err);
    if (!status) status = tern__weights_take(m, file, path, "", err);
    const char *fitted = status ? NULL : tern__safetensors_meta(file, "fitted");
    if (fitted) status = tern__fitted_take(m, fitted, start, path, err);
    if (!status && !start) status = tern__provenance_take(m, file, err);
    if (!status) tern__provenance_warn(m, file, path, err);
    tern__safetensors_free(file);
    return status;
}

tern_status tern_model_load(tern_model *m, const char *path, tern_error *err) {
    tern_status status = load(m, path, false, err);
    size_t size = strlen(path) + 1;
    if (status) return status;
    tern__free(m->weights_from);
    m->weights_from = tern__alloc(size, 1, err);
    if (!m->weights_from) return TERN_ERROR_MEMORY;
    memcpy(m->weights_from, path, size);
    return TERN_OK;
}

tern_status tern_model_start(tern_model *m, const char *path, tern_error *err) {
    tern_status status = load(m, path, true, err);
    tern__fitted_input *f = &m->config.fitted.input; /* what other numbers were like */
    if (!status) f->dtype = NULL, f->shape = (tern_shape){0}, f->least = f->most = f->gray = (double)NAN;
    return status;
}

/* ---- saving ---- */

tern_status tern__weights_list(const tern_model *m, const char *prefix, tern__arena *arena, tern__entry *entries,
                               tern_error *err) {
    for (size_t i = 0; i < m->weights; i++) {
        const tern__weight *w = &m->weight[i];
        char name[TERN_MAX_NAME + 96] = "";
        tern__text_add(name, sizeof name, "%s%s", prefix, w->name);
        entries[i] = (tern__entry){.name = tern__arena_text(arena, name, strlen(name), err),
                                   .dtype = tern__real_dtype(),
                                   .shape = w->param.shape,
                                   .data = tern__weight_tensor(m, w).data};
        if (!entries[i].name) return TERN_ERROR_MEMORY;
        if (!w->param.integer) continue;
        int64_t *counter = tern__arena_alloc(arena, 1, sizeof *counter, err);
        if (!counter) return TERN_ERROR_MEMORY;
        *counter = (int64_t)tern__weight_tensor(m, w).data[0];
        entries[i] = (tern__entry){entries[i].name, TERN_I64, {0}, counter};
    }
    return TERN_OK;
}

tern_status tern_model_save(const tern_model *m, const char *path, tern_error *err) {
    tern__arena arena = {0};
    tern__entry *entries = tern__arena_alloc(&arena, m->weights, sizeof *entries, err);
    tern_status status = entries ? tern__weights_list(m, "", &arena, entries, err) : TERN_ERROR_MEMORY;
    char *fitted = status ? NULL : tern__fitted_text(m, &status, err);
    tern__meta meta[TERN__PROVENANCE + 1] = {{0}};
    size_t metas = 0;
    if (!status) status = tern__provenance(m, &arena, meta, &metas, err);
    if (fitted) meta[metas++] = (tern__meta){"fitted", fitted};
    if (!status) status = tern__safetensors_write(path, m->weights, entries, metas, meta, err);
    tern__free(fitted);
    tern__arena_free(&arena);
    return status;
}
