/* gemm.h - what does a matrix product: OpenBLAS (blas.h) or the micro-kernels, and which of them does which. */
#ifndef TERN_KERNELS_GEMM_H
#define TERN_KERNELS_GEMM_H

#include "microkernel.h"

#include <tern/tensor.h>

/* c = alpha op(a) op(b) + beta c, as tern_gemm_strided() takes it; k is the columns of op(a) and the rows of op(b). */
typedef struct tern__gemm_args {
    tern_real alpha, beta;
    tern_matrix a, b, c;
    tern_transpose ta, tb;
    size_t k;
} tern__gemm_args;

/* ---- the micro-kernels' (gemm_sup.c) ---- */

/* Whether they can do a product: no vector, beta 0 or 1, on a CPU with AVX2. */
bool tern__gemm_sup_can(const tern__microkernels *kernels, const tern__gemm_args *p);

/* Does a product that they can do. */
void tern__gemm_sup(const tern__microkernels *kernels, const tern__gemm_args *p);

/* ---- the choice (gemm_choice.c) ---- */

/* What TERN_GEMM in the environment asks for: what was measured to be fastest, where it is not set; every product by
 * OpenBLAS ("blas"); or every one that they can do by micro-kernels ("microkernel"). Read once. */
typedef enum tern__gemm_setting { TERN__GEMM_MEASURED = 1, TERN__GEMM_BLAS, TERN__GEMM_MICROKERNEL } tern__gemm_setting;

tern__gemm_setting tern__gemm_setting_of_process(void);

/* "measured", "blas" or "microkernel". */
const char *tern__gemm_setting_name(void);

/* The kinds of CPU that the line between the two is drawn for: whose instructions OpenBLAS uses, and whose ours do. */
typedef enum tern__gemm_cpu {
    TERN__CPU_OTHER,      /* our micro-kernels are not for it */
    TERN__CPU_AVX2,       /* both AVX2 */
    TERN__CPU_AVX512,     /* both AVX-512 */
    TERN__CPU_AVX512_OURS /* ours AVX-512, OpenBLAS's not */
} tern__gemm_cpu;

/* The kind, of micro-kernels for that level (cpu.h) and the OpenBLAS that there is. */
tern__gemm_cpu tern__gemm_cpu_of(int level);

/* Whether OpenBLAS is to do a product on such a CPU, being not clearly slower at it. */
bool tern__gemm_favors_blas(tern__gemm_cpu cpu, const tern__gemm_args *p);

/* Whether OpenBLAS is to do a product in this process. */
bool tern__gemm_by_blas(const tern__gemm_args *p);

#endif
