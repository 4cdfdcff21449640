/* schedule.c - the learning rate of a step: warm-up, then the schedule at its tick. */
#include "trainer_internal.h"

#include "object_copy.h"

#include <math.h>

/* The ticks of the whole run, 0 where the steps of an epoch are not known. */
static size_t all_ticks(const tern_trainer *t) {
    size_t epochs = t->options.epochs ? t->options.epochs : t->m->config.train.epochs;
    return t->by_step ? epochs * t->options.steps_per_epoch : epochs;
}

static tern_status plan_interval(tern_trainer *t, const tern__schedule_common *c, tern_error *err) {
    unsigned intervals = t->schedule->intervals;
    t->by_step = c->interval < 0 ? !(intervals & TERN_BY_EPOCH) : c->interval == TERN__STEP;
    const char *name = t->schedule->base.name;
    if (t->by_step && !(intervals & TERN_BY_STEP))
        return tern_error_add(err, TERN_ERROR_MODEL, "interval", "%s ticks by epochs", name);
    if (!t->by_step && !(intervals & TERN_BY_EPOCH))
        return tern_error_add(err, TERN_ERROR_MODEL, "interval", "%s ticks by steps", name);
    if (c->warmup_steps && !t->by_step)
        return tern_error_add(err, TERN_ERROR_MODEL, "warmup_steps",
                              "needs \"interval\": \"step\"; there is warmup_epochs too");
    if (c->warmup_steps && c->warmup_epochs)
        return tern_error_add(err, TERN_ERROR_MODEL, "warmup_steps",
                              "and warmup_epochs are both there; one is accepted");
    if (c->warmup_epochs && t->by_step && !t->options.steps_per_epoch)
        return tern_error_add(err, TERN_ERROR_MODEL, "warmup_epochs",
                              "can't be turned into steps: the steps of an epoch are not known here; use warmup_steps");
    t->warmup = t->by_step ? c->warmup_steps + c->warmup_epochs * t->options.steps_per_epoch : c->warmup_epochs;
    return TERN_OK;
}

tern_status tern__trainer_plan_schedule(tern_trainer *t, tern_error *err) {
    tern_object own;
    tern_status status = tern__object_copy(&t->m->config.schedule, &t->arena, &own, err);
    t->schedule = (const tern_schedule_type *)own.type;
    t->schedule_self = own.self;
    if (status || !t->schedule) return status;
    status = plan_interval(t, own.common, err);
    size_t total = all_ticks(t);
    tern_schedule_spec spec = {.base = t->base_lr, .total = total > t->warmup ? total - t->warmup : 0};
    if (!status && t->schedule->plan) status = t->schedule->plan(own.self, &spec, err);
    if (status) return status;
    t->slots.cycled = spec.cycles;
    for (size_t i = 0; i < TERN_SCHEDULE_STATE; i++) t->schedule_state[i] = spec.state[i];
    if (spec.cycles && !((const tern_optimizer_type *)t->optimizer.type)->has_momentum)
        return tern_error_add(err, TERN_ERROR_MODEL, "cycle_momentum",
                              "needs an optimizer with momentum, %s has none; set it to false",
                              t->optimizer.type->name);
    return TERN_OK;
}

void tern__trainer_tick(tern_trainer *t) {
    t->lr = t->base_lr;
    t->momentum = (double)NAN;
    if (!t->schedule) return;
    const tern__schedule_common *c = t->m->config.schedule.common;
    size_t tick = t->by_step ? t->step : t->epoch;
    if (tick < t->warmup) {
        t->lr *= c->warmup_start + (1 - c->warmup_start) * (double)tick / (double)t->warmup;
        if (t->slots.cycled && t->schedule->momentum) t->momentum = t->schedule->momentum(t->schedule_self, 0);
        return;
    }
    t->lr = t->schedule->lr(t->schedule_self, t->base_lr, tick - t->warmup, t->schedule_state);
    if (t->slots.cycled && t->schedule->momentum)
        t->momentum = t->schedule->momentum(t->schedule_self, tick - t->warmup);
}

void tern_trainer_end_epoch(tern_trainer *t, double loss) {
    t->epoch++;
    if (t->schedule && t->schedule->observe && t->epoch > t->warmup)
        t->schedule->observe(t->schedule_self, t->base_lr, loss, t->schedule_state);
}
