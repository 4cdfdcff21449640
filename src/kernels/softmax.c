/* softmax.c - softmax and its logarithm along one axis; see tern/math.h.
 *
 *   y = e^(x - max) / sum e^(x - max),   ln y = x - max - ln(1 + s),  s = sum e^(x - max) but for one of the largest
 *
 * Columns go by strips of neighbours. A row of ten elements makes no vector, so short rows are transposed into columns
 * first, and back afterwards; a long one goes as it lies. Sums are kept in double. */
#include "exp.h"
#include "sizes.h"

#include <tern/math.h>

enum { STRIP = 64, SHORT = 64, PIECE = 512, LANES = 16 };

/* Adds an element's term of s, and whether it is one of the largest: those are counted on their own, as 1, beside which
 * the others may be tiny. */
static inline void add_term(tern_real d, tern_real e, double *sum, tern_real *top) {
    *sum += d == 0 ? 0 : (double)e;
    *top += d == 0 ? 1 : 0;
}

/* ---- short rows ---- */

typedef tern_real four __attribute__((vector_size(4 * sizeof(tern_real))));

/* Four rows of four become four columns. */
static inline void transpose_four(const tern_real *x, size_t from, tern_real *y, size_t to) {
    four a, b, c, d, low, high;
    memcpy(&a, x, sizeof a);
    memcpy(&b, x + from, sizeof b);
    memcpy(&c, x + 2 * from, sizeof c);
    memcpy(&d, x + 3 * from, sizeof d);
    low = __builtin_shufflevector(a, c, 0, 4, 1, 5);
    high = __builtin_shufflevector(b, d, 0, 4, 1, 5);
    four first = __builtin_shufflevector(low, high, 0, 4, 1, 5),
         second = __builtin_shufflevector(low, high, 2, 6, 3, 7);
    memcpy(y, &first, sizeof first);
    memcpy(y + to, &second, sizeof second);
    low = __builtin_shufflevector(a, c, 2, 6, 3, 7);
    high = __builtin_shufflevector(b, d, 2, 6, 3, 7);
    first = __builtin_shufflevector(low, high, 0, 4, 1, 5), second = __builtin_shufflevector(low, high, 2, 6, 3, 7);
    memcpy(y + 2 * to, &first, sizeof first);
    memcpy(y + 3 * to, &second, sizeof second);
}

/* Writes a matrix with rows and columns exchanged; `from` and `to` are the lengths of rows in memory. What is left over
 * at an end goes with some of what came before once more. */
TERN_CLONES static void transpose(size_t rows, size_t cols, const tern_real *restrict x, size_t from,
                                  tern_real *restrict y, size_t to) {
    if (cols < 4)
        for (size_t i = 0; i < cols; i++)
            for (size_t r = 0; r < rows; r++) y[i * to + r] = x[r * from + i];
    else if (rows < 4)
        for (size_t r = 0; r < rows; r++)
            for (size_t i = 0; i < cols; i++) y[i * to + r] = x[r * from + i];
    else
        for (size_t r = 0; r < rows; r += 4)
            for (size_t i = 0, top = tern__min(r, rows - 4); i < cols; i += 4) {
                size_t left = tern__min(i, cols - 4);
                transpose_four(x + top * from + left, from, y + left * to + top, to);
            }
}

/* ---- long rows ---- */

/* In lanes, which vectorise where a single running maximum must not. */
static inline tern_real row_max(size_t n, const tern_real *x) {
    tern_real max, lane[LANES];
    size_t i = LANES;
    for (size_t j = 0; j < LANES; j++) lane[j] = x[j];
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
    max = lane[0];
    for (size_t j = 1; j < LANES; j++) max = lane[j] > max ? lane[j] : max;
    for (; i < n; i++) max = x[i] > max ? x[i] : max;
    return max;
}

static inline double row_sum(size_t n, const tern_real *x) {
    double sum = 0, lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) lane[j] += (double)x[i + j];
    for (size_t j = 0; j < LANES; j++) sum += lane[j];
    for (; i < n; i++) sum += (double)x[i];
    return sum;
}

TERN_CLONES static void long_softmax(size_t n, const tern_real *x, tern_real *y) {
    tern_real max = row_max(n, x), rest;
    for (size_t i = 0; i < n; i++) {
        tern_real d = tern__difference(x[i], max, &rest);
        y[i] = tern__exp(1, d, rest);
    }
    tern_real scale = (tern_real)(1 / row_sum(n, y));
    for (size_t i = 0; i < n; i++) y[i] *= scale;
}

TERN_CLONES static void long_log_softmax(size_t n, const tern_real *x, tern_real *y) {
    tern_real max = row_max(n, x), rest, e[PIECE], top[PIECE];
    double s = 0, tops = -1;
    for (size_t i = 0; i < n; i += PIECE) {
        size_t piece = tern__min(PIECE, n - i);
        for (size_t k = 0; k < piece; k++) {
            tern_real d = tern__difference(x[i + k], max, &rest), power = tern__exp(1, d, rest);
            e[k] = d == 0 ? 0 : power;
            top[k] = d == 0 ? 1 : 0;
        }
        s += row_sum(piece, e);
        tops += row_sum(piece, top);
    }
    double log_sum = tern__log1p(s + tops);
    for (size_t i = 0; i < n; i++) y[i] = (tern_real)((double)(x[i] - max) - log_sum);
}

/* ---- columns: `width` neighbours of x[n, inner] ---- */

static inline void columns_max(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *max) {
    for (size_t j = 0; j < width; j++) max[j] = x[j];
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < width; j++) max[j] = x[i * inner + j] > max[j] ? x[i * inner + j] : max[j];
}

TERN_CLONES static void softmax_columns(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *y) {
    tern_real max[STRIP], scale[STRIP], rest;
    double sum[STRIP] = {0};
    columns_max(n, inner, width, x, max);
    for (size_t i = 0; i < n * inner; i += inner)
        for (size_t j = 0; j < width; j++) {
            tern_real d = tern__difference(x[i + j], max[j], &rest);
            y[i + j] = tern__exp(1, d, rest);
            sum[j] += (double)y[i + j];
        }
    for (size_t j = 0; j < width; j++) scale[j] = (tern_real)(1 / sum[j]);
    for (size_t i = 0; i < n * inner; i += inner)
        for (size_t j = 0; j < width; j++) y[i + j] *= scale[j];
}

TERN_CLONES static void log_softmax_columns(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *y) {
    tern_real max[STRIP], top[STRIP] = {0}, rest;
    double sum[STRIP] = {0};
    columns_max(n, inner, width, x, max);
    for (size_t i = 0; i < n * inner; i += inner)
        for (size_t j = 0; j < width; j++) {
            tern_real d = tern__difference(x[i + j], max[j], &rest);
            add_term(d, tern__exp(1, d, rest), &sum[j], &top[j]);
        }
    for (size_t j = 0; j < width; j++) sum[j] = tern__log1p(sum[j] + (double)(top[j] - 1));
    for (size_t i = 0; i < n * inner; i += inner)
        for (size_t j = 0; j < width; j++) y[i + j] = (tern_real)((double)(x[i + j] - max[j]) - sum[j]);
}

/* ---- all of it ---- */

typedef struct ways {
    void (*row)(size_t n, const tern_real *x, tern_real *y);
    void (*columns)(size_t n, size_t inner, size_t width, const tern_real *x, tern_real *y);
} ways;

static void short_rows(const ways *w, size_t outer, size_t n, const tern_real *x, tern_real *y) {
    tern_real t[SHORT * STRIP];
    for (size_t row = 0; row < outer; row += STRIP, x += STRIP * n, y += STRIP * n) {
        size_t rows = tern__min(STRIP, outer - row);
        transpose(rows, n, x, n, t, STRIP);
        w->columns(n, STRIP, rows, t, t);
        transpose(n, rows, t, STRIP, y, n);
    }
}

static void along(const ways *w, size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y) {
    if (inner == 1 && n < SHORT) short_rows(w, outer, n, x, y);
    else
        for (size_t i = 0; i < outer; i++, x += n * inner, y += n * inner) {
            if (inner == 1) w->row(n, x, y);
            else
                for (size_t j = 0; j < inner; j += STRIP)
                    w->columns(n, inner, tern__min(STRIP, inner - j), x + j, y + j);
        }
}

void tern_softmax(size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y) {
    along(&(ways){long_softmax, softmax_columns}, outer, n, inner, x, y);
}

void tern_log_softmax(size_t outer, size_t n, size_t inner, const tern_real *x, tern_real *y) {
    along(&(ways){long_log_softmax, log_softmax_columns}, outer, n, inner, x, y);
}
