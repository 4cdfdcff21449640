/* plan_bytes.c - the plan's bytes, summed up from the parts that would allocate them. */
#include "plan_bytes.h"

#include "trainer_internal.h"

size_t tern__plan_bytes(const tern_model *m, size_t rows, size_t threads, bool training) {
    size_t team = 0, own = (m->params + m->states) * sizeof(tern_real);
    if (tern__team_bytes(m, rows, threads, training, true, &team, NULL)) return 0;
    const tern_object *o = &m->config.optimizer;
    tern_optimizer_spec spec = {0};
    if (training && o->type) ((const tern_optimizer_type *)o->type)->plan(o->self, &spec, NULL);
    return own + team + (spec.slots * m->params + (training ? m->states : 0)) * sizeof(tern_real);
}
