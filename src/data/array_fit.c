/* array_fit.c - one pass over the rows, in double, whatever the mean is against the deviation; quartiles take the
 * numbers themselves, or for bytes their histogram. See array_fit.h. */
#include "array_fit.h"

#include "dtypes.h"
#include "statistics.h"

#include <math.h>
#include <string.h>

const char *const tern__channels_words[] = {"auto", "first", "last", "one", NULL};

tern__channels tern__channels_settle(tern__channels channels, const tern_shape *sample, const tern_array *a) {
    if (channels != TERN__CHANNELS_AUTO) return channels;
    if (sample->rank != 2) return TERN__CHANNELS_FIRST;
    return tern_dtype_size(a->dtype) == 1 ? TERN__CHANNELS_ONE : TERN__CHANNELS_LAST;
}

tern__channel_layout tern__channels_layout(const tern_shape *sample, tern__channels channels) {
    size_t count = tern_shape_count(sample), first = sample->dim[0], last = sample->dim[sample->rank - 1];
    switch (channels) {
    case TERN__CHANNELS_LAST: return (tern__channel_layout){count / last, last, 1};
    case TERN__CHANNELS_ONE: return (tern__channel_layout){1, 1, count};
    default: return (tern__channel_layout){1, first, count / first};
    }
}

/* What a channel's numbers have come to so far. */
typedef struct moments {
    double n, mean, squares; /* squares of the distances from the mean */
    double least, most;
} moments;

typedef struct fitting {
    const tern_array *a;
    tern__channel_layout layout;
    const size_t *rows;
    size_t n;
    double *sample; /* the one in hand */
    unsigned char *room;
    tern_error *err;
} fitting;

/* The next row's sample. */
static tern_status take_sample(fitting *f, size_t i) {
    size_t row = f->rows ? f->rows[i] : i;
    if (tern__array_sample(f->a, row, f->room, f->sample)) return TERN_OK;
    return tern_error_add(f->err, TERN_ERROR_DATA, NULL, "row %zu of x (counted from 0) can no longer be read", row);
}

/* ---- mean and range ---- */

/* Chan, Golub and LeVeque 1979: a run's own moments, around its first number, come to those before it. */
static void add_run(moments *m, const double *x, size_t n) {
    double sum = 0, squares = 0, first = x[0], k = (double)n;
    for (size_t i = 0; i < n; i++) {
        m->least = fmin(m->least, x[i]), m->most = fmax(m->most, x[i]);
        sum += x[i] - first;
    }
    double mean = sum / k, d = first + mean - m->mean, all = m->n + k;
    for (size_t i = 0; i < n; i++) squares += (x[i] - first - mean) * (x[i] - first - mean);
    m->squares += squares + d * (m->n * k / all) * d;
    m->mean += d * (k / all);
    m->n = all;
}

static tern_status add_rows(fitting *f, moments *m) {
    const tern__channel_layout *l = &f->layout;
    for (size_t c = 0; c < l->n; c++) m[c].least = (double)INFINITY, m[c].most = -(double)INFINITY;
    for (size_t i = 0; i < f->n; i++) {
        tern_status status = take_sample(f, i);
        if (status) return status;
        for (size_t k = 0; k < l->outer * l->n; k++) add_run(&m[k % l->n], f->sample + k * l->inner, l->inner);
    }
    return TERN_OK;
}

static tern_status fit_moments(fitting *f, bool range, double *center, double *scale) {
    moments *m = tern__alloc(f->layout.n, sizeof *m, f->err);
    tern_status status = m ? add_rows(f, m) : TERN_ERROR_MEMORY;
    for (size_t c = 0; !status && c < f->layout.n; c++) {
        center[c] = range ? m[c].least : m[c].mean;
        scale[c] = range ? m[c].most - m[c].least : tern__deviation(m[c].squares / m[c].n, m[c].mean, (size_t)m[c].n);
    }
    tern__free(m);
    return status;
}

/* ---- quartiles ---- */

static void set_quartiles(const double *sorted, size_t n, double *center, double *scale) {
    *center = tern__quantile(sorted, n, 0.5);
    *scale = tern__quantile(sorted, n, 0.75) - tern__quantile(sorted, n, 0.25);
}

/* Number k, from 0, of the sorted bytes that were counted. */
static double counted(const size_t *count, size_t k) {
    size_t v = 0;
    while (k >= count[v]) k -= count[v++];
    return (double)v;
}

/* As tern__quantile(). */
static double counted_quantile(const size_t *count, size_t n, double q) {
    double at = q * (double)(n - 1);
    size_t low = (size_t)at;
    double a = counted(count, low), b = counted(count, low + 1 < n ? low + 1 : low);
    return a + (b - a) * (at - (double)low);
}

/* Of bytes, by how often each occurs. */
static tern_status fit_counts(fitting *f, double *center, double *scale) {
    enum { VALUES = 256 };
    const tern__channel_layout *l = &f->layout;
    double least = f->a->dtype == TERN_I8 ? -128 : 0;
    size_t n = f->n * l->outer * l->inner, (*count)[VALUES] = tern__alloc(l->n, sizeof *count, f->err);
    tern_status status = count ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < f->n; i++) {
        status = take_sample(f, i);
        for (size_t k = 0; !status && k < l->outer * l->n * l->inner; k++)
            count[k / l->inner % l->n][(size_t)(f->sample[k] - least)]++;
    }
    for (size_t c = 0; !status && c < l->n; c++) {
        center[c] = counted_quantile(count[c], n, 0.5) + least;
        scale[c] = counted_quantile(count[c], n, 0.75) - counted_quantile(count[c], n, 0.25);
    }
    tern__free(count);
    return status;
}

/* As many channels at a time as fit into some memory, one at least: each pass over the rows takes theirs. */
static tern_status fit_quartiles(fitting *f, double *center, double *scale) {
    enum { NUMBERS = 1 << 24 };
    const tern__channel_layout *l = &f->layout;
    size_t each = f->n * l->outer * l->inner, together = each < NUMBERS ? NUMBERS / each : 1;
    if (together > l->n) together = l->n;
    double *values = tern__alloc(together, each * sizeof *values, f->err);
    tern_status status = values ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t first = 0; !status && first < l->n; first += together) {
        size_t channels = l->n - first < together ? l->n - first : together;
        for (size_t i = 0; !status && i < f->n; i++) {
            if ((status = take_sample(f, i))) break;
            for (size_t o = 0; o < l->outer; o++)
                for (size_t c = 0; c < channels; c++)
                    memcpy(values + c * each + (i * l->outer + o) * l->inner,
                           f->sample + (o * l->n + first + c) * l->inner, l->inner * sizeof *values);
        }
        for (size_t c = 0; !status && c < channels; c++) {
            tern__sort(values + c * each, each);
            set_quartiles(values + c * each, each, &center[first + c], &scale[first + c]);
        }
    }
    tern__free(values);
    return status;
}

/* ---- all ---- */

tern_status tern__array_fit(const tern_array *a, const tern__channel_layout *layout, const size_t *rows, size_t n,
                            tern__normalize normalize, double *center, double *scale, tern_error *err) {
    fitting f = {.a = a, .layout = *layout, .rows = rows, .n = n, .err = err};
    size_t count = tern_shape_count(&a->shape);
    f.sample = tern__alloc(count, sizeof *f.sample, err);
    f.room = tern__alloc(count, tern_dtype_size(a->dtype), err);
    tern_status status = f.sample && f.room ? TERN_OK : TERN_ERROR_MEMORY;
    bool quartiles = normalize == TERN__NORMALIZE_ROBUST, bytes = tern_dtype_size(a->dtype) == 1;
    if (!status && quartiles) status = bytes ? fit_counts(&f, center, scale) : fit_quartiles(&f, center, scale);
    else if (!status) status = fit_moments(&f, normalize == TERN__NORMALIZE_MINMAX, center, scale);
    tern__free(f.sample);
    tern__free(f.room);
    return status;
}
