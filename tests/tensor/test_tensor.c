/* test_tensor.c - shapes, tensors, matrix products. (Vector maths: test_math.c.) */
#include "test.h"

#include "blas.h"

#include <tern/random.h>
#include <tern/tensor.h>

Suite *tensor_suite(void);
TCase *math_case(void), *ulps_case(void), *implicit_gemm_case(void), *gemm_case(void);

/* ---- shapes ---- */

START_TEST(shape_basics) {
    tern_shape image = TERN_SHAPE(3, 28, 28), scalar = {0},
               big = {5, {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}};
    char text[TERN_SHAPE_TEXT];
    ck_assert_uint_eq(tern_shape_count(&image), 3 * 28 * 28);
    ck_assert_uint_eq(tern_shape_count(&scalar), 1);
    ck_assert_str_eq(tern_shape_text(&image, text), "[3, 28, 28]");
    ck_assert_str_eq(tern_shape_text(&scalar, text), "[]");
    ck_assert_uint_eq(strlen(tern_shape_text(&big, text)), 2 + 5 * 20 + 4 * 2);

    tern_shape batch = tern_shape_batch(&image, 64), want = TERN_SHAPE(64, 3, 28, 28);
    ck_assert(tern_shape_equal(&batch, &want) && !tern_shape_equal(&batch, &image));
    want.dim[3] = 29;
    ck_assert(!tern_shape_equal(&batch, &want));
    want.dim[3] = 28, want.dim[4] = 5; /* beyond the rank */
    ck_assert(tern_shape_equal(&batch, &want));
}
END_TEST

START_TEST(shape_count_is_checked) {
    size_t count = 0;
    ck_assert(tern_shape_count_checked(&TERN_SHAPE(10, 10), 100, &count));
    ck_assert_uint_eq(count, 100);
    ck_assert(!tern_shape_count_checked(&TERN_SHAPE(10, 10), 99, &count));
    ck_assert(!tern_shape_count_checked(&TERN_SHAPE(101), 100, &count));
    ck_assert(!tern_shape_count_checked(&(tern_shape){0}, 0, &count));
    ck_assert(!tern_shape_count_checked(&TERN_SHAPE((size_t)1 << 32, (size_t)1 << 32), SIZE_MAX,
                                        &count)); /* 0 if it wrapped */
    ck_assert(!tern_shape_count_checked(&TERN_SHAPE(SIZE_MAX, 3), SIZE_MAX, &count));
    ck_assert(tern_shape_count_checked(&TERN_SHAPE(0, SIZE_MAX, SIZE_MAX), SIZE_MAX, &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* ---- tensors ---- */

enum { MOST = 40000 };
static tern_real memory[4][MOST];

static tern_tensor random_tensor(size_t which, size_t rows, size_t cols) {
    ck_assert_uint_le(rows * cols, MOST);
    const tern_random r = {.seed = 5, .purpose = TERN_RANDOM_OTHER, .index = (uint32_t)which};
    tern_random_normal(&r, 0, rows * cols, memory[which]);
    return (tern_tensor){{2, {rows, cols}}, memory[which]};
}

START_TEST(tensor_elementwise) {
    for (size_t n = 1; n < 200; n += 13) {
        tern_tensor x = random_tensor(0, 1, n), y = random_tensor(1, 1, n);
        memory[1][n] = 77;
        tern_tensor_add(&x, &y);
        tern_random_normal(&(tern_random){.seed = 5, .purpose = TERN_RANDOM_OTHER, .index = 1}, 0, n, memory[2]);
        for (size_t i = 0; i < n; i++) ck_assert(memory[1][i] == memory[2][i] + memory[0][i]);
        tern_tensor_copy(&x, &y);
        tern_tensor_copy(&y, &y);
        ck_assert(!memcmp(memory[0], memory[1], n * sizeof(tern_real)));
        tern_tensor_fill(&y, 3);
        for (size_t i = 0; i < n; i++) ck_assert(memory[1][i] == 3);
        ck_assert(memory[1][n] == 77);
    }
}
END_TEST

START_TEST(tensor_as_matrix) {
    tern_tensor t = {{4, {2, 3, 4, 5}}, memory[0]}, row = {{1, {7}}, memory[0]};
    ck_assert_uint_eq(tern_tensor_rows(&t), 24);
    ck_assert_uint_eq(tern_tensor_cols(&t), 5);
    ck_assert_uint_eq(tern_tensor_rows(&row), 1);
    ck_assert_uint_eq(tern_tensor_cols(&row), 7);
    tern_tensor m = tern_tensor_matrix(&t, 6, 20);
    ck_assert(tern_tensor_rows(&m) == 6 && tern_tensor_cols(&m) == 20 && m.data == t.data && m.shape.rank == 2);
}
END_TEST

START_TEST(tensor_rows) {
    const size_t sizes[][2] = {{1, 1}, {7, 1}, {8, 3}, {9, 10}, {23, 17}, {64, 128}, {1, 33}};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        size_t rows = sizes[s][0], cols = sizes[s][1];
        tern_tensor y = random_tensor(0, rows, cols), same = random_tensor(3, rows, cols),
                    b = random_tensor(1, 1, cols), sum = b;
        tern_tensor_copy(&y, &same);
        tern_tensor_add_row(&b, &y);
        for (size_t i = 0; i < rows * cols; i++) ck_assert(y.data[i] == same.data[i] + b.data[i % cols]);
        double want[200];
        for (size_t j = 0; j < cols; j++) {
            want[j] = (double)b.data[j];
            for (size_t i = 0; i < rows; i++) want[j] += (double)y.data[i * cols + j];
        }
        tern_tensor_sum_rows(&y, &sum);
        ck_near_all(sum.data, want, cols, TOLERANCE(1e-5, 1e-13));
    }
}
END_TEST

/* ---- matrix products ---- */

static double element(const tern_tensor *t, tern_transpose turned, size_t i, size_t j) {
    size_t cols = tern_tensor_cols(t);
    return (double)(turned == TERN_T ? t->data[j * cols + i] : t->data[i * cols + j]);
}

static void check_gemm(size_t m, size_t n, size_t k, tern_transpose ta, tern_transpose tb, tern_real alpha,
                       tern_real beta) {
    tern_tensor a = ta == TERN_N ? random_tensor(0, m, k) : random_tensor(0, k, m);
    tern_tensor b = tb == TERN_N ? random_tensor(1, k, n) : random_tensor(1, n, k);
    tern_tensor c = random_tensor(2, m, n), before = random_tensor(3, m, n);
    tern_tensor_copy(&c, &before);
    if (beta == 0) tern_tensor_fill(&c, (tern_real)NAN);
    c.data[m * n] = 77;
    tern_gemm(alpha, &a, ta, &b, tb, beta, &c);
    ck_assert(c.data[m * n] == 77);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t l = 0; l < k; l++) sum += element(&a, ta, i, l) * element(&b, tb, l, j);
            double want = (double)alpha * sum + (beta == 0 ? 0 : (double)beta * (double)before.data[i * n + j]);
            ck_assert_msg(test_is_near((double)c.data[i * n + j], want, TOLERANCE(2e-5, 1e-13)),
                          "m %zu n %zu k %zu %d%d alpha %g beta %g, at %zu %zu: %g, expected %g", m, n, k, ta, tb,
                          (double)alpha, (double)beta, i, j, (double)c.data[i * n + j], want);
        }
}

START_TEST(gemm_equals_the_loop) {
    const size_t sizes[][3] = {{1, 1, 1}, {1, 7, 5},    {7, 1, 5},    {1, 1, 9},     {3, 5, 1},
                               {2, 2, 2}, {13, 17, 11}, {64, 10, 33}, {31, 65, 128}, {1, 200, 150}};
    const tern_real scale[][2] = {{1, 0}, {1, 1}, {-0.5, 0}, {2, 0.25}};
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (int t = 0; t < 4; t++)
            for (size_t q = 0; q < COUNT(scale); q++)
                check_gemm(sizes[s][0], sizes[s][1], sizes[s][2], t & 1 ? TERN_T : TERN_N, t & 2 ? TERN_T : TERN_N,
                           scale[q][0], scale[q][1]);
}
END_TEST

START_TEST(gemm_takes_rows_of_any_rank) {
    tern_tensor x = random_tensor(0, 6, 4), w = random_tensor(1, 5, 4), y = random_tensor(2, 6, 5),
                flat = random_tensor(3, 6, 5);
    tern_gemm(1, &x, TERN_N, &w, TERN_T, 0, &flat);
    x.shape = TERN_SHAPE(2, 3, 4), y.shape = TERN_SHAPE(2, 3, 5);
    tern_gemm(1, &x, TERN_N, &w, TERN_T, 0, &y);
    ck_near_all(y.data, flat.data, 30, 0);
}
END_TEST

/* The numbers of `t` within a larger matrix, in `room`; between the rows stands 77. */
static tern_matrix spread(const tern_tensor *t, tern_real *room) {
    tern_matrix b = {tern_tensor_rows(t), tern_tensor_cols(t), tern_tensor_cols(t) + 3, room};
    for (size_t i = 0; i < b.rows * b.stride; i++)
        room[i] = i % b.stride < b.cols ? t->data[i / b.stride * b.cols + i % b.stride] : 77;
    return b;
}

START_TEST(gemm_on_parts_of_matrices) {
    const size_t sizes[][3] = {{1, 1, 1}, {1, 7, 5}, {7, 1, 5}, {5, 7, 1}, {13, 17, 11}, {33, 29, 31}};
    static tern_real room[3][1500];
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (int t = 0; t < 8; t++) {
            const size_t m = sizes[s][0], n = sizes[s][1], k = sizes[s][2];
            const tern_transpose ta = t & 1 ? TERN_T : TERN_N, tb = t & 2 ? TERN_T : TERN_N;
            const tern_real beta = t & 4 ? (tern_real)0.5 : 0;
            tern_tensor a = t & 1 ? random_tensor(0, k, m) : random_tensor(0, m, k);
            tern_tensor b = t & 2 ? random_tensor(1, n, k) : random_tensor(1, k, n), c = random_tensor(2, m, n);
            tern_matrix parts = spread(&c, room[2]);
            tern_gemm_strided(2, spread(&a, room[0]), ta, spread(&b, room[1]), tb, beta, parts);
            tern_gemm(2, &a, ta, &b, tb, beta, &c);
            for (size_t i = 0; i < m; i++) {
                ck_near_all(parts.data + i * parts.stride, c.data + i * n, n, TOLERANCE(1e-6, 1e-15));
                for (size_t j = n; j < n + 3; j++) ck_assert(parts.data[i * parts.stride + j] == 77);
            }
        }
}
END_TEST

START_TEST(gemm_lets_nan_through) {
    for (size_t n = 3; n <= 60; n *= 20) {
        tern_tensor a = random_tensor(0, 4, 2 * n), b = random_tensor(1, 2 * n, n), c = random_tensor(2, 4, n);
        a.data[2 * 2 * n + 1] = (tern_real)NAN;
        tern_gemm(1, &a, TERN_N, &b, TERN_N, 0, &c);
        for (size_t i = 0; i < 4 * n; i++) ck_assert_int_eq(isnan(c.data[i]) != 0, i / n == 2);
    }
}
END_TEST

START_TEST(blas_runs_alone) {
    tern__blas_single();
    ck_assert_int_eq(tern__blas_threads(), 1);
    ck_contains(tern__blas_name(), "BLAS");
}
END_TEST

extern void omp_set_num_threads(int n) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));

/* Where a library under tern_gemm() uses OpenMP, the caller's own OpenMP stays as the caller set it. */
START_TEST(openmp_stays_as_it_was) {
    if (!omp_set_num_threads || !omp_get_max_threads) return;
    omp_set_num_threads(3);
    check_gemm(31, 65, 128, TERN_N, TERN_T, 1, 0);
    check_gemm(1, 65, 128, TERN_N, TERN_T, 1, 0);
    ck_assert_int_eq(omp_get_max_threads(), 3);
}
END_TEST

Suite *tensor_suite(void) {
    Suite *s = suite_create("tensor");
    TCase *tensors = tcase_create("tensor"), *gemm = tcase_create("gemm");
    tcase_add_test(tensors, shape_basics);
    tcase_add_test(tensors, shape_count_is_checked);
    tcase_add_test(tensors, tensor_elementwise);
    tcase_add_test(tensors, tensor_as_matrix);
    tcase_add_test(tensors, tensor_rows);
    tcase_add_test(gemm, gemm_equals_the_loop);
    tcase_add_test(gemm, gemm_takes_rows_of_any_rank);
    tcase_add_test(gemm, gemm_on_parts_of_matrices);
    tcase_add_test(gemm, gemm_lets_nan_through);
    tcase_add_test(gemm, blas_runs_alone);
    tcase_add_test(gemm, openmp_stays_as_it_was);
    suite_add_tcase(s, tensors);
    suite_add_tcase(s, gemm);
    suite_add_tcase(s, math_case());
    suite_add_tcase(s, ulps_case());
    suite_add_tcase(s, implicit_gemm_case());
    suite_add_tcase(s, gemm_case());
    return s;
}
