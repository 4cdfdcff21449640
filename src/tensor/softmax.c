/* softmax.c - softmax and its logarithm along one axis; see tern/math.h.
 *
 *   y = e^(x - max) / sum e^(x - max),   ln y = x - max - ln sum e^(x - max)
 *
 * Rows (inner 1) go in blocks that stay in the cache, so that e^x sees long arrays even where a row has ten numbers. The other
 * layouts go by strips of neighbouring columns. Sums are kept in double. */
#include <tern/math.h>

#include <math.h>

enum { BLOCK = 1024, LANES = 16, STRIP = 256 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* ---- rows ---- */

/* The largest of x (NaN spoils its row, found here or not). In lanes, which vectorise where a single running maximum must not. */
static inline tern_real row_max(size_t n, const tern_real *x) {
    tern_real max = x[0];
    size_t i = 0;
    if (n >= 2 * LANES) {
        tern_real lane[LANES];
        for (size_t j = 0; j < LANES; j++) lane[j] = x[j];
        for (i = LANES; i + LANES <= n; i += LANES)
            for (size_t j = 0; j < LANES; j++) lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
        for (size_t j = 0; j < LANES; j++) max = lane[j] > max ? lane[j] : max;
    }
    for (; i < n; i++) max = x[i] > max ? x[i] : max;
    return max;
}

static inline double row_sum(size_t n, const tern_real *x) {
    double sum = 0, lane[LANES] = {0};
    size_t i = 0;
    if (n >= 2 * LANES) {
        for (; i + LANES <= n; i += LANES)
            for (size_t j = 0; j < LANES; j++) lane[j] += (double)x[i + j];
        for (size_t j = 0; j < LANES; j++) sum += lane[j];
    }
    for (; i < n; i++) sum += (double)x[i];
    return sum;
}

/* y = x - max of its row */
TERN_CLONES static void rows_shift(size_t rows, size_t n, const tern_real *x, tern_real *y) {
    for (size_t r = 0; r < rows; r++, x += n, y += n) {
        tern_real max = row_max(n, x);
        for (size_t i = 0; i < n; i++) y[i] = x[i] - max;
    }
}

/* y = y / sum of its row */
TERN_CLONES static void rows_normalize(size_t rows, size_t n, tern_real *y) {
    for (size_t r = 0; r < rows; r++, y += n) {
        tern_real scale = (tern_real)(1 / row_sum(n, y));
        for (size_t i = 0; i < n; i++) y[i] *= scale;
    }
}

/* sum[r] += sum of row r */
TERN_CLONES static void rows_sum(size_t rows, size_t n, const tern_real *x, double *sum) {
    for (size_t r = 0; r < rows; r++, x += n) sum[r] += row_sum(n, x);
}

static void softmax_rows(size_t outer, size_t n, const tern_real *x, tern_real *y) {
    size_t most = n < BLOCK ? BLOCK / n : 1;
    for (size_t row = 0; row < outer; row += most) {
        size_t rows = least(most, outer - row);
        tern_real *to = y + row * n;
        rows_shift(rows, n, x + row * n, to);
        tern_exp(rows * n, to, to);
        rows_normalize(rows, n, to);
    }
}

static void log_softmax_rows(size_t outer, size_t n, const tern_real *x, tern_real *y) {
    size_t most = n < BLOCK ? BLOCK / n : 1, length = least(n, BLOCK);
    tern_real power[BLOCK];
    for (size_t row = 0; row < outer; row += most) {
        size_t rows = least(most, outer - row);
        double sum[BLOCK] = {0};
        tern_real *to = y + row * n;
        rows_shift(rows, n, x + row * n, to);
        for (size_t i = 0; i < n; i += length) { /* more than one piece only where a row is longer than a block */
            size_t piece = least(length, n - i);
            tern_exp(rows * piece, to + i, power);
            rows_sum(rows, piece, power, sum);
        }
        for (size_t r = 0; r < rows; r++, to += n) {
            tern_real log_sum = (tern_real)log(sum[r]);
            for (size_t i = 0; i < n; i++) to[i] -= log_sum;
        }
    }
}

/* ---- columns: `width` neighbours of x[n, inner] ---- */

/* y = x - max of its column */
TERN_CLONES static void columns_shift(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *y) {
    tern_real max[STRIP];
    for (size_t j = 0; j < width; j++) max[j] = x[j];
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < width; j++) max[j] = x[i * inner + j] > max[j] ? x[i * inner + j] : max[j];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++) y[i * inner + j] = x[i * inner + j] - max[j];
}

static inline void add_to(size_t n, const tern_real *x, double *sum) {
    for (size_t j = 0; j < n; j++) sum[j] += (double)x[j];
}

TERN_CLONES static void softmax_columns(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *y) {
    double sum[STRIP] = {0};
    columns_shift(n, inner, width, x, y);
    for (size_t i = 0; i < n; i++) {
        tern_exp(width, y + i * inner, y + i * inner);
        add_to(width, y + i * inner, sum);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++) y[i * inner + j] /= (tern_real)sum[j];
}

TERN_CLONES static void log_softmax_columns(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *y) {
    double sum[STRIP] = {0};
    tern_real power[STRIP];
    columns_shift(n, inner, width, x, y);
    for (size_t i = 0; i < n; i++) {
        tern_exp(width, y + i * inner, power);
        add_to(width, power, sum);
    }
    for (size_t j = 0; j < width; j++) sum[j] = log(sum[j]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++) y[i * inner + j] -= (tern_real)sum[j];
}

void tern_softmax(size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y) {
    if (inner == 1) {
        softmax_rows(outer, n, x, y);
        return;
    }
    for (size_t i = 0; i < outer; i++)
        for (size_t j = 0; j < inner; j += STRIP)
            softmax_columns(n, inner, least(STRIP, inner - j), x + i * n * inner + j, y + i * n * inner + j);
}

void tern_log_softmax(size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y) {
    if (inner == 1) {
        log_softmax_rows(outer, n, x, y);
        return;
    }
    for (size_t i = 0; i < outer; i++)
        for (size_t j = 0; j < inner; j += STRIP)
            log_softmax_columns(n, inner, least(STRIP, inner - j), x + i * n * inner + j, y + i * n * inner + j);
}
