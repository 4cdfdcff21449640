/* fit_ranks.c - a fit on several ranks goes the same way on all of them. */
#include "fit_internal.h"

tern_status tern__fit_agree(const tern__fit *f, tern_status status, tern_error *err) {
    return tern_comm_agree(f->comm, status, err);
}

bool tern__fit_as_first(const tern__fit *f, bool yes) {
    if (f->comm && !f->comm->ended) f->comm->broadcast(f->comm->self, &yes, sizeof yes, 0);
    return yes;
}

/* A checksum of all that the next step comes from. */
static uint64_t digest(const tern__fit *f) {
    const tern_model *m = f->m;
    const tern__optimizer *o = &f->trainer->optimizer;
    uint64_t sum = tern__bytes_digest(m->param, m->params * sizeof *m->param, 0);
    sum = tern__bytes_digest(m->state, m->states * sizeof *m->state, sum);
    for (size_t k = 0; k < o->spec.slots; k++)
        sum = tern__bytes_digest(o->slot[k], m->gradients * sizeof *o->slot[k], sum);
    return sum;
}

tern_status tern__fit_check_ranks(tern__fit *f, tern_error *err) {
    const tern_comm *c = f->comm;
    if (!c) return TERN_OK;
    uint64_t own = digest(f), first = own;
    c->broadcast(c->self, &first, sizeof first, 0);
    size_t other = c->first(c->self, own != first);
    if (other == c->size) {
        f->compared = f->trainer->step;
        return TERN_OK;
    }
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "step %zu: the weights of rank %zu are no longer those of rank 0, as they were after step "
                          "%zu; do all ranks run the same program, on CPUs that count alike?",
                          f->trainer->step, other, f->compared);
}
