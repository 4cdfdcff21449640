/* linear - a straight line from one factor of the learning rate to another:
 *
 *   lr = base (start + (end - start) min(k, total_iters) / total_iters) */
#include <tern/schedule.h>
#include <math.h>

typedef struct linear {
    double start_factor, end_factor;
    size_t total_iters;
} linear;

static tern_status linear_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    (void)self, (void)spec, (void)err;
    return TERN_OK;
}

static double linear_lr(const void *self, double base, size_t k, const double *state) {
    const linear *s = self;
    (void)state;
    double way = fmin((double)k / (double)s->total_iters, 1);
    return base * (s->start_factor + (s->end_factor - s->start_factor) * way);
}

static const tern_option options[] = {
    TERN_REAL(linear, start_factor, 1.0 / 3, 0, 1, "The factor of the first tick."),
    TERN_REAL(linear, end_factor, 1, 0, 1, "The factor from tick total_iters on."),
    TERN_SIZE(linear, total_iters, 5, 1, 1e15, "Ticks of the way from one to the other."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"start_factor\": 1, \"end_factor\": 0, \"total_iters\": 10}", {{0}}},
    {0},
};

const tern_schedule_type tern_schedule_linear = {
    .base = {TERN_SCHEDULE, "linear", (const char *const[]){"LinearLR", NULL},
             "A straight line from base start_factor to base end_factor.", sizeof(linear), options, examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = linear_plan,
    .lr = linear_lr,
};
