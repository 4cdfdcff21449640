/* test_gemm.c - what does matrix products under tern_gemm(), each against the loop that defines them; who does which.
 */
#include "test.h"

#include "blas.h"
#include "cpu.h"

#include <tern/version.h>

#include <stdlib.h>

enum { MOST = 100000, SENTINEL = 77 };

static tern_real a[MOST], b[MOST], c[MOST];

/* Whole numbers: every order of adding them up is exact. */
static void fill(tern_real *x, size_t seed) {
    for (size_t i = 0; i < MOST; i++) x[i] = (tern_real)((i * 7 + seed * 5 + i / 13) % 11) - 5;
}

static const size_t sizes[][3] = {
    /* rows and columns of c, k */
    {2, 2, 2},   {2, 3, 4},   {8, 48, 16},   {3, 50, 17},   {50, 3, 400},
    {33, 49, 7}, {17, 64, 5}, {7, 70, 1200}, {130, 12, 33}, {12, 130, 33},
};

static tern_matrix matrix(size_t rows, size_t cols, tern_transpose transposed, tern_real *data) {
    const size_t stride = (transposed == TERN_T ? rows : cols) + 3;
    return transposed == TERN_T ? (tern_matrix){cols, rows, stride, data} : (tern_matrix){rows, cols, stride, data};
}

static double element(const tern_matrix *m, tern_transpose transposed, size_t i, size_t j) {
    return (double)(transposed == TERN_T ? m->data[j * m->stride + i] : m->data[i * m->stride + j]);
}

static double want(const tern__gemm_args *p, size_t i, size_t j) {
    double sum = 0;
    for (size_t k = 0; k < p->k; k++) sum += element(&p->a, p->ta, i, k) * element(&p->b, p->tb, k, j);
    return (double)p->alpha * sum + (p->beta == 0 ? 0 : (double)p->beta * SENTINEL);
}

static void check(void (*multiply)(const tern__gemm_args *p), const size_t *size, tern_transpose ta, tern_transpose tb,
                  tern_real alpha, tern_real beta) {
    const size_t m = size[0], n = size[1], k = size[2];
    const tern__gemm_args p = {alpha, beta, matrix(m, k, ta, a), matrix(k, n, tb, b), matrix(m, n, TERN_N, c), ta,
                               tb,    k};
    fill(a, 1);
    fill(b, 2);
    for (size_t i = 0; i < MOST; i++)
        c[i] = beta == 0 && i % p.c.stride < n && i / p.c.stride < m ? (tern_real)NAN : SENTINEL;
    multiply(&p);
    for (size_t i = 0; i < MOST; i++) {
        const size_t row = i / p.c.stride, col = i % p.c.stride;
        const double right = row < m && col < n ? want(&p, row, col) : SENTINEL;
        if ((double)c[i] == right) continue; /* not an assert for each: those are slow */
        ck_abort_msg("%zu x %zu x %zu, %d%d, alpha %g, beta %g: (%zu, %zu) is %g, not %g", m, n, k, ta, tb,
                     (double)alpha, (double)beta, row, col, (double)c[i], right);
    }
}

static void check_all(void (*multiply)(const tern__gemm_args *p), const size_t *size) {
    for (int transposed = 0; transposed < 4; transposed++)
        for (int scale = 0; scale < 4; scale++)
            check(multiply, size, transposed & 1 ? TERN_T : TERN_N, transposed & 2 ? TERN_T : TERN_N,
                  (tern_real)(scale & 1 ? -2 : 1), (tern_real)(scale & 2 ? 1 : 0));
}

static void by_avx512(const tern__gemm_args *p) { tern__gemm_sup(&tern__microkernels_avx512, p); }

static void by_avx2(const tern__gemm_args *p) { tern__gemm_sup(&tern__microkernels_avx2, p); }

START_TEST(microkernels_multiply) {
    if (tern__cpu_level() >= 4) check_all(by_avx512, sizes[_i]);
    if (tern__cpu_level() >= 3) check_all(by_avx2, sizes[_i]);
}
END_TEST

START_TEST(blas_multiplies) { check_all(tern__blas_gemm, sizes[_i]); }
END_TEST

/* What they would do wrongly, or slowly, micro-kernels leave alone. */
START_TEST(microkernels_refuse) {
    static tern_real one[4];
    const tern_matrix small = {2, 2, 2, one}, row = {1, 2, 2, one}, col = {2, 1, 1, one};
    const tern__microkernels *k = &tern__microkernels_avx2;
    const tern__gemm_args can = {1, 1, small, small, small, TERN_N, TERN_N, 2};
    ck_assert(tern__gemm_sup_can(k, &can));
    ck_assert(!tern__gemm_sup_can(k, &(tern__gemm_args){1, (tern_real)0.5, small, small, small, TERN_N, TERN_N, 2}));
    ck_assert(!tern__gemm_sup_can(k, &(tern__gemm_args){1, 0, row, small, row, TERN_N, TERN_N, 2}));
    ck_assert(!tern__gemm_sup_can(k, &(tern__gemm_args){1, 0, small, col, col, TERN_N, TERN_N, 2}));
    ck_assert(!tern__gemm_sup_can(&tern__microkernels_generic, &can));
}
END_TEST

/* A product by its shape; what its matrices hold doesn't matter. */
static tern__gemm_args product(size_t m, size_t n, size_t k, tern_transpose ta, tern_transpose tb) {
    return (tern__gemm_args){1, 0, matrix(m, k, ta, a), matrix(k, n, tb, b), matrix(m, n, TERN_N, c), ta, tb, k};
}

/* Who is faster at what, in bench/README.md. */
START_TEST(the_line_goes_by_cpu_and_shape) {
    const struct {
        tern__gemm_args p;
        bool blas[4]; /* by kind of CPU: other, AVX2, AVX-512, AVX-512 for us alone */
    } known[] = {
        {product(128, 2048, 2048, TERN_N, TERN_T), {true, true, true, false}}, /* large */
        {product(2048, 2048, 2048, TERN_N, TERN_N), {true, true, true, true}}, /* larger */
        {product(32, 128, 784, TERN_N, TERN_T), {true, false, false, false}},  /* a dense layer of few rows */
        {product(128, 128, 9216, TERN_N, TERN_T), {true, true, false, false}}, /* large, but packing costs most */
        {product(64, 84, 10, TERN_N, TERN_N), {true, false, true, false}},     /* small: AVX-512 packs nothing */
        {product(64, 84, 120, TERN_N, TERN_T), {true, false, false, false}},   /* small, but rows times rows */
        {product(512, 784, 64, TERN_T, TERN_N), {true, true, false, false}},   /* AVX2 has smaller microtiles */
        {product(16, 16, 256, TERN_N, TERN_N), {true, false, false, false}},
    };
    for (size_t i = 0; i < COUNT(known); i++)
        for (int cpu = TERN__CPU_OTHER; cpu <= TERN__CPU_AVX512_OURS; cpu++)
            ck_assert_msg(tern__gemm_favors_blas((tern__gemm_cpu)cpu, &known[i].p) == known[i].blas[cpu],
                          "product %zu, CPU %d: not as measured", i, cpu);
}
END_TEST

/* TERN_GEMM is read once, so that what this process was started with decides. */
START_TEST(the_environment_chooses) {
    const char *asked = getenv("TERN_GEMM");
    if (asked && !*asked) asked = NULL;
    const tern__gemm_args large = product(2048, 2048, 2048, TERN_N, TERN_N),
                          few = product(32, 128, 784, TERN_N, TERN_T);
    tern_error err = {0};
    ck_assert_int_eq(tern_gemm_check(&err), TERN_OK);
    ck_assert_str_eq(tern_version().gemm, asked ? asked : "measured");
    if (tern__cpu_level() < 3) return;
    ck_assert(tern__gemm_by_blas(&large) == (!asked || !strcmp(asked, "blas")));
    ck_assert(tern__gemm_by_blas(&few) == (asked && !strcmp(asked, "blas")));
}
END_TEST

START_TEST(another_unit_is_refused) {
    tern_error err = {0};
    setenv("TERN_GEMM", "tiles", 1); /* before the first product of this process: Check forks for each test */
    ck_assert_int_eq(tern_gemm_check(&err), TERN_ERROR_USAGE);
    ck_contains(err.item[0].text, "TERN_GEMM is \"tiles\", but may be \"blas\"");
}
END_TEST

TCase *gemm_case(void);
TCase *gemm_case(void) {
    TCase *t = tcase_create("gemm");
    tcase_add_loop_test(t, microkernels_multiply, 0, (int)COUNT(sizes));
    tcase_add_loop_test(t, blas_multiplies, 0, (int)COUNT(sizes));
    tcase_add_test(t, microkernels_refuse);
    tcase_add_test(t, the_line_goes_by_cpu_and_shape);
    tcase_add_test(t, the_environment_chooses);
    tcase_add_test(t, another_unit_is_refused);
    return t;
}
