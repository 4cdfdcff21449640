/* optimizers.c - SGD, Momentum and Adam in a ravine and at a saddle: pages 9 to 12. */
#include "course.h"

#include <math.h>
#include <stdio.h>

enum { LEVELS = 10 };

/* A landscape of two weights, and what each optimizer takes to cross it. */
typedef struct landscape {
    const char *model, *title;
    size_t steps, across; /* the weight that x shows */
    tern__axis x, y;
    double start[2], first_level, ratio;
    const char *optimizer[OPTIMIZERS];
} landscape;

static const landscape ravine = {
    .model = "ravine",
    .title = "A ravine",
    .steps = 100,
    .across = 1,
    .x = {.label = "weight of b", .least = -0.6, .most = 6.4},
    .y = {.label = "weight of a", .least = -0.7, .most = 2.7},
    .start = {0, 0},
    .first_level = 0.003,
    .ratio = 2.4,
    .optimizer = {"optimizer={\"type\": \"sgd\", \"lr\": 0.9}",
                  "optimizer={\"type\": \"sgd\", \"lr\": 0.3, \"momentum\": 0.9}",
                  "optimizer={\"type\": \"adam\", \"lr\": 0.3}"},
};

static const landscape saddle = {
    .model = "saddle",
    .title = "A saddle",
    .steps = 100,
    .across = 0,
    .x = {.label = "first weight", .least = -1.6, .most = 1.8},
    .y = {.label = "second weight", .least = -0.6, .most = 1.9},
    .start = {-1, 1.02},
    .first_level = 0.05,
    .ratio = 1.6,
    .optimizer = {"optimizer={\"type\": \"sgd\", \"lr\": 0.02}",
                  "optimizer={\"type\": \"sgd\", \"lr\": 0.02, \"momentum\": 0.9}",
                  "optimizer={\"type\": \"adam\", \"lr\": 0.1}"},
};

/* The first step with a loss below `least`, from which on it stays there; the last, if there is none. */
static size_t arrival(const walk *w, double least) {
    size_t at = w->n - 1;
    while (at > 0 && w->loss[at - 1] < least) at--;
    return at;
}

static void cross(const landscape *l) {
    static walk w[OPTIMIZERS];
    static double value[GRID * GRID], level[LEVELS];
    tern__series paths[OPTIMIZERS], losses[OPTIMIZERS];
    char of[64];
    for (size_t k = 0; k < OPTIMIZERS; k++) {
        course c = course_open(l->model, SET(l->optimizer[k]));
        course_walk(&c, l->start, c.n, l->steps, &w[k]);
        if (k == 0) course_field(&c, l->across, &l->x, &l->y, value);
        course_close(&c);
        paths[k] = (tern__series){.name = optimizer_name[k],
                                  .mark = TERN__PATH,
                                  .color = k,
                                  .n = w[k].n,
                                  .x = w[k].w[l->across],
                                  .y = w[k].w[1 - l->across]};
        losses[k] = (tern__series){.name = optimizer_name[k], .color = k, .n = w[k].n, .x = w[k].step, .y = w[k].loss};
        number((double)arrival(&w[k], 0.01), 0, "%s.%s.arrival", l->model, optimizer_key[k]);
        number(w[k].loss[w[k].n - 1], 5, "%s.%s.loss", l->model, optimizer_key[k]);
    }
    for (size_t i = 0; i < LEVELS; i++) level[i] = l->first_level * pow(l->ratio, (double)i);
    tern__field field = {.columns = GRID, .rows = GRID, .value = value, .levels = LEVELS, .level = level};
    tern__plot map = {.title = l->title, .x = l->x, .y = l->y, .n = 2, .series = paths, .field = &field};
    snprintf(of, sizeof of, "%s-path", l->model);
    picture(of, &map);
    map.n = OPTIMIZERS;
    snprintf(of, sizeof of, "%s-adam", l->model);
    picture(of, &map);
    tern__plot loss = {.title = "The loss on the way",
                       .x = {.label = "step", .tight = true, .whole = true},
                       .y = {.label = "loss", .log_helps = l == &ravine, .zero = true},
                       .n = OPTIMIZERS,
                       .series = losses};
    snprintf(of, sizeof of, "%s-loss", l->model);
    picture(of, &loss);
}

void optimizers_chapter(void) {
    cross(&ravine);
    cross(&saddle);
}
