/* gather.c - chosen samples as tern_real, converted and scaled on the way; see tern/dataset.h. */
#include <tern/dataset.h>

#include "dtypes.h"
#include "memory.h"

#include <math.h>

double tern_array_get(const tern_array *c, size_t index) {
    switch (c->dtype) {
    case TERN_U8: return ((const uint8_t *)c->data)[index];
    case TERN_I8: return ((const int8_t *)c->data)[index];
    case TERN_I16: return ((const int16_t *)c->data)[index];
    case TERN_I32: return ((const int32_t *)c->data)[index];
    case TERN_I64: return (double)((const int64_t *)c->data)[index];
    case TERN_F32: return (double)((const float *)c->data)[index];
    case TERN_F64: break;
    }
    return ((const double *)c->data)[index];
}

/* Chosen rows lie anywhere in memory: this asks for the first bytes of one a little before its turn. */
static void fetch_ahead(const unsigned char *data, const size_t *rows, size_t i, size_t n, size_t size) {
    enum { ROWS_AHEAD = 4, BYTES = 4096, CACHE_LINE = 64 };
    if (!rows || i + ROWS_AHEAD >= n) return;
    const unsigned char *row = data + rows[i + ROWS_AHEAD] * size;
    for (size_t at = 0; at < size && at < BYTES; at += CACHE_LINE) __builtin_prefetch(row + at);
}

static void scale_sample(tern_dtype dtype, const unsigned char *sample, size_t channels, size_t inner,
                         const double *gain, const double *shift, tern_real *out) {
    size_t size = inner * tern_dtype_size(dtype);
    if (inner == 1) tern__dtypes[dtype].scale_each(sample, channels, gain, shift, out);
    for (size_t k = 0; inner > 1 && k < channels; k++)
        tern__dtypes[dtype].scale(sample + k * size, inner, gain[k], shift[k], out + k * inner);
}

/* Samples that have to be fetched first, one by one. `channels` 0: as they are. */
static void gather_fetched(const tern_array *a, const size_t *rows, size_t n, size_t channels, size_t inner,
                           const double *gain, const double *shift, tern_real *out) {
    size_t count = tern_shape_count(&a->shape);
    unsigned char *sample = tern__alloc(count, tern_dtype_size(a->dtype), NULL);
    for (size_t i = 0; i < n; i++, out += count) {
        bool there = sample && a->fetch(a->source, rows ? rows[i] : i, sample);
        for (size_t k = 0; !there && k < count; k++) out[k] = (tern_real)NAN;
        if (there && !channels) tern__dtypes[a->dtype].copy(sample, count, out);
        if (there && channels) scale_sample(a->dtype, sample, channels, inner, gain, shift, out);
    }
    tern__free(sample);
}

void tern_array_gather(const tern_array *c, const size_t *rows, size_t n, tern_real *out) {
    size_t count = tern_shape_count(&c->shape), size = count * tern_dtype_size(c->dtype);
    const unsigned char *data = c->data;
    if (c->fetch) {
        gather_fetched(c, rows, n, 0, 0, NULL, NULL, out);
        return;
    }
    if (!rows) {
        tern__dtypes[c->dtype].copy(data, n * count, out);
        return;
    }
    for (size_t i = 0; i < n; i++) tern__dtypes[c->dtype].copy(data + rows[i] * size, count, out + i * count);
}

void tern_array_gather_scaled(const tern_array *c, const size_t *rows, size_t n, size_t channels, size_t inner,
                              const double *gain, const double *shift, tern_real *out) {
    const unsigned char *data = c->data;
    size_t size = inner * tern_dtype_size(c->dtype);
    if (channels < 1) channels = 1;
    if (c->fetch) {
        gather_fetched(c, rows, n, channels, inner, gain, shift, out);
        return;
    }
    for (size_t i = 0; i < n; i++, out += channels * inner) {
        fetch_ahead(data, rows, i, n, channels * size);
        scale_sample(c->dtype, data + (rows ? rows[i] : i) * channels * size, channels, inner, gain, shift, out);
    }
}
