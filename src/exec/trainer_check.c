/* trainer_check.c - whether what a trainer holds is finite: a step looks at losses and gradients, before the update. */
#include "trainer_internal.h"

#include <math.h>
#include <stdio.h>

static bool all_finite(const tern_real *v, size_t n) {
    bool finite = true;
    for (size_t i = 0; i < n; i++) finite &= isfinite(v[i]) != 0;
    return finite;
}

static tern_status refuse(const tern_trainer *t, const char *what, const char *name, const char *saved,
                          tern_error *err) {
    return tern_error_add(err, TERN_ERROR_DIVERGED, NULL,
                          "step %zu: its update made %s\"%s\" not finite (NaN or infinite); lr %.6g, gradient norm "
                          "%.6g%s",
                          t->step, what, name, t->schedule.lr, t->last_norm, saved);
}

tern_status tern__trainer_check(const tern_trainer *t, const char *saved, tern_error *err) {
    const tern_model *m = t->m;
    for (size_t i = 0; i < m->weights; i++) {
        const tern__weight *w = &m->weight[i];
        if (!all_finite(tern__weight_tensor(m, w).data, w->count)) return refuse(t, "the weight ", w->name, saved, err);
        for (size_t k = 0; w->gradient != TERN__NOWHERE && k < t->optimizer.slots; k++) {
            if (all_finite(t->optimizer.slot[k] + w->gradient, w->count)) continue;
            char what[64];
            snprintf(what, sizeof what, "the optimizer's \"%.20s\" of ", t->optimizer.slot_name[k]);
            return refuse(t, what, w->name, saved, err);
        }
    }
    return TERN_OK;
}

tern_status tern_trainer_check(const tern_trainer *t, tern_error *err) { return tern__trainer_check(t, "", err); }
