/* rows_count.c - whether the losses of some rows come to anything; see rows.h. */
#include "rows.h"

#include "lengths.h"
#include "loss_weights.h"

/* Whether a row's target, or that of one of its steps, adds to a loss: it is not ignored, and its class weighs
 * something. */
static bool counts(const tern_rows *r, const tern__loss *loss, size_t row, tern_real *target) {
    const tern_array *y = r->y[loss->target];
    size_t length = tern__array_length(y, row);
    tern__pairs all = tern__loss_pairs(loss, 1, NULL, target, &length);
    tern_array_gather(y, &row, 1, target);
    tern__loss own = *loss;
    own.reduction = TERN__SUM; /* under "batchmean" each row would count */
    return tern__loss_weight(&own, &all) > 0;
}

static tern_status check_loss(const tern_rows *r, const tern__loss *loss, const char *purpose, tern_error *err) {
    bool always = !loss->type->weight && !loss->class_weight;
    if (always || loss->target == TERN__NOWHERE) return TERN_OK;
    tern_real *target = tern__alloc(tern_shape_count(&r->y[loss->target]->shape), sizeof *target, err);
    if (!target) return TERN_ERROR_MEMORY;
    size_t i = 0;
    while (i < r->n && !counts(r, loss, r->row ? r->row[i] : i, target)) i++;
    tern__free(target);
    if (i < r->n) return TERN_OK;
    char ignored[64] = "";
    if (loss->spec.has_ignore) snprintf(ignored, sizeof ignored, " (ignore_index %jd)", (intmax_t)loss->spec.ignore);
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL,
        "none of %zu rows counts for the loss \"%s\": all their targets are ignored%s or of classes that "
        "weigh 0, so there is nothing to %s",
        r->n, loss->name, ignored, purpose);
}

tern_status tern__rows_count(const tern_rows *r, const tern_model *m, const tern_target *kind, const char *purpose,
                             tern_error *err) {
    tern__arena arena = {0};
    tern__targets targets;
    tern_status status = tern__targets_make(m, kind, &arena, &targets, err);
    for (size_t i = 0; !status && i < targets.losses; i++) status = check_loss(r, &targets.loss[i], purpose, err);
    tern__arena_free(&arena);
    return status;
}
