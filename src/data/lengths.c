/* lengths.c - see lengths.h. */
#include "lengths.h"

#include "dtypes.h"
#include "memory.h"

#include <string.h>

size_t tern__array_length(const tern_array *a, size_t row) { return a->length ? a->length[row] : a->shape.dim[0]; }

tern_status tern__lengths_check(const tern_array *a, size_t n, tern_error *err) {
    for (size_t i = 0; a->length && i < n; i++)
        if (!a->length[i])
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "row %zu of x (counted from 0) is an empty sequence; accepted are those of a step or "
                                  "more",
                                  i);
    return TERN_OK;
}

tern_status tern__pad(size_t n, const tern_array *part, const size_t *length, tern_array *out, tern_error *err) {
    size_t longest = 1, count, each = tern_dtype_size(part->dtype), step = tern_shape_count(&part->shape) * each;
    for (size_t i = 0; i < n; i++)
        if (length[i] > longest) longest = length[i];
    *out = (tern_array){.dtype = part->dtype, .shape = tern_shape_batch(&part->shape, longest), .length = length};
    if (!tern_shape_count_checked(&out->shape, SIZE_MAX / 8, &count))
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %zu sequences of up to %zu steps", n,
                              longest);
    unsigned char *data = out->data = tern__alloc(n, count * each, err);
    for (size_t i = 0; data && i < n; i++) memcpy(data + i * count * each, part[i].data, length[i] * step);
    return data ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__array_gather_steps(const tern_array *a, const size_t *rows, size_t n, size_t channels, const double *gain,
                              const double *shift, size_t steps, tern_real *out) {
    const unsigned char *data = a->data;
    size_t count = tern_shape_count(&a->shape), step = count / a->shape.dim[0], size = tern_dtype_size(a->dtype);
    for (size_t i = 0; i < n; i++, out += steps * step) {
        size_t row = rows ? rows[i] : i, there = tern__array_length(a, row) * step;
        const unsigned char *sample = data + row * count * size;
        if (channels > 1) tern__dtypes[a->dtype].scale_each(sample, there, gain, shift, out);
        else tern__dtypes[a->dtype].scale(sample, there, *gain, *shift, out);
        memset(out + there, 0, (steps * step - there) * sizeof *out);
    }
}
