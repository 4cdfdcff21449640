/* multi_step - the learning rate falls by a factor at each milestone: lr = base gamma^(milestones up to k). */
#include <tern/schedule.h>
#include <math.h>

typedef struct multi_step {
    tern_reals milestones;
    double gamma;
} multi_step;

static tern_status multi_step_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    const multi_step *s = self;
    (void)spec;
    for (size_t i = 0; i < s->milestones.n; i++)
        if (s->milestones.v[i] != floor(s->milestones.v[i]))
            return tern_error_add(err, TERN_ERROR_MODEL, "milestones", "holds %g, but ticks are whole numbers",
                                  s->milestones.v[i]);
    return TERN_OK;
}

static double multi_step_lr(const void *self, double base, size_t k, const double *state) {
    const multi_step *s = self;
    (void)state;
    double passed = 0;
    for (size_t i = 0; i < s->milestones.n; i++) passed += s->milestones.v[i] <= (double)k;
    return base * pow(s->gamma, passed);
}

static const tern_option options[] = {
    TERN_REALS(multi_step, milestones, NULL, 0, 1e15, 1, 0, "The ticks at which the learning rate falls.",
               .required = true),
    TERN_REAL(multi_step, gamma, 0.1, 0, 1e30, "The factor of each fall."),
    {0},
};

static const tern_example examples[] = {
    {"{\"milestones\": [2, 5]}", {{0}}},
    {"{\"milestones\": [1, 2, 3, 5, 8, 13], \"gamma\": 0.5}", {{0}}},
    {0},
};

const tern_schedule_type tern_schedule_multi_step = {
    .base = {TERN_SCHEDULE, "multi_step", (const char *const[]){"MultiStepLR", NULL},
             "Falls by a factor at each milestone: base gamma^(milestones up to k).", sizeof(multi_step), options,
             examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = multi_step_plan,
    .lr = multi_step_lr,
};
