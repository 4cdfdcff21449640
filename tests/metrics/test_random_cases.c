/* test_random_cases.c - metrics against scikit-learn, over 300 random cases with ties and with classes that are not
 * there. */
#include "lone_metric.h"

TCase *random_cases(void);

typedef enum kind { CLASSES, BINARY, NUMBERS } kind;

typedef struct golden_case {
    const char *metric, *options;
    kind kind;
    size_t rows, width; /* samples, and numbers in a prediction */
    double want;
} golden_case;

#include "metrics_golden.h"

/* The generator of tests/golden/metrics.py. */
static size_t below(uint32_t *state, size_t n) {
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 16) % n;
}

START_TEST(as_scikit_learn) {
    const golden_case *c = &golden[_i];
    lone b;
    set_up(&b, c->metric, c->options,
           c->kind == CLASSES ? classes(TERN_SHAPE(c->width))
                              : values(TERN_SHAPE(c->width), c->kind == BINARY ? 0 : (double)NAN));
    uint32_t state = (uint32_t)_i;
    size_t n = c->rows * c->width, present = 1 + below(&state, c->width);
    for (size_t i = 0; i < n; i++) b.p[i] = (tern_real)(((double)below(&state, 17) - 8) / 4);
    size_t targets = c->kind == CLASSES ? c->rows : n;
    for (size_t i = 0; i < targets; i++)
        b.t[i] = (tern_real)below(&state, c->kind == CLASSES ? present : c->kind == BINARY ? 2 : 9);
    double got = value(&b, c->rows);
    if (isnan(c->want)) ck_assert(isnan(got));
    else ck_near(got, c->want, 1e-12);
}
END_TEST

TCase *random_cases(void) {
    TCase *t = tcase_create("random cases");
    tcase_add_loop_test(t, as_scikit_learn, 0, COUNT(golden));
    return t;
}
