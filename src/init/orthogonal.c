/* orthogonal - rows (or, where there are more rows than columns, columns) at right angles to each other and of length
 * gain (Saxe et al. 2014). The dimensions after the first together are the columns.
 *
 * A normal matrix goes through modified Gram-Schmidt in place, twice: once loses digits where vectors are almost
 * parallel, twice is enough. The result is the Q of its QR decomposition with the diagonal of R positive. */
#include <tern/initializer.h>
#include <math.h>

typedef struct orthogonal {
    double gain;
} orthogonal;

enum { BLOCK = 64 };

static tern_status orthogonal_plan(void *self, const tern_shape *shape, tern_error *err) {
    (void)self;
    if (shape->rank >= 2) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "makes rows orthogonal, so that it needs at least 2 dimensions, "
                          "but the weight has %zu",
                          shape->rank);
}

/* In several sums, as one alone would wait for each addition. */
TERN_CLONES static double dot(size_t n, const tern_real *a, const tern_real *b) {
    double sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) sum[j] += (double)a[i + j] * (double)b[i + j];
    for (; i < n; i++) sum[0] += (double)a[i] * (double)b[i];
    for (size_t j = 1; j < 8; j++) sum[0] += sum[j];
    return sum[0];
}

TERN_CLONES static void orthogonal_rows(size_t rows, size_t cols, tern_real *w) {
    for (size_t i = 0; i < rows; i++) {
        tern_real *v = w + i * cols;
        for (size_t j = 0; j < i; j++) {
            const tern_real *q = w + j * cols;
            tern_real r = (tern_real)dot(cols, q, v);
            for (size_t k = 0; k < cols; k++) v[k] -= r * q[k];
        }
        tern_real scale = (tern_real)(1 / sqrt(dot(cols, v, v)));
        for (size_t k = 0; k < cols; k++) v[k] *= scale;
    }
}

/* The same for columns: each one is taken out of those that follow, a block at a time, so that memory is read by rows.
 */
TERN_CLONES static void orthogonal_columns(size_t rows, size_t cols, tern_real *w) {
    for (size_t j = 0; j < cols; j++) {
        double square = 0;
        for (size_t i = 0; i < rows; i++) square += (double)w[i * cols + j] * (double)w[i * cols + j];
        tern_real scale = (tern_real)(1 / sqrt(square));
        for (size_t i = 0; i < rows; i++) w[i * cols + j] *= scale;
        for (size_t first = j + 1; first < cols; first += BLOCK) {
            size_t n = cols - first < BLOCK ? cols - first : BLOCK;
            double r[BLOCK] = {0};
            for (size_t i = 0; i < rows; i++)
                for (size_t k = 0; k < n; k++) r[k] += (double)w[i * cols + j] * (double)w[i * cols + first + k];
            for (size_t i = 0; i < rows; i++)
                for (size_t k = 0; k < n; k++) w[i * cols + first + k] -= w[i * cols + j] * (tern_real)r[k];
        }
    }
}

static void orthogonal_fill(const void *self, const tern_random *random, tern_tensor *w) {
    const orthogonal *o = self;
    size_t n = tern_tensor_count(w), rows = w->shape.dim[0], cols = n / rows;
    tern_random_normal(random, 0, n, w->data);
    for (int pass = 0; pass < 2; pass++)
        if (rows <= cols) orthogonal_rows(rows, cols, w->data);
        else orthogonal_columns(rows, cols, w->data);
    for (size_t i = 0; i < n; i++) w->data[i] *= (tern_real)o->gain;
}

static const tern_option options[] = {
    TERN_REAL(orthogonal, gain, 1, 0, 1e30, "The length of each row (or column)."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{2, {6, 9}}}},
    {"{\"gain\": 2}", {{2, {9, 6}}}},
    {"{}", {{4, {8, 4, 3, 3}}}},
    {0},
};

const tern_initializer_type tern_initializer_orthogonal = {
    .base = {TERN_INITIALIZER, "orthogonal", NULL,
             "Rows (or columns, where they are fewer) at right angles to each other.", sizeof(orthogonal), options,
             examples},
    .plan = orthogonal_plan,
    .fill = orthogonal_fill,
};
