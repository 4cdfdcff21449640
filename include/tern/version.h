/* version.h - what this library is and what it runs on. */
#ifndef TERN_VERSION_H
#define TERN_VERSION_H

#include <tern/base.h>

TERN_BEGIN

/* What a bug report should say. Strings are static memory. */
typedef struct tern_build {
    const char *version;      /* TERN_VERSION of the library, which may differ from that of the headers */
    const char *real;         /* "float" or "double": what tern_real is */
    const char *blas;         /* name, version and CPU kernel of the BLAS */
    size_t blas_threads;      /* threads that it uses in one call */
    const char *blas_core;    /* the CPU that its kernels are made for, as OpenBLAS calls it: "Haswell" */
    const char *microkernels; /* the instructions that our own micro-kernels use here: "AVX-512", "AVX2", "generic" */
    const char
        *gemm;   /* who does matrix products: "measured" (the faster of both), "blas" or "microkernel" (TERN_GEMM) */
    size_t cpus; /* tern_cpu_count() */
    const char *cpu_path; /* which versions of vector code run here: "x86-64-v4", "x86-64-v3" or "default" */
    const char *compiler;
} tern_build;

/* Describes the library at hand. Keeps OpenBLAS from starting threads, as tern_gemm() does. Any thread. */
TERN_API tern_build tern_version(void);

/* The CPUs this process may run on: what `threads` 0 stands for. Any thread. */
TERN_API size_t tern_cpu_count(void);

TERN_END

#endif
