/* version.c - tern version: what this program is built from and what it runs on. */
#include "commands.h"

#include "blas.h"
#include "cpu.h"
#include "workers.h"

/* Which clone of the vector functions (TERN_CLONES) the loader picks on this CPU. */
static const char *cpu_path(void) {
#ifdef TERN_SANITIZED
    return "default";
#else
    int level = tern__cpu_level();
    return level == 4 ? "x86-64-v4" : level == 3 ? "x86-64-v3" : "default";
#endif
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
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

const command command_version = {
    .name = "version",
    .operand = "",
    .doc = "Version, BLAS, threads, CPU path.",
    .size = sizeof(args),
    .run = run,
};
