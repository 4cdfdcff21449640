/* predict.c - a prediction in one call. */
#include "rows_check.h"

#include <tern/predictor.h>

tern_status tern_predict(const tern_model *m, const tern_tensor *x, tern_tensor *y, tern_error *err) {
    enum { MOST = 256 };
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    size_t n = x->shape.rank ? x->shape.dim[0] : 0, most = n < MOST ? n : MOST;
    tern_status status = tern__check_inputs(m, x, n, err);
    if (!status) status = tern__check_rows(y, "y", &out, n, err);
    if (status || !n) return status;
    tern_predictor *p = tern_predictor_new(m, most, 0, err);
    if (!p) return TERN_ERROR_MEMORY;
    size_t inputs = tern_shape_count(&in), outputs = tern_shape_count(&out);
    for (size_t first = 0; !status && first < n; first += most) {
        size_t rows = n - first < most ? n - first : most;
        tern_tensor from = {tern_shape_batch(&in, rows), x->data + first * inputs};
        tern_tensor to = {tern_shape_batch(&out, rows), y->data + first * outputs};
        status = tern_predictor_forward(p, &from, &to, err);
    }
    tern_predictor_free(p);
    return status;
}
