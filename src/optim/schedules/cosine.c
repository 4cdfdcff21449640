/* cosine - half a wave of the cosine from base down to eta_min (Loshchilov and Hutter 2017):
 *
 *   lr = eta_min + (base - eta_min) (1 + cos(pi k / t_max)) / 2; past t_max it climbs again */
#include <tern/schedule.h>
#include <math.h>

typedef struct cosine {
    size_t t_max, span; /* span: t_max, or the ticks that remain */
    double eta_min;
} cosine;

static tern_status cosine_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    cosine *s = self;
    s->span = s->t_max ? s->t_max : spec->total;
    if (!s->span)
        return tern_error_add(err, TERN_ERROR_MODEL, "t_max", "is needed, as it is not known how many ticks remain");
    return TERN_OK;
}

static double cosine_lr(const void *self, double base, size_t k, const double *state) {
    const cosine *s = self;
    (void)state;
    return s->eta_min + (base - s->eta_min) * (1 + cos(acos(-1.0) * (double)k / (double)s->span)) / 2;
}

static const tern_option options[] = {
    TERN_SIZE(cosine, t_max, 0, 1, 1e15, "Ticks of the way down; left out: all that remain after the warm-up."),
    TERN_REAL(cosine, eta_min, 0, 0, 1e30, "The learning rate at the end of it."),
    {0},
};

static const tern_example examples[] = {{"{}", {{0}}}, {"{\"t_max\": 5, \"eta_min\": 0.1}", {{0}}}, {0}};

const tern_schedule_type tern_schedule_cosine = {
    .base = {TERN_SCHEDULE, "cosine", (const char *const[]){"CosineAnnealingLR", NULL},
             "Half a wave of the cosine, down from base to eta_min.", sizeof(cosine), options, examples},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .plan = cosine_plan,
    .lr = cosine_lr,
};
