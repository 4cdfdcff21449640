/* step - the learning rate falls by a factor every step_size ticks: lr = base gamma^floor(k / step_size). */
#include <tern/schedule.h>
#include <math.h>

typedef struct step {
    size_t step_size;
    double gamma;
} step;

static tern_status step_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    (void)self, (void)spec, (void)err;
    return TERN_OK;
}

static double step_lr(const void *self, double base, size_t k, const double *state) {
    const step *s = self;
    (void)state;
    return base * pow(s->gamma, (double)(k / s->step_size));
}

static const tern_option options[] = {
    TERN_SIZE_REQUIRED(step, step_size, 1, 1e15, "Ticks from one fall to the next."),
    TERN_REAL(step, gamma, 0.1, 0, 1e30, "The factor of each fall."),
    {0},
};

static const tern_example examples[] = {
    {"{\"step_size\": 3}", {{0}}}, {"{\"step_size\": 1, \"gamma\": 0.5}", {{0}}}, {0}};

const tern_schedule_type tern_schedule_step = {
    .base = {TERN_SCHEDULE, "step", (const char *const[]){"StepLR", NULL},
             "Falls by a factor every step_size ticks: base gamma^floor(k / step_size).", sizeof(step), options,
             examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = step_plan,
    .lr = step_lr,
};
