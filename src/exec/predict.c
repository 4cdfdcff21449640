/* predict.c - a prediction in one call. */
#include "rows_check.h"

#include <tern/predictor.h>

/* Rows `first` .. of arrays of the caller's; `port` says what each is. */
static void take_rows(size_t arrays, const tern_tensor *all, const tern_model *m,
                      tern_port (*port)(const tern_model *m, size_t k), size_t first, size_t rows, tern_tensor *part) {
    for (size_t k = 0; k < arrays; k++) {
        tern_shape sample = port(m, k).shape;
        part[k] = (tern_tensor){tern_shape_batch(&sample, rows), all[k].data + first * tern_shape_count(&sample)};
    }
}

static tern_status predict(const tern_model *m, const tern_tensor *x, tern_tensor *y, size_t n, tern_error *err) {
    enum { MOST = 256 };
    tern_tensor from[TERN_MAX_INPUTS], *to = tern__alloc(m->outputs, sizeof *to, err);
    size_t most = n < MOST ? n : MOST;
    tern_predictor *p = to ? tern_predictor_new(m, most, 0, err) : NULL;
    tern_status status = p ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t first = 0; !status && first < n; first += most) {
        size_t rows = n - first < most ? n - first : most;
        take_rows(m->inputs, x, m, tern_model_input_at, first, rows, from);
        take_rows(m->outputs, y, m, tern_model_output_at, first, rows, to);
        status = tern_predictor_forward(p, from, to, err);
    }
    tern_predictor_free(p);
    tern__free(to);
    return status;
}

tern_status tern_predict(const tern_model *m, const tern_tensor *x, tern_tensor *y, tern_error *err) {
    size_t n = x->shape.rank ? x->shape.dim[0] : 0;
    tern_status status = tern__check_inputs(m, &(tern_batch){.n = n, .x = x}, err);
    if (!status) status = tern__check_outputs(m, y, n, err);
    return status || !n ? status : predict(m, x, y, n, err);
}
