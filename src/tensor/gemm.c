/* gemm.c - matrix products: the only cblas. */
#include "blas.h"

#include <tern/tensor.h>

#include <cblas.h>

#include <assert.h>
#include <limits.h>

/* OpenBLAS' own functions. Weak, so that any other BLAS with the C interface links too; there they are NULL. */
extern void  openblas_set_num_threads(int n) __attribute__((weak));
extern int   openblas_get_num_threads(void) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));

void tern__blas_single(void) {
    if (openblas_set_num_threads && tern__blas_threads() != 1) openblas_set_num_threads(1);
}

int tern__blas_threads(void) {
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

static size_t op_cols(const tern_tensor *a, tern_transpose t) {
    return t == TERN_N ? tern_tensor_cols(a) : tern_tensor_rows(a);
}

static size_t op_rows(const tern_tensor *a, tern_transpose t) {
    return op_cols(a, t == TERN_N ? TERN_T : TERN_N);
}

static enum CBLAS_TRANSPOSE blas_transpose(tern_transpose t, bool turned) {
    return (t == TERN_T) == turned ? CblasNoTrans : CblasTrans;
}

/* y = alpha op(a) x + beta y: several times as fast as a product with a matrix of one row or column. */
static void gemv(tern_real alpha, const tern_tensor *a, enum CBLAS_TRANSPOSE ta, const tern_tensor *x, tern_real beta,
                 tern_tensor *y) {
    int rows = blas_int(tern_tensor_rows(a)), cols = blas_int(tern_tensor_cols(a));
    if (beta == 0) tern_tensor_fill(y, 0); /* not every BLAS takes 0 * NaN for 0 */
    cblas_gemv(CblasRowMajor, ta, rows, cols, alpha, a->data, cols, x->data, 1, beta, y->data, 1);
}

void tern_gemm(tern_real alpha, const tern_tensor *a, tern_transpose ta, const tern_tensor *b, tern_transpose tb, tern_real beta,
               tern_tensor *c) {
    int a_cols = blas_int(tern_tensor_cols(a)), b_cols = blas_int(tern_tensor_cols(b));
    int m = blas_int(op_rows(c, TERN_N)), n = blas_int(op_cols(c, TERN_N)), k = blas_int(op_cols(a, ta));
    assert(alpha != 0); /* some kernels then let NaN of b through */
    assert(op_rows(a, ta) == (size_t)m && op_rows(b, tb) == (size_t)k && op_cols(b, tb) == (size_t)n);

    tern__blas_single();
    if (m == 1) gemv(alpha, b, blas_transpose(tb, true), a, beta, c); /* c^T = op(b)^T a^T */
    else if (n == 1) gemv(alpha, a, blas_transpose(ta, false), b, beta, c);
    else
        cblas_gemm(CblasRowMajor, blas_transpose(ta, false), blas_transpose(tb, false), m, n, k, alpha, a->data, a_cols,
                   b->data, b_cols, beta, c->data, n);
}
