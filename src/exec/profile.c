/* profile.c - takes steps with a clock in the first slice's hands. */
#include "profile.h"

#include "clock.h"

/* The products are measured on the thread that runs the first slice: the caller's. */
static tern_status measure(tern__profile *p, tern__timer *timer, tern_trainer *t, const tern_batch *batch, size_t steps,
                           tern_error *err) {
    tern_status status = TERN_OK;
    tern__slice *first = &t->group.slice[0];
    first->timer = timer;
    tern__measure_products(timer);
    double start = tern__clock();
    for (size_t i = 0; !status && i < steps; i++) status = tern_trainer_step(t, batch, NULL, err);
    p->step = (tern__clock() - start) / (double)steps;
    tern__measure_products(NULL);
    first->timer = NULL;
    return status;
}

tern_status tern__profile_take(tern__profile *p, tern_trainer *t, const tern_batch *batch, size_t steps,
                               tern_error *err) {
    *p = (tern__profile){0};
    size_t nodes = t->m->nodes, n = 2 * nodes + TERN__STAGES;
    tern__timer timer = {.seconds = tern__arena_alloc(&p->arena, n, sizeof *timer.seconds, err)};
    if (!timer.seconds) return TERN_ERROR_MEMORY;
    tern_status status = measure(p, &timer, t, batch, steps, err);
    for (size_t i = 0; i < n; i++) timer.seconds[i] /= (double)steps;
    p->forward = timer.seconds;
    p->backward = timer.seconds + nodes;
    for (size_t i = 0; i < TERN__STAGES; i++) p->stage[i] = timer.seconds[2 * nodes + i];
    p->products = timer.product_seconds / (double)steps;
    p->flops = timer.product_flops / (double)steps;
    return status;
}

void tern__profile_free(tern__profile *p) { tern__arena_free(&p->arena); }
