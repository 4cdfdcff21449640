/* version.c - tern version: what this program is built from and what it runs on. */
#include "commands.h"

#include <tern/version.h>

#include <string.h>

/* The libraries that this program was built with and that it could do without. */
static const char *const libraries[] = {
#ifdef TERN_HAVE_PNG
    TERN_HAVE_PNG,
#endif
#ifdef TERN_HAVE_JPEG
    TERN_HAVE_JPEG,
#endif
#ifdef TERN_HAVE_EXIF
    TERN_HAVE_EXIF,
#endif
#ifdef TERN_HAVE_SQLITE
    TERN_HAVE_SQLITE,
#endif
#ifdef TERN_HAVE_ONNX
    TERN_HAVE_ONNX,
#endif
#ifdef TERN_HAVE_MPI
    TERN_HAVE_MPI,
#endif
    NULL};

void print_products(void) {
    const tern_build b = tern_version();
    if (!strcmp(b.gemm, "measured"))
        printf("by OpenBLAS (%s) or micro-kernels (%s), whichever is faster", b.blas_core, b.microkernels);
    else printf("by %s, as TERN_GEMM=%s asks", strcmp(b.gemm, "blas") ? "micro-kernels" : "OpenBLAS", b.gemm);
}

void json_products(json *j) {
    const tern_build b = tern_version();
    json_text(j, "blas", b.blas);
    json_text(j, "blas_core", b.blas_core);
    json_text(j, "microkernels", b.microkernels);
    json_text(j, "gemm", b.gemm);
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
    tern_build b = tern_version();
    (void)err;
    if (!a->json) {
        printf("tern %s, numbers in %s\n", b.version, b.real);
        printf("BLAS      %s, %zu thread%s each call\n", b.blas, b.blas_threads, b.blas_threads == 1 ? "" : "s");
        printf("products  ");
        print_products();
        printf("\nwith      %s", libraries[0] ? "" : "no optional library");
        for (size_t i = 0; libraries[i]; i++) printf("%s%s", i ? ", " : "", libraries[i]);
        printf("\n");
        printf("CPUs      %zu\nCPU path  %s\ncompiler  %s\n", b.cpus, b.cpu_path, b.compiler);
        return EXIT_DONE;
    }
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "version", b.version);
    json_text(&j, "real", b.real);
    json_products(&j);
    json_size(&j, "blas_threads", b.blas_threads);
    json_open(&j, "libraries", '[');
    for (size_t i = 0; libraries[i]; i++) json_text(&j, NULL, libraries[i]);
    json_close(&j, ']');
    json_size(&j, "cpus", b.cpus);
    json_text(&j, "cpu_path", b.cpu_path);
    json_text(&j, "compiler", b.compiler);
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
