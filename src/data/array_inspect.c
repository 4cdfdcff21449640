/* array_inspect.c - statistics of a column. */

#include "memory.h"

#include <tern/inspect.h>

#include <math.h>
#include <string.h>

/* Range, mean and standard deviation of the finite numbers: two passes, for a sum of squares would cancel. */
static void find_moments(const tern_array *c, size_t total, tern_array_stats *s) {
    double sum = 0, squares = 0;
    size_t finite = 0;
    s->min = s->max = s->mean = s->std = (double)NAN;
    for (size_t i = 0; i < total; i++) {
        double v = tern_array_get(c, i);
        s->nans += isnan(v) != 0;
        s->infs += isinf(v) != 0;
        if (!isfinite(v)) continue;
        s->min = fmin(s->min, v), s->max = fmax(s->max, v);
        sum += v;
        finite++;
    }
    if (!finite) return;
    s->mean = sum / (double)finite;
    for (size_t i = 0; i < total; i++) {
        double e = tern_array_get(c, i) - s->mean;
        if (isfinite(e)) squares += e * e;
    }
    s->std = sqrt(squares / (double)finite);
}

/* Counts one more of `v`; false where that is one distinct number too many. */
static bool count_value(tern_array_stats *s, double v) {
    size_t low = 0;
    for (size_t high = s->values; low < high;) {
        size_t at = (low + high) / 2;
        if (s->value[at] < v) low = at + 1;
        else high = at;
    }
    if (low == s->values || s->value[low] != v) {
        if (s->values == TERN_MAX_HISTOGRAM) return false;
        memmove(&s->value[low + 1], &s->value[low], (s->values - low) * sizeof *s->value);
        memmove(&s->count[low + 1], &s->count[low], (s->values - low) * sizeof *s->count);
        s->value[low] = v, s->count[low] = 0;
        s->values++;
    }
    s->count[low]++;
    return true;
}

static void find_histogram(const tern_array *c, size_t total, tern_array_stats *s) {
    for (size_t i = 0; i < total; i++) {
        double v = tern_array_get(c, i);
        if (isfinite(v) && v == floor(v) && count_value(s, v)) continue;
        s->values = 0;
        return;
    }
}

/* Positions that never differ from the first sample, byte by byte. */
static tern_status find_constant(const tern_array *c, size_t n, tern_array_stats *s, tern_error *err) {
    size_t count = tern_shape_count(&c->shape), size = tern_dtype_size(c->dtype);
    const unsigned char *first = c->data;
    bool *differs = tern__alloc(count, sizeof *differs, err);
    if (!differs) return TERN_ERROR_MEMORY;
    for (size_t row = 1; row < n; row++) {
        const unsigned char *sample = first + row * count * size;
        for (size_t i = 0; i < count; i++) differs[i] |= memcmp(sample + i * size, first + i * size, size) != 0;
    }
    for (size_t i = 0; n > 1 && i < count; i++) s->constant += !differs[i];
    tern__free(differs);
    return TERN_OK;
}

tern_status tern_array_inspect(const tern_array *c, size_t n, tern_array_stats *out, tern_error *err) {
    size_t count = tern_shape_count(&c->shape);
    *out = (tern_array_stats){.n = n, .dtype = c->dtype, .shape = c->shape};
    find_moments(c, n * count, out);
    find_histogram(c, n * count, out);
    out->from_one = count == 1 && out->values > 1 && out->min == 1 && out->max == (double)out->values;
    return find_constant(c, n, out, err);
}
