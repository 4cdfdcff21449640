/* cosine_restarts - the cosine from base down to eta_min, over and over (SGDR; Loshchilov and Hutter 2017):
 *
 *   lr = eta_min + (base - eta_min) (1 + cos(pi j / t)) / 2
 *
 * with j the tick within the cycle and t the cycle's length: t_0, then t_mult times longer each time. */
#include <tern/schedule.h>
#include <math.h>

typedef struct cosine_restarts {
    size_t t_0, t_mult;
    double eta_min;
} cosine_restarts;

static tern_status cosine_restarts_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    (void)self, (void)spec, (void)err;
    return TERN_OK;
}

static double cosine_restarts_lr(const void *self, double base, size_t k, const double *state) {
    const cosine_restarts *s = self;
    (void)state;
    size_t t = s->t_0;
    if (s->t_mult == 1) k %= t;
    while (k >= t) {
        k -= t;
        t *= s->t_mult;
    }
    return s->eta_min + (base - s->eta_min) * (1 + cos(acos(-1.0) * (double)k / (double)t)) / 2;
}

static const tern_option options[] = {
    TERN_SIZE_REQUIRED(cosine_restarts, t_0, 1, 1e12, "Ticks of the first cycle."),
    TERN_SIZE(cosine_restarts, t_mult, 1, 1, 1000, "How many times longer each cycle is than the one before."),
    TERN_REAL(cosine_restarts, eta_min, 0, 0, 1e30, "The learning rate at the end of each cycle."),
    {0},
};

static const tern_example examples[] = {
    {"{\"t_0\": 3}", {{0}}}, {"{\"t_0\": 3, \"t_mult\": 2, \"eta_min\": 0.1}", {{0}}}, {0}};

const tern_schedule_type tern_schedule_cosine_restarts = {
    .base = {TERN_SCHEDULE, "cosine_restarts", (const char *const[]){"CosineAnnealingWarmRestarts", NULL},
             "The cosine from base down to eta_min, over and over.", sizeof(cosine_restarts), options, examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = cosine_restarts_plan,
    .lr = cosine_restarts_lr,
};
