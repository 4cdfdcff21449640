/* trained.h - models in training, compared. */
#ifndef TERN_TEST_TRAINED_H
#define TERN_TEST_TRAINED_H

#include "batches.h"

typedef struct trained {
    tern_model *m;
    tern_trainer *t;
    batch_data d;
} trained;

static inline void end_training(trained *x) {
    free_batch(&x->d);
    tern_trainer_free(x->t);
    tern_model_free(x->m);
}

static inline void expect_same(const trained *a, const trained *b, double tolerance) {
    for (size_t i = 0; i < tern_model_weight_count(a->m); i++) {
        tern_weight x = tern_model_weight(a->m, i), y = tern_model_weight(b->m, i);
        size_t n = tern_tensor_count(&x.tensor);
        if (tolerance > 0) ck_near_all(y.tensor.data, x.tensor.data, n, tolerance);
        else ck_assert_msg(!memcmp(x.tensor.data, y.tensor.data, n * sizeof *x.tensor.data), "%s", x.name);
    }
}

/* Trains `one`, which has one worker, for n steps, and others with 2 to 4 workers: they learn the same, and twice so to
 * the byte. */
static inline void expect_same_training(trained *one, void (*begin)(trained *x, size_t threads),
                                        double (*take_steps)(trained *x, size_t n), size_t n) {
    double first = take_steps(one, 1), loss = take_steps(one, n - 1);
    ck_assert_msg(loss < 0.8 * first, "%g, then %g", first, loss);
    for (size_t threads = 2; threads <= 4; threads++) {
        trained more, again;
        begin(&more, threads);
        begin(&again, threads);
        ck_near(take_steps(&more, 1), first, TOLERANCE(1e-6, 1e-14));
        ck_near(take_steps(&more, n - 1), loss, TOLERANCE(1e-5, 1e-12));
        expect_same(one, &more, TOLERANCE(1e-5, 1e-12));
        take_steps(&again, 1), take_steps(&again, n - 1);
        expect_same(&more, &again, 0);
        end_training(&more);
        end_training(&again);
    }
}

#endif
