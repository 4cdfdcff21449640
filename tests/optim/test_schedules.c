/* test_schedules.c - every schedule against PyTorch, tick by tick. */
#include "fixtures/options.h"
#include <tern/schedule.h>

TCase *schedules_case(void);

/* What a schedule answers, tick by tick; tests/golden/schedules.py has the formula of the losses too. */
typedef struct golden {
    const char *type, *set;
    const double *lr, *momentum;
} golden;

#include "schedules_golden.h"

static const tern_schedule_type *find(const char *name) {
    return (const tern_schedule_type *)find_type(TERN_SCHEDULE, name);
}

static double loss_at(size_t tick) {
    return tick < 5 ? 1 / (1 + (double)tick) : 0.2 - 2e-6 * (double)tick + (tick % 3 ? 0.1 : 0);
}

START_TEST(golden_numbers) {
    const golden *g = &goldens[_i];
    const tern_schedule_type *type = find(g->type);
    tern_schedule_spec spec = {.base = 0.1};
    settings options;
    configure(&options, &type->base, g->set);
    ck_assert(type->plan(options.self, &spec, NULL) == TERN_OK);
    ck_assert(spec.cycles == (g->momentum != NULL));
    for (size_t k = 0; k < TICKS; k++) {
        ck_near(type->lr(options.self, 0.1, k, spec.state), g->lr[k], 1e-14);
        if (g->momentum) ck_near(type->momentum(options.self, k), g->momentum[k], 1e-14);
        if (type->observe) type->observe(options.self, 0.1, loss_at(k), spec.state);
    }
}
END_TEST

/* The lists of the reference, from an lr of 1. */
START_TEST(reference_lists) {
    static const struct {
        const char *type, *set;
        size_t total, n;
        double lr[10];
    } cases[] = {
        {"step", "step_size=3", 0, 8, {1, 1, 1, .1, .1, .1, .01, .01}},
        {"multi_step", "milestones=[2,5]", 0, 6, {1, 1, .1, .1, .1, .01}},
        {"cosine",
         "t_max=5 eta_min=0.1",
         0,
         8,
         {1, .91405765, .68905765, .41094235, .18594235, .1, .18594235, .41094235}},
        {"cosine", "", 5, 6, {1, .9045085, .6545085, .3454915, .0954915, 0}},
        {"cosine_restarts", "t_0=3 t_mult=2", 0, 10, {1, .75, .25, 1, .9330127, .75, .5, .25, .0669873, 1}},
        {"linear", "start_factor=0.1 total_iters=4", 0, 6, {.1, .325, .55, .775, 1, 1}},
        {"polynomial", "total_iters=4 power=2", 0, 6, {1, .5625, .25, .0625, 0, 0}},
        {"one_cycle",
         "max_lr=1",
         10,
         10,
         {.04, .52, 1, .95048463, .81174565, .61126202, .38874198, .18825835, .04951937, 4e-6}},
        {"one_cycle",
         "max_lr=1 total_steps=10 anneal_strategy=linear",
         99,
         10,
         {.04, .52, 1, .85714343, .71428686, .57143029, .42857371, .28571714, .14286057, 4e-6}},
        {"one_cycle",
         "max_lr=1 three_phase=true",
         10,
         10,
         {.04, .52, 1, .52, .04, .03618072, .02618172, .01382228, .00382328, 4e-6}},
        {"plateau", "patience=2 factor=0.5", 0, 10, {1, 1, 1, 1, 1, .5, .5, .5, .25, .25}},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        const tern_schedule_type *type = find(cases[c].type);
        tern_schedule_spec spec = {.base = 1, .total = cases[c].total};
        settings options;
        configure(&options, &type->base, cases[c].set);
        ck_assert(type->plan(options.self, &spec, NULL) == TERN_OK);
        for (size_t k = 0; k < cases[c].n; k++) {
            double lr = type->lr(options.self, 1, k, spec.state);
            ck_assert_msg(fabs(lr - cases[c].lr[k]) < 1e-8, "%s, tick %zu: %.17g", cases[c].type, k, lr);
            if (type->observe) type->observe(options.self, 1, k ? 0.9 : 1, spec.state);
        }
    }
}
END_TEST

/* A cycle of one step, or none but its fall, divides nothing by zero; past its end the lr stays. */
START_TEST(short_cycles) {
    static const char *const sets[] = {"max_lr=1", "max_lr=1 pct_start=0", "max_lr=1 pct_start=1",
                                       "max_lr=1 pct_start=0.5 three_phase=true"};
    const tern_schedule_type *type = find("one_cycle");
    for (size_t c = 0; c < COUNT(sets); c++)
        for (size_t total = 1; total <= 4; total++) {
            settings options;
            configure(&options, &type->base, sets[c]);
            ck_assert(type->plan(options.self, &(tern_schedule_spec){.base = 1, .total = total}, NULL) == TERN_OK);
            for (size_t k = 0; k < 6; k++) {
                double lr = type->lr(options.self, 1, k, NULL), mu = type->momentum(options.self, k);
                ck_assert(lr >= 4e-6 * (1 - 1e-9) && lr <= 1 && mu >= 0.85 * (1 - 1e-9) && mu <= 0.95 * (1 + 1e-9));
                if (k >= total) ck_assert_double_eq(lr, type->lr(options.self, 1, total - 1, NULL));
            }
        }
}
END_TEST

START_TEST(refusals) {
    static const struct {
        const char *type, *set, *pointer, *text;
    } cases[] = {
        {"cosine", "", "/t_max", "is needed"},
        {"one_cycle", "max_lr=1", "/total_steps", "is needed"},
        {"one_cycle", "max_lr=1 total_steps=10 pct_start=0.6 three_phase=true", "/pct_start",
         "is 0.6, but with three_phase"},
        {"multi_step", "milestones=[2,2.5]", "/milestones", "holds 2.5, but ticks are whole numbers"},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        const tern_schedule_type *type = find(cases[c].type);
        tern_error err = {0};
        settings options;
        configure(&options, &type->base, cases[c].set);
        ck_assert_int_eq(type->plan(options.self, &(tern_schedule_spec){.base = 1}, &err), TERN_ERROR_MODEL);
        ck_assert_str_eq(err.item[0].pointer, cases[c].pointer);
        ck_contains(err.item[0].text, cases[c].text);
    }
}
END_TEST

TCase *schedules_case(void) {
    TCase *t = tcase_create("schedules");
    tcase_add_loop_test(t, golden_numbers, 0, COUNT(goldens));
    tcase_add_test(t, reference_lists);
    tcase_add_test(t, short_cycles);
    tcase_add_test(t, refusals);
    return t;
}
