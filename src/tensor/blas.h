/* blas.h - which BLAS is behind tern_gemm(). */
#ifndef TERN_TENSOR_BLAS_H
#define TERN_TENSOR_BLAS_H

/* Keeps the BLAS from starting threads of its own: the workers are the parallelism. tern_gemm() calls it, as it is cheap. */
void tern__blas_single(void);

/* Its name, version and CPU kernel. Static memory. */
const char *tern__blas_name(void);

/* The threads it would use in a call. */
int tern__blas_threads(void);

#endif
