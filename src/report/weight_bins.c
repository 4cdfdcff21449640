/* weight_bins.c - histograms of weights, as training began with them and as it left them; see subject.h. */
#include "subject.h"

#include <math.h>
#include <string.h>

tern_status tern__subject_start_weights(tern__subject *s, tern_real **before, tern_error *err) {
    size_t n = 0, used = 0;
    for (size_t i = 0; i < tern_model_weight_count(s->model); i++) {
        tern_weight w = tern_model_weight(s->model, i);
        n += tern_tensor_count(&w.tensor);
    }
    *before = tern__alloc(n, sizeof **before, err);
    if (!*before) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < tern_model_weight_count(s->model); i++) {
        tern_weight w = tern_model_weight(s->model, i);
        size_t count = tern_tensor_count(&w.tensor);
        memcpy(*before + used, w.tensor.data, count * sizeof **before);
        used += count;
    }
    return TERN_OK;
}

static void extend(size_t n, const tern_real *value, double *low, double *high) {
    for (size_t i = 0; i < n; i++) {
        *low = fmin(*low, (double)value[i]);
        *high = fmax(*high, (double)value[i]);
    }
}

/* Shares of all numbers, in percent. */
static void fill(size_t n, const tern_real *value, size_t bins, const double *edge, double *bin) {
    double width = edge[bins] - edge[0];
    for (size_t i = 0; i < n; i++) {
        double at = ((double)value[i] - edge[0]) / width * (double)bins;
        size_t k = at > 0 ? (size_t)at : 0;
        bin[k < bins ? k : bins - 1] += 100.0 / (double)n;
    }
}

static void count_weight(const tern_weight *w, const tern_real *before, tern__weight_bins *b) {
    size_t n = tern_tensor_count(&w->tensor);
    const tern_real *now = w->tensor.data;
    double low = INFINITY, high = -INFINITY, mean = 0, squares = 0;
    extend(n, now, &low, &high);
    *b = (tern__weight_bins){.name = w->name, .shape = w->tensor.shape, .least = low, .most = high};
    b->start = memcmp(before, now, n * sizeof *now) != 0;
    if (b->start) extend(n, before, &low, &high);
    if (!(low < high)) low -= 0.5, high += 0.5;
    b->bins = (size_t)fmin(fmax(2 * sqrt((double)n), 6), TERN__WEIGHT_BINS);
    for (size_t k = 0; k <= b->bins; k++) b->edge[k] = low + (high - low) * (double)k / (double)b->bins;
    fill(n, now, b->bins, b->edge, b->after);
    fill(n, before, b->bins, b->edge, b->before);
    for (size_t i = 0; i < n; i++) mean += (double)now[i] / (double)n;
    for (size_t i = 0; i < n; i++) squares += ((double)now[i] - mean) * ((double)now[i] - mean) / (double)n;
    b->mean = mean;
    b->std = sqrt(squares);
}

tern_status tern__subject_count_weights(tern__subject *s, const tern_real *before, tern_error *err) {
    size_t n = tern_model_weight_count(s->model);
    s->weight = tern__arena_alloc(&s->arena, n, sizeof *s->weight, err);
    if (!s->weight) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        tern_weight w = tern_model_weight(s->model, i);
        if (w.trained) count_weight(&w, before, &s->weight[s->weights++]);
        before += tern_tensor_count(&w.tensor);
    }
    return TERN_OK;
}
