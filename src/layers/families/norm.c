/* norm.c - shape, sums, scaling and gradients of normalising layers; see tern/layers/norm.h. */
#include <tern/layers/norm.h>

tern_status tern_norm_shape(const tern_shape *sample, tern_shape *normalized, tern_error *err) {
    size_t rank = sample->rank;
    if (!normalized->rank) *normalized = TERN_SHAPE(sample->dim[rank - 1]);
    bool same = normalized->rank <= rank;
    for (size_t i = 1; same && i <= normalized->rank; i++)
        same = normalized->dim[normalized->rank - i] == sample->dim[rank - i];
    if (same) return TERN_OK;
    char given[TERN_SHAPE_TEXT], found[TERN_SHAPE_TEXT];
    return tern_error_add(err, TERN_ERROR_MODEL, "normalized_shape",
                          "is %s, but must be the last dimensions of the input %s", tern_shape_text(normalized, given),
                          tern_shape_text(sample, found));
}

enum { LANES = 16 }; /* partial sums, so that a sum runs in vector registers */

/* The lanes together, without leaving the registers. */
static inline double lanes_sum(const double *lane) {
    double quarter[LANES / 4];
    for (size_t k = 0; k < LANES / 4; k++)
        quarter[k] = (lane[k] + lane[k + LANES / 4]) + (lane[k + LANES / 2] + lane[k + LANES / 4 * 3]);
    double sum = 0;
    for (size_t k = 0; k < LANES / 4; k++) sum += quarter[k];
    return sum;
}

TERN_CLONES void tern_norm_sums(size_t n, const tern_real *x, double shift, double *sum, double *square) {
    double first[LANES] = {0}, second[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            double d = (double)x[i + k] - shift;
            first[k] += d;
            second[k] += d * d;
        }
    }
    double a = lanes_sum(first), b = lanes_sum(second);
    for (; i < n; i++) {
        double d = (double)x[i] - shift;
        a += d;
        b += d * d;
    }
    *sum += a;
    *square += b;
}

/* Around the first element: it is within sqrt(n) deviations of the mean, wherever the mean lies. */
void tern_norm_moments(size_t n, const tern_real *x, double *mean, double *variance) {
    double sum = 0, square = 0, shift = (double)x[0];
    tern_norm_sums(n, x, shift, &sum, &square);
    sum /= (double)n;
    double v = square / (double)n - sum * sum;
    *mean = shift + sum;
    *variance = v < 0 ? 0 : v; /* NaN stays */
}

TERN_CLONES void tern_norm_scale(size_t n, const tern_real *x, tern_real mean, tern_real scale, tern_real bias,
                                 tern_real *y) {
    for (size_t i = 0; i < n; i++) y[i] = (x[i] - mean) * scale + bias;
}

TERN_CLONES void tern_norm_dots(size_t n, const tern_real *x, tern_real mean, const tern_real *dy, double *sum,
                                double *dot) {
    double first[LANES] = {0}, second[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            first[k] += (double)dy[i + k];
            second[k] += (double)dy[i + k] * (double)(x[i + k] - mean);
        }
    }
    double a = lanes_sum(first), b = lanes_sum(second);
    for (; i < n; i++) {
        a += (double)dy[i];
        b += (double)dy[i] * (double)(x[i] - mean);
    }
    *sum += a;
    *dot += b;
}

TERN_CLONES void tern_norm_gradient(size_t n, const tern_real *x, tern_real mean, const tern_real *dy, tern_real a,
                                    tern_real b, tern_real c, tern_real *dx) {
    for (size_t i = 0; i < n; i++) dx[i] = a * dy[i] + (b * (x[i] - mean) + c);
}
