/* gemm.c - matrix products: the only cblas. */
#include "blas.h"

#include "workers.h"

#include <tern/tensor.h>

#include <cblas.h>

#include <assert.h>
#include <limits.h>

/* OpenBLAS' own functions. Weak, so that any other BLAS with the C interface links too; there they are NULL. */
extern void  openblas_set_num_threads(int n) __attribute__((weak));
extern int   openblas_get_num_threads(void) __attribute__((weak));
extern int   openblas_get_parallel(void) __attribute__((weak)); /* 0: it has no threads, 1: its own, 2: OpenMP's */
extern char *openblas_get_config(void) __attribute__((weak));

/* OpenMP's. An OpenBLAS that is built with it asks them how many threads to use, and each thread has a setting of its own. */
extern void omp_set_num_threads(int n) __attribute__((weak));
extern int  omp_get_max_threads(void) __attribute__((weak));

static bool by_openmp(void) {
    return omp_set_num_threads && omp_get_max_threads && openblas_get_parallel && openblas_get_parallel() == 2;
}

/* Whether it was built without threads: then two of ours that call it at a time spoil each other's numbers. */
static bool serial(void) {
    return openblas_get_parallel && openblas_get_parallel() == 0;
}

int tern__blas_single(void) {
    int before = tern__blas_threads();
    if (before == 1) return before;
    if (by_openmp()) omp_set_num_threads(1);
    else openblas_set_num_threads(1);
    return before;
}

void tern__blas_restore(int before) {
    if (before != 1 && by_openmp()) omp_set_num_threads(before);
}

int tern__blas_threads(void) {
    if (by_openmp()) return omp_get_max_threads();
    return openblas_get_num_threads ? openblas_get_num_threads() : 1;
}

const char *tern__blas_name(void) {
    return openblas_get_config ? openblas_get_config() : "reference BLAS";
}

#ifdef TERN_DOUBLE
#define cblas_gemm cblas_dgemm
#define cblas_gemv cblas_dgemv
#else
#define cblas_gemm cblas_sgemm
#define cblas_gemv cblas_sgemv
#endif

static int blas_int(size_t n) {
    assert(n > 0 && n <= INT_MAX);
    return (int)n;
}

static enum CBLAS_TRANSPOSE blas_transpose(tern_transpose t, bool turned) {
    return (t == TERN_T) == turned ? CblasNoTrans : CblasTrans;
}

/* A vector: the one row of a block, or its one column. */
typedef struct vector {
    tern_real *data;
    int        step;
} vector;

static vector row_or_column(tern_block b, bool row) {
    return (vector){b.data, row ? 1 : blas_int(b.stride)};
}

/* y = alpha op(a) x + beta y: several times as fast as a product with a matrix of one row or column. */
static void gemv(tern_real alpha, tern_block a, enum CBLAS_TRANSPOSE ta, vector x, tern_real beta, vector y, size_t n) {
    for (size_t i = 0; beta == 0 && i < n; i++) y.data[i * (size_t)y.step] = 0; /* not every BLAS takes 0 * NaN for 0 */
    cblas_gemv(CblasRowMajor, ta, blas_int(a.rows), blas_int(a.cols), alpha, a.data, blas_int(a.stride), x.data, x.step, beta, y.data,
               y.step);
}

/* Who measures the products of this thread. */
static _Thread_local tern__laps *measure;

void tern__blas_measure(tern__laps *laps) {
    measure = laps;
}

static void product(tern_real alpha, tern_block a, tern_transpose ta, tern_block b, tern_transpose tb, tern_real beta, tern_block c, size_t k) {
    if (c.rows == 1) /* c^T = op(b)^T a^T */
        gemv(alpha, b, blas_transpose(tb, true), row_or_column(a, ta == TERN_N), beta, row_or_column(c, true), c.cols);
    else if (c.cols == 1)
        gemv(alpha, a, blas_transpose(ta, false), row_or_column(b, tb == TERN_T), beta, row_or_column(c, false), c.rows);
    else
        cblas_gemm(CblasRowMajor, blas_transpose(ta, false), blas_transpose(tb, false), blas_int(c.rows), blas_int(c.cols), blas_int(k),
                   alpha, a.data, blas_int(a.stride), b.data, blas_int(b.stride), beta, c.data, blas_int(c.stride));
}

void tern_gemm_block(tern_real alpha, tern_block a, tern_transpose ta, tern_block b, tern_transpose tb, tern_real beta, tern_block c) {
    size_t k = ta == TERN_N ? a.cols : a.rows;
    assert(alpha != 0); /* some kernels then let NaN of b through */
    assert((ta == TERN_N ? a.rows : a.cols) == c.rows && (tb == TERN_N ? b.rows : b.cols) == k &&
           (tb == TERN_N ? b.cols : b.rows) == c.cols);

    int threads = tern__blas_single();
    bool alone = serial();
    double start = measure ? tern__clock() : 0;
    if (alone) tern__lock();
    product(alpha, a, ta, b, tb, beta, c, k);
    if (alone) tern__unlock();
    tern__blas_restore(threads);
    if (!measure) return;
    measure->product_seconds += tern__clock() - start;
    measure->product_flops += 2.0 * (double)c.rows * (double)c.cols * (double)k;
}

static tern_block whole(const tern_tensor *t) {
    size_t cols = tern_tensor_cols(t);
    return (tern_block){tern_tensor_rows(t), cols, cols, t->data};
}

void tern_gemm(tern_real alpha, const tern_tensor *a, tern_transpose ta, const tern_tensor *b, tern_transpose tb, tern_real beta,
               tern_tensor *c) {
    tern_gemm_block(alpha, whole(a), ta, whole(b), tb, beta, whole(c));
}
