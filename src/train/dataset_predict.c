/* dataset_predict.c - predictions for the samples of a dataset. */
#include "predictor_internal.h"
#include "rows.h"

#include <tern/fit.h>

static tern_status predict(const tern_dataset *d, const tern_model *m, size_t threads, tern_real *y, tern_error *err) {
    tern_shape out = tern_model_output(m);
    size_t outputs = tern_shape_count(&out), batch = m->config.train.batch_size, most = d->n < batch ? d->n : batch;
    size_t *row = NULL;
    tern_status status = tern__split_whole(d->n, &row, err);
    tern_predictor *p = status ? NULL : tern__predictor_new_gathering(m, most, threads, err);
    tern_rows rows = tern_dataset_rows(d, m, row, d->n);
    for (size_t first = 0; p && first < d->n; first += most) {
        tern_batch part = tern_rows_batch(&rows, first, most);
        tern__predictor_batch(p, &part, y + first * outputs, NULL);
    }
    status = p ? TERN_OK : TERN_ERROR_MEMORY;
    tern_predictor_free(p);
    tern__free(row);
    return status;
}

/* Targets that were normalized come back in their own unit. */
static void restore_unit(const tern_model *m, size_t n, tern_real *y) {
    const tern__target *t = &m->config.fitted.target;
    tern_shape out = tern_model_output(m);
    size_t columns = tern_shape_count(&out);
    if (tern__target_is_scaled(t, columns)) tern__target_restore(t, columns, n, false, y, y);
}

tern_status tern_dataset_predict(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y,
                                 tern_error *err) {
    tern_shape out = tern_model_output(m), expected = tern_shape_batch(&out, d->n);
    char found[TERN_SHAPE_TEXT], accepted[TERN_SHAPE_TEXT];
    if (!tern_shape_equal(&y->shape, &expected))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "y is %s; expected %s", tern_shape_text(&y->shape, found),
                              tern_shape_text(&expected, accepted));
    tern_status status = tern_dataset_check_input(d, m, err);
    if (!status) status = predict(d, m, threads, y->data, err);
    if (!status) restore_unit(m, d->n, y->data);
    return status;
}
