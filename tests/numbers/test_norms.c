/* test_norms.c - normalising layers, and r2, where the mean is a million deviations, against long double: forward,
 * backward, and accumulators that come together from slices. */
#include "test_numbers.h"

#include "layers/rig.h"

#include <tern/metric.h>

#include <math.h>

extern const tern_metric_type tern_metric_r2, tern_metric_rmse, tern_metric_mae;

enum { ROWS = 6, CHANNELS = 4, LENGTH = 9, SAMPLE = CHANNELS * LENGTH, N = ROWS * SAMPLE };

/* Numbers that are normalised together lie in `groups` runs: number i in run(i). */
typedef struct subject {
    const char *type;
    const char *set;
    size_t (*run)(size_t i), (*param)(size_t i);
} subject;

static size_t channel(size_t i) { return i / LENGTH % CHANNELS; }
static size_t channel_of_sample(size_t i) { return i / LENGTH; }
static size_t half_of_sample(size_t i) { return i / (SAMPLE / 2); }
static size_t place(size_t i) { return i % LENGTH; }

static const subject subjects[] = {
    {"batch_norm", "", channel, channel},
    {"batch_norm", "track_running_stats=false", channel, channel},
    {"instance_norm", "affine=true", channel_of_sample, channel},
    {"group_norm", "num_groups=2", half_of_sample, channel},
    {"layer_norm", "", channel_of_sample, place},
};

static const long double eps = 1e-5L;

static double x_at(size_t k, size_t i) { return (void)k, 1e6 + 1.5 * sin(1.3 * (double)i + 0.4); }
static double scale_at(size_t k, size_t i) { return 1 - (double)k + 0.3 * sin(2.1 * (double)i + 0.5); }

/* Mean and biased variance of a run. */
static void moments(const subject *s, const tern_real *x, size_t run, long double *mean, long double *var,
                    long double *n) {
    *mean = *var = *n = 0;
    for (size_t i = 0; i < N; i++)
        if (s->run(i) == run) *mean += (long double)x[i], *n += 1;
    *mean /= *n;
    for (size_t i = 0; i < N; i++)
        if (s->run(i) == run) *var += ((long double)x[i] - *mean) * ((long double)x[i] - *mean) / *n;
}

static void near(const char *type, const char *what, size_t i, tern_real got, long double want) {
    const double tolerance = sizeof(tern_real) == 4 ? 3e-6 : 1e-9;
    ck_assert_msg(fabs((double)got - (double)want) <= tolerance * (1 + fabs((double)want)),
                  "%s: %s[%zu] is %.9g, not %.9g", type, what, i, (double)got, (double)want);
}

/* Compares a run of y and dx; adds its part of the parameters' gradients. */
static void compare_run(const subject *s, size_t run, long double *dw, long double *db) {
    const tern_real *w = one.param[0].data, *b = one.param[1].data, *dy = one.dy.data;
    static tern_real x[N];
    for (size_t i = 0; i < N; i++) x[i] = (tern_real)x_at(0, i);
    long double mean, var, n, sum = 0, dot = 0;
    moments(s, x, run, &mean, &var, &n);
    long double r = 1 / sqrtl(var + eps);
    for (size_t i = 0; i < N; i++) {
        if (s->run(i) != run) continue;
        long double h = ((long double)x[i] - mean) * r, g = (long double)dy[i] * (long double)w[s->param(i)];
        near(s->type, "y", i, one.y.data[i], h * (long double)w[s->param(i)] + (long double)b[s->param(i)]);
        sum += g, dot += g * h;
        dw[s->param(i)] += (long double)dy[i] * h;
        db[s->param(i)] += (long double)dy[i];
    }
    for (size_t i = 0; i < N; i++) {
        if (s->run(i) != run) continue;
        long double h = ((long double)x[i] - mean) * r, g = (long double)dy[i] * (long double)w[s->param(i)];
        near(s->type, "dx", i, one.dx[0].data[i], r * (g - sum / n - h * dot / n));
    }
}

START_TEST(test_far_mean) {
    const subject *s = &subjects[_i];
    const tern_shape in = TERN_SHAPE(CHANNELS, LENGTH);
    rig_open(s->type, s->set, ROWS, 1, &in);
    rig_fill_params(scale_at);
    for (size_t k = 0; k < 2; k++) tern_tensor_fill(&one.dparam[k], 0);
    rig_fill(&one.x[0], 0, x_at);
    rig_fill(&one.dy, 0, dy_at);
    rig_forward(0, true);
    rig_backward(true);
    long double dw[N] = {0}, db[N] = {0};
    for (size_t run = 0; run <= s->run(N - 1); run++) compare_run(s, run, dw, db);
    for (size_t k = 0; k < tern_tensor_count(&one.param[0]); k++) {
        near(s->type, "dw", k, one.dparam[0].data[k], dw[k]);
        near(s->type, "db", k, one.dparam[1].data[k], db[k]);
    }
}
END_TEST

/* A batch norm's first batch, cut into slices: the totals are those of the whole. */
START_TEST(test_far_mean_in_slices) {
    static const size_t rows[3] = {1, 2, 3};
    const tern_shape in = TERN_SHAPE(CHANNELS, LENGTH);
    double totals[1 + 2 * CHANNELS] = {0};
    static tern_real x[N];
    for (size_t i = 0; i < N; i++) x[i] = (tern_real)x_at(0, i);
    for (size_t k = 0, row = 0; k < 3; row += rows[k++]) {
        rig_open("batch_norm", "", rows[k], 1, &in);
        ck_assert_uint_eq(one.spec.accumulators, COUNT(totals));
        rig_fill_params(scale_at);
        memcpy(one.x[0].data, x + row * SAMPLE, rows[k] * SAMPLE * sizeof *x);
        tern__harness_forward_accumulate(&one, true);
        one.type->merge(one.self, totals, one.accumulators);
    }
    for (size_t c = 0; c < CHANNELS; c++) {
        long double mean, var, n;
        moments(&subjects[0], x, c, &mean, &var, &n);
        ck_assert(totals[0] == (double)n);
        ck_assert_msg(fabs(totals[1 + c] / (double)mean - 1) < 1e-15, "mean %.17g", totals[1 + c]);
        ck_near(totals[1 + CHANNELS + c] / totals[0], (double)var, 1e-8);
    }
}
END_TEST

/* ---- metrics ---- */

/* Many targets at a million deviations, in slices of all sizes, and constant ones. */
START_TEST(test_far_r2) {
    enum { ALL = 20000 };
    static tern_real p[ALL], t[ALL];
    size_t self[8] = {0};
    tern_metric_spec spec = {.loss = {.pred = TERN_SHAPE(1), .target = TERN_SHAPE(1), .kind = TERN_TARGET_VALUES}};
    ck_assert_int_eq(tern_metric_r2.plan(self, &spec, NULL), TERN_OK);
    long double mean = 0, spread = 0, error = 0;
    for (size_t i = 0; i < ALL; i++) {
        t[i] = (tern_real)(1e6 + sin(1.3 * (double)i));
        p[i] = (tern_real)((double)t[i] + 0.5 * cos(0.7 * (double)i));
        mean += (long double)t[i] / ALL;
    }
    for (size_t i = 0; i < ALL; i++) {
        spread += ((long double)t[i] - mean) * ((long double)t[i] - mean);
        error += ((long double)p[i] - (long double)t[i]) * ((long double)p[i] - (long double)t[i]);
    }
    double total[8] = {0};
    for (size_t first = 0, n = 1; first < ALL; first += n, n = n % 97 + 1) {
        if (n > ALL - first) n = ALL - first;
        double own[8] = {0};
        tern_tensor tp = {TERN_SHAPE(n, 1), p + first}, tt = {TERN_SHAPE(n, 1), t + first};
        tern_metric_r2.add(self, &tp, &tt, own);
        tern_metric_r2.merge(self, total, own);
    }
    double got = tern_metric_r2.value(self, total);
    ck_assert_msg(fabs(got - (double)(1 - error / spread)) < 1e-9, "%.12g, not %.12Lg", got, 1 - error / spread);

    for (size_t i = 0; i < ALL; i++) t[i] = (tern_real)1234567.8;
    for (int met = 0; met < 2; met++) {
        double accumulators[8] = {0};
        for (size_t first = 0; first < ALL; first += 100) {
            tern_tensor tt = {TERN_SHAPE(100, 1), t + first}, tp = met ? tt : (tern_tensor){tt.shape, p + first};
            tern_metric_r2.add(self, &tp, &tt, accumulators);
        }
        ck_assert(tern_metric_r2.value(self, accumulators) == met);
    }
}
END_TEST

TCase *norms_case(void) {
    TCase *c = tcase_create("norms");
    tcase_add_loop_test(c, test_far_mean, 0, (int)COUNT(subjects));
    tcase_add_test(c, test_far_mean_in_slices);
    tcase_add_test(c, test_far_r2);
    return c;
}
