/* dtypes.c - the same few loops for each type of number; see dtypes.h. */
#include "dtypes.h"

#define FUNCTIONS(name, type)                                                                                      \
    TERN_CLONES static void copy_##name(const void *from, size_t n, tern_real *out) {                              \
        const type *x = from;                                                                                      \
        for (size_t i = 0; i < n; i++) out[i] = (tern_real)x[i];                                                   \
    }                                                                                                              \
    TERN_CLONES static void widen_##name(const void *from, size_t n, double *out) {                                \
        const type *x = from;                                                                                      \
        for (size_t i = 0; i < n; i++) out[i] = (double)x[i];                                                      \
    }                                                                                                              \
    TERN_CLONES static void scale_##name(const void *from, size_t n, double gain, double shift, tern_real *out) {  \
        const type *x = from;                                                                                      \
        for (size_t i = 0; i < n; i++) out[i] = (tern_real)((double)x[i] * gain + shift);                          \
    }                                                                                                              \
    TERN_CLONES static void scale_each_##name(const void *from, size_t n, const double *gain, const double *shift, \
                                              tern_real *out) {                                                    \
        const type *x = from;                                                                                      \
        for (size_t i = 0; i < n; i++) out[i] = (tern_real)((double)x[i] * gain[i] + shift[i]);                    \
    }                                                                                                              \
    /* without a branch, for vector code */                                                                        \
    TERN_CLONES static bool outside_##name(const void *data, size_t first, size_t n, double least, double most) {  \
        const type *x = (const type *)data + first;                                                                \
        int bad = 0;                                                                                               \
        for (size_t i = 0; i < n; i++) bad |= !((double)x[i] >= least) | !((double)x[i] <= most);                  \
        return bad;                                                                                                \
    }

FUNCTIONS(u8, uint8_t)
FUNCTIONS(i8, int8_t)
FUNCTIONS(i16, int16_t)
FUNCTIONS(i32, int32_t)
FUNCTIONS(i64, int64_t)
FUNCTIONS(f32, float)
FUNCTIONS(f64, double)

#define ROW(name) \
    { copy_##name, widen_##name, scale_##name, scale_each_##name, outside_##name }

const tern__dtype_functions tern__dtypes[] = {
    [TERN_U8] = ROW(u8),   [TERN_I8] = ROW(i8),   [TERN_I16] = ROW(i16), [TERN_I32] = ROW(i32),
    [TERN_I64] = ROW(i64), [TERN_F32] = ROW(f32), [TERN_F64] = ROW(f64),
};

bool tern__array_sample(const tern_array *a, size_t row, void *room, double *out) {
    size_t count = tern_shape_count(&a->shape), size = count * tern_dtype_size(a->dtype);
    if (a->fetch && !a->fetch(a->source, row, room)) return false;
    tern__dtypes[a->dtype].widen(a->fetch ? room : (const unsigned char *)a->data + row * size, count, out);
    return true;
}
