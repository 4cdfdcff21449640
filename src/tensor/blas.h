/* blas.h - which BLAS is behind tern_gemm(). */
#ifndef TERN_TENSOR_BLAS_H
#define TERN_TENSOR_BLAS_H

#include "clock.h"

/* Keeps the BLAS from starting threads of its own: the workers are the parallelism. Done at each product, as it is cheap; returns the
 * threads there were. For OpenBLAS with its own threads that holds from then on and for the process; for one on OpenMP only for this
 * thread, until tern__blas_restore() with what was returned. */
int tern__blas_single(void);
void tern__blas_restore(int before);

/* Its name, version and CPU kernel. Static memory. */
const char *tern__blas_name(void);

/* The threads it would use in a call. */
int tern__blas_threads(void);

/* From now on adds the seconds and operations of this thread's products to `laps`; NULL: no longer. */
void tern__blas_measure(tern__laps *laps);

#endif
