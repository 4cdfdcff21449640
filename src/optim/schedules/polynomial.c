/* polynomial - the learning rate falls to 0 along a power: lr = base (1 - min(k, total_iters) / total_iters)^power. */
#include <tern/schedule.h>
#include <math.h>

typedef struct polynomial {
    size_t total_iters;
    double power;
} polynomial;

static tern_status polynomial_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    (void)self, (void)spec, (void)err;
    return TERN_OK;
}

static double polynomial_lr(const void *self, double base, size_t k, const double *state) {
    const polynomial *s = self;
    (void)state;
    return base * pow(1 - fmin((double)k / (double)s->total_iters, 1), s->power);
}

static const tern_option options[] = {
    TERN_SIZE(polynomial, total_iters, 5, 1, 1e15, "Ticks of the way to 0."),
    TERN_REAL(polynomial, power, 1, 0, 100, "1: a straight line; above: steep at first.", .above_min = true),
    {0},
};

static const tern_example examples[] = {{"{}", {{0}}}, {"{\"total_iters\": 4, \"power\": 2}", {{0}}}, {0}};

const tern_schedule_type tern_schedule_polynomial = {
    .base = {TERN_SCHEDULE, "polynomial", (const char *const[]){"PolynomialLR", NULL},
             "Falls to 0 along a power: base (1 - k / total_iters)^power.", sizeof(polynomial), options, examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = polynomial_plan,
    .lr = polynomial_lr,
};
