/* view.c - samples as the network sees them; see tern/fit.h. */
#include "augmented_rows.h"

tern_status tern_rows_view(tern_rows *r, const tern_model *m, bool augmented, tern_tensor *x, tern_error *err) {
    tern__arena arena = {0};
    size_t n = x->shape.dim[0];
    tern__augmented_rows changed;
    tern_real *out[TERN_MAX_INPUTS] = {x->data};
    tern_status status = tern__scaling_check(m, err);
    for (size_t k = 1; !status && k < m->inputs; k++)
        if (!(out[k] = tern__arena_alloc(&arena, n * tern_shape_count(&m->input[k].shape), sizeof **out, err)))
            status = TERN_ERROR_MEMORY;
    tern_batch batch = tern_rows_batch(r, 0, n);
    if (!status && augmented && tern__augments(m)) {
        status = tern__augmented_rows_make(&changed, m, r, n, &arena, err);
        if (!status) batch = tern__augmented_batch(&changed, batch, 0);
    }
    size_t steps[TERN_MAX_INPUTS] = {0};
    for (size_t k = 0; k < m->inputs; k++)
        if (m->input[k].sequences) steps[k] = m->input[k].shape.dim[0];
    const tern_gather all = {.n = batch.n, .scaling = m->scaling, .x = out, .steps = steps};
    if (!status) batch.gather(batch.source, &all);
    tern__arena_free(&arena);
    return status;
}
