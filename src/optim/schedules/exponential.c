/* exponential - the learning rate falls by a factor every tick: lr = base gamma^k. */
#include <tern/schedule.h>
#include <math.h>

typedef struct exponential {
    double gamma;
} exponential;

static tern_status exponential_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    (void)self, (void)spec, (void)err;
    return TERN_OK;
}

static double exponential_lr(const void *self, double base, size_t k, const double *state) {
    const exponential *s = self;
    (void)state;
    return base * pow(s->gamma, (double)k);
}

static const tern_option options[] = {
    TERN_REAL_REQUIRED(exponential, gamma, 0, 1e30, "The factor of each tick."),
    {0},
};

static const tern_example examples[] = {{"{\"gamma\": 0.9}", {{0}}}, {0}};

const tern_schedule_type tern_schedule_exponential = {
    .base = {TERN_SCHEDULE, "exponential", (const char *const[]){"ExponentialLR", NULL},
             "Falls by a factor every tick: base gamma^k.", sizeof(exponential), options, examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = exponential_plan,
    .lr = exponential_lr,
};
