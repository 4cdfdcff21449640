/* test_gradients.c - the gradients of every registered layer and loss against central differences: below 1e-6 in
 * double. */
#include "conform.h"

#include "gradcheck.h"

#include <tern/layer.h>

static void expect_right(const conform *c, const tern_gradcheck *g, tern_status status) {
    conform_assert(c, status == TERN_OK, "%s", c->err.item[0].text);
    conform_assert(c, g->checked > 0, "nothing was checked");
    conform_assert(c, tern__gradcheck_passes(g),
                   "the derivative by %s, number %zu, is %.10g, but differences say %.10g: off by %.2g; %zu checked, "
                   "%zu skipped",
                   g->tensor, g->element, g->derivative, g->quotient, g->worst, g->checked, g->skipped);
}

/* `_i` is the example. */
START_TEST(layers_gradients_are_right) {
    conform c;
    conform_open(&c, TERN_LAYER, _i);
    size_t inputs = 0;
    while (inputs < TERN_EXAMPLE_INPUTS && c.example->in[inputs].rank) inputs++;
    for (size_t rows = 1; rows <= 3; rows += 2) {
        tern_gradcheck g;
        tern_status status = tern__gradcheck_layer(&c.object, inputs, c.example->in, rows, &g, &c.err);
        expect_right(&c, &g, status);
    }
    conform_close(&c);
}
END_TEST

START_TEST(losses_gradients_are_right) {
    conform c;
    conform_open(&c, TERN_LOSS, _i);
    for (const tern_target *kind = conform_targets(c.type); *kind; kind++)
        for (size_t rows = 1; rows <= 5; rows += 4) {
            tern_gradcheck g;
            tern_status status = tern__gradcheck_loss(&c.object, &c.example->in[0], *kind, rows, &g, &c.err);
            expect_right(&c, &g, status);
        }
    conform_close(&c);
}
END_TEST

/* ---- the checker itself: a layer of which one number is wrong ---- */

enum { RIGHT, SIGN, FACTOR, LAST, NOT_A_NUMBER, KINKS };
static int mistake;

/* y = x^2, or a saw with teeth too fine for a difference. */
static tern_status square_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

static void square_forward(const void *self, const tern_forward *f) {
    (void)self;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) {
        double x = (double)f->x[0]->data[i];
        f->y->data[i] = (tern_real)(mistake == KINKS ? fabs(remainder(x, TOLERANCE(1e-2, 2.5e-6))) : x * x);
    }
}

static void square_backward(const void *self, const tern_backward *b) {
    (void)self;
    size_t n = tern_tensor_count(b->dy);
    for (size_t i = 0; i < n; i++) {
        tern_real dx = 2 * b->x[0]->data[i] * b->dy->data[i];
        if (mistake == SIGN) dx = -dx;
        if (mistake == FACTOR) dx *= TOLERANCE(1.05F, 1.00001F);
        if (mistake == LAST && i == n - 1) dx += TOLERANCE(0.1F, 1e-5F);
        if (mistake == NOT_A_NUMBER && i == 2) dx = (tern_real)NAN;
        b->dx[0]->data[i] = dx;
    }
}

static const tern_layer_type square = {
    .base = {.kind = TERN_LAYER, .name = "square"},
    .flags = TERN_READS_X,
    .plan = square_plan,
    .forward = square_forward,
    .backward = square_backward,
};

/* `_i` is the mistake. */
START_TEST(mistakes_are_caught) {
    tern_gradcheck g;
    tern_error err = {0};
    mistake = _i;
    ck_assert_int_eq(tern__gradcheck_layer(&(tern_object){.type = &square.base}, 1, &TERN_SHAPE(10), 2, &g, &err),
                     TERN_OK);
    ck_assert_int_eq(tern__gradcheck_passes(&g), mistake == RIGHT);
    if (mistake != KINKS) ck_assert_uint_eq(g.checked + g.skipped, 20);
    if (mistake == KINKS) ck_assert_uint_gt(g.skipped, 4);
    else ck_assert_uint_eq(g.skipped, 0);
    if (mistake == LAST) ck_assert_uint_eq(g.element, 19);
    if (mistake == NOT_A_NUMBER) ck_assert(isinf(g.worst) && g.element == 2);
    if (mistake != KINKS) ck_assert_str_eq(g.tensor, "x[0]");
}
END_TEST

TCase *conform_gradients_case(void) {
    TCase *t = tcase_create("gradients");
    tcase_add_loop_test(t, layers_gradients_are_right, 0, conform_examples(TERN_LAYER));
    tcase_add_loop_test(t, losses_gradients_are_right, 0, conform_examples(TERN_LOSS));
    tcase_add_loop_test(t, mistakes_are_caught, RIGHT, KINKS + 1);
    return t;
}
