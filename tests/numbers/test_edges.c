/* test_edges.c - just there, and not one further: limits that a formula or a loop has. */
#include "test_numbers.h"

#include "fixtures/options.h"
#include "layers/rig.h"

#include <tern/metric.h>

#include <math.h>

/* Forward and backward go over their rows alone, whatever lies behind them. */
START_TEST(test_last_row) {
    rig_open("last_step", "", 2, 1, &TERN_SHAPE(3, 4));
    tern_real x[3 * 12], dx[3 * 12], y[3 * 4], dy[3 * 4];
    for (size_t i = 0; i < 36; i++) x[i] = (tern_real)i, dx[i] = -1;
    for (size_t i = 0; i < 12; i++) y[i] = -1, dy[i] = (tern_real)(100 + i);
    tern_tensor tx = {TERN_SHAPE(2, 3, 4), x}, ty = {TERN_SHAPE(2, 4), y}, tdy = {TERN_SHAPE(2, 4), dy},
                tdx = {TERN_SHAPE(2, 3, 4), dx};
    one.type->forward(one.self, &(tern_forward){.rows = 2, .x = (const tern_tensor *[]){&tx}, .y = &ty});
    one.type->backward(one.self, &(tern_backward){.rows = 2, .dy = &tdy, .dx = (tern_tensor *[]){&tdx}});
    for (size_t i = 0; i < 12; i++) ck_assert(y[i] == (i < 8 ? (tern_real)(i / 4 * 12 + 8 + i % 4) : -1));
    for (size_t i = 0; i < 36; i++)
        ck_assert(dx[i] == (i >= 24 ? -1 : i % 12 < 8 ? 0 : (tern_real)(100 + i / 12 * 4 + i % 4)));
}
END_TEST

/* At the threshold itself softplus is still ln(1 + e^x), with the sigmoid as slope; beyond, x with 1. */
START_TEST(test_softplus_threshold) {
    rig_open("softplus", "beta=2 threshold=3", 1, 1, &TERN_SHAPE(2));
    one.x[0].data[0] = (tern_real)1.5, one.x[0].data[1] = (tern_real)1.500001;
    tern_tensor_fill(&one.dy, 1);
    rig_forward(0, true);
    rig_backward(true);
    ck_near((double)one.y.data[0], log1p(exp(3)) / 2, 1e-6);
    ck_near((double)one.dx[0].data[0], 1 / (1 + exp(-3)), 1e-6);
    ck_assert(one.y.data[1] == one.x[0].data[1] && one.dx[0].data[1] == 1);
}
END_TEST

/* Two outputs make classes, one does not; a target of one half is a no, and so is a prediction at the threshold. */
START_TEST(test_accuracy) {
    const tern_metric_type *accuracy = (const tern_metric_type *)find_type(TERN_METRIC, "accuracy");
    settings options;
    tern_error err = {0};
    tern_metric_spec spec = {
        .loss = {.pred = TERN_SHAPE(1), .target = TERN_SHAPE(1), .kind = TERN_TARGET_VALUES, .threshold = (double)NAN}};
    configure(&options, &accuracy->base, "");
    ck_assert_int_eq(accuracy->plan(options.self, &spec, &err), TERN_ERROR_MODEL);
    spec.loss.pred = spec.loss.target = TERN_SHAPE(2);
    ck_assert_int_eq(accuracy->plan(options.self, &spec, NULL), TERN_OK);
    ck_assert_uint_eq(spec.accumulators, 2);
    tern_real p[4] = {(tern_real)0.2, (tern_real)0.9, (tern_real)0.5, (tern_real)0.5}, t[4] = {0.5, 0.5, 0, 1};
    tern_tensor tp = {TERN_SHAPE(4, 1), p}, tt = {TERN_SHAPE(4, 1), t};
    double sums[2] = {0};
    spec.loss.pred = spec.loss.target = TERN_SHAPE(1);
    spec.loss.threshold = 0.5;
    ck_assert_int_eq(accuracy->plan(options.self, &spec, NULL), TERN_OK);
    accuracy->add(options.self, &tp, &tt, sums);
    ck_assert(sums[0] == 2 && sums[1] == 4); /* a no that is right, a yes that is not, a no that is right, and is not */
}
END_TEST

TCase *edges_case(void) {
    TCase *c = tcase_create("edges");
    tcase_add_test(c, test_last_row);
    tcase_add_test(c, test_softplus_threshold);
    tcase_add_test(c, test_accuracy);
    return c;
}
