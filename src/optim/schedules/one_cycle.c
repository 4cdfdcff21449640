/* one_cycle - the learning rate up to max_lr and far down again, the momentum the other way (Smith and Topin 2018);
 * PyTorch's phases, T being total_steps and low = max_lr / div_factor:
 *
 *   low -> max_lr until pct_start T - 1, then -> low / final_div_factor until T - 1
 *   three_phase: low -> max_lr until pct_start T - 1, -> low until 2 pct_start T - 2, -> low / final_div_factor until T
 * - 1 */
#include <tern/schedule.h>
#include <math.h>

typedef struct one_cycle {
    double max_lr, pct_start, base_momentum, max_momentum, div_factor, final_div_factor;
    size_t total_steps, span; /* span: total_steps, or all that there are */
    int anneal_strategy;
    bool cycle_momentum, three_phase;
} one_cycle;

enum { COSINE, LINEAR };

static tern_status one_cycle_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    one_cycle *s = self;
    s->span = s->total_steps ? s->total_steps : spec->total;
    if (!s->span)
        return tern_error_add(err, TERN_ERROR_MODEL, "total_steps",
                              "is needed, as it is not known how many steps remain");
    if (s->three_phase && s->pct_start > 0.5)
        return tern_error_add(err, TERN_ERROR_MODEL, "pct_start", "is %g, but with three_phase it is at most 0.5",
                              s->pct_start);
    spec->cycles = s->cycle_momentum;
    return TERN_OK;
}

/* Which phase tick k is in, and how far through it: from 0 to 1. */
static size_t phase(const one_cycle *s, size_t k, double *way) {
    double last = (double)s->span - 1, first = s->pct_start * (double)s->span - 1;
    double end[] = {first, s->three_phase ? 2 * first : last, last}, start = 0, tick = fmin((double)k, last);
    size_t phases = s->three_phase ? 3 : 2, i = 0;
    while (i + 1 < phases && tick > end[i]) start = end[i++];
    *way = end[i] > start ? (tick - start) / (end[i] - start) : 1;
    return i;
}

static double anneal(const one_cycle *s, double from, double to, double way) {
    return s->anneal_strategy == LINEAR ? from + (to - from) * way : to + (from - to) * (1 + cos(acos(-1.0) * way)) / 2;
}

static double one_cycle_lr(const void *self, double base, size_t k, const double *state) {
    const one_cycle *s = self;
    (void)base, (void)state;
    double way, low = s->max_lr / s->div_factor, end = low / s->final_div_factor;
    double at[] = {low, s->max_lr, s->three_phase ? low : end, end};
    size_t i = phase(s, k, &way);
    return anneal(s, at[i], at[i + 1], way);
}

static double one_cycle_momentum(const void *self, size_t k) {
    const one_cycle *s = self;
    double way, at[] = {s->max_momentum, s->base_momentum, s->max_momentum, s->max_momentum};
    size_t i = phase(s, k, &way);
    return anneal(s, at[i], at[i + 1], way);
}

static const tern_option options[] = {
    TERN_REAL_REQUIRED(one_cycle, max_lr, 0, 1e30, "The highest learning rate; the optimizer's own is not used."),
    TERN_SIZE(one_cycle, total_steps, 0, 1, 1e15,
              "Steps of the whole cycle; left out: all that remain after the warm-up."),
    TERN_REAL(one_cycle, pct_start, 0.3, 0, 1, "The part of the steps in which the learning rate rises."),
    TERN_CHOICE(one_cycle, anneal_strategy, COSINE, ((const char *const[]){"cos", "linear", NULL}),
                "The form of rise and fall."),
    TERN_BOOL(one_cycle, cycle_momentum, true, "Move the optimizer's momentum (Adam's first beta) the other way."),
    TERN_REAL(one_cycle, base_momentum, 0.85, 0, 1, "The momentum where the learning rate is highest.",
              .below_max = true),
    TERN_REAL(one_cycle, max_momentum, 0.95, 0, 1, "The momentum where the learning rate is low.", .below_max = true),
    TERN_REAL(one_cycle, div_factor, 25, 0, 1e30, "The first learning rate is max_lr / div_factor.", .above_min = true),
    TERN_REAL(one_cycle, final_div_factor, 1e4, 0, 1e30, "The last is the first / final_div_factor.",
              .above_min = true),
    TERN_BOOL(one_cycle, three_phase, false, "Fall to the first learning rate as fast as it rose, then to the last."),
    {0},
};

static const tern_example examples[] = {
    {"{\"max_lr\": 1}", {{0}}},
    {"{\"max_lr\": 1, \"total_steps\": 10, \"anneal_strategy\": \"linear\", \"cycle_momentum\": false}", {{0}}},
    {"{\"max_lr\": 1, \"total_steps\": 10, \"three_phase\": true}", {{0}}},
    {0},
};

const tern_schedule_type tern_schedule_one_cycle = {
    .base = {TERN_SCHEDULE, "one_cycle", (const char *const[]){"OneCycleLR", NULL},
             "Up to max_lr and far down again, the momentum the other way.", sizeof(one_cycle), options, examples},
    .intervals = TERN_BY_STEP,
    .plan = one_cycle_plan,
    .lr = one_cycle_lr,
    .momentum = one_cycle_momentum,
};
