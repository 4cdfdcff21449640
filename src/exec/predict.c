/* predict.c - a prediction in one call. */
#include <tern/predictor.h>

static tern_status check(const tern_tensor *t, const char *name, size_t n, const tern_shape *sample, tern_error *err) {
    tern_shape expected = tern_shape_batch(sample, n);
    char found[TERN_SHAPE_TEXT], accepted[TERN_SHAPE_TEXT];
    if (tern_shape_equal(&t->shape, &expected)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s is %s; expected %s", name, tern_shape_text(&t->shape, found),
                          tern_shape_text(&expected, accepted));
}

tern_status tern_predict(const tern_model *m, const tern_tensor *x, tern_tensor *y, tern_error *err) {
    enum { MOST = 256 };
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    size_t n = x->shape.rank ? x->shape.dim[0] : 0, most = n < MOST ? n : MOST;
    tern_status status = check(x, "x", n, &in, err);
    if (!status) status = check(y, "y", n, &out, err);
    if (status || !n) return status;
    tern_predictor *p = tern_predictor_new(m, most, 0, err);
    if (!p) return TERN_ERROR_MEMORY;
    size_t inputs = tern_shape_count(&in), outputs = tern_shape_count(&out);
    for (size_t first = 0; first < n; first += most) {
        size_t rows = n - first < most ? n - first : most;
        tern_tensor from = {tern_shape_batch(&in, rows), x->data + first * inputs};
        tern_tensor to = {tern_shape_batch(&out, rows), y->data + first * outputs};
        tern_predictor_forward(p, &from, &to);
    }
    tern_predictor_free(p);
    return TERN_OK;
}
