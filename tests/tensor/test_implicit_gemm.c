/* test_implicit_gemm.c - implicit GEMMs and their gradient against the sums that define them, and the micro-kernels of
 * every CPU against each other. */
#include "test.h"

#include "cpu.h"
#include "implicit_gemm.h"

enum { MOST = 40000, SENTINEL = 77 };

static tern_real input[MOST], a[MOST], c[MOST], sum[MOST], scratch[MOST], start[64];

/* Whole elements: every order of adding them up is exact. */
static void fill(tern_real *x, size_t n, size_t seed) {
    for (size_t i = 0; i < n; i++) x[i] = (tern_real)((i * 7 + seed * 5 + i / 13) % 11) - 5;
}

static const struct {
    size_t rows;
    tern__grid taps, positions, out;
    size_t stride;
} shapes[] = {
    {1, {{1, 1, 1}, {0, 0, 0}}, {{1, 1, 1}, {0, 0, 1}}, {{1, 1, 1}, {0, 0, 1}}, 1},
    {3, {{2, 3, 3}, {90, 9, 1}}, {{1, 7, 6}, {0, 9, 1}}, {{1, 7, 6}, {0, 6, 1}}, 42},
    {8,
     {{1, 5, 5}, {0, 32, 1}},
     {{1, 28, 28}, {0, 32, 1}},
     {{1, 28, 28}, {0, 28, 1}},
     784}, /* flat: tiles are written in position */
    {13,
     {{9, 5, 5}, {200, 20, 2}},
     {{3, 2, 2}, {1800, 40, 3}},
     {{3, 2, 2}, {13 * 9, 6, 2}},
     9}, /* samples, strides, more taps than a panel */
    {33,
     {{2, 1, 3}, {320, 0, 1}},
     {{1, 1, 300}, {0, 0, 1}},
     {{1, 1, 300}, {0, 0, 1}},
     300},                                                                            /* a row longer than a panel */
    {5, {{4, 0, 2}, {10, 1, 1}}, {{1, 3, 4}, {0, 4, 1}}, {{1, 3, 4}, {0, 8, 2}}, 30}, /* no tap: c is its start */
};

static const int levels[] = {0, 3, 4}; /* of CPUs; a test does nothing for those above this one's */

/* Shape k / 3 for level k % 3. */
static bool lay_out(size_t k, tern__implicit_gemm *g) {
    const int level = levels[k % 3];
    k /= 3;
    *g = (tern__implicit_gemm){.kernels = tern__microkernels_for(level),
                               .rows = shapes[k].rows,
                               .input = input,
                               .taps = shapes[k].taps,
                               .positions = shapes[k].positions,
                               .c = c,
                               .stride = shapes[k].stride,
                               .out = shapes[k].out};
    return level <= tern__cpu_level();
}

START_TEST(a_product_is_its_sum) {
    tern__implicit_gemm g;
    if (!lay_out((size_t)_i, &g)) return;
    const size_t taps = tern__grid_count(&g.taps), positions = tern__grid_count(&g.positions);
    ck_assert_uint_le(tern__implicit_gemm_scratch(g.rows), MOST);
    fill(input, MOST, 1);
    fill(a, MOST, 2);
    fill(start, 64, 3);
    for (size_t biased = 0; biased < 2; biased++) {
        size_t written = 0;
        for (size_t i = 0; i < MOST; i++) c[i] = SENTINEL, scratch[i] = (tern_real)NAN;
        tern__implicit_gemm_multiply(&g, a, biased ? start : NULL, scratch);
        for (size_t r = 0; r < g.rows; r++)
            for (size_t p = 0; p < positions; p++) {
                double want = biased ? (double)start[r] : 0;
                for (size_t t = 0; t < taps; t++)
                    want += (double)(a[r * taps + t] *
                                     input[tern__grid_offset(&g.taps, t) + tern__grid_offset(&g.positions, p)]);
                tern_real *got = &c[r * g.stride + tern__grid_offset(&g.out, p)];
                if ((double)*got != want) ck_abort_msg("row %zu, position %zu: %g, not %g", r, p, (double)*got, want);
                *got = SENTINEL;
            }
        for (size_t i = 0; i < MOST; i++) written += c[i] != SENTINEL; /* beside the positions */
        ck_assert_uint_eq(written, 0);
    }
}
END_TEST

START_TEST(a_gradient_is_its_sum) {
    tern__implicit_gemm g;
    if (!lay_out((size_t)_i, &g)) return;
    g.out.step[2] = 1; /* as a gradient asks for; positions may share elements of c here */
    const size_t taps = tern__grid_count(&g.taps), positions = tern__grid_count(&g.positions),
                 columns = tern__implicit_gemm_columns(g.kernels, g.rows);
    ck_assert_uint_ge(columns, g.rows);
    ck_assert_uint_le(taps * columns, MOST);
    fill(input, MOST, 4);
    fill(c, MOST, 5);
    for (size_t i = 0; i < MOST; i++) sum[i] = scratch[i] = (tern_real)NAN;
    tern__implicit_gemm_gradient(&g, true, sum, scratch);
    tern__implicit_gemm_gradient(&g, false, sum, scratch);
    for (size_t t = 0; t < taps; t++)
        for (size_t r = 0; r < g.rows; r++) {
            double want = 0;
            for (size_t p = 0; p < positions; p++)
                want += 2 * (double)(input[tern__grid_offset(&g.taps, t) + tern__grid_offset(&g.positions, p)] *
                                     c[r * g.stride + tern__grid_offset(&g.out, p)]);
            if ((double)sum[t * columns + r] != want)
                ck_abort_msg("tap %zu, row %zu: %g, not %g", t, r, (double)sum[t * columns + r], want);
        }
}
END_TEST

/* Every micro-kernel that this CPU can run, also those of lesser ones. */
START_TEST(kernels_of_every_level_multiply) {
    for (size_t l = 0; l < COUNT(levels); l++) {
        if (levels[l] > tern__cpu_level()) continue;
        const tern__microkernels *t = tern__microkernels_for(levels[l]);
        for (size_t rows = 1; rows <= t->mr; rows++)
            for (size_t vectors = 1; vectors <= t->nv; vectors++) {
                const size_t width = vectors * t->lanes, stride = width + 3; /* 3 between the rows are not touched */
                tern__microtile s = {
                    .n = {2, 3, 4}, .step_a = {50, 10, 2}, .step_b = {600, 200, 49}, .c = {sum}, .stride = stride};
                fill(input, MOST, rows);
                fill(a, MOST, vectors);
                fill(start, 64, 6);
                fill(c, MOST, 7);
                for (size_t r = 0; r < rows; r++) s.a[r] = input + 3 * r;
                for (size_t v = 0; v < vectors; v++) s.b[v] = a + 900 * v, s.c[v] = sum + t->lanes * v;
                for (size_t fresh = 0; fresh < 2; fresh++) {
                    for (size_t i = 0; i < MOST; i++) sum[i] = c[i];
                    s.start = fresh ? start : NULL;
                    t->multiply[rows - 1][vectors - 1](&s);
                    for (size_t r = 0; r < rows; r++)
                        for (size_t j = 0; j < stride; j++) {
                            double want = (double)(fresh && j < width ? start[r] : c[r * stride + j]);
                            for (size_t k = 0; k < 24 && j < width; k++) {
                                size_t turn[] = {k / 12, k / 4 % 3, k % 4}, at = 0, bt = 0;
                                for (size_t d = 0; d < 3; d++) at += turn[d] * s.step_a[d], bt += turn[d] * s.step_b[d];
                                want += (double)(s.a[r][at] * s.b[j / t->lanes][bt + j % t->lanes]);
                            }
                            if ((double)sum[r * stride + j] != want)
                                ck_abort_msg("level %d, %zu by %zu: (%zu, %zu) is %g, not %g", levels[l], rows, vectors,
                                             r, j, (double)sum[r * stride + j], want);
                        }
                }
            }
    }
}
END_TEST

START_TEST(kernels_of_every_level_transpose) {
    for (size_t l = 0; l < COUNT(levels); l++) {
        if (levels[l] > tern__cpu_level()) continue;
        const tern__microkernels *t = tern__microkernels_for(levels[l]);
        for (size_t rows = 0; rows <= t->lanes; rows++) {
            fill(input, MOST, 8);
            for (size_t i = 0; i < MOST; i++) sum[i] = SENTINEL;
            t->transpose(input, 37, rows, sum, 21);
            for (size_t k = 0; k < t->lanes; k++)
                for (size_t r = 0; r < 21; r++) {
                    double want = (double)(r >= t->lanes ? SENTINEL : r < rows ? input[r * 37 + k] : 0);
                    ck_assert_msg((double)sum[k * 21 + r] == want, "level %d: (%zu, %zu) is %g, not %g", levels[l], k,
                                  r, (double)sum[k * 21 + r], want);
                }
        }
    }
}
END_TEST

TCase *implicit_gemm_case(void);
TCase *implicit_gemm_case(void) {
    TCase *t = tcase_create("implicit_gemm");
    tcase_add_loop_test(t, a_product_is_its_sum, 0, 3 * (int)COUNT(shapes));
    tcase_add_loop_test(t, a_gradient_is_its_sum, 0, 3 * (int)COUNT(shapes));
    tcase_add_test(t, kernels_of_every_level_multiply);
    tcase_add_test(t, kernels_of_every_level_transpose);
    return t;
}
