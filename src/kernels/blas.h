/* blas.h - the BLAS behind tern_gemm(), which can do every product. */
#ifndef TERN_KERNELS_BLAS_H
#define TERN_KERNELS_BLAS_H

#include <tern/tensor.h>

/* c = alpha op(a) op(b) + beta c, as tern_gemm_strided() takes it; k is what op(a)'s columns and op(b)'s rows are. */
typedef struct tern__product {
    tern_real alpha, beta;
    tern_matrix a, b, c;
    tern_transpose ta, tb;
    size_t k;
} tern__product;

void tern__blas_product(const tern__product *p);

/* Keeps OpenBLAS from starting threads of its own: the workers are the parallelism. Done at each product, as it is
 * cheap; returns the threads there were. With its own threads that holds from then on and for the process; on OpenMP
 * for this thread, whose setting a product puts back. */
int tern__blas_single(void);

/* Its name, version and CPU kernel. Static memory. */
const char *tern__blas_name(void);

/* The threads it would use in a call. */
int tern__blas_threads(void);

#endif
