/* blas.c - products by OpenBLAS, or another BLAS with its C interface: the only cblas. */
#include "blas.h"

#include "workers.h"

#include <cblas.h>

#include <assert.h>
#include <limits.h>

/* OpenBLAS' own functions. Weak, so that any other BLAS with the C interface links too; there they are NULL. */
extern void openblas_set_num_threads(int n) __attribute__((weak));
extern int openblas_get_num_threads(void) __attribute__((weak));
extern int openblas_get_parallel(void) __attribute__((weak)); /* 0: it has no threads, 1: its own, 2: OpenMP's */
extern char *openblas_get_config(void) __attribute__((weak));
extern char *openblas_get_corename(void) __attribute__((weak));

/* OpenMP's. An OpenBLAS that is built with it asks them how many threads to use, and each thread has a setting of its
 * own. */
extern void omp_set_num_threads(int n) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));

static bool by_openmp(void) {
    return omp_set_num_threads && omp_get_max_threads && openblas_get_parallel && openblas_get_parallel() == 2;
}

/* Whether it was built without threads: then two of ours that call it at a time spoil each other's results. */
static bool serial(void) { return openblas_get_parallel && openblas_get_parallel() == 0; }

int tern__blas_single(void) {
    int before = tern__blas_threads();
    if (before == 1) return before;
    if (by_openmp()) omp_set_num_threads(1);
    else openblas_set_num_threads(1);
    return before;
}

static void restore(int before) {
    if (before != 1 && by_openmp()) omp_set_num_threads(before);
}

int tern__blas_threads(void) {
    if (by_openmp()) return omp_get_max_threads();
    return openblas_get_num_threads ? openblas_get_num_threads() : 1;
}

const char *tern__blas_name(void) { return openblas_get_config ? openblas_get_config() : "reference BLAS"; }

const char *tern__blas_core(void) { return openblas_get_corename ? openblas_get_corename() : "reference"; }

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

static enum CBLAS_TRANSPOSE blas_transpose(tern_transpose t, bool transposed) {
    return (t == TERN_T) == transposed ? CblasNoTrans : CblasTrans;
}

/* A vector: the one row of a block, or its one column. */
typedef struct vector {
    tern_real *data;
    int step;
} vector;

static vector row_or_column(tern_matrix b, bool row) { return (vector){b.data, row ? 1 : blas_int(b.stride)}; }

/* y = alpha op(a) x + beta y: several times as fast as a product with a matrix of one row or column. */
static void gemv(tern_real alpha, tern_matrix a, enum CBLAS_TRANSPOSE ta, vector x, tern_real beta, vector y,
                 size_t n) {
    for (size_t i = 0; beta == 0 && i < n; i++) y.data[i * (size_t)y.step] = 0; /* not every BLAS takes 0 * NaN for 0 */
    cblas_gemv(CblasRowMajor, ta, blas_int(a.rows), blas_int(a.cols), alpha, a.data, blas_int(a.stride), x.data, x.step,
               beta, y.data, y.step);
}

static void multiply(const tern__gemm_args *p) {
    tern_matrix a = p->a, b = p->b, c = p->c;
    enum CBLAS_TRANSPOSE ta = blas_transpose(p->ta, false), tb = blas_transpose(p->tb, false);
    if (c.rows == 1) /* c^T = op(b)^T a^T */
        gemv(p->alpha, b, blas_transpose(p->tb, true), row_or_column(a, p->ta == TERN_N), p->beta,
             row_or_column(c, true), c.cols);
    else if (c.cols == 1)
        gemv(p->alpha, a, ta, row_or_column(b, p->tb == TERN_T), p->beta, row_or_column(c, false), c.rows);
    else
        cblas_gemm(CblasRowMajor, ta, tb, blas_int(c.rows), blas_int(c.cols), blas_int(p->k), p->alpha, a.data,
                   blas_int(a.stride), b.data, blas_int(b.stride), p->beta, c.data, blas_int(c.stride));
}

void tern__blas_gemm(const tern__gemm_args *p) {
    int threads = tern__blas_single();
    bool alone = serial();
    if (alone) tern__lock();
    multiply(p);
    if (alone) tern__unlock();
    restore(threads);
}
