/* profile.c - takes steps with a clock in the first slice's hands. */
#include "profile.h"

#include "clock.h"

/* The products are measured on the thread that runs the first slice: the caller's. */
static tern_status measure(tern__profile *p, tern__laps *laps, tern_trainer *t, const tern_batch *batch, size_t steps, tern_error *err) {
    tern_status status = TERN_OK;
    tern__slice *first = &t->team.slice[0];
    first->laps = laps;
    tern__measure_products(laps);
    double start = tern__clock();
    for (size_t i = 0; !status && i < steps; i++) status = tern_trainer_step(t, batch, NULL, err);
    p->step = (tern__clock() - start) / (double)steps;
    tern__measure_products(NULL);
    first->laps = NULL;
    return status;
}

tern_status tern__profile_take(tern__profile *p, tern_trainer *t, const tern_batch *batch, size_t steps, tern_error *err) {
    *p = (tern__profile){0};
    size_t nodes = t->m->nodes, n = 2 * nodes + TERN__STAGES;
    tern__laps laps = {.seconds = tern__pool_alloc(&p->pool, n, sizeof *laps.seconds, err)};
    if (!laps.seconds) return TERN_ERROR_MEMORY;
    tern_status status = measure(p, &laps, t, batch, steps, err);
    for (size_t i = 0; i < n; i++) laps.seconds[i] /= (double)steps;
    p->forward = laps.seconds;
    p->backward = laps.seconds + nodes;
    for (size_t i = 0; i < TERN__STAGES; i++) p->stage[i] = laps.seconds[2 * nodes + i];
    p->products = laps.product_seconds / (double)steps;
    p->flops = laps.product_flops / (double)steps;
    return status;
}

void tern__profile_free(tern__profile *p) {
    tern__pool_free(&p->pool);
}
