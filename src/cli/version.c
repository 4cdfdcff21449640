/* version.c - tern version: what this program is built from and what it runs on. */
#include "commands.h"

#include "blas.h"
#include "workers.h"

/* Which clone of the vector functions (TERN_CLONES) the loader picks on this CPU. */
static const char *cpu_path(void) {
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(TERN_SANITIZED)
#if __GNUC__ >= 12 || __clang_major__ >= 16
    if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
    if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
#else
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return "x86-64-v4";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma")) return "x86-64-v3";
#endif
#endif
    return "default";
}

int command_version(const args *a, tern_error *err) {
    (void)err;
    tern__blas_single(); /* as in any call of tern_gemm() */
    const char *real = sizeof(tern_real) == sizeof(double) ? "double" : "float";
    if (!a->json) {
        int threads = tern__blas_threads();
        printf("tern %s, numbers in %s\n", TERN_VERSION, real);
        printf("BLAS      %s, %d thread%s each call\n", tern__blas_name(), threads, threads == 1 ? "" : "s");
        printf("CPUs      %zu\nCPU path  %s\ncompiler  %s\n", tern__cpus(), cpu_path(), __VERSION__);
        return EXIT_DONE;
    }
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "version", TERN_VERSION);
    json_text(&j, "real", real);
    json_text(&j, "blas", tern__blas_name());
    json_size(&j, "blas_threads", (size_t)tern__blas_threads());
    json_size(&j, "cpus", tern__cpus());
    json_text(&j, "cpu_path", cpu_path());
    json_text(&j, "compiler", __VERSION__);
    json_close(&j, '}');
    json_end();
    return EXIT_DONE;
}
