/* test_report.c - the numbers of a report against scikit-learn's, axes, logs, and text that is escaped. */
#include "report_golden.h"
#include "test.h"

#include "axis.h"
#include "contour.h"
#include "file.h"
#include "history.h"
#include "page.h"
#include "plot.h"
#include "scores.h"
#include "settings.h"

#include "fixtures/models.h"
#include "fixtures/scratch.h"

Suite *report_suite(void);

/* ---- scores ---- */

static tern_status make_case(const score_case *c, tern__arena *arena, tern__class_scores *out) {
    double *p = tern__arena_alloc(arena, c->n * c->classes, sizeof *p, NULL);
    size_t *truth = tern__arena_alloc(arena, c->n, sizeof *truth, NULL);
    bool *is = tern__arena_alloc(arena, c->n * c->classes, sizeof *is, NULL);
    for (size_t i = 0; i < c->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < c->classes; k++) sum += 1 + (double)((i * 7 + k * 13 + i * i * k) % 11);
        for (size_t k = 0; k < c->classes; k++) {
            double part = 1 + (double)((i * 7 + k * 13 + i * i * k) % 11);
            p[i * c->classes + k] = c->occurring ? part / sum : (double)((i * 7 + k * 5 + i * i) % 17) / 17;
            is[i * c->classes + k] = (i * 5 + k * 3) % 7 < 3;
        }
        truth[i] = c->occurring ? (3 * i + i * i / 5) % c->occurring : 0;
    }
    if (c->occurring) return tern__score_classes(c->n, c->classes, p, truth, arena, out, NULL);
    return tern__score_labels(c->n, c->classes, p, is, arena, out, NULL);
}

START_TEST(test_scores) {
    const score_case *c = &score_cases[_i];
    tern__arena arena = {0};
    tern__class_scores s;
    ck_assert(!make_case(c, &arena, &s));
    for (size_t k = 0; k < c->classes; k++) {
        const tern__class_score *of = &s.of[k];
        const double got[] = {of->precision, of->recall, of->f1, (double)of->is, of->roc.area, of->pr.area};
        ck_near_all(got, c->of[k], 6, 1e-12);
    }
    const double mean[] = {s.accuracy,           s.precision,       s.recall,     s.f1,
                           s.weighted_precision, s.weighted_recall, s.weighted_f1};
    ck_near_all(mean, c->mean, 7, 1e-12);
    ck_assert_uint_eq(s.calibration.bins, c->bins);
    ck_near_all(s.calibration.said, c->said, c->bins, 1e-12);
    ck_near_all(s.calibration.is, c->is, c->bins, 1e-12);
    tern__arena_free(&arena);
}
END_TEST

/* Curves begin and end where they have to, rise in x, and what is drawn has the area that is told. */
START_TEST(test_curves) {
    tern__arena arena = {0};
    tern__class_scores s;
    ck_assert(!make_case(&score_cases[0], &arena, &s));
    for (size_t k = 0; k < s.classes; k++) {
        const tern__curve *roc = &s.of[k].roc, *pr = &s.of[k].pr;
        double area = 0, precision = 0;
        for (size_t i = 1; i < roc->n; i++) {
            ck_assert_double_ge(roc->x[i], roc->x[i - 1]);
            ck_assert_double_ge(roc->y[i], roc->y[i - 1]);
            area += (roc->x[i] - roc->x[i - 1]) * (roc->y[i] + roc->y[i - 1]) / 2;
        }
        for (size_t i = 1; i < pr->n; i++) precision += (pr->x[i] - pr->x[i - 1]) * pr->y[i];
        ck_near(area, roc->area, 1e-12);
        ck_near(precision, pr->area, 1e-12);
        ck_assert(roc->x[0] == 0 && roc->y[0] == 0 && roc->x[roc->n - 1] == 1 && roc->y[roc->n - 1] == 1);
        ck_assert(pr->x[0] == 0 && pr->y[0] == 1 && pr->x[pr->n - 1] == 1);
    }
    double sum = 0;
    for (size_t k = 0; k < s.classes; k++) sum += s.of[k].roc.area / (double)s.classes;
    ck_near(s.roc.area, sum, 1e-12);
    tern__arena_free(&arena);
}
END_TEST

/* Curves and calibration of two classes are about the rarer one, whichever is named first. */
START_TEST(test_rarer) {
    const double p[] = {0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6};
    const size_t truth[] = {0, 1, 1, 1};
    tern__arena arena = {0};
    tern__class_scores s;
    ck_assert(!tern__score_classes(4, 2, p, truth, &arena, &s, NULL));
    ck_assert_uint_eq(s.rarer, 0);
    ck_assert_ptr_eq(s.roc.x, s.of[0].roc.x);
    ck_assert_ptr_eq(s.pr.x, s.of[0].pr.x);
    ck_assert_uint_eq(s.calibration.bins, 4);
    ck_near(s.calibration.said[3], 0.9, 1e-12);
    ck_near(s.calibration.is[3], 1, 1e-12);
    ck_near(s.calibration.is[2], 0, 1e-12);
    tern__arena_free(&arena);
}
END_TEST

/* The mean of one curve is that curve, at the places that it is asked for. */
START_TEST(test_mean_curve) {
    double x[] = {0, 0, 0.5, 1}, y[] = {0, 0.4, 0.8, 1}, rx[] = {0, 0.5, 0.5, 1}, ry[] = {1, 1, 0.6, 0.5};
    const tern__curve roc = {4, x, y, 0.5}, pr = {4, rx, ry, 0.75};
    tern__arena arena = {0};
    tern__curve mean;
    ck_assert(!tern__mean_curve(1, &roc, false, &arena, &mean, NULL));
    ck_near(mean.y[0], 0.4, 1e-12);
    ck_near(mean.y[25], 0.6, 1e-12);
    ck_near(mean.y[100], 1, 1e-12);
    ck_assert(!tern__mean_curve(1, &pr, true, &arena, &mean, NULL));
    ck_near(mean.y[50], 1, 1e-12); /* the first threshold that reaches this recall */
    ck_near(mean.y[51], 0.5, 1e-12);
    tern__arena_free(&arena);
}
END_TEST

START_TEST(test_values) {
    double out[50], target[50];
    for (size_t i = 0; i < 50; i++) out[i] = sin(1.3 * (double)i + 0.4), target[i] = cos(0.9 * (double)i + 0.2);
    tern__value_score s = tern__score_values(50, 1, out, target);
    const double got[] = {s.mae, s.rmse, s.r2, s.worst};
    ck_near_all(got, value_case, 4, 1e-12);
    const double same[] = {2, 2}, off[] = {2, 3};
    ck_assert(isnan(tern__score_values(2, 1, off, same).r2));
}
END_TEST

/* Two columns, two rows ahead: numbers come back into the unit of their column. */
START_TEST(test_units) {
    tern_model *m = quick_model(
        "{'input': {'columns': [{'name': 'x'}]}, 'layers': [{'type': 'dense', 'units': 4}], 'loss': 'mse',"
        " 'target': {'columns': ['a', 'b'], 'normalize': 'zscore'}, 'fitted': {'input': {'columns': [{'name': 'x'}]},"
        " 'target': {'columns': ['a', 'b'], 'normalize': 'zscore', 'center': [1, 20], 'scale': [2, 3]}}}",
        NULL);
    ck_near(tern_model_unit(m, 0, 1), 3, 1e-12);
    ck_near(tern_model_unit(m, 1, 1), 23, 1e-12);
    ck_near(tern_model_unit(m, 2, 1), 3, 1e-12);
    ck_near(tern_model_unit(m, 3, 1), 23, 1e-12);
    tern_model_free(m);
}
END_TEST

/* ---- axes ---- */

static void ticks_of(double least, double most, bool log, char *out) {
    tern__axis a = {.log_helps = log};
    tern__range r = {INFINITY, -INFINITY, true};
    double ends[] = {least, most};
    tern__ticks t;
    a.tight = true;
    tern__range_add(&r, 2, ends);
    tern__axis_fit(&a, &r);
    tern__axis_ticks(&a, 5, &t);
    *out = 0;
    for (size_t i = 0; i < t.n; i++) strcat(strcat(out, t.text[i]), " ");
}

START_TEST(test_ticks) {
    char text[512];
    ticks_of(0, 1, false, text);
    ck_assert_str_eq(text, "0.0 0.2 0.4 0.6 0.8 1.0 ");
    ticks_of(0, 23456, false, text);
    ck_assert_str_eq(text, "0 5,000 10,000 15,000 20,000 ");
    ticks_of(0.001, 1000, true, text);
    ck_assert_str_eq(text, "0.01 1 100 ");
    ticks_of(0.01, 0.9, true, text);
    ck_assert_str_eq(text, "0.01 0.02 0.05 0.1 0.2 0.5 ");
    ticks_of(0.5, 0.9, true, text); /* too near for a log scale */
    ck_assert_str_eq(text, "0.5 0.6 0.7 0.8 0.9 ");
    ticks_of(3, 3, false, text); /* all the same */
    ck_assert_str_eq(text, "2.7 2.8 2.9 3.0 3.1 3.2 3.3 ");
    ticks_of(-2e-7, 1e-7, false, text);
    ck_assert_str_eq(text, "-2e-07 -1.5e-07 -1e-07 -5e-08 0 5e-08 1e-07 ");
    ticks_of((double)NAN, (double)INFINITY, true, text); /* nothing to see */
    ck_assert_str_eq(text, "0.0 0.2 0.4 0.6 0.8 1.0 ");
}
END_TEST

/* ---- text ---- */

START_TEST(test_escaping) {
    tern__page p = {0};
    char cut[TERN__CUT];
    tern__page_text(&p, "<script>alert(\"&\")</script> \x1b[31m \xff größe 数字数字数字");
    ck_assert_str_eq(p.html.text, "&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt; \\x1b[31m \\xff größe "
                                  "数字数字数字");
    tern__free(p.html.text);
    ck_assert_str_eq(tern__cut_text("größer", 6, cut), "größer");
    ck_assert_str_eq(tern__cut_text("größere", 6, cut), "größe…");
}
END_TEST

START_TEST(test_numbers) {
    char n[TERN__SHORT_NUMBER];
    ck_assert_str_eq(tern__short_number(0.98765, 4, n), "0.9877");
    ck_assert_str_eq(tern__short_number(12345.678, 4, n), "12,346");
    ck_assert_str_eq(tern__short_number(-1234567, 4, n), "-1,234,567");
    ck_assert_str_eq(tern__short_number((double)NAN, 4, n), "-");
    ck_assert_str_eq(tern__count_number(1234, n), "1,234");
    ck_assert_str_eq(tern__bytes_number(1536, n), "1.5 KiB");
}
END_TEST

/* ---- the log, and settings ---- */

START_TEST(test_history) {
    static tern_error err;
    tern__history h;
    FILE *file = fopen(scratch_path("log.jsonl"), "w");
    fputs("{\"step\": 1, \"epoch\": 1, \"loss\": 2, \"lr\": 0.1, \"grad_norm\": null}\n"
          "{\"epoch\": 1, \"step\": 2, \"train_loss\": 1.5, \"valid_f1\": 0.5, \"seconds\": 2, \"later\": [1, {\"a\": "
          "2}]}\n"
          "half a line\n"
          "{\"epoch\": 2, \"step\": 4, \"train_loss\": 1.75, \"valid_f1\": 0.75, \"seconds\": 3}\n",
          file);
    fclose(file);
    ck_assert(!tern__history_read(&h, scratch_path("log.jsonl"), &err));
    ck_assert(err.count == 1 && err.errors == 0);
    const tern__logged *loss = tern__history_find(&h, false, "train_loss");
    ck_assert(loss && loss->n == 2 && loss->y[1] == 1.75 && h.epochs == 2 && h.steps == 4 && h.seconds == 5);
    ck_assert(isnan(tern__history_find(&h, true, "grad_norm")->y[0]));
    double best;
    ck_assert(tern__history_best(&h, "train_loss", false, &best) == 1 && best == 1.5);
    ck_assert(tern__history_best(&h, "valid_f1", true, &best) == 2 && best == 0.75);
    ck_assert(isnan(tern__history_best(&h, "none", true, &best)));
    tern__history_free(&h);
}
END_TEST

static void list(void *user, const char *path, const char *value) {
    strcat(strcat(strcat(strcat(user, path), "="), value), ";");
}

/* Adds up how long the lines are, and how far they are from a circle of radius 1/4 around the middle. */
typedef struct circle {
    double length, off;
} circle;

static void add_piece(void *to, const double from[2], const double end[2]) {
    circle *c = to;
    c->length += hypot(end[0] - from[0], end[1] - from[1]);
    c->off = fmax(c->off, fabs(hypot(from[0] - 0.5, from[1] - 0.5) - 0.25));
    c->off = fmax(c->off, fabs(hypot(end[0] - 0.5, end[1] - 0.5) - 0.25));
}

START_TEST(test_contour) {
    enum { N = 81 };
    static double value[N * N];
    for (size_t i = 0; i < N * N; i++) {
        double x = (double)(i % N) / (N - 1) - 0.5, y = (double)(i / N) / (N - 1) - 0.5;
        value[i] = x * x + y * y;
    }
    tern__field f = {.columns = N, .rows = N, .value = value};
    circle c = {0};
    tern__contour(&f, 0.25 * 0.25, add_piece, &c);
    ck_assert_double_eq_tol(c.length, 2 * acos(-1) * 0.25, 2e-3);
    ck_assert_double_lt(c.off, 2e-4);
    double whole = c.length;
    value[(N / 2) * N + N / 2 + (N - 1) / 4] = NAN; /* on the circle: the cells around it are left out */
    c = (circle){0};
    tern__contour(&f, 0.25 * 0.25, add_piece, &c);
    ck_assert_double_lt(c.length, whole - 1.5 / (N - 1));
    ck_assert_double_gt(c.length, whole - 4.0 / (N - 1));
    c = (circle){0};
    tern__contour(&f, 9, add_piece, &c); /* above all of it */
    ck_assert_double_eq(c.length, 0);
}
END_TEST

START_TEST(test_plot_file) {
    double x[] = {0, 1, 2}, y[] = {0, 2, 1}, value[] = {0, 1, 1, 2}, level[] = {0.5, 1.5};
    tern__series series[] = {{.name = "a < b", .mark = TERN__PATH, .n = 3, .x = x, .y = y},
                             {.name = "c", .color = 1, .n = 3, .x = x, .y = y}};
    tern__field field = {2, 2, value, 2, level};
    tern__plot plot = {
        .title = "T & t", .x = {.label = "x"}, .y = {.label = "y"}, .n = 2, .series = series, .field = &field};
    tern_error err = {0};
    const char *path = scratch_path("plot.svg");
    ck_assert_int_eq(tern__plot_save(&plot, path, &err), TERN_OK);
    size_t size;
    char *text = (char *)tern__file_read(path, 1 << 20, &size, &err);
    ck_assert_ptr_nonnull(strstr(text, "<svg xmlns=\"http://www.w3.org/2000/svg\""));
    ck_assert_ptr_nonnull(strstr(text, "<title>T &amp; t</title>"));
    ck_assert_ptr_nonnull(strstr(text, "prefers-color-scheme: dark"));
    ck_assert_ptr_nonnull(strstr(text, ">a &lt; b</text>"));
    ck_assert_ptr_nonnull(strstr(text, "<path class=\"contour\""));
    ck_assert_ptr_null(strstr(strstr(text, "</title>") + 1, "<title>")); /* nothing to hover over */
    tern__free(text);
    ck_assert_int_eq(tern__plot_save(&plot, "/nowhere/plot.svg", &err), TERN_ERROR_IO);
}
END_TEST

START_TEST(test_settings) {
    char text[512] = "";
    tern__settings(
        "{\"$schema\": \"x\", \"seed\": 1, \"layers\": [{\"type\": \"dense\"}], \"optimizer\": {\"betas\": [0.9, "
        "0.99], "
        "\"type\": \"adam\"}, \"metrics\": [{\"type\": \"accuracy\"}]}",
        list, text);
    ck_assert_str_eq(text, "seed=1;optimizer.betas=[0.9, 0.99];optimizer.type=adam;metrics.0.type=accuracy;");
}
END_TEST

Suite *report_suite(void) {
    Suite *suite = suite_create("report");
    TCase *numbers = tcase_create("numbers"), *words = tcase_create("words");
    tcase_add_loop_test(numbers, test_scores, 0, COUNT(score_cases));
    tcase_add_test(numbers, test_curves);
    tcase_add_test(numbers, test_rarer);
    tcase_add_test(numbers, test_mean_curve);
    tcase_add_test(numbers, test_values);
    tcase_add_test(numbers, test_units);
    tcase_add_test(numbers, test_contour);
    tcase_add_test(words, test_plot_file);
    tcase_add_test(words, test_ticks);
    tcase_add_test(words, test_escaping);
    tcase_add_test(words, test_numbers);
    tcase_add_test(words, test_history);
    tcase_add_test(words, test_settings);
    suite_add_tcase(suite, numbers);
    suite_add_tcase(suite, words);
    return suite;
}
