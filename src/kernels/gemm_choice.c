/* gemm_choice.c - which products OpenBLAS does, and which the micro-kernels.
 *
 * OpenBLAS does every product at which it is not clearly slower. The line goes by the kind of CPU and the shape of the
 * product alone, and never by a clock: the same program on the same CPU gives the same bytes in each run. It was drawn
 * from the tables of bench/README.md, which bench/gemm_line.c prints. */
#include "blas.h"
#include "cpu.h"
#include "gemm.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- the environment ---- */

static const char *const words[] = {
    [TERN__GEMM_MEASURED] = "measured", [TERN__GEMM_BLAS] = "blas", [TERN__GEMM_MICROKERNEL] = "microkernel"};

static const char *asked(void) {
    const char *text = getenv("TERN_GEMM");
    return text && *text ? text : NULL;
}

tern__gemm_setting tern__gemm_setting_of_process(void) {
    static _Atomic int setting;
    if (!setting) {
        int found = TERN__GEMM_MEASURED;
        for (int i = TERN__GEMM_BLAS; i <= TERN__GEMM_MICROKERNEL; i++)
            if (asked() && !strcmp(asked(), words[i])) found = i;
        setting = found;
    }
    return (tern__gemm_setting)setting;
}

const char *tern__gemm_setting_name(void) { return words[tern__gemm_setting_of_process()]; }

tern_status tern_gemm_check(tern_error *err) {
    const char *text = asked();
    if (!text || tern__gemm_setting_of_process() != TERN__GEMM_MEASURED) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "the environment's TERN_GEMM is \"%s\", but may be \"blas\" (OpenBLAS does every product) or "
                          "\"microkernel\" (micro-kernels do all that they can); unset it for the faster of both",
                          text);
}

/* ---- the CPU ---- */

/* Whether OpenBLAS runs AVX-512 kernels. */
static bool blas_has_avx512(void) {
    static const char *const cores[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (!strcmp(tern__blas_core(), cores[i])) return true;
    return false;
}

tern__gemm_cpu tern__gemm_cpu_of(int level) {
    if (level < 3) return TERN__CPU_OTHER;
    if (level < 4) return TERN__CPU_AVX2;
    return blas_has_avx512() ? TERN__CPU_AVX512 : TERN__CPU_AVX512_OURS;
}

static tern__gemm_cpu this_cpu(void) {
    static _Atomic int cached; /* plus 1; 0: not known yet */
    if (!cached) cached = 1 + (int)tern__gemm_cpu_of(tern__cpu_level());
    return (tern__gemm_cpu)(cached - 1);
}

/* ---- the line ---- */

/* The elements of all three matrices. */
static size_t elements(const tern__gemm_args *p) { return p->c.rows * p->c.cols + p->k * (p->c.rows + p->c.cols); }

/* How often OpenBLAS uses an element that it has packed, in the mean of both factors. */
static size_t reuse(const tern__gemm_args *p) { return p->c.rows * p->c.cols / (p->c.rows + p->c.cols); }

/* A times B transposed: both factors lie along k, so that one has to be transposed while packing. Here OpenBLAS is
 * weakest, unless the product is large. */
static bool rows_by_rows(const tern__gemm_args *p) { return p->ta == TERN_N && p->tb == TERN_T; }

/* OpenBLAS has AVX-512 kernels for small matrices, which pack nothing, and uses them up to a million multiplications.
 * They win but for two cases: rows by rows with a larger C, and a tiny C with many k. */
static bool small_for_avx512(const tern__gemm_args *p) {
    const size_t m = p->c.rows, n = p->c.cols, k = p->k;
    if (rows_by_rows(p) && m <= 4 && k <= 64) return true;
    if (m * n * k > 1000000) return false;
    if (rows_by_rows(p)) return m * n <= 1200 && k >= 32;
    return p->ta == TERN_T || m > 16 || n > 16 || k < 64;
}

static bool large_for_avx512(const tern__gemm_args *p) {
    return elements(p) >= 1 << 21 && reuse(p) >= 96 && p->k >= 64;
}

static bool large_for_avx2(const tern__gemm_args *p) {
    if (rows_by_rows(p)) return elements(p) >= 1 << 21 && reuse(p) >= 48;
    return elements(p) >= 1 << 20 || (elements(p) >= 1 << 17 && reuse(p) >= 32 && p->k >= 16);
}

bool tern__gemm_favors_blas(tern__gemm_cpu cpu, const tern__gemm_args *p) {
    switch (cpu) {
    case TERN__CPU_AVX512: return small_for_avx512(p) || large_for_avx512(p);
    case TERN__CPU_AVX2: return large_for_avx2(p);
    case TERN__CPU_AVX512_OURS: return elements(p) >= 1 << 23; /* vectors of twice the size make up for much */
    case TERN__CPU_OTHER: break;
    }
    return true;
}

bool tern__gemm_by_blas(const tern__gemm_args *p) {
    const tern__gemm_setting setting = tern__gemm_setting_of_process();
    if (!tern__gemm_sup_can(tern__microkernels_for(tern__cpu_level()), p) || setting == TERN__GEMM_BLAS) return true;
    return setting == TERN__GEMM_MEASURED && tern__gemm_favors_blas(this_cpu(), p);
}
