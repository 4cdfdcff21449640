/* schedule.c - ticks by steps or epochs, and warms up before. */
#include "schedule.h"

#include "object_copy.h"

#include <math.h>

static tern_status plan_interval(tern__schedule *s, size_t steps_per_epoch, tern_error *err) {
    const tern__schedule_common *c = s->common;
    unsigned intervals = s->type->intervals;
    s->by_step = c->interval < 0 ? !(intervals & TERN_BY_EPOCH) : c->interval == TERN__STEP;
    const char *name = s->type->base.name;
    if (s->by_step && !(intervals & TERN_BY_STEP))
        return tern_error_add(err, TERN_ERROR_MODEL, "interval", "%s ticks by epochs", name);
    if (!s->by_step && !(intervals & TERN_BY_EPOCH))
        return tern_error_add(err, TERN_ERROR_MODEL, "interval", "%s ticks by steps", name);
    if (c->warmup_steps && !s->by_step)
        return tern_error_add(err, TERN_ERROR_MODEL, "warmup_steps",
                              "needs \"interval\": \"step\"; there is warmup_epochs too");
    if (c->warmup_steps && c->warmup_epochs)
        return tern_error_add(err, TERN_ERROR_MODEL, "warmup_steps",
                              "and warmup_epochs are both there; one is accepted");
    if (c->warmup_epochs && s->by_step && !steps_per_epoch)
        return tern_error_add(err, TERN_ERROR_MODEL, "warmup_epochs",
                              "can't be turned into steps: the steps of an epoch are not known here; use warmup_steps");
    s->warmup = s->by_step ? c->warmup_steps + c->warmup_epochs * steps_per_epoch : c->warmup_epochs;
    return TERN_OK;
}

tern_status tern__schedule_plan(tern__schedule *s, const tern_model *m, const tern_trainer_options *options,
                                double base_lr, tern__arena *arena, tern_error *err) {
    tern_object own;
    tern_status status = tern__object_copy(&m->config.schedule, arena, &own, err);
    *s = (tern__schedule){.type = (const tern_schedule_type *)own.type,
                          .self = own.self,
                          .common = own.common,
                          .base_lr = base_lr,
                          .lr = base_lr,
                          .momentum = (double)NAN};
    if (status || !s->type) return status;
    status = plan_interval(s, options->steps_per_epoch, err);
    size_t epochs = options->epochs ? options->epochs : m->config.train.epochs,
           total = s->by_step ? epochs * options->steps_per_epoch : epochs; /* 0: not known */
    if (!status && total && total <= s->warmup)
        status = tern_error_add(err, TERN_ERROR_MODEL, s->common->warmup_steps ? "warmup_steps" : "warmup_epochs",
                                "takes all of training, %zu %s%s, and leaves nothing to %s; warm up for less, or train "
                                "for longer",
                                total, s->by_step ? "step" : "epoch", total == 1 ? "" : "s", s->type->base.name);
    tern_schedule_spec spec = {.base = base_lr, .total = total ? total - s->warmup : 0};
    if (!status && s->type->plan) status = s->type->plan(own.self, &spec, err);
    if (status) return status;
    s->cycles = spec.cycles && s->type->momentum;
    for (size_t i = 0; i < TERN_SCHEDULE_STATE; i++) s->state[i] = spec.state[i];
    const tern_optimizer_type *optimizer = (const tern_optimizer_type *)m->config.optimizer.type;
    if (s->cycles && !optimizer->has_momentum)
        return tern_error_add(err, TERN_ERROR_MODEL, "cycle_momentum",
                              "needs an optimizer with momentum, %s has none; set it to false", optimizer->base.name);
    return TERN_OK;
}

void tern__schedule_tick(tern__schedule *s, size_t step) {
    s->lr = s->base_lr;
    s->momentum = (double)NAN;
    if (!s->type) return;
    size_t tick = s->by_step ? step : s->epoch, k = tick < s->warmup ? 0 : tick - s->warmup;
    if (s->cycles) s->momentum = s->type->momentum(s->self, k);
    if (tick < s->warmup)
        s->lr *= s->common->warmup_start + (1 - s->common->warmup_start) * (double)tick / (double)s->warmup;
    else s->lr = s->type->lr(s->self, s->base_lr, k, s->state);
}

void tern__schedule_end_epoch(tern__schedule *s, double loss) {
    s->epoch++;
    if (s->type && s->type->observe && s->epoch > s->warmup) s->type->observe(s->self, s->base_lr, loss, s->state);
}
