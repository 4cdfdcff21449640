/* rows_check.c - checks a caller's arrays; see rows_check.h. */
#include "rows_check.h"

#include <math.h>

/* Rows of another shape with as many elements are taken, too, and more rows: [64, 784] for [60, 1, 28, 28]. */
tern_status tern__check_rows(const tern_tensor *t, const char *name, const tern_shape *sample, size_t n,
                             tern_error *err) {
    tern_shape expected = tern_shape_batch(sample, n);
    char found[TERN_SHAPE_TEXT], accepted[TERN_SHAPE_TEXT];
    if (!t || !t->data)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s is missing; expected %s", name,
                              tern_shape_text(&expected, accepted));
    if (t->shape.rank && t->shape.rank <= TERN_MAX_RANK && t->shape.dim[0] >= n &&
        tern_tensor_count(t) == t->shape.dim[0] * tern_shape_count(sample))
        return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s is %s; expected %s", name, tern_shape_text(&t->shape, found),
                          tern_shape_text(&expected, accepted));
}

/* One input is the caller's x, one target the y; several go by their names. */
static const char *input_name(const tern_model *m, size_t k) { return m->inputs == 1 ? "x" : m->input[k].name; }
static const char *target_name(const tern_model *m, size_t k) { return m->targets == 1 ? "y" : m->target[k]; }

/* What an array of indices may hold: whole numbers below `below`, and one other. */
typedef struct accepted {
    size_t below;
    bool has_other;
    int64_t other;
} accepted;

static bool accepts(const accepted *a, double v) {
    return (v >= 0 && v < (double)a->below && v == floor(v)) || (a->has_other && v == (double)a->other);
}

/* The rows of `t`, of `each` numbers. `length` [n]: of each row so many of `room` equal parts; NULL: all. */
static tern_status check_whole(const tern_tensor *t, const char *name, size_t n, const size_t *length, size_t room,
                               const accepted *a, tern_error *err) {
    size_t each = tern_tensor_count(t) / t->shape.dim[0];
    for (size_t i = 0; i < n; i++) {
        const tern_real *row = t->data + i * each;
        size_t there = length ? each / room * length[i] : each, k = 0;
        while (k < there && accepts(a, (double)row[k])) k++;
        if (k < there)
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "%s holds %.10g in row %zu; accepted are whole numbers from 0 to %zu", name,
                                  (double)row[k], i, a->below - 1);
    }
    return TERN_OK;
}

static tern_status check_lengths(const tern_model *m, size_t input, size_t n, const size_t *length, tern_error *err) {
    size_t most = m->input[input].shape.dim[0];
    for (size_t i = 0; m->input[input].sequences && length && i < n; i++)
        if (!length[i] || length[i] > most)
            return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s has %zu steps in row %zu; accepted are 1 to %zu",
                                  input_name(m, input), length[i], i, most);
    return TERN_OK;
}

tern_status tern__check_input(const tern_model *m, size_t input, const tern_tensor *x, size_t n, const size_t *length,
                              tern_error *err) {
    const tern__graph_input *in = &m->input[input];
    const tern__node *reader = tern__index_reader(m, input);
    tern_status status = tern__check_rows(x, input_name(m, input), &in->shape, n, err);
    if (!status) status = check_lengths(m, input, n, length, err);
    if (status || !reader) return status;
    return check_whole(x, input_name(m, input), n, in->sequences ? length : NULL, in->shape.dim[0],
                       &(accepted){.below = reader->indices}, err);
}

tern_status tern__check_inputs(const tern_model *m, const tern_batch *batch, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < m->inputs; k++)
        status = tern__check_input(m, k, batch->x ? &batch->x[k] : NULL, batch->n,
                                   batch->length ? batch->length[k] : NULL, err);
    return status;
}

tern_status tern__check_outputs(const tern_model *m, const tern_tensor *y, size_t n, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < m->outputs; k++) {
        tern_port port = tern_model_output_at(m, k);
        status = tern__check_rows(y ? &y[k] : NULL, m->outputs == 1 ? "y" : port.name, &port.shape, n, err);
    }
    return status;
}

tern_status tern__check_target(const tern_model *m, const tern__loss *loss, const tern_batch *batch, tern_error *err) {
    const char *name = target_name(m, loss->target);
    const tern_tensor *t = batch->y ? &batch->y[loss->target] : NULL;
    const tern_loss_spec *spec = &loss->spec;
    const accepted labels = {spec->classes, spec->has_ignore, spec->ignore};
    const tern__pairs one = tern__loss_pairs(loss, 1, NULL, NULL, NULL);
    tern_shape sample = tern__shape_step(&one.target.shape);
    tern_status status = tern__check_rows(t, name, &sample, batch->n, err);
    if (status || spec->kind != TERN_TARGET_CLASSES) return status;
    const size_t *given = loss->steps && batch->length ? batch->length[m->target_lengths[loss->target]] : NULL;
    return check_whole(t, name, batch->n, given, loss->steps, &labels, err);
}

tern_status tern__check_weights(const tern_tensor *weight, size_t n, tern_error *err) {
    static const tern_shape one = {0};
    tern_status status = tern__check_rows(weight, "weight", &one, n, err);
    for (size_t i = 0; !status && i < n; i++)
        if (!(weight->data[i] >= 0) || isinf(weight->data[i]))
            status = tern_error_add(err, TERN_ERROR_DATA, NULL,
                                    "weight holds %.10g in row %zu; accepted are finite numbers from 0",
                                    (double)weight->data[i], i);
    return status;
}
