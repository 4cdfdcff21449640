/* gather.c - chosen samples as tern_real, converted and scaled on the way; see tern/dataset.h. */
#include <tern/dataset.h>

#include "memory.h"

#include <math.h>

/* copy: out = x; scale: out = x gain + shift, in double and rounded once: where the mean is large against the
 * deviation, a float would have lost what is left of the difference. Both for `n` numbers of one type. */
#define KIND(name, type)                                                                                          \
    TERN_CLONES static void copy_##name(const void *from, size_t n, tern_real *out) {                             \
        const type *x = from;                                                                                     \
        for (size_t i = 0; i < n; i++) out[i] = (tern_real)x[i];                                                  \
    }                                                                                                             \
    TERN_CLONES static void scale_##name(const void *from, size_t n, double gain, double shift, tern_real *out) { \
        const type *x = from;                                                                                     \
        for (size_t i = 0; i < n; i++) out[i] = (tern_real)((double)x[i] * gain + shift);                         \
    }

KIND(u8, uint8_t)
KIND(i8, int8_t)
KIND(i16, int16_t)
KIND(i32, int32_t)
KIND(i64, int64_t)
KIND(f32, float)
KIND(f64, double)

static const struct {
    void (*copy)(const void *from, size_t n, tern_real *out);
    void (*scale)(const void *from, size_t n, double gain, double shift, tern_real *out);
} kinds[] = {
    [TERN_U8] = {copy_u8, scale_u8},    [TERN_I8] = {copy_i8, scale_i8},    [TERN_I16] = {copy_i16, scale_i16},
    [TERN_I32] = {copy_i32, scale_i32}, [TERN_I64] = {copy_i64, scale_i64}, [TERN_F32] = {copy_f32, scale_f32},
    [TERN_F64] = {copy_f64, scale_f64},
};

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

/* Samples that have to be fetched first, one by one. `channels` 0: as they are. */
static void gather_fetched(const tern_array *a, const size_t *rows, size_t n, size_t channels, size_t inner,
                           const double *gain, const double *shift, tern_real *out) {
    size_t count = tern_shape_count(&a->shape), size = tern_dtype_size(a->dtype);
    unsigned char *sample = tern__alloc(count, size, NULL);
    for (size_t i = 0; i < n; i++, out += count) {
        bool there = sample && a->fetch(a->source, rows ? rows[i] : i, sample);
        for (size_t k = 0; !there && k < count; k++) out[k] = (tern_real)NAN;
        if (there && !channels) kinds[a->dtype].copy(sample, count, out);
        for (size_t k = 0; there && k < channels; k++)
            kinds[a->dtype].scale(sample + k * inner * size, inner, gain[k], shift[k], out + k * inner);
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
        kinds[c->dtype].copy(data, n * count, out);
        return;
    }
    for (size_t i = 0; i < n; i++) kinds[c->dtype].copy(data + rows[i] * size, count, out + i * count);
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
    for (size_t i = 0; i < n; i++) {
        const unsigned char *sample = data + (rows ? rows[i] : i) * channels * size;
        fetch_ahead(data, rows, i, n, channels * size);
        for (size_t k = 0; k < channels; k++, out += inner)
            kinds[c->dtype].scale(sample + k * size, inner, gain[k], shift[k], out);
    }
}
