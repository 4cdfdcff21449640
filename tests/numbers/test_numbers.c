/* test_numbers.c - digits: what is small is kept, what is large against its deviation loses none. */
#include "test_numbers.h"

#include "fixtures/models.h"

#include <math.h>

static void predict(const tern_model *m, size_t rows, const tern_real *x, tern_real *y) {
    tern_predictor *p = tern_predictor_new(m, rows, 1, NULL);
    ck_assert_ptr_nonnull(p);
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    tern_tensor tx = {tern_shape_batch(&in, rows), (tern_real *)(uintptr_t)x}, ty = {tern_shape_batch(&out, rows), y};
    tern_predictor_forward(p, &tx, &ty, NULL);
    tern_predictor_free(p);
}

/* ---- small numbers ---- */

/* Prediction and evaluation keep numbers below full precision. */
START_TEST(test_small) {
    tern_real small = (tern_real)(sizeof(tern_real) == 4 ? -1e-39 : -1e-310), x = -88, y = 1;
    tern_model *relu = quick_model("{'input':{'shape':[1]},'layers':['relu']}", NULL);
    predict(relu, 1, &small, &y);
    ck_assert(y == 0);
    tern_model *m = quick_model("{'input':{'shape':[1]},'layers':['sigmoid'],'loss':'bce'}", NULL);
    predict(m, 1, &x, &y);
    ck_assert_msg(fabs((double)y / 6.05460149e-39 - 1) < 1e-4, "%g", (double)y);
    tern_real target = 1;
    tern_dtype dtype = sizeof(tern_real) == 4 ? TERN_F32 : TERN_F64;
    tern_array cx = {.dtype = dtype, .shape = {1, {1}}, .data = &x},
               cy = {.dtype = dtype, .shape = {1, {1}}, .data = &target};
    tern_dataset *d = tern_dataset_borrow(1, &cx, &cy, NULL);
    tern_score score;
    ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 1, &score, NULL, NULL), TERN_OK);
    ck_assert_msg(fabs(score.loss - 88) < 0.01, "%g", score.loss);
    tern_dataset_free(d);
    tern_model_free(m);
    tern_model_free(relu);
}
END_TEST

/* ---- preprocessing ---- */

/* (x scale - mean) / std where the mean is a million deviations, from every type and from the caller's own numbers. */
START_TEST(test_preprocessing) {
    enum { N = 64 };
    static const double mean = 2e6, std = 2, scale = 0.5;
    tern_model *m = quick_model("{'input':{'shape':[1],'scale':0.5,'mean':2e6,'std':2},"
                                "'layers':[{'type':'leaky_relu','negative_slope':1}],'loss':'mae'}",
                                NULL);
    int32_t i32[N];
    int64_t i64[N];
    float f32[N];
    double f64[N], want[N];
    tern_real x[N], y[N];
    for (size_t i = 0; i < N; i++) {
        i32[i] = (int32_t)(4000000 + 5 * (int)i - 150);
        i64[i] = i32[i], f32[i] = (float)i32[i], f64[i] = i32[i], x[i] = (tern_real)i32[i];
        want[i] = (double)(((long double)i32[i] * scale - mean) / std);
    }
    const tern_array c[] = {{.dtype = TERN_I32, .shape = {1, {1}}, .data = i32},
                            {.dtype = TERN_I64, .shape = {1, {1}}, .data = i64},
                            {.dtype = TERN_F32, .shape = {1, {1}}, .data = f32},
                            {.dtype = TERN_F64, .shape = {1, {1}}, .data = f64}};
    tern_array target = {.dtype = TERN_F64, .shape = {1, {1}}, .data = want};
    for (size_t k = 0; k < COUNT(c); k++) {
        tern_dataset *d = tern_dataset_borrow(N, &c[k], &target, NULL);
        tern_score score;
        ck_assert_int_eq(tern_evaluate(m, d, NULL, 0, 1, &score, NULL, NULL), TERN_OK);
        ck_assert_msg(score.loss < 1e-6, "%s: %g", tern_dtype_name(c[k].dtype), score.loss);
        tern_dataset_free(d);
    }
    predict(m, N, x, y);
    for (size_t i = 0; i < N; i++) ck_assert_msg(fabs((double)y[i] - want[i]) < 1e-5, "%g", (double)y[i] - want[i]);
    tern_model_free(m);
}
END_TEST

Suite *numbers_suite(void);

Suite *numbers_suite(void) {
    Suite *s = suite_create("numbers");
    TCase *c = tcase_create("numbers");
    tcase_add_test(c, test_small);
    tcase_add_test(c, test_preprocessing);
    suite_add_tcase(s, c);
    suite_add_tcase(s, edges_case());
    suite_add_tcase(s, norms_case());
    suite_add_tcase(s, outliers_case());
    suite_add_tcase(s, steps_case());
    return s;
}
