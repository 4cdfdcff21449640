/* dataset_predict.c - predictions for the samples of a dataset. */
#include "dataset_predict.h"

#include "names.h"
#include "predictor_internal.h"
#include "rows.h"
#include "text.h"

#include <tern/fit.h>
#include <tern/meaning.h>

#include <math.h>
#include <string.h>

/* The rows through the network, or through a part of it. */
static tern_status predict(const tern_dataset *d, const tern_model *m, size_t threads, const tern_tensor *y,
                           tern_error *err) {
    size_t batch = m->config.train.batch_size, most = d->n < batch ? d->n : batch;
    size_t *row = NULL;
    tern_tensor *to = tern__alloc(m->outputs, sizeof *to, err);
    tern_status status = to ? tern__split_whole(d->n, &row, err) : TERN_ERROR_MEMORY;
    tern_predictor *p = status ? NULL : tern__predictor_new_gathering(m, most, threads, m->outputs, err);
    tern_rows rows = tern_dataset_rows(d, m, row, d->n);
    for (size_t first = 0; p && first < d->n; first += most) {
        tern_batch part = tern_rows_batch(&rows, first, most);
        for (size_t k = 0; k < m->outputs; k++) to[k].data = y[k].data + first * (tern_tensor_count(&y[k]) / d->n);
        tern__predictor_batch(p, &part, to, NULL);
    }
    status = p ? TERN_OK : TERN_ERROR_MEMORY;
    tern_predictor_free(p);
    tern__free(row);
    tern__free(to);
    return status;
}

void tern__restore_unit(const tern_model *m, size_t n, tern_real *y) {
    const tern__target *t = &m->config.fitted.target;
    tern_shape out = tern_model_output(m);
    size_t columns = tern_shape_count(&out);
    if (tern__target_is_scaled(t, columns)) tern__target_restore(t, columns, n, false, y, y);
}

static tern_status check_outputs(const tern_model *m, size_t n, const tern_tensor *y, tern_error *err) {
    for (size_t k = 0; k < m->outputs; k++) {
        tern_port port = tern_model_output_at(m, k);
        tern_shape expected = tern_shape_batch(&port.shape, n);
        char found[TERN_SHAPE_TEXT], accepted[TERN_SHAPE_TEXT];
        if (tern_shape_equal(&y[k].shape, &expected)) continue;
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s is %s; expected %s", m->outputs == 1 ? "y" : port.name,
                              tern_shape_text(&y[k].shape, found), tern_shape_text(&expected, accepted));
    }
    return TERN_OK;
}

/* What comes out of a network, or of a part of it, as it is. */
static tern_status run(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y, tern_error *err) {
    tern_status status = check_outputs(m, d->n, y, err);
    if (!status) status = tern_dataset_check_input(d, m, err);
    return status ? status : predict(d, m, threads, y, err);
}

/* The node of a layer; SIZE_MAX after an error. */
static size_t find_layer(const tern_model *m, const char *name, tern_error *err) {
    const char *names[64];
    char accepted[400] = "";
    size_t n = 0;
    for (size_t i = 0; i < m->nodes; i++) {
        if (!strcmp(m->node[i].name, name)) return i;
        if (n < 64) names[n++] = m->node[i].name;
    }
    tern__text_add_accepted(accepted, sizeof accepted, name, n, names);
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "the model has no layer \"%.60s\"%s", name, accepted);
    return SIZE_MAX;
}

tern_status tern_model_layer(const tern_model *m, const char *layer, tern_shape *out, tern_error *err) {
    size_t at = find_layer(m, layer, err);
    if (at == SIZE_MAX) return TERN_ERROR_USAGE;
    *out = m->node[at].out;
    return TERN_OK;
}

tern_status tern__finite_check(const tern_dataset *d, const size_t *rows, size_t arrays, const tern_tensor *y,
                               tern_error *err) {
    for (size_t k = 0; k < arrays; k++) {
        size_t n = y[k].shape.dim[0], count = tern_tensor_count(&y[k]);
        for (size_t i = 0; i < count; i++)
            if (!isfinite(y[k].data[i]))
                return tern__refuse_nonfinite(d, rows ? rows[i / (count / n)] : i / (count / n), "output", err);
    }
    return TERN_OK;
}

static tern_status run_checked(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y,
                               tern_error *err) {
    tern_status status = run(d, m, threads, y, err);
    return status ? status : tern__finite_check(d, NULL, m->outputs, y, err);
}

tern_status tern_dataset_layer(const tern_dataset *d, const tern_model *m, const char *layer, size_t threads,
                               tern_tensor *y, tern_error *err) {
    if (!layer) return run_checked(d, m, threads, y, err);
    size_t at = find_layer(m, layer, err);
    if (at == SIZE_MAX) return TERN_ERROR_USAGE;
    tern__result result = {layer, tern__node_value(m, at)};
    tern_model part = *m; /* the same weights, and the layers up to the one that is asked for */
    part.nodes = at + 1;
    part.outputs = part.results = 1;
    part.result = &result;
    return run_checked(d, &part, threads, y, err);
}

tern_status tern__dataset_outputs(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y,
                                  tern_error *err) {
    tern_status status = run(d, m, threads, y, err);
    if (!status && m->outputs == 1) tern__restore_unit(m, d->n, y->data);
    return status;
}

tern_status tern_dataset_predict(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y,
                                 tern_error *err) {
    tern_status status = tern__dataset_outputs(d, m, threads, y, err);
    return status ? status : tern__finite_check(d, NULL, m->outputs, y, err);
}
