/* blas.h - the BLAS behind tern_gemm(), which can do every product. */
#ifndef TERN_KERNELS_BLAS_H
#define TERN_KERNELS_BLAS_H

#include "gemm.h"

/* Does any product. */
void tern__blas_gemm(const tern__gemm_args *p);

/* Keeps OpenBLAS from starting threads of its own: the workers are the parallelism. Done at each product, as it is
 * cheap; returns the threads there were. With its own threads that holds from then on and for the process; on OpenMP
 * for this thread, whose setting a product puts back. */
int tern__blas_single(void);

/* Its name, version and CPU kernel. Static memory. */
const char *tern__blas_name(void);

/* The CPU that its kernels are for, as OpenBLAS names it: "Haswell". "reference" of another BLAS. Static memory. */
const char *tern__blas_core(void);

/* The threads it would use in a call. */
int tern__blas_threads(void);

#endif
