/* test_products.c - each of what does matrix products under tern_gemm(), against the loop that defines them. */
#include "test.h"

#include "cpu.h"
#include "tile_product.h"

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

static tern_matrix matrix(size_t rows, size_t cols, tern_transpose turned, tern_real *data) {
    const size_t stride = (turned == TERN_T ? rows : cols) + 3;
    return turned == TERN_T ? (tern_matrix){cols, rows, stride, data} : (tern_matrix){rows, cols, stride, data};
}

static double element(const tern_matrix *m, tern_transpose turned, size_t i, size_t j) {
    return (double)(turned == TERN_T ? m->data[j * m->stride + i] : m->data[i * m->stride + j]);
}

static double want(const tern__product *p, size_t i, size_t j) {
    double sum = 0;
    for (size_t k = 0; k < p->k; k++) sum += element(&p->a, p->ta, i, k) * element(&p->b, p->tb, k, j);
    return (double)p->alpha * sum + (p->beta == 0 ? 0 : (double)p->beta * SENTINEL);
}

static void check(void (*multiply)(const tern__product *p), const size_t *size, tern_transpose ta, tern_transpose tb,
                  tern_real alpha, tern_real beta) {
    const size_t m = size[0], n = size[1], k = size[2];
    const tern__product p = {alpha, beta, matrix(m, k, ta, a), matrix(k, n, tb, b), matrix(m, n, TERN_N, c), ta, tb, k};
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

static void check_all(void (*multiply)(const tern__product *p), const size_t *size) {
    for (int turned = 0; turned < 4; turned++)
        for (int scale = 0; scale < 4; scale++)
            check(multiply, size, turned & 1 ? TERN_T : TERN_N, turned & 2 ? TERN_T : TERN_N,
                  (tern_real)(scale & 1 ? -2 : 1), (tern_real)(scale & 2 ? 1 : 0));
}

static void by_avx512(const tern__product *p) { ck_assert(tern__tile_product(tern__tiles_of(4), p)); }

static void by_avx2(const tern__product *p) { ck_assert(tern__tile_product(tern__tiles_of(3), p)); }

START_TEST(tiles_multiply) {
    if (tern__cpu_level() >= 4) check_all(by_avx512, sizes[_i]);
    if (tern__cpu_level() >= 3) check_all(by_avx2, sizes[_i]);
}
END_TEST

START_TEST(blas_multiplies) { check_all(tern__blas_product, sizes[_i]); }
END_TEST

/* What they would do wrongly, or slowly, tiles leave alone. */
START_TEST(tiles_refuse) {
    static tern_real one[4];
    const tern_matrix small = {2, 2, 2, one}, row = {1, 2, 2, one}, col = {2, 1, 1, one},
                      large = {2048, 2048, 2048, NULL};
    const tern__tiles *t = tern__tiles_of(4);
    ck_assert(!tern__tile_product(t, &(tern__product){1, (tern_real)0.5, small, small, small, TERN_N, TERN_N, 2}));
    ck_assert(!tern__tile_product(t, &(tern__product){1, 0, row, small, row, TERN_N, TERN_N, 2}));
    ck_assert(!tern__tile_product(t, &(tern__product){1, 0, small, col, col, TERN_N, TERN_N, 2}));
    ck_assert(!tern__tile_product(t, &(tern__product){1, 0, large, large, large, TERN_N, TERN_N, 2048}));
    ck_assert(!tern__tile_product(tern__tiles_of(0), &(tern__product){1, 0, small, small, small, TERN_N, TERN_N, 2}));
}
END_TEST

TCase *products_case(void);
TCase *products_case(void) {
    TCase *t = tcase_create("products");
    tcase_add_loop_test(t, tiles_multiply, 0, (int)COUNT(sizes));
    tcase_add_loop_test(t, blas_multiplies, 0, (int)COUNT(sizes));
    tcase_add_test(t, tiles_refuse);
    return t;
}
