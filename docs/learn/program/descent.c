/* descent.c - gradient descent on a line: the path, the batch, the learning rate: pages 6 to 8. */
#include "course.h"

#include <math.h>
#include <stdio.h>

enum { LEVELS = 10 };
static const tern__axis slope_axis = {.label = "slope", .least = -0.6, .most = 4};
static const tern__axis bias_axis = {.label = "bias", .least = -0.6, .most = 2};
static const double start[2] = {0, 0};

/* A map of the loss of a line over its slope (across) and bias, and paths on it. */
static void map(const char *name, const char *title, size_t n, const tern__series *series) {
    static double value[GRID * GRID], level[LEVELS];
    course c = course_open("line", NULL);
    course_field(&c, 0, &slope_axis, &bias_axis, value);
    course_close(&c);
    for (size_t i = 0; i < LEVELS; i++) level[i] = 0.1 * pow(1.7, (double)i);
    tern__field field = {.columns = GRID, .rows = GRID, .value = value, .levels = LEVELS, .level = level};
    picture(name,
            &(tern__plot){.title = title, .x = slope_axis, .y = bias_axis, .n = n, .series = series, .field = &field});
}

static tern__series path(const walk *w, const char *name, size_t color) {
    return (tern__series){.name = name, .mark = TERN__PATH, .color = color, .n = w->n, .x = w->w[0], .y = w->w[1]};
}

/* ---- page 6 ---- */

static void descent(void) {
    static walk w;
    course c = course_open("line", NULL);
    course_walk(&c, start, c.n, 60, &w);
    map("descent-path", "Sixty steps downhill", 1, (tern__series[]){path(&w, NULL, 0)});
    static const size_t shown[] = {0, 3, 10, 60};
    double x[64], y[64], ends[2] = {-1, 1}, line[4][2];
    for (size_t i = 0; i < c.n; i++) x[i] = (double)c.x[i], y[i] = (double)c.y[i];
    tern__series series[5] = {{.name = "rows", .mark = TERN__POINTS, .color = TERN__GREY, .n = c.n, .x = x, .y = y}};
    char names[4][24];
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < 2; i++) line[k][i] = w.w[1][shown[k]] + w.w[0][shown[k]] * ends[i];
        snprintf(names[k], sizeof names[k], "step %zu", shown[k]);
        series[k + 1] = (tern__series){.name = names[k], .color = k, .n = 2, .x = ends, .y = line[k]};
        number(w.loss[shown[k]], 3, "descent.loss.%zu", shown[k]);
    }
    double gradient[2];
    number(course_loss(&c, start, gradient), 3, "descent.start.loss");
    number(gradient[0], 3, "descent.start.slope");
    number(gradient[1], 3, "descent.start.bias");
    number(w.w[0][1], 3, "descent.first.slope");
    number(w.w[1][1], 3, "descent.first.bias");
    number(w.w[0][60], 2, "descent.end.slope");
    number(w.w[1][60], 2, "descent.end.bias");
    picture("descent-line",
            &(tern__plot){
                .title = "The line on its way", .x = {.label = "x"}, .y = {.label = "y"}, .n = 5, .series = series});
    course_close(&c);
}

/* ---- page 7 ---- */

static void batches(void) {
    static walk w[3];
    static double seen[3][MOST];
    static const size_t size[] = {32, 8, 1};
    static const char *const name[] = {"all 32 rows", "8 rows", "1 row"};
    tern__series paths[3], losses[3];
    enum { EPOCHS = 10 };
    for (size_t k = 0; k < 3; k++) {
        course c = course_open("line", NULL);
        course_walk(&c, start, size[k], EPOCHS * 32 / size[k], &w[k]);
        for (size_t i = 0; i < w[k].n; i++) seen[k][i] = (double)(i * size[k]) / 32;
        paths[k] = path(&w[k], name[k], k);
        losses[k] = (tern__series){.name = name[k], .color = k, .n = w[k].n, .x = seen[k], .y = w[k].loss};
        number(w[k].loss[w[k].n - 1], 3, "batches.loss.%zu", size[k]);
        number((double)(w[k].n - 1), 0, "batches.steps.%zu", size[k]);
        course_close(&c);
    }
    map("batches-path", "Ten epochs, three sizes of batch", 3, (tern__series[]){paths[2], paths[1], paths[0]});
    picture("batches-loss", &(tern__plot){.title = "The loss, by how often each row was seen",
                                          .x = {.label = "epoch", .tight = true},
                                          .y = {.label = "loss of all rows", .log_helps = true},
                                          .n = 3,
                                          .series = losses});
}

/* ---- page 8 ---- */

static void rates(void) {
    static walk w[4];
    static const char *const set[] = {"optimizer.lr=0.02", "optimizer.lr=0.2", "optimizer.lr=0.9", "optimizer.lr=1.02"};
    static const char *const name[] = {"0.02", "0.2", "0.9", "1.02"};
    tern__series paths[4], losses[4];
    enum { STEPS = 30 };
    for (size_t k = 0; k < 4; k++) {
        course c = course_open("line", SET(set[k]));
        course_walk(&c, start, c.n, STEPS, &w[k]);
        paths[k] = path(&w[k], name[k], k);
        losses[k] = (tern__series){.name = name[k], .color = k, .n = w[k].n, .x = w[k].step, .y = w[k].loss};
        number(w[k].loss[STEPS], 3, "rate.loss.%s", name[k]);
        course_close(&c);
    }
    map("rate-path", "The same thirty steps, longer and longer", 3, paths);
    picture("rate-loss", &(tern__plot){.title = "The loss at four learning rates",
                                       .x = {.label = "step", .tight = true, .whole = true},
                                       .y = {.label = "loss", .log_helps = true},
                                       .n = 4,
                                       .series = losses});
}

void descent_chapter(void) {
    descent();
    batches();
    rates();
}
