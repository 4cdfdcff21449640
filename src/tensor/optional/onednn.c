/* onednn.c - products of float by oneDNN's dnnl_sgemm(). */
#include "onednn.h"

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#if DNNL_CPU_THREADING_RUNTIME != DNNL_RUNTIME_OMP && DNNL_CPU_THREADING_RUNTIME != DNNL_RUNTIME_SEQ
#error "this oneDNN has threads that a caller can't keep it from using: tern needs one built with OpenMP, or without threads"
#endif

/* OpenMP's, of which it asks how many threads to use: each thread has a setting of its own. NULL where it has no threads. */
extern void omp_set_num_threads(int n) __attribute__((weak));
extern int  omp_get_max_threads(void) __attribute__((weak));

/* Below so many multiplications the 0.2 us that a call takes before it begins are more than it gains. */
enum { SMALL = 10000 };

static char letter(tern_transpose t) {
    return t == TERN_T ? 'T' : 'N';
}

static dnnl_status_t multiply(const tern__product *p) {
    return dnnl_sgemm(letter(p->ta), letter(p->tb), tern__blas_int(p->c.rows), tern__blas_int(p->c.cols), tern__blas_int(p->k), p->alpha,
                      p->a.data, tern__blas_int(p->a.stride), p->b.data, tern__blas_int(p->b.stride), p->beta, p->c.data,
                      tern__blas_int(p->c.stride));
}

/* By the calling thread alone, whose own setting stays as it was. */
static dnnl_status_t multiply_alone(const tern__product *p) {
    int threads = omp_get_max_threads ? omp_get_max_threads() : 1;
    if (threads == 1) return multiply(p);
    omp_set_num_threads(1);
    dnnl_status_t status = multiply(p);
    omp_set_num_threads(threads);
    return status;
}

bool tern__onednn_product(const tern__product *p) {
    const tern_block *c = &p->c;
    if (c->rows == 1 || c->cols == 1 || (double)c->rows * (double)c->cols * (double)p->k < SMALL) return false;
    dnnl_status_t status = multiply_alone(p);
    if (status != dnnl_out_of_memory || p->beta == 0) return status == dnnl_success;
    /* Its packing takes memory in each call, and when there is none, c may be written in part. Nothing can be added to that any more. */
    for (size_t i = 0; i < c->rows; i++)
        for (size_t j = 0; j < c->cols; j++) c->data[i * c->stride + j] = NAN;
    return true;
}

const char *tern__onednn_name(char text[TERN__GEMM_NAME]) {
    const dnnl_version_t *v = dnnl_version();
    const char *set = dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa());
    snprintf(text, TERN__GEMM_NAME, "oneDNN %d.%d.%d %s", v->major, v->minor, v->patch, set + strlen("cpu_isa_"));
    return text;
}
