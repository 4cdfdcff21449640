/* test_optim.c - every registered optimizer and schedule on its examples (tern/optimizer.h, tern/schedule.h). */
#include "conform.h"

#include <tern/optimizer.h>
#include <tern/random.h>
#include <tern/schedule.h>

/* ---- optimizers ---- */

enum { N = 37, PART = 16, STEPS = 3 };
#define SAME TOLERANCE(1e-6, 1e-14)

/* A parameter with its gradient and slots. */
typedef struct parameter {
    tern_optimizer_spec spec;
    tern_real *w, *g, *slot[TERN_MAX_SLOTS];
} parameter;

static const tern_optimizer_type *optimizer_of(const conform *c) { return (const tern_optimizer_type *)c->type; }

static void open_parameter(conform *c, parameter *p, bool cycled) {
    *p = (parameter){.spec = {.cycled = cycled}, .w = guarded_new(N), .g = guarded_new(N)};
    tern_status status = optimizer_of(c)->plan(c->object.self, &p->spec, &c->err);
    conform_assert(c, status == TERN_OK && !c->err.count, "its plan says: %s", c->err.item[0].text);
    conform_assert(c, p->spec.slots <= TERN_MAX_SLOTS, "it wants %zu slots", p->spec.slots);
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER};
    tern_random_normal(&random, 0, N, p->w);
    tern_random_normal(&random, N + 1, N, p->g);
    for (size_t s = 0; s < p->spec.slots; s++) {
        p->slot[s] = guarded_new(N);
        for (size_t i = 0; i < N; i++) p->slot[s][i] = (tern_real)p->spec.slot_value[s];
    }
}

static void close_parameter(parameter *p) {
    guarded_free(p->w);
    guarded_free(p->g);
    for (size_t s = 0; s < p->spec.slots; s++) guarded_free(p->slot[s]);
}

/* The first updates, the gradient half as large each time; in parts of `part` numbers. */
static void update(const conform *c, parameter *p, size_t part, bool decay, double lr, double momentum) {
    for (size_t step = 1; step <= STEPS; step++) {
        for (size_t first = 0; first < N; first += part) {
            tern_update u = {.step = step,
                             .n = first + part < N ? part : N - first,
                             .w = p->w + first,
                             .g = p->g + first,
                             .decay = decay,
                             .lr = lr,
                             .momentum = momentum};
            for (size_t s = 0; s < p->spec.slots; s++) u.slot[s] = p->slot[s] + first;
            optimizer_of(c)->update(c->object.self, &u);
        }
        for (size_t i = 0; i < N; i++) p->g[i] /= 2;
    }
}

static void compare(const conform *c, const char *what, const parameter *p, const parameter *q) {
    conform_near(c, what, p->w, q->w, N, SAME);
    for (size_t s = 0; s < p->spec.slots; s++) conform_near(c, p->spec.slot_name[s], p->slot[s], q->slot[s], N, SAME);
}

static const double own = (double)NAN; /* momentum: the option's own */

/* `_i` is the example. */
START_TEST(optimizer_plan_is_pure) {
    conform c;
    conform_open(&c, TERN_OPTIMIZER, _i);
    for (int cycled = 0; cycled <= optimizer_of(&c)->has_momentum; cycled++) {
        parameter p, q;
        open_parameter(&c, &p, cycled);
        open_parameter(&c, &q, cycled);
        conform_assert(&c, p.spec.slots == q.spec.slots, "its plan answers something else when asked again");
        for (size_t s = 0; s < p.spec.slots; s++) {
            conform_assert(&c, p.spec.slot_name[s] && *p.spec.slot_name[s], "slot %zu has no name", s);
            for (size_t k = 0; k < s; k++)
                conform_assert(&c, strcmp(p.spec.slot_name[k], p.spec.slot_name[s]), "two slots %s",
                               p.spec.slot_name[s]);
            conform_assert(
                &c, !strcmp(p.spec.slot_name[s], q.spec.slot_name[s]) && p.spec.slot_value[s] == q.spec.slot_value[s],
                "its plan answers something else when asked again");
        }
        close_parameter(&p);
        close_parameter(&q);
    }
    conform_close(&c);
}
END_TEST

START_TEST(parts_make_up_the_update) {
    conform c;
    conform_open(&c, TERN_OPTIMIZER, _i);
    for (int cycled = 0; cycled <= optimizer_of(&c)->has_momentum; cycled++) {
        parameter whole, parts;
        open_parameter(&c, &whole, cycled);
        open_parameter(&c, &parts, cycled);
        size_t allocations = tern__alloc_count();
        update(&c, &whole, N, true, 0.1, cycled ? 0.7 : own);
        conform_assert(&c, tern__alloc_count() == allocations, "update allocates");
        update(&c, &parts, PART, true, 0.1, cycled ? 0.7 : own);
        conform_finite(&c, "w", whole.w, N);
        compare(&c, "w updated by parts", &parts, &whole);
        conform_assert(&c, guarded_intact(whole.w, N) && guarded_intact(whole.g, N), "wrote beside w or g");
        for (size_t s = 0; s < whole.spec.slots; s++) {
            conform_finite(&c, whole.spec.slot_name[s], whole.slot[s], N);
            conform_assert(&c, guarded_intact(whole.slot[s], N), "wrote beside %s", whole.spec.slot_name[s]);
        }
        for (size_t i = 0; i < N; i++) conform_assert(&c, whole.g[i] == parts.g[i], "changed g");
        close_parameter(&whole);
        close_parameter(&parts);
    }
    conform_close(&c);
}
END_TEST

/* Without `decay` the same happens as with a weight_decay of 0; with both, something else. With a learning rate of 0,
 * nothing. */
START_TEST(decay_and_rate_are_respected) {
    conform c;
    parameter plain, excluded, decayed, still, start;
    conform_open(&c, TERN_OPTIMIZER, _i);
    const tern_option *row = c.type->options;
    while (row->name && strcmp(row->name, "weight_decay")) row++;
    conform_assert(&c, row->name && row->kind == TERN_OPTION_REAL, "it has no option weight_decay");
    double *weight_decay = (double *)((char *)c.object.self + row->offset);

    parameter *all[] = {&plain, &excluded, &decayed, &still, &start};
    for (size_t i = 0; i < COUNT(all); i++) open_parameter(&c, all[i], false);
    *weight_decay = 0;
    update(&c, &plain, N, true, 0.1, own);
    *weight_decay = 0.1;
    update(&c, &excluded, N, false, 0.1, own);
    update(&c, &decayed, N, true, 0.1, own);
    update(&c, &still, N, true, 0, own);
    compare(&c, "w excluded from decay", &excluded, &plain);
    conform_near(&c, "w with a learning rate of 0", still.w, start.w, N, 0);
    size_t changed = 0;
    for (size_t i = 0; i < N; i++) changed += decayed.w[i] != plain.w[i];
    conform_assert(&c, changed > 0, "weight_decay changes nothing");
    for (size_t i = 0; i < COUNT(all); i++) close_parameter(all[i]);
    conform_close(&c);
}
END_TEST

/* ---- schedules ---- */

enum { TICKS = 100, TOTAL = 50 };
static const double base = 0.1;

static const tern_schedule_type *schedule_of(const conform *c) { return (const tern_schedule_type *)c->type; }

static void plan_schedule(conform *c, tern_schedule_spec *spec) {
    *spec = (tern_schedule_spec){.total = TOTAL, .base = base};
    tern_status status = schedule_of(c)->plan ? schedule_of(c)->plan(c->object.self, spec, &c->err) : TERN_OK;
    conform_assert(c, status == TERN_OK && !c->err.count, "its plan says: %s", c->err.item[0].text);
}

START_TEST(schedules_depend_on_the_tick_alone) {
    conform c;
    tern_schedule_spec spec, again;
    conform_open(&c, TERN_SCHEDULE, _i);
    const tern_schedule_type *type = schedule_of(&c);
    plan_schedule(&c, &spec);
    plan_schedule(&c, &again);
    conform_assert(&c, spec.cycles == again.cycles && !memcmp(spec.state, again.state, sizeof spec.state),
                   "its plan answers something else when asked again");
    conform_assert(&c, type->intervals >= 1 && type->intervals <= 3, "it ticks by neither epochs nor steps");
    conform_assert(&c, !spec.cycles || type->momentum, "it cycles the momentum, but has no function for it");
    double lr[TICKS + 1], momentum[TICKS + 1];
    for (size_t k = 0; k <= TICKS; k++) {
        lr[k] = type->lr(c.object.self, base, k, spec.state);
        conform_assert(&c, isfinite(lr[k]) && lr[k] >= 0, "lr is %g at tick %zu", lr[k], k);
        momentum[k] = type->momentum ? type->momentum(c.object.self, k) : 0;
        conform_assert(&c, momentum[k] >= 0 && momentum[k] < 1, "the momentum is %g at tick %zu", momentum[k], k);
    }
    for (size_t k = TICKS + 1; k-- > 0;) {
        double backwards = type->lr(c.object.self, base, k, spec.state);
        conform_assert(&c, backwards == lr[k], "lr at tick %zu is %g, and asked again %g", k, lr[k], backwards);
        conform_assert(&c, !type->momentum || type->momentum(c.object.self, k) == momentum[k],
                       "the momentum at tick %zu changes", k);
    }
    conform_close(&c);
}
END_TEST

START_TEST(schedules_that_observe_stay_finite) {
    conform c;
    tern_schedule_spec spec;
    conform_open(&c, TERN_SCHEDULE, _i);
    const tern_schedule_type *type = schedule_of(&c);
    plan_schedule(&c, &spec);
    for (size_t k = 0; type->observe && k <= TICKS; k++) {
        type->observe(c.object.self, base, k < 10 ? 1 / (double)(k + 1) : 1, spec.state);
        double lr = type->lr(c.object.self, base, k, spec.state);
        conform_assert(&c, isfinite(lr) && lr >= 0, "lr is %g after %zu losses", lr, k + 1);
    }
    conform_close(&c);
}
END_TEST

TCase *conform_optim_case(void) {
    int optimizers = conform_examples(TERN_OPTIMIZER), schedules = conform_examples(TERN_SCHEDULE);
    TCase *t = tcase_create("optim");
    tcase_add_loop_test(t, optimizer_plan_is_pure, 0, optimizers);
    tcase_add_loop_test(t, parts_make_up_the_update, 0, optimizers);
    tcase_add_loop_test(t, decay_and_rate_are_respected, 0, optimizers);
    tcase_add_loop_test(t, schedules_depend_on_the_tick_alone, 0, schedules);
    tcase_add_loop_test(t, schedules_that_observe_stay_finite, 0, schedules);
    return t;
}
