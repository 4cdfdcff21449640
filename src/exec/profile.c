/* profile.c - takes steps with a clock in the first slice's hands. */
#include "clock.h"
#include "trainer_internal.h"

#include <tern/profile.h>

/* The products are measured on the thread that runs the first slice: the caller's. */
static tern_status measure(tern__timer *timer, tern_trainer *t, const tern_batch *batch, size_t steps, double *seconds,
                           tern_error *err) {
    tern_status status = TERN_OK;
    tern__slice *first = &t->group.slice[0];
    first->timer = timer;
    tern__measure_products(timer);
    double start = tern__clock();
    for (size_t i = 0; !status && i < steps; i++) status = tern_trainer_step(t, batch, NULL, err);
    *seconds = tern__clock() - start;
    tern__measure_products(NULL);
    first->timer = NULL;
    return status;
}

static void fill_in(tern_profile *p, tern_layer_time *layer, const tern_model *m, const tern__timer *timer,
                    size_t steps) {
    const double *forward = timer->seconds, *backward = forward + m->nodes, *stage = backward + m->nodes;
    const double n = (double)steps;
    for (size_t i = 0; i < m->nodes; i++)
        layer[i] = (tern_layer_time){m->node[i].name, m->node[i].type->base.name, forward[i] / n, backward[i] / n};
    p->gather = stage[TERN__GATHER] / n;
    p->loss = stage[TERN__LOSS] / n;
    p->wait = stage[TERN__WAIT] / n;
    p->reduce = stage[TERN__REDUCE] / n;
    p->update = stage[TERN__UPDATE] / n;
    p->products = timer->product_seconds / n;
    p->flops = timer->product_flops / n;
}

tern_profile *tern_profile_new(tern_trainer *t, const tern_batch *batch, size_t steps, tern_error *err) {
    const tern_model *m = t->m;
    tern_profile *p = tern__alloc(1, sizeof *p, err);
    tern_layer_time *layer = p ? tern__alloc(m->nodes, sizeof *layer, err) : NULL;
    tern__timer timer = {.seconds = layer ? tern__alloc(2 * m->nodes + TERN__STAGES, sizeof(double), err) : NULL};
    double seconds = 0;
    tern_status status = timer.seconds ? measure(&timer, t, batch, steps, &seconds, err) : TERN_ERROR_MEMORY;
    if (p) *p = (tern_profile){.layers = m->nodes, .layer = layer, .memory = layer};
    if (!status) {
        p->workers = t->group.active;
        p->step = seconds / (double)steps;
        fill_in(p, layer, m, &timer, steps);
    }
    tern__free(timer.seconds);
    if (!status) return p;
    tern_profile_free(p);
    return NULL;
}

void tern_profile_free(tern_profile *p) {
    if (!p) return;
    tern__free(p->memory);
    tern__free(p);
}
