/* gemm.c - matrix products, by OpenBLAS or by micro-kernels. */
#include "blas.h"
#include "clock.h"
#include "cpu.h"
#include "gemm.h"

#include <tern/tensor.h>

#include <assert.h>

void tern_gemm_strided(tern_real alpha, tern_matrix a, tern_transpose ta, tern_matrix b, tern_transpose tb,
                       tern_real beta, tern_matrix c) {
    const tern__gemm_args p = {alpha, beta, a, b, c, ta, tb, ta == TERN_N ? a.cols : a.rows};
    assert(alpha != 0); /* some kernels then let NaN of b through */
    assert((ta == TERN_N ? a.rows : a.cols) == c.rows && (tb == TERN_N ? b.rows : b.cols) == p.k &&
           (tb == TERN_N ? b.cols : b.rows) == c.cols);

    double begin = tern__product_begin();
    if (tern__gemm_by_blas(&p)) tern__blas_gemm(&p);
    else tern__gemm_sup(tern__microkernels_for(tern__cpu_level()), &p);
    tern__product_end(begin, 2.0 * (double)c.rows * (double)c.cols * (double)p.k);
}

static tern_matrix whole(const tern_tensor *t) {
    size_t cols = tern_tensor_cols(t);
    return (tern_matrix){tern_tensor_rows(t), cols, cols, t->data};
}

void tern_gemm(tern_real alpha, const tern_tensor *a, tern_transpose ta, const tern_tensor *b, tern_transpose tb,
               tern_real beta, tern_tensor *c) {
    tern_gemm_strided(alpha, whole(a), ta, whole(b), tb, beta, whole(c));
}
