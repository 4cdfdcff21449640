/* losses.c - what losses measure, how they slope, and what follows from that: pages 1 to 5. */
#include "course.h"

#include <math.h>
#include <stdio.h>

enum { POINTS = 161 };

/* A loss and its slope along one number that the model says, the others staying at 0. */
static void along(course *c, double low, double high, double x[POINTS], double loss[POINTS], double slope[POINTS]) {
    for (size_t i = 0; i < POINTS; i++) {
        double w[8] = {0}, gradient[8];
        w[0] = x[i] = low + (high - low) * (double)i / (POINTS - 1);
        loss[i] = course_loss(c, w, gradient);
        slope[i] = gradient[0];
    }
}

/* ---- pages 1 and 2: MSE and MAE of one number whose target is 0 ---- */

static void errors_and_slopes(void) {
    static double x[POINTS], loss[2][POINTS], slope[2][POINTS];
    static const char *const name[] = {"MSE", "MAE"}, *const set[] = {"loss=mse", "loss=mae"};
    static const char *const key[] = {"mse", "mae"};
    tern__series shape[2], slopes[2];
    for (size_t k = 0; k < 2; k++) {
        course c = course_of_one("number", SET(set[k]), 1, &(tern_real){0});
        along(&c, -3, 3, x, loss[k], slope[k]);
        for (int e = 1; e <= 4; e *= 2) { /* the table: errors of 1, 2, 4 */
            double gradient, value = course_loss(&c, &(double){(double)e}, &gradient);
            number(value, 0, "loss.%s.%d", key[k], e);
            number(gradient, 0, "slope.%s.%d", key[k], e);
        }
        shape[k] = (tern__series){.name = name[k], .color = k, .n = POINTS, .x = x, .y = loss[k]};
        slopes[k] = (tern__series){.name = name[k], .color = k, .n = POINTS, .x = x, .y = slope[k]};
        course_close(&c);
    }
    picture("loss-shapes", &(tern__plot){.title = "What an error costs",
                                         .x = {.label = "error: answer minus truth", .tight = true},
                                         .y = {.label = "loss", .zero = true},
                                         .n = 2,
                                         .series = shape});
    picture("loss-slopes", &(tern__plot){.title = "The slope: how hard an error pulls",
                                         .x = {.label = "error: answer minus truth", .tight = true},
                                         .y = {.label = "slope of the loss"},
                                         .n = 2,
                                         .series = slopes,
                                         .zero_line = true});
}

/* ---- page 3: a line through points, one of which is wrong ---- */

static void outlier(void) {
    static walk w;
    static const char *const set[] = {"loss=mse", "loss=mae"}, *const key[] = {"mse", "mae"};
    double ends[2] = {-1, 1}, line[2][2];
    course c = course_open("outlier", NULL);
    double x[64], y[64];
    for (size_t i = 0; i < c.n; i++) x[i] = (double)c.x[i], y[i] = (double)c.y[i];
    tern__series series[3] = {{.name = "rows", .mark = TERN__POINTS, .color = TERN__GREY, .n = c.n, .x = x, .y = y}};
    for (size_t k = 0; k < 2; k++) {
        course fit = course_open(
            "outlier", SET(set[k], "schedule={\"type\": \"cosine\", \"interval\": \"step\", \"t_max\": 400}"));
        course_walk(&fit, (double[]){0, 0}, fit.n, 400, &w);
        double slope = w.w[0][w.n - 1], bias = w.w[1][w.n - 1];
        for (size_t i = 0; i < 2; i++) line[k][i] = bias + slope * ends[i];
        series[k + 1] =
            (tern__series){.name = k ? "least MAE" : "least MSE", .color = k, .n = 2, .x = ends, .y = line[k]};
        number(slope, 2, "outlier.%s.slope", key[k]);
        number(bias, 2, "outlier.%s.bias", key[k]);
        course_close(&fit);
    }
    picture("outlier", &(tern__plot){.title = "One wrong row, and two lines",
                                     .x = {.label = "x"},
                                     .y = {.label = "y"},
                                     .n = 3,
                                     .series = series});
    course_close(&c);
}

/* ---- page 4: cross-entropy of three classes, the first of which is right ---- */

static void cross_entropy(void) {
    static double logit[POINTS], loss[POINTS], slope[POINTS], p[POINTS];
    course c = course_of_one("number", SET("layers.0.out_features=3", "loss=cross_entropy"), 1, &(tern_real){0});
    along(&c, -8, 8, logit, loss, slope);
    for (size_t i = 0; i < POINTS; i++) p[i] = exp(-loss[i]);
    for (int percent = 1; percent <= 100; percent = percent == 1 ? 10 : percent == 10 ? 50 : percent == 50 ? 90 : 101) {
        /* Two logits of 0 beside one: its probability is e^z / (e^z + 2). */
        double share = percent / 100.0, w[3] = {log(2 * share / (1 - share)), 0, 0}, gradient[3];
        number(course_loss(&c, w, gradient), 2, "ce.loss.%d", percent);
        number(gradient[0], 2, "ce.slope.%d", percent);
    }
    number(course_loss(&c, (double[]){0, 0, 0}, NULL), 2, "ce.clueless.3");
    course_close(&c);
    c = course_of_one("number", SET("layers.0.out_features=10", "loss=cross_entropy"), 1, &(tern_real){0});
    number(course_loss(&c, (double[10]){0}, NULL), 2, "ce.clueless.10");
    course_close(&c);
    picture("cross-entropy", &(tern__plot){
                                 .title = "What cross-entropy says of a probability",
                                 .x = {.label = "probability given to the right class", .least = 0, .most = 1},
                                 .y = {.label = "loss", .least = 0, .most = 6},
                                 .n = 1,
                                 .series = &(tern__series){.color = 2, .n = POINTS, .x = p, .y = loss},
                             });
}

/* ---- page 5: cross-entropy and MSE on classes ---- */

static void pulls(void) {
    static double logit[POINTS], loss[POINTS], slope[2][POINTS];
    tern__series series[2];
    static const tern_real right[] = {1, 0, 0};
    for (size_t k = 0; k < 2; k++) {
        course c =
            k ? course_of_one("number",
                              SET("layers=[{\"type\": \"dense\", \"units\": 3, \"bias\": false}, \"softmax\"]"), 3,
                              right)
              : course_of_one("number", SET("layers.0.out_features=3", "loss=cross_entropy"), 1, &(tern_real){0});
        along(&c, -8, 8, logit, loss, slope[k]);
        double gradient[3];
        course_loss(&c, (double[]){-6, 0, 0}, gradient);
        number(-gradient[0], 4, k ? "classes.pull.mse" : "classes.pull.ce");
        for (size_t i = 0; i < POINTS; i++) slope[k][i] = -slope[k][i];
        series[k] = (tern__series){.name = k ? "MSE of the probabilities" : "cross-entropy",
                                   .color = k ? 0 : 2,
                                   .n = POINTS,
                                   .x = logit,
                                   .y = slope[k]};
        course_close(&c);
    }
    picture("classes-pull",
            &(tern__plot){.title = "How hard each loss pulls the right class up",
                          .x = {.label = "what the net says for the right class (others: 0)", .tight = true},
                          .y = {.label = "pull", .zero = true},
                          .n = 2,
                          .series = series});
}

static void iris(void) {
    static curve ce, mse;
    char data[4096];
    snprintf(data, sizeof data, "%s/data/iris", learn_source);
    train_curve("iris", NULL, data, 40, false, &ce);
    train_curve("iris",
                SET("layers=[{\"type\": \"dense\", \"units\": 16}, \"tanh\", {\"type\": \"dense\", \"units\": 3}, "
                    "\"softmax\"]",
                    "loss=mse"),
                data, 40, false, &mse);
    tern__series series[] = {{.name = "cross-entropy", .color = 2, .n = ce.n, .x = ce.epoch, .y = ce.accuracy},
                             {.name = "MSE", .color = 0, .n = mse.n, .x = mse.epoch, .y = mse.accuracy}};
    for (size_t e = 5; e <= 40; e *= 2) {
        number(ce.accuracy[e - 1], 2, "iris.ce.%zu", e);
        number(mse.accuracy[e - 1], 2, "iris.mse.%zu", e);
    }
    picture("classes-iris", &(tern__plot){.title = "Iris: the same net, the same steps, two losses",
                                          .x = {.label = "epoch", .whole = true},
                                          .y = {.label = "share of flowers named rightly"},
                                          .n = 2,
                                          .series = series});
}

void losses_chapter(void) {
    errors_and_slopes();
    outlier();
    cross_entropy();
    pulls();
    iris();
}
