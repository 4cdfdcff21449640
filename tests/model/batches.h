/* batches.h - a batch of numbers by a formula, and its loss. */
#ifndef TERN_TEST_BATCHES_H
#define TERN_TEST_BATCHES_H

#include "models.h"

enum { ROWS = 48 };

typedef struct batch_data {
    tern_real *x, *y;
    tern_tensor tx, ty;
    tern_batch batch;
} batch_data;

/* A batch of `rows` rows with targets of `count` numbers, or classes below `classes` where that is not 0. */
static inline void make_batch(batch_data *d, const tern_model *m, size_t rows, size_t classes) {
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    size_t nx = rows * tern_shape_count(&in), ny = classes ? rows : rows * tern_shape_count(&out);
    d->x = malloc(nx * sizeof *d->x);
    d->y = malloc(ny * sizeof *d->y);
    quick_numbers(nx, 0.5, d->x);
    quick_numbers(ny, 2.5, d->y);
    for (size_t i = 0; i < ny && classes; i++) d->y[i] = (tern_real)(i * 7 % classes);
    d->tx = (tern_tensor){tern_shape_batch(&in, rows), d->x};
    d->ty = classes ? (tern_tensor){{1, {rows}}, d->y} : (tern_tensor){tern_shape_batch(&out, rows), d->y};
    d->batch = (tern_batch){.n = rows, .x = &d->tx, .y = &d->ty};
}

static inline void free_batch(batch_data *d) {
    free(d->x);
    free(d->y);
}

/* The loss of a batch, and its gradients in the trainer. */
static inline double loss_of(tern_trainer *t, const tern_batch *batch) {
    double loss = 0;
    ck_assert_int_eq(tern_trainer_backward(t, batch, &loss, NULL), TERN_OK);
    return loss;
}

#endif
