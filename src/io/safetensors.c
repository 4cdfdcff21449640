/* safetensors.c - opens safetensors files; see safetensors.h. */
#include "safetensors.h"
#include "error_scope.h"
#include "bytes.h"
#include "file.h"
#include "file_kind.h"
#include "memory.h"
#include "safetensors_header.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER = 16 << 20, PREFIX = 8 };

struct tern__safetensors {
    tern__header header;
    /* Sorted: what a file may choose cannot make a look-up slow, as it could with hashes. */
    const tern__stored_tensor **by_name;
    const tern__meta **by_key;
    unsigned char *file;
    const unsigned char *numbers;
};

/* ---- names ---- */

static int compare_names(const void *a, const void *b) {
    return strcmp((*(const tern__stored_tensor *const *)a)->name, (*(const tern__stored_tensor *const *)b)->name);
}

static int compare_keys(const void *a, const void *b) {
    return strcmp((*(const tern__meta *const *)a)->key, (*(const tern__meta *const *)b)->key);
}

static tern_status sort_names(tern__safetensors *s, tern_error *err) {
    const tern__header *h = &s->header;
    s->by_name = tern__alloc(h->n, sizeof *s->by_name, err);
    s->by_key = s->by_name ? tern__alloc(h->n_meta, sizeof *s->by_key, err) : NULL;
    if (!s->by_key) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < h->n; i++) s->by_name[i] = &h->tensor[i];
    for (size_t i = 0; i < h->n_meta; i++) s->by_key[i] = &h->meta[i];
    qsort(s->by_name, h->n, sizeof *s->by_name, compare_names);
    qsort(s->by_key, h->n_meta, sizeof *s->by_key, compare_keys);
    for (size_t i = 1; i < h->n; i++)
        if (!compare_names(&s->by_name[i - 1], &s->by_name[i]))
            return tern_error_add(err, TERN_ERROR_SYNTAX, s->by_name[i]->name, "duplicate tensor");
    for (size_t i = 1; i < h->n_meta; i++)
        if (!compare_keys(&s->by_key[i - 1], &s->by_key[i]))
            return tern_error_add(err, TERN_ERROR_SYNTAX, "__metadata__", "duplicate key \"%.128s\"",
                                  s->by_key[i]->key);
    return TERN_OK;
}

/* ---- layout ---- */

/* Whether a tensor's bytes are as many as its shape needs. */
static tern_status check_size(const tern__stored_tensor *t, tern_error *err) {
    size_t one = tern__stored_kinds[t->kind].size, count;
    char shape[TERN_SHAPE_TEXT];
    if (!tern_shape_count_checked(&t->shape, SIZE_MAX / one, &count))
        return tern_error_add(err, TERN_ERROR_SYNTAX, t->name, "has the shape %s, which no memory holds",
                              tern_shape_text(&t->shape, shape));
    if (t->begin <= t->end && t->end - t->begin == count * one) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_SYNTAX, t->name, "has the bytes %zu to %zu, but %s of %s takes %zu bytes",
                          t->begin, t->end, tern_shape_text(&t->shape, shape), tern__stored_kinds[t->kind].name,
                          count * one);
}

static int compare_places(const void *a, const void *b) {
    const tern__stored_tensor *s = *(const tern__stored_tensor *const *)a, *t = *(const tern__stored_tensor *const *)b;
    if (s->begin != t->begin) return s->begin < t->begin ? -1 : 1;
    return s->end < t->end ? -1 : s->end > t->end;
}

/* Whether the tensors, in order of place, follow one another from the first byte to the last of `size`. */
static tern_status check_places(const tern__stored_tensor *const *t, size_t n, size_t size, tern_error *err) {
    size_t at = 0;
    for (size_t i = 0; i < n; at = t[i++]->end) {
        tern_status status = check_size(t[i], err);
        if (status) return status;
        if (t[i]->end > size)
            return tern_error_add(err, TERN_ERROR_SYNTAX, t[i]->name,
                                  "ends at byte %zu, but the file has %zu bytes of numbers", t[i]->end, size);
        if (t[i]->begin != at)
            return tern_error_add(err, TERN_ERROR_SYNTAX, t[i]->name,
                                  "starts at byte %zu, %s the end of the tensor before it, %zu", t[i]->begin,
                                  t[i]->begin < at ? "overlapping" : "leaving a hole after", at);
    }
    if (at == size) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                          "the tensors end after %zu bytes of numbers, but the file has %zu", at, size);
}

static tern_status check_layout(const tern__header *h, size_t size, tern_error *err) {
    const tern__stored_tensor **t = tern__alloc(h->n, sizeof *t, err);
    if (!t) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < h->n; i++) t[i] = &h->tensor[i];
    qsort(t, h->n, sizeof *t, compare_places);
    tern_status status = check_places(t, h->n, size, err);
    tern__free(t);
    return status;
}

/* ---- open ---- */

/* A header of up to 16 MiB has a length whose higher bytes are 0. */
static bool may_be_one(const unsigned char *file, size_t size) {
    static const unsigned char none[4] = {0};
    return size >= PREFIX && !memcmp(file + PREFIX - sizeof none, none, sizeof none);
}

static tern_status read_file(tern__safetensors *s, size_t size, tern_error *err) {
    const char *kind = may_be_one(s->file, size) ? NULL : tern__file_kind(s->file, size);
    if (kind)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "is %s; weights are accepted as a safetensors file, as tern writes it, and PyTorch by "
                              "safetensors.torch.save_file(model.state_dict(), file)",
                              kind);
    if (size < PREFIX)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "is not a safetensors file: it has %zu bytes, fewer than the 8 at its "
                              "start",
                              size);
    uint64_t length = tern__get64(s->file);
    if (length > size - PREFIX)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "is not a whole safetensors file: it announces a header of %ju bytes, "
                              "but has %zu bytes in all",
                              (uintmax_t)length, size);
    if (length > MAX_HEADER)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "has a header of %ju bytes; accepted are up to %d",
                              (uintmax_t)length, MAX_HEADER);
    s->numbers = s->file + PREFIX + length;
    tern_status status = tern__header_read((char *)s->file + PREFIX, (size_t)length, &s->header, err);
    if (!status) status = sort_names(s, err);
    if (!status) status = check_layout(&s->header, size - PREFIX - (size_t)length, err);
    return status;
}

tern_status tern__safetensors_open(const char *path, tern__safetensors **out, tern_error *err) {
    tern__safetensors *s = *out = tern__alloc(1, sizeof *s, err);
    size_t size;
    if (!s) return TERN_ERROR_MEMORY;
    tern_status status = (s->file = tern__file_read(path, PTRDIFF_MAX, &size, err)) ? TERN_OK : TERN_ERROR_IO;
    tern__error_scope before;
    tern__error_scope_enter(err, path, NULL, &before);
    if (!status) status = read_file(s, size, err);
    tern__error_scope_leave(err, &before);
    if (!status) return TERN_OK;
    tern__safetensors_free(s);
    *out = NULL;
    return status;
}

void tern__safetensors_free(tern__safetensors *s) {
    if (!s) return;
    tern__header_free(&s->header);
    tern__free(s->by_name);
    tern__free(s->by_key);
    tern__free(s->file);
    tern__free(s);
}

/* ---- what is in it ---- */

size_t tern__safetensors_count(const tern__safetensors *s) { return s->header.n; }

const char *tern__safetensors_name(const tern__safetensors *s, size_t i) { return s->header.tensor[i].name; }

tern_shape tern__safetensors_shape(const tern__safetensors *s, size_t i) { return s->header.tensor[i].shape; }

const char *tern__safetensors_dtype(const tern__safetensors *s, size_t i) {
    return tern__stored_kinds[s->header.tensor[i].kind].name;
}

size_t tern__safetensors_find(const tern__safetensors *s, const char *name) {
    const tern__stored_tensor wanted = {.name = name}, *key = &wanted;
    const tern__stored_tensor **found = bsearch(&key, s->by_name, s->header.n, sizeof *s->by_name, compare_names);
    return found ? (size_t)(*found - s->header.tensor) : SIZE_MAX;
}

bool tern__safetensors_has(const tern__safetensors *s, const char *prefix) {
    size_t i = 0, length = strlen(prefix);
    while (i < s->header.n && strncmp(s->header.tensor[i].name, prefix, length) != 0) i++;
    return i < s->header.n;
}

const char *tern__safetensors_meta(const tern__safetensors *s, const char *key) {
    const tern__meta wanted = {.key = key}, *wanted_at = &wanted;
    const tern__meta **found = bsearch(&wanted_at, s->by_key, s->header.n_meta, sizeof *s->by_key, compare_keys);
    return found ? (*found)->value : NULL;
}

/* ---- numbers ---- */

/* A half-precision number (IEEE 754 binary16). */
static double half(uint16_t bits) {
    double sign = bits & 0x8000 ? -1 : 1, fraction = bits & 0x3ff;
    int exponent = bits >> 10 & 31;
    if (exponent == 31) return fraction != 0 ? (double)NAN : sign * (double)INFINITY;
    return sign * (exponent ? ldexp(fraction + 1024, exponent - 25) : ldexp(fraction, -24));
}

static double single(uint32_t bits) {
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static double number(tern__stored kind, const unsigned char *p) {
    double v;
    switch (kind) {
    case STORED_BOOL: return *p != 0;
    case STORED_U8: return *p;
    case STORED_I8: return (int8_t)*p;
    case STORED_I16: return (int16_t)tern__get16(p);
    case STORED_U16: return tern__get16(p);
    case STORED_F16: return half(tern__get16(p));
    case STORED_BF16: return single((uint32_t)tern__get16(p) << 16);
    case STORED_I32: return (int32_t)tern__get32(p);
    case STORED_U32: return tern__get32(p);
    case STORED_F32: return single(tern__get32(p));
    case STORED_I64: return (double)(int64_t)tern__get64(p);
    case STORED_U64: return (double)tern__get64(p);
    default: memcpy(&v, p, sizeof v); return v;
    }
}

void tern__safetensors_get(const tern__safetensors *s, size_t i, tern_real *out) {
    const tern__stored_tensor *t = &s->header.tensor[i];
    const unsigned char *from = s->numbers + t->begin;
    size_t size = tern__stored_kinds[t->kind].size, n = (t->end - t->begin) / size;
    if (t->kind == (sizeof(tern_real) == 4 ? STORED_F32 : STORED_F64)) memcpy(out, from, t->end - t->begin);
    else
        for (size_t k = 0; k < n; k++) out[k] = (tern_real)number(t->kind, from + k * size);
}

void tern__safetensors_get_double(const tern__safetensors *s, size_t i, double *out) {
    const tern__stored_tensor *t = &s->header.tensor[i];
    const unsigned char *from = s->numbers + t->begin;
    size_t size = tern__stored_kinds[t->kind].size, n = (t->end - t->begin) / size;
    for (size_t k = 0; k < n; k++) out[k] = number(t->kind, from + k * size);
}
