/* test_optim.c - every optimizer against PyTorch, step by step. */
#include "fixtures/options.h"
#include <tern/optimizer.h>

Suite *optim_suite(void);
TCase *schedules_case(void);

/* The weights after each step; tests/golden/optim.py has the formulas of weights, gradients and learning rates too. */
typedef struct golden {
    const char *type, *set;
    bool cycled;
    double lr;
    const double *w;
} golden;

#include "optim_golden.h"

enum { MOST = 64 };

/* An optimizer with weights and slots of its own around it. */
typedef struct lone {
    const tern_optimizer_type *type;
    settings options;
    tern_optimizer_spec spec;
    tern_update update;
    tern_real w[MOST], g[MOST], slot[TERN_MAX_SLOTS][MOST];
} lone;

static const tern_optimizer_type *find(const char *name) {
    return (const tern_optimizer_type *)find_type(TERN_OPTIMIZER, name);
}

static void set_up(lone *b, const char *type, const char *set, size_t n, double lr, bool cycled) {
    tern_error err = {0};
    *b = (lone){.type = find(type), .spec = {.cycled = cycled}};
    configure(&b->options, &b->type->base, set);
    ck_assert_msg(b->type->plan(b->options.self, &b->spec, &err) == TERN_OK, "%s", err.item[0].text);
    b->update = (tern_update){.n = n, .w = b->w, .g = b->g, .decay = true, .lr = lr, .momentum = (double)NAN};
    for (size_t k = 0; k < b->spec.slots; k++) {
        b->update.slot[k] = b->slot[k];
        for (size_t i = 0; i < n; i++) b->slot[k][i] = (tern_real)b->spec.slot_value[k];
    }
}

static void step(lone *b) {
    b->update.step++;
    b->type->update(b->options.self, &b->update);
}

static double w_at(size_t i) { return sin(1.7 * (double)i + 0.3); }

static double g_at(size_t step, size_t i) {
    return (i == 3 ? 0 : 1) * cos(0.8 * (double)i + 1.1 * (double)step) * (double)(2 + step % 3) / 3;
}

START_TEST(golden_numbers) {
    const golden *g = &goldens[_i];
    static lone b;
    set_up(&b, g->type, g->set, N, 0, g->cycled);
    for (size_t i = 0; i < N; i++) b.w[i] = (tern_real)w_at(i);
    for (size_t k = 1; k <= STEPS; k++) {
        for (size_t i = 0; i < N; i++) b.g[i] = (tern_real)g_at(k, i);
        b.update.lr = g->lr * (1 + (double)(k % 2));
        if (g->cycled) b.update.momentum = 0.95 - 0.03 * (double)k;
        step(&b);
        ck_near_all(b.w, g->w + (k - 1) * N, N, TOLERANCE(2e-6, 1e-14));
    }
}
END_TEST

/* Without decay for a parameter, an optimizer does as if weight_decay were 0. */
START_TEST(parameters_without_decay) {
    static lone with, without;
    for (size_t k = 0; k < tern_registry_count(NULL, TERN_OPTIMIZER); k++) {
        const char *name = tern_registry_at(NULL, TERN_OPTIMIZER, k)->name;
        set_up(&with, name, "weight_decay=0.5", N, 0.1, false);
        set_up(&without, name, "weight_decay=0", N, 0.1, false);
        with.update.decay = false;
        for (size_t i = 0; i < N; i++) {
            with.w[i] = without.w[i] = (tern_real)w_at(i);
            with.g[i] = without.g[i] = (tern_real)g_at(1, i);
        }
        step(&with);
        step(&without);
        for (size_t i = 0; i < N; i++) ck_assert_double_eq((double)with.w[i], (double)without.w[i]);
        with.update.decay = true;
        step(&with);
        step(&without);
        ck_assert_msg(with.w[0] != without.w[0], "%s ignores decay", name);
    }
}
END_TEST

/* Two workers that share a parameter do the same as one: every length, so that the ends of vector loops count too. */
START_TEST(parts_are_the_whole) {
    static lone whole, part;
    for (size_t k = 0; k < tern_registry_count(NULL, TERN_OPTIMIZER); k++)
        for (size_t n = 1; n <= 40; n++) {
            set_up(&whole, tern_registry_at(NULL, TERN_OPTIMIZER, k)->name, "", n, 0.1, true);
            set_up(&part, tern_registry_at(NULL, TERN_OPTIMIZER, k)->name, "", n, 0.1, true);
            for (size_t i = 0; i <= n; i++) {
                whole.w[i] = part.w[i] = i < n ? (tern_real)w_at(i) : 7;
                whole.g[i] = part.g[i] = (tern_real)g_at(1, i);
            }
            step(&whole);
            size_t cut = n / 3;
            tern_update first = part.update, second = part.update;
            first.step = second.step = 1;
            first.n = cut;
            second.n -= cut, second.w += cut, second.g += cut;
            for (size_t s = 0; s < part.spec.slots; s++) second.slot[s] += cut;
            part.type->update(part.options.self, &second);
            part.type->update(part.options.self, &first);
            for (size_t i = 0; i <= n; i++) ck_assert_double_eq((double)whole.w[i], (double)part.w[i]);
            ck_assert_double_eq((double)whole.w[n], 7);
        }
}
END_TEST

/* From (1, -2) down a^2 / 2 + 2 b^2 + a b: PyTorch's way, from the reference. */
START_TEST(reference_paths) {
    static const struct {
        const char *type, *set;
        double lr, path[8];
    } cases[] = {
        {"sgd", "", 0.1, {1.1, -1.3, 1.12, -0.89, 1.097, -0.646, 1.0519, -0.4973}},
        {"sgd", "momentum=0.9", 0.1, {1.1, -1.3, 1.21, -0.26, 1.214, 0.659, 1.0303, 1.1011}},
        {"sgd",
         "momentum=0.9 nesterov=true",
         0.1,
         {1.19, -0.67, 1.1722, 0.1801, 0.946043, 0.451496, 0.59867629, 0.34320127}},
        {"sgd",
         "momentum=0.9 dampening=0.5 weight_decay=0.01",
         0.1,
         {1.099, -1.298, 1.1975005, -0.460901, 1.2487222248, 0.3250237255, 1.2155101184, 0.9047526102}},
        {"adam",
         "",
         0.1,
         {1.099999999, -1.9000000001, 1.1988125783, -1.8002614697, 1.2951137607, -1.7009891184, 1.3869745528,
          -1.6024116864}},
        {"adam",
         "weight_decay=0.01",
         0.1,
         {1.099999999, -1.9000000001, 1.1987823818, -1.8002611776, 1.2949787353, -1.7009879532, 1.3865851356,
          -1.602408641}},
        {"adamw",
         "",
         0.1,
         {1.098999999, -1.8980000001, 1.1967036607, -1.7963682716, 1.2917769685, -1.6953129848, 1.3822776491,
          -1.595066626}},
        {"rmsprop",
         "",
         0.01,
         {1.09999999, -1.9000000014, 1.1626608216, -1.8317714566, 1.2092640295, -1.77725371, 1.2462103451,
          -1.730812089}},
        {"rmsprop",
         "centered=true momentum=0.9",
         0.01,
         {1.1005037714, -1.8994962199, 1.2541945588, -1.7401403429, 1.4287636635, -1.5443598611, 1.5945209955,
          -1.3277572522}},
        {"adagrad",
         "",
         0.1,
         {1.1, -1.9, 1.1624695047, -1.8319548901, 1.2087986134, -1.7777269541, 1.2454321466, -1.7316527683}},
        {"adadelta",
         "",
         1,
         {1.0031622618, -1.9968377227, 1.0063969051, -1.9935967721, 1.0096742679, -1.9903042959, 1.012979546,
          -1.9869736835}},
        {"adamax",
         "",
         0.1,
         {1.099999999, -1.9000000001, 1.1895632456, -1.8036630618, 1.2688397931, -1.7109891986, 1.3380159777,
          -1.6219686254}},
    };
    static lone b;
    for (size_t k = 0; k < COUNT(cases); k++) {
        set_up(&b, cases[k].type, cases[k].set, 2, cases[k].lr, false);
        b.w[0] = 1, b.w[1] = -2;
        for (size_t i = 0; i < 4; i++) {
            b.g[0] = b.w[0] + b.w[1];
            b.g[1] = 4 * b.w[1] + b.w[0];
            step(&b);
            ck_near_all(b.w, cases[k].path + 2 * i, 2, TOLERANCE(1e-6, 1e-10));
        }
    }
}
END_TEST

/* A gradient that stays the same leaves centered rmsprop a variance of 0, or a little less by rounding. */
START_TEST(rmsprop_centered_stays_finite) {
    static lone b;
    set_up(&b, "rmsprop", "centered=true alpha=0.5 eps=1", N, 1e-3, false);
    for (size_t k = 0; k < 200; k++) {
        for (size_t i = 0; i < N; i++) b.g[i] = (tern_real)(0.1 * (double)(i + 1));
        step(&b);
        for (size_t i = 0; i < N; i++) ck_assert(isfinite((double)b.w[i]));
    }
}
END_TEST

START_TEST(slots_and_names) {
    static const struct {
        const char *type, *set;
        bool cycled;
        size_t slots;
        const char *name[3];
    } cases[] = {
        {"sgd", "", false, 0, {NULL}},
        {"sgd", "", true, 1, {"momentum_buffer"}},
        {"adam", "", false, 2, {"exp_avg", "exp_avg_sq"}},
        {"adam", "amsgrad=true", false, 3, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}},
        {"adamw", "amsgrad=true", false, 3, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}},
        {"rmsprop", "", false, 1, {"square_avg"}},
        {"rmsprop", "", true, 2, {"square_avg", "momentum_buffer"}},
        {"rmsprop", "centered=true momentum=0.9", false, 3, {"square_avg", "grad_avg", "momentum_buffer"}},
        {"adagrad", "initial_accumulator_value=0.5", false, 1, {"sum"}},
        {"adadelta", "", false, 2, {"square_avg", "acc_delta"}},
        {"adamax", "", false, 2, {"exp_avg", "exp_inf"}},
    };
    static lone b;
    for (size_t k = 0; k < COUNT(cases); k++) {
        set_up(&b, cases[k].type, cases[k].set, 1, 0.1, cases[k].cycled);
        ck_assert_uint_eq(b.spec.slots, cases[k].slots);
        for (size_t i = 0; i < cases[k].slots; i++) ck_assert_str_eq(b.spec.slot_name[i], cases[k].name[i]);
    }
    set_up(&b, "adagrad", "initial_accumulator_value=0.5", 1, 0.1, false);
    ck_assert_double_eq(b.spec.slot_value[0], 0.5);
}
END_TEST

START_TEST(nesterov_needs_momentum) {
    settings options;
    tern_error err = {0};
    configure(&options, find_type(TERN_OPTIMIZER, "sgd"), "nesterov=true");
    ck_assert_int_eq(find("sgd")->plan(options.self, &(tern_optimizer_spec){0}, &err), TERN_ERROR_MODEL);
    ck_assert_str_eq(err.item[0].pointer, "/nesterov");
}
END_TEST

Suite *optim_suite(void) {
    Suite *suite = suite_create("optim");
    TCase *t = tcase_create("optimizers");
    tcase_add_loop_test(t, golden_numbers, 0, COUNT(goldens));
    tcase_add_test(t, parameters_without_decay);
    tcase_add_test(t, parts_are_the_whole);
    tcase_add_test(t, reference_paths);
    tcase_add_test(t, rmsprop_centered_stays_finite);
    tcase_add_test(t, slots_and_names);
    tcase_add_test(t, nesterov_needs_momentum);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, schedules_case());
    return suite;
}
