/* evaluate_rows.c - predictions and losses row by row. */
#include "dataset_predict.h"
#include "evaluate.h"
#include "loss_weights.h"
#include "predictor_internal.h"

#include <string.h>

/* The loss of row `i` of the batch in hand, as a batch of its own. */
static double row_loss(const tern__evaluator *e, size_t i) {
    double sum = 0;
    for (size_t k = 0; k < e->targets.losses; k++) {
        const tern__loss *loss = &e->targets.loss[k];
        const tern__pairs all = tern__evaluator_pairs(e, k, i, 1);
        double norm = tern__loss_norm(loss, tern__loss_weight(loss, &all));
        sum += tern__loss_eval(loss, &all, norm, NULL);
    }
    return sum;
}

static void run(tern__evaluator *e, tern_rows *rows, tern_tensor *pred, double *loss) {
    size_t count = tern_tensor_count(pred) / rows->n;
    for (size_t first = 0; first < rows->n; first += e->batch) {
        tern_batch batch = tern_rows_batch(rows, first, e->batch);
        tern__predictor_batch(e->run, &batch, e->pred, e->target);
        memcpy(pred->data + first * count, e->pred->data, batch.n * count * sizeof *pred->data);
        for (size_t i = 0; i < batch.n; i++) loss[first + i] = row_loss(e, i);
    }
}

tern_status tern_evaluate_rows(const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n, size_t threads,
                               tern_tensor *pred, double *loss, tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    size_t *all = NULL, count = rows ? n : d->n;
    if (m->outputs > 1)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "row by row goes a model of one output; this one has %zu",
                              m->outputs);
    if (m->outputs == 1 && tern__value_lengths(m, m->result->value) != TERN__NOWHERE)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "row by row goes a model with one answer a row; this one has one for each step");
    tern_status status = tern_dataset_target(d, m, kind, err);
    if (!status && !rows) status = tern__split_whole(d->n, &all, err);
    if (status) return status;
    tern__evaluator e;
    tern_rows r = tern_dataset_rows(d, m, rows ? rows : all, count);
    status = tern__evaluator_make(&e, m, kind, count, threads, NULL, err);
    if (!status) run(&e, &r, pred, loss);
    if (!status) tern__restore_unit(m, count, pred->data);
    if (!status) status = tern__finite_check(d, rows, 1, pred, err);
    tern__evaluator_free(&e);
    tern__free(all);
    return status;
}
