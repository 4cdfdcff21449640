/* pairs.c - predictions of a batch's rows and their targets, one by one or step by step. */
#include "targets.h"

tern_shape tern__shape_step(const tern_shape *shape) {
    tern_shape step = {.rank = shape->rank - 1};
    for (size_t i = 0; i < step.rank; i++) step.dim[i] = shape->dim[i + 1];
    return step;
}

/* So many rows, each an answer or, where `steps` is not 0, a sequence of these. */
static tern_tensor rows_of(const tern_shape *answer, size_t rows, size_t steps, tern_real *data) {
    tern_shape row = steps ? tern_shape_batch(answer, steps) : *answer;
    return (tern_tensor){tern_shape_batch(&row, rows), data};
}

tern__pairs tern__loss_pairs(const tern__loss *loss, size_t rows, tern_real *pred, tern_real *target,
                             const size_t *length) {
    return (tern__pairs){.pred = rows_of(&loss->spec.pred, rows, loss->steps, pred),
                         .target = rows_of(&loss->spec.target, rows, loss->steps, target),
                         .length = loss->steps ? length : NULL};
}

/* The steps of one row of sequences, as rows. */
static tern_tensor steps_of(const tern_tensor *t, size_t row, size_t length) {
    tern_shape sample = tern__shape_step(&t->shape);
    tern_tensor out = {sample, t->data ? t->data + row * tern_shape_count(&sample) : NULL};
    out.shape.dim[0] = length;
    return out;
}

bool tern__pairs_next(const tern__pairs *all, size_t *row, tern_tensor *pred, tern_tensor *target) {
    size_t i = *row, rows = all->pred.shape.dim[0];
    if (i == rows) return false;
    *row = all->length ? i + 1 : rows;
    *pred = all->length ? steps_of(&all->pred, i, all->length[i]) : all->pred;
    *target = all->length ? steps_of(&all->target, i, all->length[i]) : all->target;
    return true;
}
