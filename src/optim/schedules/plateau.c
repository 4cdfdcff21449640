/* plateau - the learning rate is cut where the loss has stopped falling: after more than `patience` epochs without a
 * better one,
 *
 *   lr = max(lr factor, min_lr)
 *
 * Better is below best (1 - threshold), or best - threshold where threshold_mode is "abs". */
#include <tern/schedule.h>
#include <math.h>

typedef struct plateau {
    double factor, threshold, min_lr, eps;
    size_t patience, cooldown;
    int threshold_mode;
} plateau;

enum { RELATIVE, ABSOLUTE };

enum { CUTS, BEST, BAD, COOL }; /* the state: cuts so far, best loss, bad epochs in a row, epochs of cooldown left */

static tern_status plateau_plan(void *self, tern_schedule_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->state[BEST] = (double)INFINITY;
    return TERN_OK;
}

static double cut(const plateau *s, double base, double cuts) {
    return cuts > 0 ? fmax(base * pow(s->factor, cuts), s->min_lr) : base;
}

static double plateau_lr(const void *self, double base, size_t k, const double *state) {
    (void)k;
    return cut(self, base, state[CUTS]);
}

static void plateau_observe(const void *self, double base, double loss, double *state) {
    const plateau *s = self;
    double goal = s->threshold_mode == ABSOLUTE ? state[BEST] - s->threshold : state[BEST] * (1 - s->threshold);
    if (loss < goal) {
        state[BEST] = loss;
        state[BAD] = 0;
    } else {
        state[BAD]++;
    }
    if (state[COOL] > 0) {
        state[COOL]--;
        state[BAD] = 0;
    }
    if (state[BAD] > (double)s->patience) {
        if (cut(s, base, state[CUTS]) - cut(s, base, state[CUTS] + 1) > s->eps) state[CUTS]++;
        state[COOL] = (double)s->cooldown;
        state[BAD] = 0;
    }
}

static const tern_option options[] = {
    TERN_REAL(plateau, factor, 0.1, 0, 1, "What a cut multiplies the learning rate by.", .below_max = true),
    TERN_SIZE(plateau, patience, 10, 0, 1e15, "Epochs without a better loss that pass before a cut."),
    TERN_REAL(plateau, threshold, 1e-4, 0, 1e30, "How much better than the best a loss must be to count."),
    TERN_CHOICE(plateau, threshold_mode, RELATIVE, ((const char *const[]){"rel", "abs", NULL}),
                "Whether threshold is a part of the best loss or an amount."),
    TERN_SIZE(plateau, cooldown, 0, 0, 1e15, "Epochs after a cut that do not count."),
    TERN_REAL(plateau, min_lr, 0, 0, 1e30, "No cut goes below it."),
    TERN_REAL(plateau, eps, 1e-8, 0, 1e30, "A cut that changes the learning rate by no more than this is left out."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{0}}},
    {"{\"factor\": 0.5, \"patience\": 2, \"cooldown\": 1, \"threshold_mode\": \"abs\", \"min_lr\": 0.01}", {{0}}},
    {0},
};

const tern_schedule_type tern_schedule_plateau = {
    .base = {TERN_SCHEDULE, "plateau", (const char *const[]){"ReduceLROnPlateau", NULL},
             "Cut where the loss has stopped falling.", sizeof(plateau), options, examples},
    .intervals = TERN_BY_EPOCH,
    .plan = plateau_plan,
    .lr = plateau_lr,
    .observe = plateau_observe,
};
