/* version.c - what the library is and what it runs on. */
#include "blas.h"
#include "cpu.h"
#include "workers.h"

#include <tern/version.h>

size_t tern_cpu_count(void) { return tern__cpus(); }

/* Which clone of the vector functions (TERN_CLONES) the loader picks on this CPU. */
static const char *cpu_path(void) {
#ifdef TERN_SANITIZED
    return "default";
#else
    int level = tern__cpu_level();
    return level == 4 ? "x86-64-v4" : level == 3 ? "x86-64-v3" : "default";
#endif
}

tern_build tern_version(void) {
    tern__blas_single(); /* as in any call of tern_gemm() */
    return (tern_build){.version = TERN_VERSION,
                        .real = sizeof(tern_real) == sizeof(double) ? "double" : "float",
                        .blas = tern__blas_name(),
                        .blas_threads = (size_t)tern__blas_threads(),
                        .blas_core = tern__blas_core(),
                        .microkernels = tern__microkernels_for(tern__cpu_level())->name,
                        .gemm = tern__gemm_setting_name(),
                        .cpus = tern__cpus(),
                        .cpu_path = cpu_path(),
                        .compiler = __VERSION__};
}
