/* blas_none.c - in place of blas.c where there is no BLAS, as on WebAssembly: micro-kernels do every product. */
#include "blas.h"

#include "cpu.h"

int tern__blas_single(void) { return 1; }

int tern__blas_threads(void) { return 1; }

const char *tern__blas_name(void) { return "none"; }

const char *tern__blas_core(void) { return "none"; }

/* c *= factor, which micro-kernels don't. */
static void scale(tern_matrix c, tern_real factor) {
    for (size_t i = 0; i < c.rows; i++)
        for (size_t j = 0; j < c.cols; j++) c.data[i * c.stride + j] *= factor;
}

void tern__blas_gemm(const tern__gemm_args *p) {
    tern__gemm_args args = *p;
    if (p->beta != 0 && p->beta != 1) {
        scale(p->c, p->beta);
        args.beta = 1;
    }
    tern__gemm_sup(tern__microkernels_for(tern__cpu_level()), &args);
}
